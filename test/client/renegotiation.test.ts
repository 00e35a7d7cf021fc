import t, { type Test } from 'tap'
import { createSignalingClient, type WebRtcEvent } from '../../generated-client/index.js'
import { Renegotiation } from '../../generated-client/renegotiation.js'
import { signal, within } from '../helpers/deadline.js'

/** The part of a browser's peer that a negotiation uses. */
class FakePeer extends EventTarget {
  signalingState: RTCSignalingState = 'stable'
  connectionState: RTCPeerConnectionState = 'connected'
  readonly calls: string[] = []
  onCall = () => {}

  async createOffer () { return { type: 'offer', sdp: 'offer' } }
  async createAnswer () { return { type: 'answer' } }
  async setLocalDescription (description: RTCSessionDescriptionInit) { this.#apply('local', description) }
  async setRemoteDescription (description: RTCSessionDescriptionInit) { this.#apply('remote', description) }

  need (): void {
    this.dispatchEvent(new Event('negotiationneeded'))
  }

  #apply (where: 'local' | 'remote', { type, sdp }: RTCSessionDescriptionInit): void {
    this.calls.push(`${where} ${type} ${sdp ?? ''}`.trim())
    this.signalingState = type === 'offer' ? `have-${where}-offer` : 'stable'
    this.onCall()
  }
}

/** A server that answers as it is told to, and tells of what it is told to. */
function createEnds (t: Test, statuses: (number | 'cut' | 'never')[] = [], signalingState: RTCSignalingState = 'have-local-offer') {
  const peer = new FakePeer()
  const posted: string[] = []
  const errors: unknown[] = []
  let streams = 0
  let tell = (_event: object) => {}
  let id = 7
  const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname.endsWith('/events')) {
      t.equal(searchParams.get('lastEventId'), '7')
      streams++
      const body = new ReadableStream<Uint8Array>({
        start (controller) {
          tell = event => controller.enqueue(new TextEncoder().encode(`id: ${++id}\ndata: ${JSON.stringify({ id, ...event })}\n\n`))
          request.signal.addEventListener('abort', () => controller.error(request.signal.reason))
        }
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    if (request.method === 'GET') return json({ signalingState })
    const { type, sdp } = await request.json() as WebRtcEvent & { sdp: string }
    posted.push(`${type} ${sdp}`)
    const status = statuses.shift() ?? 200
    if (status === 'cut') throw new TypeError('cut')
    if (status === 'never') return await new Promise((_resolve, reject) => { request.signal.addEventListener('abort', () => reject(request.signal.reason)) })
    return status === 200 ? json({ type, sdp }) : json({ statusCode: status, code: 'FST', error: 'x', message: 'x' }, status)
  }
  const negotiation = new Renegotiation({
    api: createSignalingClient({ baseUrl: 'http://server', fetch }),
    id: 'a',
    lastEventId: 7,
    peerConnection: peer as unknown as RTCPeerConnection,
    prepare: sdp => `prepared ${sdp}`.trim(),
    onError: error => errors.push(error)
  })
  t.teardown(() => negotiation.close())
  return {
    peer,
    negotiation,
    posted,
    errors,
    tell: (event: object) => tell(event),
    streams: () => streams,
    /** Settles when the peer has been told so much. */
    async calls (count: number): Promise<string[]> {
      const { promise, resolve } = signal()
      peer.onCall = () => { if (peer.calls.length >= count) resolve() }
      peer.onCall()
      await within(promise, `${count} descriptions`).catch(error => { throw new Error(`${error.message}, found ${peer.calls}`) })
      return peer.calls
    }
  }
}

const describe = (type: string, sdp: string) => ({ type: 'description', description: { type, sdp } })

/** Until what was called has done what it can do at once. */
async function settle (): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

t.test('negotiationneeded -> offered, the server\'s answer by an event -> applied', async t => {
  const { peer, posted, tell, calls, streams } = createEnds(t)
  peer.need()
  await calls(1)
  await settle()
  t.strictSame(posted, ['offer prepared offer'])
  tell({ type: 'state' })
  tell(describe('answer', 'theirs'))
  t.strictSame(await calls(2), ['local offer prepared offer', 'remote answer theirs'])
  tell(describe('answer', 'again'))
  await settle()
  t.equal(peer.calls.length, 2, 'an answer to nothing is not applied')
  t.equal(streams(), 1)
})

t.test('negotiationneeded -> before the peer is connected, or within an offer -> once it is; not twice', async t => {
  const { peer, posted, calls } = createEnds(t)
  peer.connectionState = 'connecting'
  peer.need()
  peer.dispatchEvent(new Event('connectionstatechange'))
  await settle()
  t.strictSame(posted, [])
  peer.connectionState = 'connected'
  peer.dispatchEvent(new Event('connectionstatechange'))
  peer.dispatchEvent(new Event('connectionstatechange'))
  peer.need()
  await calls(1)
  await settle()
  t.equal(posted.length, 1)
})

t.test('the server\'s offer -> answered, and applied once the server has the answer', async t => {
  const { negotiation, posted, tell, calls } = createEnds(t)
  negotiation.listen()
  negotiation.listen()
  await settle()
  tell(describe('offer', 'theirs'))
  t.strictSame(await calls(2), ['remote offer theirs', 'local answer prepared'])
  t.strictSame(posted, ['answer prepared'])
})

t.test('the server\'s offer -> it was taken back meanwhile -> so is what was applied of it', async t => {
  const { negotiation, tell, calls } = createEnds(t, [409])
  negotiation.listen()
  await settle()
  tell(describe('offer', 'theirs'))
  t.strictSame(await calls(2), ['remote offer theirs', 'remote rollback'])
})

t.test('both offer -> this end takes its own back, hears the server\'s, and offers again', async t => {
  const { peer, posted, tell, calls } = createEnds(t, [409])
  peer.need()
  await calls(2)
  await settle()
  // As a browser does that is stable again, and still has something to say.
  peer.need()
  await settle()
  t.equal(posted.length, 1, 'not before the server\'s offer was heard')
  tell(describe('offer', 'theirs'))
  await calls(4)
  peer.need()
  t.strictSame(await calls(5), ['local offer prepared offer', 'local rollback', 'remote offer theirs', 'local answer prepared', 'local offer prepared offer'])
})

t.test('an offer that is refused, with none of the server\'s under way -> again, a little later', async t => {
  const { peer, posted, calls } = createEnds(t, [409], 'stable')
  peer.need()
  await calls(2)
  peer.need()
  await calls(3)
  await settle()
  t.strictSame(posted, ['offer prepared offer', 'offer prepared offer'])
})

t.test('a server that cannot be reached -> asked again; an answer that it has got already -> applied', async t => {
  const { negotiation, posted, tell, calls, errors } = createEnds(t, ['cut', 503, 409])
  negotiation.listen()
  await settle()
  tell(describe('offer', 'theirs'))
  t.strictSame(await calls(2), ['remote offer theirs', 'local answer prepared'])
  t.equal(posted.length, 3)
  t.strictSame(errors, [])
})

t.test('a server that refuses, or is never reached -> the error, once, and no more offers', async t => {
  for (const statuses of [[400], Array<'cut'>(5).fill('cut')]) {
    const { peer, posted, calls, errors, negotiation } = createEnds(t, [...statuses])
    peer.need()
    await calls(1)
    const { promise, resolve } = signal()
    const timer = setInterval(() => { if (errors.length > 0) resolve() }, 10)
    await within(promise, 'the error').finally(() => clearInterval(timer))
    peer.signalingState = 'stable'
    peer.need()
    negotiation.listen()
    await settle()
    t.equal(posted.length, statuses.length)
    t.equal(errors.length, 1)
  }
})

t.test('a peer that fails -> the error', async t => {
  const { peer, errors, negotiation } = createEnds(t)
  peer.createOffer = async () => { throw new TypeError('mine') }
  peer.need()
  await settle()
  t.match(errors, [{ message: 'mine' }])
  const aborted = createEnds(t)
  aborted.peer.createOffer = async () => {
    aborted.negotiation.close()
    throw new TypeError('closed')
  }
  aborted.peer.need()
  await settle()
  t.strictSame(aborted.errors, [], 'not after it was closed')
  negotiation.close()
})

t.test('closed while an offer is under way -> no error', async t => {
  const { peer, negotiation, calls, errors } = createEnds(t, ['never'])
  peer.need()
  await calls(1)
  await settle()
  negotiation.close()
  await settle()
  t.strictSame([peer.calls.length, errors], [1, []])
})

t.test('the connection closes, or the peer -> nothing more', async t => {
  const { peer, negotiation, tell, posted, errors } = createEnds(t)
  negotiation.listen()
  await settle()
  tell({ type: 'closed', reason: 'deleted' })
  await settle()
  peer.need()
  await settle()
  const closed = createEnds(t)
  closed.peer.signalingState = 'closed'
  closed.peer.need()
  await settle()
  t.strictSame([posted, errors, closed.posted], [[], [], []])
})
