import { ConnectionError } from '../../../generated-client/index.js'

const SENTENCES: Record<string, string> = {
  NETWORK_ERROR: 'The server cannot be reached. Is it running?',
  FST_WEBRTC_TOO_MANY_CONNECTIONS: 'The server has too many connections.',
  FST_WEBRTC_TOO_MANY_PENDING_CONNECTIONS: 'The server has too many connections that are not established yet.',
  FST_WEBRTC_CLOSING: 'The server is shutting down.'
}

/** What went wrong, in words. */
export function describeError (error: unknown): string {
  if (!(error instanceof ConnectionError)) return `The browser refused: ${error instanceof Error ? error.message : String(error)}`
  const { code, message, retryAfter } = error
  const sentence = SENTENCES[code] ?? `The server refused: ${message}.`
  return retryAfter ? `${sentence} Try again in ${retryAfter === 1 ? 'a second' : `${retryAfter} seconds`}.` : sentence
}
