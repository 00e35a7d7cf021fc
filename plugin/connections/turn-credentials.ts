import { createHmac } from 'node:crypto'
import { accepts, checkOptions, time, type Checks } from '../option-checks.js'
import type { IceServer } from '../peer/ice-servers.js'
import { toClientIceServers } from './client-ice-servers.js'

export interface TurnCredentialsInit {
  /** The TURN servers that share the secret: `turn:` and `turns:` URIs. */
  urls: string | string[]
  /** What they were given as `static-auth-secret`, in coturn's words. It is never sent. */
  secret: string
  /** How long a client may begin to use its credentials, in milliseconds; some servers end what is relayed with them as well. Default 86400000, a day. */
  timeToLive?: number
}

/** Bytes of a TURN username (RFC 8489, 14.3). */
const MAX_USERNAME = 508
const DAY = 86_400_000

/** None of them shows a secret. */
const CHECKS: Checks<TurnCredentialsInit> = {
  urls: accepts('turn:host:port or turns:host:port', urls => toClientIceServers([{ urls, username: 'user', credential: 'credential' }])),
  secret: secret => typeof secret === 'string' && secret !== '' ? undefined : 'expected a string that is not empty',
  timeToLive: time
}

/**
 * Makes ICE servers with credentials of a limited time, for the option `clientIceServers`: the username is the second at which
 * they expire and, behind a colon, the principal if there is one; the credential is its HMAC-SHA1. coturn (`use-auth-secret`)
 * and others check them with the secret alone: draft-uberti-behave-turn-rest-00. Throws FST_WEBRTC_INVALID_OPTION, and makes
 * none for a principal that is too long for a username.
 */
export function turnCredentials ({ urls = [], secret = '', timeToLive = DAY }: TurnCredentialsInit): (request: unknown, context: { principal?: string }) => IceServer[] {
  checkOptions({ urls, secret, timeToLive }, CHECKS)
  return (_request, { principal }) => {
    const expiry = Math.ceil((Date.now() + timeToLive) / 1000)
    const username = principal === undefined ? String(expiry) : `${expiry}:${principal}`
    if (Buffer.byteLength(username) > MAX_USERNAME) throw new RangeError(`expected a principal of which a username of at most ${MAX_USERNAME} bytes can be made`)
    return [{ urls, username, credential: createHmac('sha1', secret).update(username).digest('base64') }]
  }
}
