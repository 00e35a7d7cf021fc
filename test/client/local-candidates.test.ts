import t from 'tap'
import { LocalCandidates } from '../../generated-client/local-candidates.js'
import { signal, within } from '../helpers/deadline.js'

/** Just enough of a peer for `LocalCandidates`. */
class Gathering extends EventTarget {
  iceConnectionState = 'new'

  found (address: string | null, transport = 'udp', more: Partial<RTCIceCandidate> = {}): void {
    const candidate = address === null ? null : { candidate: `candidate:1 1 ${transport} 1 ${address} 1 typ host`, sdpMLineIndex: 0, ...more }
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }))
  }

  collect (): LocalCandidates {
    return new LocalCandidates(this as never)
  }
}

/** Whether the promise has settled as soon as it could have. */
async function settles (promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), new Promise<false>(resolve => setImmediate(resolve, false))])
}

for (const [address, transport, isEnough] of [
  ['192.0.2.1', 'udp', true],
  ['192.0.2.1', 'UDP', true],
  ['f9c2a1f0-1b2e-4d9e-8d5e-0f7d9e4b4c11.local', 'udp', true],
  [null, 'udp', true],
  ['2001:db8::1', 'udp', false],
  ['192.0.2.1', 'tcp', false]
] as const) {
  for (const when of ['before', 'after']) {
    t.test(`first with ${address} over ${transport}, ${when} it is asked, ${isEnough ? 'settles' : 'waits for another, but not for long'}`, async t => {
      const gathering = new Gathering()
      const localCandidates = gathering.collect()
      if (when === 'before') gathering.found(address, transport)
      const candidates = localCandidates.first()
      if (when === 'after') gathering.found(address, transport)
      t.equal(await settles(candidates), isEnough)
      t.equal((await candidates).length, address === null ? 0 : 1)
    })
  }
}

t.test('first when the usual candidate comes second settles with both', async t => {
  const gathering = new Gathering()
  const candidates = gathering.collect().first()
  gathering.found('2001:db8::1')
  gathering.found('192.0.2.1')
  t.equal((await candidates).length, 2)
})

t.test('first when there will be no candidate settles all the same', async t => {
  t.same(await new Gathering().collect().first(), [])
})

t.test('first has nothing that is null, and the ice-ufrag where there is one', async t => {
  const gathering = new Gathering()
  const candidates = gathering.collect().first()
  gathering.found('2001:db8::1', 'udp', { sdpMLineIndex: null, usernameFragment: null })
  gathering.found('192.0.2.1', 'udp', { sdpMLineIndex: 1, usernameFragment: 'abcd' })
  t.same(await candidates, [
    { candidate: 'candidate:1 1 udp 1 2001:db8::1 1 typ host', sdpMLineIndex: 0 },
    { candidate: 'candidate:1 1 udp 1 192.0.2.1 1 typ host', sdpMLineIndex: 1, usernameFragment: 'abcd' }
  ])
})

t.test('trickle hands over what came since and what comes, together', async t => {
  const gathering = new Gathering()
  const localCandidates = gathering.collect()
  gathering.found('192.0.2.1')
  await localCandidates.first()
  gathering.found('192.0.2.2')
  const { promise, resolve } = signal<unknown[]>()
  localCandidates.trickle(resolve)
  gathering.found('192.0.2.3', 'tcp')
  gathering.found('192.0.2.4')
  gathering.found(null)
  t.match(await within(promise, 'the candidates'), [{ candidate: / 192\.0\.2\.2 / }, { candidate: / 192\.0\.2\.3 / }, { candidate: / 192\.0\.2\.4 / }])
})

t.test('trickle hands over nothing that the server cannot use, and nothing once ICE is connected', async t => {
  const gathering = new Gathering()
  const localCandidates = gathering.collect()
  gathering.found('192.0.2.1')
  await localCandidates.first()
  let sent = 0
  localCandidates.trickle(() => sent++)
  gathering.found('192.0.2.1', 'tcp')
  gathering.found('192.0.2.2')
  gathering.iceConnectionState = 'connected'
  await new Promise(resolve => setTimeout(resolve, 150))
  t.equal(sent, 0)
})
