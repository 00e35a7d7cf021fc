import Fastify from 'fastify'
import t, { type Test } from 'tap'
import signaling, { ConnectionManager, type ConnectionManagerOptions, type SignalingOptions } from '../../plugin/index.js'
import { freePort } from '../helpers/udp-port.js'

const TIME = 'an integer from 1 to 2147483647 milliseconds'
const LIMIT = 'an integer of at least 1, or Infinity'
const PORT = 'an integer from 1 to 65535'
const PORT_RANGE = '{ begin, end }, two UDP ports in order'
const ADVERTISE = 'an IP address, or { address, port }'
const POLICY = "'public', 'any', 'none' or a list of networks"
const ICE_SERVERS = 'a list of RTCIceServer'

/** Every option of a manager with wrong values: the value, and what the sentence says. */
const WRONG: Record<keyof ConnectionManagerOptions, [value: unknown, problem: string][]> = {
  timeToConnected: [[0, `expected ${TIME}, found 0`], [1.5, `expected ${TIME}, found 1.5`], ['10s', `expected ${TIME}, found '10s'`], [2 ** 31, `expected ${TIME}, found 2147483648`], [NaN, `expected ${TIME}, found NaN`], [null, `expected ${TIME}, found null`]],
  timeToHostCandidates: [[Date, `expected ${TIME}, found [Function: Date]`], [5n, `expected ${TIME}, found 5n`]],
  timeToReconnected: [[Infinity, `expected ${TIME}, found Infinity`]],
  maxReconnectsPerMinute: [[0, `expected ${LIMIT}, found 0`]],
  generateId: [['uuid', "expected a function, found 'uuid'"]],
  maxConnections: [[0, `expected ${LIMIT}, found 0`], ['2000', `expected ${LIMIT}, found '2000'`]],
  maxPendingConnections: [[-1, `expected ${LIMIT}, found -1`]],
  maxConnectionsPerPrincipal: [[0, `expected ${LIMIT}, found 0`], [-Infinity, `expected ${LIMIT}, found -Infinity`]],
  maxPendingConnectionsPerPrincipal: [['20', `expected ${LIMIT}, found '20'`]],
  maxConnectionsPerAddress: [[1.5, `expected ${LIMIT}, found 1.5`]],
  maxPendingConnectionsPerAddress: [[NaN, `expected ${LIMIT}, found NaN`]],
  maxEventLoopDelay: [[null, `expected ${LIMIT}, found null`]],
  maxMessageSize: [[0, 'expected an integer from 1 to 16777216 bytes, found 0'], [Infinity, 'expected an integer from 1 to 16777216 bytes, found Infinity']],
  maxMessagesPerSecond: [[0, `expected ${LIMIT}, found 0`]],
  maxBytesPerSecond: [[-1, `expected ${LIMIT}, found -1`]],
  maxQueuedAmount: [[-1, `expected ${LIMIT}, found -1`]],
  maxDataChannels: [[-1, 'expected an integer from 0 to 512, found -1'], [513, 'expected an integer from 0 to 512, found 513']],
  maxBufferedAmount: [[0, `expected ${LIMIT}, found 0`]],
  iceServers: [
    ['stun:example.com', `expected ${ICE_SERVERS}: found none, or one without urls`],
    [[null], `expected ${ICE_SERVERS}: found none, or one without urls`],
    [[{ url: 'stun:example.com' }], `expected ${ICE_SERVERS}: found none, or one without urls`],
    [[{ urls: 'http://example.com' }], `expected ${ICE_SERVERS}: expected stun:host:port or turn:host:port over UDP, found "http://example.com"`],
    [[{ urls: ['stun:example.com', 'turns:example.com'] }], `expected ${ICE_SERVERS}: expected stun:host:port or turn:host:port over UDP, found "turns:example.com"`],
    [[{ urls: 'turn:example.com', username: 'user' }], `expected ${ICE_SERVERS}: expected username and credential beside "turn:example.com"`]
  ],
  iceTransportPolicy: [['none', "expected 'all' or 'relay', found 'none'"]],
  bindAddress: [['localhost', "expected an IP address, found 'localhost'"], [127, 'expected an IP address, found 127']],
  portRange: [
    [[1, 2], `expected ${PORT_RANGE}, found [ 1, 2 ]`], [{ begin: 2, end: 1 }, `expected ${PORT_RANGE}, found { begin: 2, end: 1 }`],
    [{ begin: 0, end: 1 }, `expected ${PORT_RANGE}, found { begin: 0, end: 1 }`], [{ begin: 1, end: 65536 }, `expected ${PORT_RANGE}, found { begin: 1, end: 65536 }`], [null, `expected ${PORT_RANGE}, found null`]
  ],
  udpPort: [[0, `expected ${PORT}, found 0`], [65536, `expected ${PORT}, found 65536`]],
  media: [[1, 'expected a boolean, found 1']],
  advertise: [['example.com', `expected ${ADVERTISE}, found 'example.com'`], [{ port: 1 }, `expected ${ADVERTISE}, found { port: 1 }`], [{ address: '192.0.2.1', port: 0 }, `expected ${ADVERTISE}, found { address: '192.0.2.1', port: 0 }`], [null, `expected ${ADVERTISE}, found null`]],
  remoteCandidates: [['private', `expected ${POLICY}: found 'private'`], [['10.0.0.0'], `expected ${POLICY}: expected a network such as 192.0.2.0/24 or 2001:db8::/32, found "10.0.0.0"`], [[10], `expected ${POLICY}: expected a network such as 192.0.2.0/24 or 2001:db8::/32, found 10`]],
  onConnected: [[true, 'expected a function, found true']],
  onDisconnected: [[{}, 'expected a function, found {}']],
  onClosed: [['log', "expected a function, found 'log'"]],
  onLimitExceeded: [[1, 'expected a function, found 1']]
}

