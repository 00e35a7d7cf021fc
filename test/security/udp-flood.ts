/**
 * Floods a UDP port of loopback at a steady rate, from many ports: a third is junk, a third STUN binding requests for peers that there are not,
 * and a third for one that there is, with an integrity that is wrong. Arguments: the port, packets a second, seconds, the ufrag of that peer.
 * Writes how many packets it has sent. Its address is one of its own: docs/upstream/libjuice-mux-address.mjs
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { crc32 } from 'node:zlib'

const [port = 0, rate = 0, seconds = 0] = process.argv.slice(2, 5).map(Number)
const ufrag = process.argv[5]!
const ADDRESS = '127.0.0.2'
const SOCKETS = 200
const INTERVAL = 10

const sockets = await Promise.all(Array.from({ length: SOCKETS }, async () => {
  const socket = createSocket('udp4').bind(0, ADDRESS)
  await once(socket, 'listening')
  return socket
}))
console.log('ready')

const PACKETS = [() => randomBytes(100), () => bindingRequest(word()), () => bindingRequest(ufrag)]
const started = performance.now()
let sent = 0
const timer = setInterval(() => {
  const elapsed = Math.min(seconds, (performance.now() - started) / 1000)
  // No more at a time than a socket's buffer holds, where the process was late.
  for (let count = 0; sent < elapsed * rate && count < 200; count++) sockets[sent % SOCKETS]!.send(PACKETS[sent++ % PACKETS.length]!(), port, '127.0.0.1')
  if (elapsed < seconds) return
  clearInterval(timer)
  console.log(sent)
  for (const socket of sockets) socket.close()
}, INTERVAL)

function word (): string {
  return randomBytes(3).toString('base64')
}

/** RFC 8489 with the attributes of RFC 8445, 7.1. */
function bindingRequest (to: string): Buffer {
  const username = Buffer.from(`${to}:${word()}`)
  const attributes = Buffer.concat([attribute(0x0006, username), attribute(0x0024, randomBytes(4)), attribute(0x802a, randomBytes(8)), attribute(0x0008, randomBytes(20))])
  const message = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), randomBytes(12), attributes])
  message.writeUInt16BE(attributes.length + 8, 2)
  const fingerprint = Buffer.alloc(4)
  fingerprint.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0)
  return Buffer.concat([message, attribute(0x8028, fingerprint)])
}

function attribute (type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt16BE(type)
  header.writeUInt16BE(value.length, 2)
  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)])
}
