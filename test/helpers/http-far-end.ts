import type { WebRtcConnection } from '../../plugin/index.js'
import { withoutCandidates, type NativePeer } from './native-peer.js'

/** Posts to a server and reads its answer. Rejects unless that is a success. */
export type Post = (path: string, body?: object) => Promise<unknown>

/** By fetch. */
export function postTo (origin: string): Post {
  return async (path, body) => {
    const answer = await fetch(`${origin}${path}`, { method: 'POST', ...body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`POST ${origin}${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
}

/** Has the server offer. */
export async function createConnection (post: Post): Promise<WebRtcConnection> {
  return await post('/connections') as WebRtcConnection
}

/** Answers the server's offer over HTTP, as a client does that holds. Settles with what `prepare` makes, its channels for instance, when the far end has connected. */
export async function answerOffer<Prepared> (post: Post, { id, localDescription }: WebRtcConnection, farEnd: NativePeer, prepare: () => Prepared): Promise<Prepared> {
  const { sdp } = localDescription!
  const answer = farEnd.answer(withoutCandidates(sdp))
  const prepared = prepare()
  await post(`/connections/${id}/remote-description`, { type: 'answer', sdp: answer })
  farEnd.addCandidates(sdp)
  await farEnd.connected()
  return prepared
}
