import type { PeerConnection } from '../peer/peer-connection.js'
import type { EventLog } from './event-log.js'

const CHANGES = ['connectionstatechange', 'iceconnectionstatechange', 'icegatheringstatechange', 'signalingstatechange'] as const

/** The states of a peer, in its own words. */
export function statesOf ({ connectionState, iceConnectionState, iceGatheringState, signalingState }: PeerConnection) {
  return { connectionState, iceConnectionState, iceGatheringState, signalingState }
}

/** Tells the log of a peer's states. Those that change in one go are one event. */
export class StateEvents {
  readonly #peerConnection: PeerConnection
  readonly #events: Pick<EventLog, 'append'>
  #isDue = false

  constructor (peerConnection: PeerConnection, events: Pick<EventLog, 'append'>) {
    this.#peerConnection = peerConnection
    this.#events = events
    const changed = () => this.#changed()
    for (const change of CHANGES) peerConnection.addEventListener(change, changed)
  }

  /** Tells what has not been told yet: before somebody reads the states. */
  flush (): void {
    if (!this.#isDue) return
    this.#isDue = false
    this.#events.append({ type: 'state', ...statesOf(this.#peerConnection) })
  }

  #changed (): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => this.flush())
  }
}
