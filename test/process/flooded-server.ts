/**
 * Runs in a process of its own: a server whose listeners take their time as the first word of a channel's label says. Writes its address, then a JSON
 * line for every limit that is exceeded and every connection that closes. Ends with its input.
 */
import Fastify from 'fastify'
import signaling, { type DataChannel, type PeerConnection } from '../../plugin/index.js'
import { block } from '../helpers/peers.js'

let isBusy = false

const LISTENERS: Record<string, () => void> = {
  fast: () => {},
  slow: () => { for (const end = performance.now() + 0.2; performance.now() < end;); },
  busy: () => {
    if (isBusy) return
    isBusy = true
    block(600)
    setTimeout(() => { isBusy = false }, 1000)
  }
}

const MESSAGE = new Uint8Array(16 * 1024)

/** How it sends to a far end, once that asks for it. */
const SENDERS: Record<string, (channel: DataChannel) => void> = {
  'as fast as send allows' (channel) {
    const send = () => { while (trySend(channel)); }
    channel.bufferedAmountLowThreshold = MESSAGE.byteLength
    channel.onbufferedamountlow = send
    send()
  },
  // Node keeps what belongs to a DOMException in a WeakMap, which holds some 80 bytes of each until a full collection: so many a second that it shows
  // would measure the exceptions of an application, and not its far end.
  'whatever send throws' (channel) {
    const timer = setInterval(() => { for (let sent = 0; sent < 10; sent++) trySend(channel) }, 1)
    channel.onclose = () => clearInterval(timer)
  }
}

const app = Fastify()
app.register(signaling, {
  bindAddress: '127.0.0.1',
  // Half the default: a busy machine may get no more across.
  maxBytesPerSecond: 16 * 1024 * 1024,
  onLimitExceeded: ({ id }, limit) => console.log(JSON.stringify({ id, limit })),
  onClosed: ({ id }, reason) => console.log(JSON.stringify({ id, reason })),
  beforeOffer (peerConnection: PeerConnection) {
    const echo = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
    const sender = peerConnection.createDataChannel('sender', { negotiated: true, id: 1 })
    echo.onmessage = ({ data }) => {
      echo.send(data)
      // When the answer is on its way.
      setTimeout(() => SENDERS[String(data)]?.(sender), 100)
    }
    peerConnection.ondatachannel = ({ channel }) => { channel.onmessage = LISTENERS[channel.label.split(' ')[0]!]! }
  }
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
process.stdin.resume().on('end', () => process.exit())

function trySend (channel: DataChannel): boolean {
  try {
    channel.send(MESSAGE)
    return true
  } catch {
    return false
  }
}
