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

/** Of what asks for cameras and microphones: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const DEVICE_SENTENCES: Record<string, string> = {
  NotAllowedError: 'The page may not use what it asked for: permission was refused.',
  NotFoundError: 'The device that the page asked for is not there.',
  NotReadableError: 'The camera or the microphone cannot be used. Does another program have it?',
  OverconstrainedError: 'The chosen camera or microphone is not there any more.',
  SecurityError: 'Browsers let pages use cameras and microphones over https, or from this machine, alone.'
}

/** What went wrong, in words. */
export function describeError (error: unknown): string {
  if (!(error instanceof ConnectionError)) return DEVICE_SENTENCES[nameOf(error)] ?? `The browser refused: ${error instanceof Error ? error.message : String(error)}`
  const { code, message, cause } = error
  if (code === 'HOOK_FAILED') return describeError(cause)
  return SENTENCES[code] ?? `The server refused: ${message}.`
}

function nameOf (error: unknown): string {
  return error instanceof Error ? error.name : ''
}
