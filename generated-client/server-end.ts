import { unwrap, type ConnectionError } from './connection-error.js'
import type { SignalingClient } from './signaling-client.js'

/** What the server says of its end: it is there, it is lost, the connection is not there any more, or nothing can be learnt. */
export type ServerEnd = 'connected' | 'lost' | 'forgotten' | 'unknown'

/** Time that the server has to answer, in milliseconds. */
const TIME_TO_ASK = 10_000

/** What the server says of the peer at its end. Never rejects. */
export async function askForServerEnd (api: SignalingClient, id: string): Promise<ServerEnd> {
  try {
    const { connectionState } = await unwrap(api.GET('/connections/{id}', { params: { path: { id } }, signal: AbortSignal.timeout(TIME_TO_ASK) }))
    if (connectionState === 'connected') return connectionState
    return ['disconnected', 'failed', 'closed'].includes(connectionState) ? 'lost' : 'unknown'
  } catch (error) {
    return (error as ConnectionError).code === 'FST_WEBRTC_CONNECTION_NOT_FOUND' ? 'forgotten' : 'unknown'
  }
}
