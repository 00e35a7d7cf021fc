import { readdirSync } from 'node:fs'
import t from 'tap'
import { checkLiveness } from '../../plugin/index.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { replacePeerConnection } from '../helpers/peers.js'

t.test('checkLiveness() again and again -> resolves, and leaves nothing behind', async t => {
  // The native threads come with the first peer; one of them goes a little after the last.
  await checkLiveness()
  const before = [count('task'), count('fd')]
  for (let round = 0; round < 10; round++) {
    await checkLiveness()
    t.equal(livePeerConnections(), 0)
  }
  const after = [count('task'), count('fd')]
  for (const [index, what] of ['threads', 'file descriptors'].entries()) t.ok(Math.abs(after[index]! - before[index]!) < 5, `expected about ${before[index]} ${what}, found ${after[index]}`)
})

t.test('checkLiveness() several at a time -> each resolves', async t => {
  await Promise.all(Array.from({ length: 5 }, () => checkLiveness()))
  t.equal(livePeerConnections(), 0)
})

t.test('checkLiveness() with no time to connect in -> rejects with a TimeoutError, and leaves nothing behind', async t => {
  await t.rejects(checkLiveness({ timeout: 1 }), { name: 'TimeoutError', message: 'expected two native peers to connect within 1 ms' })
  t.equal(livePeerConnections(), 0)
})

t.test('checkLiveness() when a peer cannot be made -> rejects with what the library throws, and closes the one there is', async t => {
  let made = 0
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    constructor (...[name, configuration]: ConstructorParameters<typeof PeerConnection>) {
      if (++made === 2) throw new Error('no file descriptor is left')
      super(name, configuration)
    }
  })
  await t.rejects(checkLiveness(), { name: 'Error', message: 'no file descriptor is left' })
  t.equal(made, 2)
  t.equal(livePeerConnections(), 0)
})

function count (what: 'task' | 'fd'): number {
  return readdirSync(`/proc/self/${what}`).length
}