for (const [name, values] of Object.entries(WRONG)) {
  for (const [value, problem] of values) {
    t.test(`${name}: ${problem} -> no manager, no registration`, async t => {
      const expected = { code: 'FST_WEBRTC_INVALID_OPTION', name: 'FastifyError', message: `Invalid option ${name}: ${problem}` }
      t.type(t.throws(() => new ConnectionManager({ [name]: value }), expected), TypeError)
      await rejectsRegistration(t, { [name]: value }, expected.message)
    })
  }
}

const MISPLACED = 'expected it to be given to the ConnectionManager that is passed as connections'
const REGISTRATIONS: Record<string, [options: object, message: string | RegExp]> = {
  'a hook that is no function': [{ beforeOffer: 1 }, 'Invalid option beforeOffer: expected a function, found 1'],
  'the other hook that is no function': [{ beforeAnswer: null }, 'Invalid option beforeAnswer: expected a function, found null'],
  'an identify that is no function': [{ identify: 'user' }, "Invalid option identify: expected a function, found 'user'"],
  'a listConnections that is no boolean': [{ listConnections: 'yes' }, "Invalid option listConnections: expected a boolean, found 'yes'"],
  'clientIceServers that are neither': [{ clientIceServers: 'stun:example.com' }, 'Invalid option clientIceServers: expected a function, or a list of RTCIceServer: found none'],
  'clientIceServers with a secret in a URL': [{ clientIceServers: [{ urls: 'turn:user:secret@example.com', username: 'user', credential: 'secret' }] }, 'Invalid option clientIceServers: expected a function, or a list of RTCIceServer: expected stun:host:port or turn:host:port, stuns or turns, found "turn:…@example.com"'],
  'clientIceServers without a credential': [{ clientIceServers: [{ urls: 'turn:example.com', username: 'user' }] }, 'Invalid option clientIceServers: expected a function, or a list of RTCIceServer: expected username and credential beside "turn:example.com"'],
  'relay without TURN': [{ iceTransportPolicy: 'relay', iceServers: [{ urls: 'stun:example.com' }] }, "Invalid option iceTransportPolicy: expected a TURN server in iceServers for 'relay', found none"],
  'relay without any server': [{ iceTransportPolicy: 'relay' }, "Invalid option iceTransportPolicy: expected a TURN server in iceServers for 'relay', found none"],
  'connections that are no manager': [{ connections: [] }, 'Invalid option connections: expected a ConnectionManager, found []'],
  'an option that there is not': [{ beforeoffer: () => {} }, /^Invalid option beforeoffer: there is no such option; expected one of beforeOffer, .*, timeToConnected, .*, onLimitExceeded$/],
  'less to send than a message': [{ maxMessageSize: 2 ** 21 }, 'Invalid option maxBufferedAmount: expected room for a message of maxMessageSize, 2097152 bytes, found 1048576'],
  'fewer bytes a second than a message': [{ maxBytesPerSecond: 1000 }, 'Invalid option maxBytesPerSecond: expected room for a message of maxMessageSize, 262144 bytes, found 1000'],
  'an option of the prototype': [JSON.parse('{"__proto__":1,"toString":1}'), /^Invalid option (__proto__|toString): there is no such option/],
  'an option beside connections': [{ connections: new ConnectionManager(), maxConnections: 1 }, `Invalid option maxConnections: ${MISPLACED}`],
  'a callback beside connections': [{ connections: new ConnectionManager(), onClosed: () => {} }, `Invalid option onClosed: ${MISPLACED}`],
  'udpPort and portRange': [{ udpPort: 5000, portRange: { begin: 5000, end: 5001 } }, 'Invalid option udpPort: expected it without portRange, found both'],
  'udpPort and TURN': [{ udpPort: 5000, iceServers: [{ urls: 'turn:example.com', username: 'user', credential: 'secret' }] }, 'Invalid option udpPort: expected no TURN server beside it, which one port for all peers cannot use']
}

