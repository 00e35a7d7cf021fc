/** A far end in a process of its own, which can be killed. Reads an offer, writes its answer; reads the offer's candidates, writes that it is connected. */
import { createInterface } from 'node:readline'
import { NativePeer, withoutCandidates } from '../helpers/native-peer.js'

const farEnd = new NativePeer()
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const read = async () => JSON.parse((await lines.next()).value as string) as string
const write = (value: string) => console.log(JSON.stringify(value))

const offer = await read()
write(farEnd.answer(withoutCandidates(offer)))
farEnd.addCandidates(await read())
await farEnd.connected()
write('connected')
