/**
 * RTP packets from one broadcaster to its viewers: through the examples broadcaster and viewer, and through node-datachannel by itself,
 * which sends each packet on as it is. Each server has a process of its own, all far ends are in this one; the two take turns, which are
 * short, so that both find the machine alike. As many packets are under way as arrive without loss: the server is busy all the time.
 *
 *   npm run bench:rtp -- [--rounds 21] [--seconds 0.5] [1 5 20 50]
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import native, { type Track } from 'node-datachannel'
import { isRtcp } from '../plugin/peer/rtp-packet.js'
import { signal, within } from '../test/helpers/deadline.js'
import { NativePeer, withoutCandidates } from '../test/helpers/native-peer.js'
import { cpuTicks, TICKS } from './process-costs.js'
import { report, type Rows } from './report.js'
import type { RtpRequest, RtpResponse } from './servers/rtp-server.js'
import { percentile } from './statistics.js'

interface Turn {
  /** Packets that all viewers together have got in a second. */
  rate: number
  /** Of those that were sent, in percent. */
  lost: number
  /** Of the server for a packet that arrived, in microseconds. */
  cpu: number
}

const HOST = '127.0.0.1'
const REFERENCE = 'node-datachannel'
const SERVERS = { 'fastify-webrtc': 'rtp-plugin', [REFERENCE]: 'rtp-bare' }
const DEADLINE = 30_000
const PACKET_SIZE = 1200
const UNDER_WAY = 16
/** All that was under way is lost when none arrives for so long, in milliseconds. */
const PATIENCE = 50

/** One broadcaster and its viewers, at one server. */
class Audience {
  readonly pid: number
  readonly #server: ChildProcess
  readonly #peers: NativePeer[] = []
  readonly #viewers: Track[] = []
  readonly #packet = Buffer.alloc(PACKET_SIZE)
  #broadcaster!: Track
  #sequenceNumber = 0
  /** The number of the last packet that the last viewer has got. */
  #arrived = 0
  #received = 0

  constructor (script: string) {
    this.#server = fork(fileURLToPath(new URL(`servers/${script}.ts`, import.meta.url)), [HOST])
    this.pid = this.#server.pid!
    // Version 2, VP8, SSRC 1.
    this.#packet.set([0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  }

  async broadcast (): Promise<void> {
    const peer = this.#createPeer()
    const media = new native.Video('video', 'SendOnly')
    media.addVP8Codec(96)
    media.addSSRC(1, 'bench')
    this.#broadcaster = peer.native.addTrack(media)
    this.#broadcaster.onMessage(() => {})
    const channel = peer.createDataChannel('broadcast', { negotiated: true, id: 0 })
    const { sdp } = await this.#ask({ name: 'broadcast', sdp: withoutCandidates(peer.offer()) })
    peer.applyAnswer(sdp!)
    await channel.opened()
    channel.send('bench')
    await channel.messages(1)
  }

  async view (): Promise<void> {
    const { id, sdp } = await this.#ask({ name: 'view' })
    const peer = this.#createPeer()
    const { promise, resolve } = signal<Track>()
    peer.native.onTrack(resolve)
    const answer = peer.answer(withoutCandidates(sdp!))
    const channel = peer.createDataChannel('broadcast', { negotiated: true, id: 0 })
    await this.#ask({ name: 'answer', id: id!, sdp: answer })
    peer.addCandidates(sdp!)
    const track = await within(promise, 'a track')
    this.#viewers.push(track)
    await channel.messages(1)
  }

  /** Sends as fast as the packets arrive. */
  async flood (seconds: number): Promise<Turn> {
    this.#viewers.forEach((track, index) => track.onMessage(packet => {
      if (isRtcp(packet)) return
      this.#received++
      if (index < this.#viewers.length - 1) return
      this.#arrived = packet.readUInt32BE(12)
      fill()
    }))
    let sent = this.#arrived
    let isOver = false
    const before = { received: this.#received, sent, ticks: cpuTicks(this) }
    const fill = () => {
      if (isOver) return
      while (sent - this.#arrived < UNDER_WAY) this.#send(++sent)
    }
    let last = -1
    const timer = setInterval(() => {
      if (last === this.#arrived) {
        this.#arrived = sent
        fill()
      }
      last = this.#arrived
    }, PATIENCE)
    const start = performance.now()
    fill()
    await sleep(seconds * 1000)
    const received = this.#received - before.received
    const rate = received / (performance.now() - start) * 1000
    const cpu = (cpuTicks(this) - before.ticks) / TICKS * 1e6 / received
    isOver = true
    clearInterval(timer)
    await sleep(PATIENCE)
    this.#arrived = sent
    const due = (sent - before.sent) * this.#viewers.length
    return { rate, cpu, lost: (due - (this.#received - before.received)) / due * 100 }
  }

  async end (): Promise<void> {
    this.#server.disconnect()
    await once(this.#server, 'exit')
    for (const peer of this.#peers) await peer.close()
  }

  #send (number: number): void {
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff
    this.#packet.writeUInt16BE(this.#sequenceNumber, 2)
    this.#packet.writeUInt32BE(number, 12)
    this.#broadcaster.sendMessageBinary(this.#packet)
  }

  #createPeer (): NativePeer {
    const peer = new NativePeer({ bindAddress: HOST })
    this.#peers.push(peer)
    return peer
  }

  async #ask (request: RtpRequest): Promise<RtpResponse> {
    const answered = once(this.#server, 'message')
    this.#server.send(request)
    return (await within(answered, 'an answer of the server', DEADLINE))[0] as RtpResponse
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '21' }, seconds: { type: 'string', default: '0.5' } } })
const rows: Rows = {}
for (const count of positionals.length > 0 ? positionals.map(Number) : [1, 5, 20, 50]) {
  const audiences: Record<string, Audience> = {}
  for (const [name, script] of Object.entries(SERVERS)) {
    const audience = audiences[name] = new Audience(script)
    await audience.broadcast()
    for (let viewer = 0; viewer < count; viewer++) await audience.view()
  }
  const turns: Record<string, Turn[]> = {}
  // The first round warms both ends up.
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [name, audience] of Object.entries(audiences)) {
      const turn = await audience.flood(Number(values.seconds))
      if (round > 0) (turns[name] ??= []).push(turn)
    }
  }
  for (const audience of Object.values(audiences)) await audience.end()
  const middle = (name: string, key: keyof Turn) => percentile(turns[name]!.map(turn => turn[key]), 50)
  for (const name of Object.keys(SERVERS)) {
    rows[`${count === 1 ? '1 viewer' : `${count} viewers`}, ${name}`] = {
      'a second': Math.round(middle(name, 'rate')),
      'of the reference': (middle(name, 'rate') / middle(REFERENCE, 'rate')).toFixed(2),
      'worst, best round': [0, 100].map(percent => Math.round(percentile(turns[name]!.map(({ rate }) => rate), percent))).join(', '),
      'lost %': middle(name, 'lost').toFixed(1),
      'server CPU µs each': middle(name, 'cpu').toFixed(1)
    }
  }
}
report('rtp', `RTP packets of ${PACKET_SIZE} B that all viewers together get in a second`, rows)
process.exit()