for (const [name, [options, message]] of Object.entries(REGISTRATIONS)) {
  t.test(`register with ${name} -> fails with a sentence`, async t => {
    await rejectsRegistration(t, options, message)
  })
}

t.test('options that are right, or undefined -> accepted', async t => {
  t.ok(new ConnectionManager({ bindAddress: '::1', udpPort: 5000 }))
  const managerOptions: ConnectionManagerOptions = {
    timeToConnected: 1,
    timeToHostCandidates: 2 ** 31 - 1,
    timeToReconnected: undefined,
    generateId: () => 'id',
    maxConnections: 1,
    maxPendingConnections: Number.MAX_SAFE_INTEGER,
    iceServers: [{ urls: ['stun:example.com', 'stun:[2001:db8::1]:3478'] }, { urls: 'turn:192.0.2.1:1234?transport=udp', username: 'user', credential: 'secret' }],
    iceTransportPolicy: 'relay',
    bindAddress: '127.0.0.1',
    portRange: { begin: 1, end: 65535 },
    udpPort: undefined,
    advertise: { address: '2001:db8::1' },
    remoteCandidates: ['10.0.0.0/8', '::/0'],
    onConnected: () => {},
    onDisconnected: async () => {},
    onClosed: undefined
  }
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(signaling, { prefix: '/a', logLevel: 'warn', logSerializers: {}, beforeOffer: undefined, connections: undefined, ...managerOptions })
  app.register(signaling, { prefix: '/b', listConnections: true, clientIceServers: [{ urls: ['stun:example.com', 'turns:example.com'], username: 'user', credential: 'secret' }], beforeAnswer: async () => {}, connections: new ConnectionManager({ ...managerOptions, portRange: undefined, iceServers: [], iceTransportPolicy: 'all', udpPort: await freePort() }) })
  await app.ready()
})

async function rejectsRegistration (t: Test, options: SignalingOptions, message: string | RegExp): Promise<void> {
  const app = Fastify()
  app.register(signaling, options)
  await t.rejects(async () => { await app.ready() }, { code: 'FST_WEBRTC_INVALID_OPTION', message })
  await app.close()
}
