import { mock } from 'node:test'
import t from 'tap'
import { assertMainThread, createNativePeerConnection, guard } from '../../plugin/peer/native.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import { nextTurn } from '../../plugin/peer/event-loop.js'
import { signal } from '../helpers/deadline.js'
import { createPeer, replacePeerConnection } from '../helpers/peers.js'

t.test('guard passes the arguments on, and what is thrown to the error handler', async t => {
  const errors: unknown[] = []
  const error = new Error('of the callback')
  const calls: unknown[] = []
  guard((...args: unknown[]) => { calls.push(args) }, error => errors.push(error))(1, 'two')
  guard(() => { throw error }, error => errors.push(error))()
  t.same(calls, [[1, 'two']])
  t.same(errors, [error])
})

t.test('assertMainThread in a worker thread throws an error that says what to do', async t => {
  t.throws(() => assertMainThread(false), { message: 'fastify-webrtc runs on the main thread only: use processes, not worker threads, for more than one core' })
  t.doesNotThrow(() => assertMainThread())
})

t.test('createNativePeerConnection passes every setting on to the library', async t => {
  const configurations: object[] = []
  replacePeerConnection(t, () => class { constructor (_name: string, configuration: object) { configurations.push(configuration) } })
  createNativePeerConnection({ maxMessageSize: 262144 })
  createNativePeerConnection({ bindAddress: '127.0.0.1', portRange: { begin: 5000, end: 5010 }, iceTransportPolicy: 'relay', iceServers: [{ urls: 'stun:host' }], maxMessageSize: 262144 })
  createNativePeerConnection({ udpPort: 5000, maxMessageSize: 10 })
  t.match(configurations[0], { iceServers: [], iceTransportPolicy: 'all', maxMessageSize: 262145, enableIceUdpMux: false, certificatePemFile: /BEGIN CERTIFICATE/, keyPemFile: /BEGIN PRIVATE KEY/ })
  for (const name of ['bindAddress', 'portRangeBegin', 'portRangeEnd']) t.notOk(name in configurations[0]!)
  t.match(configurations[1], { bindAddress: '127.0.0.1', portRangeBegin: 5000, portRangeEnd: 5010, iceTransportPolicy: 'relay', iceServers: ['stun:host:3478'], enableIceUdpMux: false })
  t.match(configurations[2], { maxMessageSize: 131083, enableIceUdpMux: true, portRangeBegin: 5000, portRangeEnd: 5000 })
})

t.test('a native peer that does not say it has closed is reported after 5 s; nobody waits for it any longer, but it is held until it has', async t => {
  const closed = signal()
  let close = () => {}
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override close () { close = () => super.close() }
    override onStateChange (callback: (state: string) => void) {
      super.onStateChange(state => {
        callback(state)
        if (state === 'closed') closed.resolve()
      })
    }
  })
  const before = livePeerConnections()
  const { peerConnection, errors } = createPeer(t)
  peerConnection.setLocalDescription()
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())

  const released = peerConnection.release()
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  mock.timers.tick(4999)
  t.same(errors, [])
  mock.timers.tick(1)
  await released
  t.match(errors, [{ where: 'close', error: { message: 'the native peer has not closed within 5000 ms' } }])
  t.equal(livePeerConnections(), before + 1)

  close()
  await closed.promise
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  t.equal(livePeerConnections(), before)
})
