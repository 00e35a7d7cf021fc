/** Why a connection has closed. */
export type CloseReason =
  /** The application closed the connection or its peer. */
  | 'application'
  /** DELETE /connections/{id}. */
  | 'deleted'
  /** The far end closed or was gone, and timeToReconnected has passed. */
  | 'peer'
  /** timeToConnected has passed. */
  | 'timeout'
  /** The client was gone before it was told of the connection. */
  | 'aborted'
  /** A hook or a listener threw or rejected. */
  | 'handler-error'
  /** The far end exceeded a limit: see `onLimitExceeded`. */
  | 'limit-exceeded'
  /** The native side refused a description or could not make a peer. */
  | 'peer-error'
  /** The server is closing. */
  | 'shutdown'
