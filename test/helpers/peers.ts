import { createRequire } from 'node:module'
import type { Test } from 'tap'
import type { RtcConfig } from 'node-datachannel'
import { DEFAULT_PEER_LIMITS, type PeerLimit, type PeerLimits } from '../../plugin/peer/limits.js'
import type { PeerConfiguration } from '../../plugin/peer/native.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import type { PeerConnectionEventMap } from '../../plugin/peer/peer-connection-event.js'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import type { DataChannelEventMap } from '../../plugin/peer/data-channel-event.js'
import type { DataChannelInit } from '../../plugin/peer/data-channel-init.js'
import type { SafeEventTarget } from '../../plugin/peer/safe-event-target.js'
import { signal, within } from './deadline.js'
import { NativePeer, withoutCandidates, type NativeChannel } from './native-peer.js'

export interface ReportedError {
  error: unknown
  where: string
}

export interface PeerUnderTest {
  peerConnection: PeerConnection
  /** What its error handler was told. */
  errors: ReportedError[]
  /** Which limits it was told of. */
  exceeded: PeerLimit[]
}

/** A peer on loopback that is released when the test ends. */
export function createPeer (t: Pick<Test, 'teardown'>, configuration: PeerConfiguration & PeerLimits = {}): PeerUnderTest {
  const errors: ReportedError[] = []
  const exceeded: PeerLimit[] = []
  const peerConnection = new PeerConnection({ ...DEFAULT_PEER_LIMITS, bindAddress: '127.0.0.1', ...configuration }, (error, where) => errors.push({ error, where }), limit => exceeded.push(limit))
  t.teardown(() => peerConnection.release())
  return { peerConnection, errors, exceeded }
}

/** A raw far end that is closed when the test ends. */
export function createFarEnd (t: Pick<Test, 'teardown'>, configuration?: Partial<RtcConfig>): NativePeer {
  const farEnd = new NativePeer(configuration)
  t.teardown(() => farEnd.close())
  return farEnd
}

/** The peer offers. Without candidates first, as a far end does that holds: nothing can arrive too early. */
export function offer (peerConnection: PeerConnection, farEnd: NativePeer): void {
  peerConnection.setLocalDescription()
  const { sdp } = peerConnection.localDescription!
  peerConnection.setRemoteDescription({ type: 'answer', sdp: farEnd.answer(withoutCandidates(sdp)) })
  farEnd.addCandidates(sdp)
}

/** The peer answers the far end's offer. */
export function answer (peerConnection: PeerConnection, farEnd: NativePeer): void {
  peerConnection.setRemoteDescription({ type: 'offer', sdp: withoutCandidates(farEnd.offer()) })
  peerConnection.setLocalDescription()
  farEnd.applyAnswer(peerConnection.localDescription!.sdp)
}

export const DIRECTIONS = { offer, answer }

export interface ConnectedPeers extends PeerUnderTest {
  farEnd: NativePeer
}

/** A peer and a far end that are connected. `prepare` is what the application does before the negotiation. */
export async function connectPeers (t: Pick<Test, 'teardown'>, prepare: (peerConnection: PeerConnection) => unknown = () => {}, negotiate = offer, farConfiguration?: Partial<RtcConfig>, limits?: PeerLimits): Promise<ConnectedPeers> {
  const farEnd = createFarEnd(t, farConfiguration)
  const peer = createPeer(t, limits)
  prepare(peer.peerConnection)
  negotiate(peer.peerConnection, farEnd)
  await Promise.all([farEnd.connected(), untilState(peer.peerConnection, 'connected')])
  return { ...peer, farEnd }
}

/** The next event of the type. */
export function next<Type extends keyof DataChannelEventMap> (target: DataChannel, type: Type, milliseconds?: number): Promise<DataChannelEventMap[Type]>
export function next<Type extends keyof PeerConnectionEventMap> (target: PeerConnection, type: Type, milliseconds?: number): Promise<PeerConnectionEventMap[Type]>
export function next (target: DataChannel | PeerConnection, type: string, milliseconds?: number): Promise<{ type: string }> {
  const { promise, resolve } = signal<{ type: string }>()
  const events = target as SafeEventTarget<Record<string, { type: string }>>
  events.addEventListener(type, resolve, { once: true })
  return within(promise, `the event ${type}`, milliseconds)
}

/** Settles when the peer has the connection state, at once if it has it already. */
export function untilState (peerConnection: PeerConnection, state: PeerConnection['connectionState'], milliseconds?: number): Promise<void> {
  const { promise, resolve } = signal()
  const check = () => { if (peerConnection.connectionState === state) resolve() }
  peerConnection.addEventListener('connectionstatechange', check)
  check()
  return within(promise, `connectionState ${state}`, milliseconds)
}

/** Keeps the event loop from turning, as an application that computes does. */
export function block (milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

const STATES = ['connectionState', 'iceConnectionState', 'iceGatheringState', 'signalingState'] as const

/** Every state that the peer enters from now on, by the name of the state, each as it is when its event fires. */
export function recordStates (peerConnection: PeerConnection): Record<typeof STATES[number], string[]> {
  const states = { connectionState: [], iceConnectionState: [], iceGatheringState: [], signalingState: [] } as Record<typeof STATES[number], string[]>
  for (const name of STATES) {
    peerConnection.addEventListener(`${name.toLowerCase()}change` as 'connectionstatechange', () => states[name].push(peerConnection[name]))
  }
  return states
}

const CHANNEL_EVENTS = ['open', 'message', 'bufferedamountlow', 'closing', 'close', 'error'] as const

/** Every event of the channel from now on, with the state that it finds. */
export function recordEvents (channel: DataChannel, events: string[] = []): string[] {
  for (const type of CHANNEL_EVENTS) channel.addEventListener(type, () => events.push(`${type} ${channel.readyState}`))
  return events
}

export interface ConnectedChannels extends ConnectedPeers {
  channel: DataChannel
  farChannel: NativeChannel
}

/** A connected peer with an open channel. `prepare` is what the application does with it first. */
export async function connectChannels (t: Pick<Test, 'teardown'>, prepare: (channel: DataChannel) => unknown = () => {}, init?: DataChannelInit, farConfiguration?: Partial<RtcConfig>, limits?: PeerLimits): Promise<ConnectedChannels> {
  let channel: DataChannel | undefined
  let opened: Promise<unknown> | undefined
  const peers = await connectPeers(t, peerConnection => {
    channel = peerConnection.createDataChannel('channel', init)
    prepare(channel)
    opened = next(channel, 'open')
  }, offer, farConfiguration, limits)
  const [farChannel] = await Promise.all([peers.farEnd.channel('channel'), opened])
  return { ...peers, channel: channel!, farChannel }
}

const library: typeof import('node-datachannel') = createRequire(import.meta.url)('node-datachannel')

/** Puts a class of the test in the place of the library's own, for the peers under test. */
export function replacePeerConnection (t: Pick<Test, 'teardown'>, replacement: (PeerConnection: typeof library.PeerConnection) => object): void {
  const { PeerConnection } = library
  Object.assign(library, { PeerConnection: replacement(PeerConnection) })
  t.teardown(() => Object.assign(library, { PeerConnection }))
}
