import type { DataChannel } from './data-channel.js'
import type { IceCandidateInit } from './ice-candidates.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import type { PeerConnection } from './peer-connection.js'
import type { RtpReceiver } from './rtp-receiver.js'
import type { RtpTransceiver } from './rtp-transceiver.js'

export interface PeerConnectionEvent<Type extends string> {
  type: Type
  target: PeerConnection
}

export interface PeerConnectionDataChannelEvent extends PeerConnectionEvent<'datachannel'> {
  channel: DataChannel
}

export interface PeerConnectionIceEvent extends PeerConnectionEvent<'icecandidate'> {
  /** Null when no more will come. */
  candidate: IceCandidateInit | null
}

export interface PeerConnectionTrackEvent extends PeerConnectionEvent<'track'> {
  transceiver: RtpTransceiver
  receiver: RtpReceiver
  track: MediaStreamTrack
}

export interface PeerConnectionEventMap {
  connectionstatechange: PeerConnectionEvent<'connectionstatechange'>
  datachannel: PeerConnectionDataChannelEvent
  icecandidate: PeerConnectionIceEvent
  iceconnectionstatechange: PeerConnectionEvent<'iceconnectionstatechange'>
  icegatheringstatechange: PeerConnectionEvent<'icegatheringstatechange'>
  negotiationneeded: PeerConnectionEvent<'negotiationneeded'>
  signalingstatechange: PeerConnectionEvent<'signalingstatechange'>
  track: PeerConnectionTrackEvent
}
