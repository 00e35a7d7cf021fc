/** Runs in a process of its own: connects to the server, says so, and sends 10,000 messages on a channel that nobody listens to, or messages without end. Ends when the server closes. */
import { answerOffer, createConnection, postTo } from '../helpers/http-far-end.js'
import { NativePeer } from '../helpers/native-peer.js'

const [url, id, isEndless] = process.argv.slice(2)
const post = postTo(url!)
const connection = await createConnection(post)
const farEnd = new NativePeer()
const negotiated = await answerOffer(post, connection, farEnd, () => id === undefined ? undefined : farEnd.createDataChannel('flooded', { negotiated: true, id: Number(id) }))
const channel = negotiated ?? farEnd.createDataChannel('flooded')
await channel.opened()
console.log(connection.id)
const message = new Uint8Array(1024)
if (isEndless) {
  const tiny = new Uint8Array(16)
  for (let turn = 0; turn < 100_000 && !channel.isClosed; turn++) {
    for (let number = 0; number < 1000 && channel.native.isOpen() && channel.native.bufferedAmount() < 1_000_000; number++) channel.send(tiny)
    await new Promise(setImmediate)
  }
} else {
  for (let number = 0; number < 10_000; number++) channel.send(message)
}
console.log('sent')
await farEnd.closed(30_000)
await farEnd.close()
