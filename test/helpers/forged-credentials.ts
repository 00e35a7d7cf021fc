import { createHmac } from 'node:crypto'

/** What a client logs in with at a TURN server. */
export interface Credentials {
  username: string
  credential: string
}

/** Credentials that a TURN server must not take, each made from the right ones. */
export const FORGERIES: Record<string, (right: Credentials, secret: string) => Credentials> = {
  'that have expired': (_right, secret) => sign('1000000000:user', secret),
  'whose time has passed a second ago': (_right, secret) => sign(`${Math.floor(Date.now() / 1000) - 1}:user`, secret),
  'of another secret': ({ username }) => sign(username, 'south of the wall'),
  'whose time was prolonged': ({ username, credential }) => ({ username: username.replace(/^\d+/, expiry => String(Number(expiry) + 3600)), credential }),
  'of somebody else': ({ username, credential }) => ({ username: username.replace('user', 'other'), credential }),
  'with a guess for a password': ({ username }) => ({ username, credential: 'guess' })
}

function sign (username: string, secret: string): Credentials {
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
