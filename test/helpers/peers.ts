import type { Test } from 'tap'
import type { RtcConfig } from 'node-datachannel'
import type { PeerConfiguration } from '../../plugin/peer/native.js'
import { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from './deadline.js'
import { NativePeer, withoutCandidates } from './native-peer.js'

export interface ReportedError {
  error: unknown
  where: string
}

export interface PeerUnderTest {
  peerConnection: PeerConnection
  /** What its error handler was told. */
  errors: ReportedError[]
}

/** A peer on loopback that is released when the test ends. */
export function createPeer (t: Pick<Test, 'teardown'>, configuration: PeerConfiguration = {}): PeerUnderTest {
  const errors: ReportedError[] = []
  const peerConnection = new PeerConnection({ bindAddress: '127.0.0.1', ...configuration }, (error, where) => errors.push({ error, where }))
  t.teardown(() => peerConnection.release())
  return { peerConnection, errors }
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
export async function connectPeers (t: Pick<Test, 'teardown'>, prepare: (peerConnection: PeerConnection) => unknown = () => {}, negotiate = offer): Promise<ConnectedPeers> {
  const farEnd = createFarEnd(t)
  const peer = createPeer(t)
  prepare(peer.peerConnection)
  negotiate(peer.peerConnection, farEnd)
  await Promise.all([farEnd.connected(), untilState(peer.peerConnection, 'connected')])
  return { ...peer, farEnd }
}

interface Target<Type extends string> {
  addEventListener (type: Type, listener: (event: never) => unknown, options: { once: boolean }): void
}

/** The next event of the type. */
export function next<Type extends string> (target: Target<Type>, type: Type, milliseconds?: number): Promise<unknown> {
  const { promise, resolve } = signal<unknown>()
  target.addEventListener(type, resolve, { once: true })
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
