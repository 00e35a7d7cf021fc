import { unwrap, type ConnectionError } from './connection-error.js'
import type { ServerConnection } from './handshake.js'
import type { SignalingClient } from './signaling-client.js'

/** What the server says of its end: it is there, it is lost, the connection is not there any more, or nothing can be learnt. */
export type ServerEnd = 'connected' | 'lost' | 'forgotten' | 'unknown'

/** Time that the server has to answer, in milliseconds. */
const TIME_TO_ASK = 10_000

/** What the server says of the peer at its end, which is lost when another one has its place: somebody else may have the token. Never rejects. */
export async function askForServerEnd (api: SignalingClient, { id, localDescription }: ServerConnection): Promise<ServerEnd> {
  try {
    const { connectionState, localDescription: current } = await unwrap(api.GET('/connections/{id}', { params: { path: { id } }, signal: AbortSignal.timeout(TIME_TO_ASK) }))
    if (current && localDescription && ufragOf(current) !== ufragOf(localDescription)) return 'lost'
    if (connectionState === 'connected') return connectionState
    return ['disconnected', 'failed', 'closed'].includes(connectionState) ? 'lost' : 'unknown'
  } catch (error) {
    return (error as ConnectionError).code === 'FST_WEBRTC_CONNECTION_NOT_FOUND' ? 'forgotten' : 'unknown'
  }
}

/** Each peer has another one (RFC 8445, 5.3). */
function ufragOf ({ sdp }: { sdp: string }): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1]
}
