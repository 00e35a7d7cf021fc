import type { WebRtcConnection } from '../../schemas/connection.js'

export type PeerConnectionState = WebRtcConnection['connectionState']
export type IceConnectionState = WebRtcConnection['iceConnectionState']
export type IceGatheringState = WebRtcConnection['iceGatheringState']
export type SignalingState = WebRtcConnection['signalingState']

type Change = 'connectionstatechange' | 'iceconnectionstatechange' | 'icegatheringstatechange' | 'signalingstatechange'

/** The states of a peer, each change of which is told. What has closed stays so. */
export class PeerConnectionStates {
  readonly #onChange: (change: Change) => void
  #connectionState: PeerConnectionState = 'new'
  #iceConnectionState: IceConnectionState = 'new'
  #iceGatheringState: IceGatheringState = 'new'
  #signalingState: SignalingState = 'stable'

  constructor (onChange: (change: Change) => void) {
    this.#onChange = onChange
  }

  get connectionState (): PeerConnectionState {
    return this.#connectionState
  }

  get iceConnectionState (): IceConnectionState {
    return this.#iceConnectionState
  }

  get iceGatheringState (): IceGatheringState {
    return this.#iceGatheringState
  }

  get signalingState (): SignalingState {
    return this.#signalingState
  }

  setSignalingState (state: SignalingState): void {
    this.#signalingState = state
    this.#onChange('signalingstatechange')
  }

  setIceGatheringState (state: IceGatheringState): void {
    this.#iceGatheringState = state
    this.#onChange('icegatheringstatechange')
  }

  /** That of ICE changes with it. */
  setConnectionState (state: Exclude<PeerConnectionState, 'new' | 'connecting'>): void {
    this.#setIceConnectionState(state)
    this.#setConnectionState(state)
  }

  /** The native side says `connecting` and `checking` from the offer on; the W3C from when there is somebody to connect to. */
  startConnecting (): void {
    if (this.#iceConnectionState === 'new') this.#setIceConnectionState('checking')
    if (this.#connectionState === 'new') this.#setConnectionState('connecting')
  }

  /** From here on the peer is closed, of which `closed` tells. */
  close (): void {
    this.#signalingState = 'closed'
  }

  closed (): void {
    this.#onChange('signalingstatechange')
    this.setConnectionState('closed')
  }

  #setIceConnectionState (state: IceConnectionState): void {
    if (state === this.#iceConnectionState || this.#iceConnectionState === 'closed') return
    this.#iceConnectionState = state
    this.#onChange('iceconnectionstatechange')
  }

  #setConnectionState (state: PeerConnectionState): void {
    if (state === this.#connectionState || this.#connectionState === 'closed') return
    this.#connectionState = state
    this.#onChange('connectionstatechange')
  }
}
