import dgram, { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { describeAddress, findAddressProblem } from '../../plugin/peer/local-address.js'
import { freePort, takePort } from '../helpers/udp-port.js'

const LOOPBACK = '127.0.0.1'
const hasIPv6 = Object.values(networkInterfaces()).flat().some(address => address?.address === '::1')

t.test('findAddressProblem without options, or with those that this host has -> none', async t => {
  const port = await freePort()
  t.equal(await findAddressProblem({}), undefined)
  t.equal(await findAddressProblem({ bindAddress: LOOPBACK, udpPort: port }), undefined)
  t.equal(await findAddressProblem({ udpPort: port }), undefined)
  t.equal(await findAddressProblem({ portRange: { begin: port, end: port } }), undefined)
  if (hasIPv6) t.equal(await findAddressProblem({ bindAddress: '::1', udpPort: port }), undefined)
})

for (const bindAddress of ['203.0.113.1', '2001:db8::1']) {
  t.test(`findAddressProblem with the bindAddress ${bindAddress} -> it is not this host's`, async t => {
    t.match(await findAddressProblem({ bindAddress, udpPort: 1 }), { option: 'bindAddress', problem: new RegExp(`^expected an address of this host, found ${bindAddress}: E[A-Z]+$`) })
  })
}

t.test('findAddressProblem with a taken port -> its option, whether it is to be bound on one address or on all', async t => {
  const port = await takePort(t)
  for (const bindAddress of [LOOPBACK, undefined]) {
    t.strictSame(await findAddressProblem({ bindAddress, udpPort: port }), { option: 'udpPort', problem: `expected a UDP port that is free, found ${port}: EADDRINUSE` })
    t.strictSame(await findAddressProblem({ bindAddress, portRange: { begin: port, end: port } }), { option: 'portRange', problem: `expected a UDP port from ${port} to ${port} that is free, found none: EADDRINUSE` })
  }
})

t.test('findAddressProblem with a port that is free a moment later -> none', async t => {
  const socket = createSocket('udp4').bind(0, LOOPBACK)
  await once(socket, 'listening')
  const { port } = socket.address()
  const found = findAddressProblem({ bindAddress: LOOPBACK, udpPort: port })
  setTimeout(() => socket.close(), 60)
  t.equal(await found, undefined)
})

t.test('findAddressProblem with a range of which one port is free -> none', async t => {
  const first = await takePort(t)
  t.equal(await findAddressProblem({ bindAddress: LOOPBACK, portRange: { begin: first, end: Math.min(first + 50, 65535) } }), undefined)
})

t.test('findAddressProblem on a host without IPv6 -> what IPv4 says', async t => {
  const withoutIPv6 = (type: 'udp4' | 'udp6') => type === 'udp4' ? createSocket(type) : new Unsupported()
  const { findAddressProblem } = await t.mockImport<typeof import('../../plugin/peer/local-address.js')>('../../plugin/peer/local-address.js', { 'node:dgram': { ...dgram, createSocket: withoutIPv6 } })
  t.equal(await findAddressProblem({ udpPort: await freePort() }), undefined)
  const port = await takePort(t)
  t.match(await findAddressProblem({ udpPort: port }), { option: 'udpPort', problem: /EADDRINUSE$/ })
})

/** A socket of a protocol that the kernel does not have. */
class Unsupported extends EventEmitter {
  bind (): void {
    process.nextTick(() => this.emit('error', Object.assign(new Error('bind'), { code: 'EAFNOSUPPORT' })))
  }

  close (): void {}
}

const DESCRIPTIONS: [configuration: Parameters<typeof describeAddress>[0], description: string][] = [
  [{}, 'no file descriptor is left'],
  [{ udpPort: 20000, bindAddress: LOOPBACK }, 'udpPort 20000 is taken, or bindAddress 127.0.0.1 is no address of this host, or no file descriptor is left'],
  [{ portRange: { begin: 20000, end: 20010 } }, 'portRange 20000 to 20010 is used up, or no file descriptor is left']
]

for (const [configuration, description] of DESCRIPTIONS) {
  t.test(`describeAddress of ${JSON.stringify(configuration)} -> the options by their names`, async t => {
    t.equal(describeAddress(configuration), `expected a UDP socket, found none: ${description}`)
  })
}
