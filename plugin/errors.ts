import createError from '@fastify/error'

/** Every error of this package: its code, its sentence, its status. The first argument of each says what was expected and what was found. */
export const InvalidDescriptionError = createError<[string, { cause: unknown }?]>('FST_WEBRTC_INVALID_DESCRIPTION', 'Invalid session description: %s', 400)
/** Fastify's own, of which its first versions make one that quotes the body. */
export const InvalidJsonError = createError('FST_ERR_CTP_INVALID_JSON_BODY', "Body is not valid JSON but content-type is set to 'application/json'", 400)
export const BodyTooDeepError = createError<[number]>('FST_WEBRTC_BODY_TOO_DEEP', 'Invalid body: expected at most %d levels of JSON', 400)
export const ListingDisabledError = createError('FST_WEBRTC_LISTING_DISABLED', 'Connections are not listed: the option listConnections is off', 403)
export const CrossOriginError = createError('FST_WEBRTC_CROSS_ORIGIN', 'A page of another origin asks without a body: expected access-control-allow-origin for it, as @fastify/cors sets it, or a body of application/json', 403)
export const InvalidReconnectTokenError = createError('FST_WEBRTC_INVALID_RECONNECT_TOKEN', 'The reconnectToken is not, or no more, that of the connection', 403)
export const ConnectionNotFoundError = createError('FST_WEBRTC_CONNECTION_NOT_FOUND', 'Connection not found', 404)
export const NoLocalDescriptionError = createError('FST_WEBRTC_NO_LOCAL_DESCRIPTION', 'The connection has no local description yet', 404)
export const NoRemoteDescriptionError = createError('FST_WEBRTC_NO_REMOTE_DESCRIPTION', 'The connection has no remote description yet', 404)
export const InvalidStateError = createError<[string]>('FST_WEBRTC_INVALID_STATE', 'Invalid state: %s', 409)
export const EventsGoneError = createError('FST_WEBRTC_EVENTS_GONE', 'The events after this id are not there: expected an id of the last events; get the connection and go on from its lastEventId', 410)
export const HookFailedError = createError<[string, { cause: unknown }?]>('FST_WEBRTC_HOOK_FAILED', 'The server failed in %s', 500)
export const PeerFailedError = createError('FST_WEBRTC_PEER_FAILED', 'The server could not make a peer', 500)
/** The log says for want of which option's. */
export const NoSocketError = createError<[{ cause: unknown }?]>('FST_WEBRTC_NO_SOCKET', 'The server has no UDP port for another peer', 503)
export const TooManyConnectionsError = createError<[number]>('FST_WEBRTC_TOO_MANY_CONNECTIONS', 'Too many connections: at most %d', 503)
export const TooManyPendingConnectionsError = createError<[number]>('FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS', 'Too many connections that are not connected yet: at most %d', 503)
export const TooManyConnectionsOfPrincipalError = createError<[number]>('FST_WEBRTC_TOO_MANY_CONNECTIONS_OF_PRINCIPAL', 'Too many connections of one principal: at most %d', 429)
export const TooManyPendingConnectionsOfPrincipalError = createError<[number]>('FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_OF_PRINCIPAL', 'Too many connections of one principal that are not connected yet: at most %d', 429)
export const TooManyConnectionsFromAddressError = createError<[number]>('FST_WEBRTC_TOO_MANY_CONNECTIONS_FROM_ADDRESS', 'Too many connections from one address: at most %d', 429)
export const TooManyPendingConnectionsFromAddressError = createError<[number]>('FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS_FROM_ADDRESS', 'Too many connections from one address that are not connected yet: at most %d', 429)
export const TooManyReconnectsError = createError<[number]>('FST_WEBRTC_TOO_MANY_RECONNECTS', 'Too many new peers for one connection: at most %d in a minute', 429)
export const TooManyClosingConnectionsError = createError<[number]>('FST_WEBRTC_TOO_MANY_CLOSING_CONNECTIONS', 'Too many connections that are still closing: at most %d', 503)
export const OverloadedError = createError<[number]>('FST_WEBRTC_OVERLOADED', 'The server is overloaded: its event loop is late by more than %d ms', 503)
export const ClusterUnavailableError = createError('FST_WEBRTC_CLUSTER_UNAVAILABLE', 'The process that has the connection cannot be reached now', 503)
export const ClusterBusyError = createError<[number]>('FST_WEBRTC_CLUSTER_BUSY', 'Too many requests for another process: at most %d at a time', 503)
export const ClosingError = createError('FST_WEBRTC_CLOSING', 'The server is closing', 503)
/** Logged; whom it would be for is gone. */
export const ClientGoneError = createError('FST_WEBRTC_CLIENT_GONE', 'The client was gone before it was answered', 499)
export const NegotiationTimedOutError = createError<[string]>('FST_WEBRTC_NEGOTIATION_TIMED_OUT', 'The negotiation timed out: %s', 504)
export const ClusterTimeoutError = createError('FST_WEBRTC_CLUSTER_TIMEOUT', 'The process that has the connection does not answer', 504)

/** Thrown at registration, never answered. */
export const InvalidOptionError = createError<[string]>('FST_WEBRTC_INVALID_OPTION', 'Invalid option %s', 500, TypeError as ErrorConstructor)
