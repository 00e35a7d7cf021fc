import { ConnectionError } from '../../../generated-client/index.js'

const SENTENCES: Record<string, string> = {
  NETWORK_ERROR: 'The server cannot be reached. Is it running?',
  TIMED_OUT: 'The server cannot be reached over UDP.',
  NOT_CONNECTED: 'The server cannot be reached over UDP.',
  FST_WEBRTC_TOO_MANY_CONNECTIONS: 'The server has too many connections.',
  FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS: 'The server has too many connections that are not established yet.',
  FST_WEBRTC_CLOSING: 'The server is shutting down.',
  FST_WEBRTC_CONNECTION_NOT_FOUND: 'The server has been started anew.'
}

/** What went wrong, in words. */
export function describeError (error: unknown): string {
  if (!(error instanceof ConnectionError)) return `The browser refused: ${error instanceof Error ? error.message : String(error)}`
  const { code, message } = error
  return SENTENCES[code] ?? `The server refused: ${message}.`
}
