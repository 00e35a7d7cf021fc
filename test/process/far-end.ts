/** A far end in a process of its own, which obeys its input: a JSON command a line. Ends with its input. */
import { createInterface } from 'node:readline'
import { NativePeer, type NativeChannel } from '../helpers/native-peer.js'

export interface FarEndCommand {
  /** Answers the offer; writes the answer. */
  offer?: string
  /** Candidates of the offer. */
  candidates?: string
  /** Makes a channel and closes it when the other side has acknowledged it; writes `closed`. */
  openAndClose?: string
  /** Sends so many messages of so many bytes on the channel with the label, its own or the other side's; writes `flooded`. */
  flood?: { label: string, isOwn: boolean, count: number, size: number }
}

const farEnd = new NativePeer()

createInterface({ input: process.stdin })
  .on('line', line => { obey(JSON.parse(line)) })
  .on('close', () => process.exit())

async function obey ({ offer, candidates, openAndClose, flood }: FarEndCommand): Promise<void> {
  if (offer) console.log(JSON.stringify(farEnd.answer(offer)))
  if (candidates) farEnd.addCandidates(candidates)
  if (openAndClose) {
    await farEnd.connected()
    const channel = farEnd.createDataChannel(openAndClose)
    await channel.opened()
    channel.close()
    console.log('closed')
  }
  if (flood) {
    await farEnd.connected()
    const channel = flood.isOwn ? farEnd.createDataChannel(flood.label) : await farEnd.channel(flood.label)
    send(channel, flood.count, Buffer.alloc(flood.size))
  }
}

/** No more than fits at a time: the other side may take its time. */
function send (channel: NativeChannel, count: number, message: Buffer): void {
  try {
    for (; count > 0 && channel.native.bufferedAmount() < 4e6; count--) channel.send(message)
  } catch {
    count = 0 // the other side has closed
  }
  if (count > 0) setTimeout(send, 1, channel, count, message)
  else console.log('flooded')
}
