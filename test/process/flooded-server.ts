/**
 * Runs in a process of its own: a server whose listeners behave as the argument says. Writes its address, then a JSON line
 * for every limit that is exceeded and every connection that closes.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify from 'fastify'
import signaling, { type DataChannel, type DataChannelMessageEvent, type PeerConnection } from '../../plugin/index.js'
import { block } from '../helpers/peers.js'

const LISTENERS: Record<string, (event: DataChannelMessageEvent) => unknown> = {
  fast: () => {},
  slow: () => { for (const end = performance.now() + 0.2; performance.now() < end;); },
  busy: once(() => block(600))
}

const SENDERS: Record<string, (channel: DataChannel, size: number) => void> = {
  patient: (channel, size) => {
    channel.bufferedAmountLowThreshold = 65536
    channel.onbufferedamountlow = () => { while (attempt(channel, size)); }
    while (attempt(channel, size));
  },
  ignorant: (channel, size) => {
    const timer = setInterval(() => { for (let sent = 0; sent < 1000; sent++) attempt(channel, size) }, 1)
    channel.onclose = () => clearInterval(timer)
  }
}

const [listener = 'fast', sender, size = '1024'] = process.argv.slice(2)
const app = Fastify()
app.register(signaling, {
  bindAddress: '127.0.0.1',
  onLimitExceeded: ({ id }, limit) => console.log(JSON.stringify({ id, limit })),
  onClosed: ({ id }, reason) => console.log(JSON.stringify({ id, reason })),
  beforeOffer (peerConnection: PeerConnection) {
    const echo = peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })
    echo.onmessage = ({ data }) => echo.send(data)
    if (sender) {
      const channel = peerConnection.createDataChannel('sent to', { negotiated: true, id: 1 })
      channel.onopen = () => SENDERS[sender]!(channel, Number(size))
    }
    peerConnection.ondatachannel = ({ channel }) => { channel.onmessage = event => LISTENERS[listener]!(event) }
  }
})
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
process.on('SIGUSR2', () => {
  gc()
  console.log(JSON.stringify({ collected: true }))
})
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
process.stdin.resume().on('end', () => process.exit())

function attempt (channel: DataChannel, size: number): boolean {
  try {
    channel.send(new Uint8Array(size))
    return true
  } catch {
    return false
  }
}

function once (call: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    call()
  }
}
