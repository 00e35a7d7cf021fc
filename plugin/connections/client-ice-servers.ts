import type { WebRtcIceServer } from '../../schemas/ice-server.js'
import { HookFailedError, NegotiationTimedOutError } from '../errors.js'
import { settlesWithin } from '../settles-within.js'
import { parseIceUrl, showIceUrl } from '../peer/ice-servers.js'

/** ICE servers as a client is told of them. Throws a TypeError, without credentials, for what an RTCPeerConnection would refuse: https://www.w3.org/TR/webrtc/#set-the-configuration */
export function toClientIceServers (iceServers: unknown): WebRtcIceServer[] {
  if (!Array.isArray(iceServers)) throw new TypeError('found none')
  return iceServers.map(server => {
    const { urls: given, username, credential } = Object(server)
    const urls = [given].flat()
    if (given === undefined || urls.length === 0) throw new TypeError('found one without urls')
    for (const url of urls) checkUrl(url, [username, credential].every(isText))
    return { urls, ...isText(username) && { username }, ...isText(credential) && { credential } }
  })
}

/** What the application says, within so many milliseconds. Rejects with NegotiationTimedOut, and with HookFailed when it throws or says something else. */
export async function askForIceServers (ask: () => unknown, milliseconds: number): Promise<WebRtcIceServer[]> {
  const asked = new Promise(resolve => resolve(ask())).then(toClientIceServers)
  try {
    if (await settlesWithin(asked, milliseconds)) return await asked
  } catch (cause) {
    throw new HookFailedError('clientIceServers', { cause })
  }
  throw new NegotiationTimedOutError('no ICE servers were there within timeToConnected')
}

function checkUrl (url: unknown, hasCredentials: boolean): void {
  const parsed = typeof url === 'string' ? parseIceUrl(url) : undefined
  const isTurn = parsed?.scheme.startsWith('turn')
  if (!parsed || (parsed.transport && !isTurn)) throw new TypeError(`expected stun:host:port or turn:host:port, stuns or turns, found ${showIceUrl(url)}`)
  if (isTurn && !hasCredentials) throw new TypeError(`expected username and credential beside ${showIceUrl(url)}`)
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
