import type { Test } from 'tap'
import type { MediaStreamTrack, MediaStreamTrackEventMap, MediaStreamTrackRtpEvent } from '../../plugin/peer/media-stream-track.js'
import type { PeerLimits } from '../../plugin/peer/limits.js'
import type { PeerConfiguration } from '../../plugin/peer/native.js'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from './deadline.js'
import { withoutCandidates } from './native-peer.js'
import { createPeer, untilState, type PeerUnderTest } from './peers.js'

/** One end offers, the other answers. */
export function negotiate (caller: PeerConnection, callee: PeerConnection): void {
  caller.setLocalDescription()
  const { sdp } = caller.localDescription!
  callee.setRemoteDescription({ type: 'offer', sdp: withoutCandidates(sdp) })
  callee.setLocalDescription()
  caller.setRemoteDescription(callee.localDescription!)
}

export interface MediaPeers {
  caller: PeerConnection
  callee: PeerConnection
  /** Both, with what was reported of them. */
  peers: [PeerUnderTest, PeerUnderTest]
}

/** Two peers under test that are connected. `prepare` is what the applications do before. */
export async function connectMedia (t: Pick<Test, 'teardown'>, prepare: (caller: PeerConnection, callee: PeerConnection) => unknown, configuration?: PeerConfiguration & PeerLimits): Promise<MediaPeers> {
  const peers: [PeerUnderTest, PeerUnderTest] = [createPeer(t, configuration), createPeer(t, configuration)]
  const [caller, callee] = peers.map(({ peerConnection }) => peerConnection) as [PeerConnection, PeerConnection]
  prepare(caller, callee)
  negotiate(caller, callee)
  await Promise.all([untilState(caller, 'connected'), untilState(callee, 'connected')])
  return { caller, callee, peers }
}

/** The next event of a track. */
export function nextOf<Type extends keyof MediaStreamTrackEventMap> (track: MediaStreamTrack, type: Type): Promise<MediaStreamTrackEventMap[Type]> {
  const { promise, resolve } = signal<MediaStreamTrackEventMap[Type]>()
  track.addEventListener(type, resolve, { once: true })
  return within(promise, `the track's event ${type}`)
}

/** The payload of packets that only find out whether packets arrive. */
export const PROBE = 'probe'

/** So many packets that arrive, but for probes. */
export async function packetsOf (track: MediaStreamTrack, count: number): Promise<Buffer[]> {
  const { promise, resolve } = signal()
  const packets: Buffer[] = []
  const listener = ({ packet }: MediaStreamTrackRtpEvent) => {
    if (Buffer.from(packet).subarray(12).toString() === PROBE) return
    packets.push(Buffer.from(packet))
    if (packets.length === count) resolve()
  }
  track.addEventListener('rtp', listener)
  await within(promise, `${count} packets`).catch(error => { throw new Error(`${error.message}, found ${packets.length}`) })
  track.removeEventListener('rtp', listener)
  return packets
}

export interface RtpFields {
  payloadType?: number
  sequenceNumber?: number
  timestamp?: number
  ssrc?: number
  marker?: boolean
  payload?: string | Buffer
}

/** An RTP packet. */
export function rtp ({ payloadType = 96, sequenceNumber = 1, timestamp = 1, ssrc = 1, marker = false, payload = 'payload' }: RtpFields = {}): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = (marker ? 0x80 : 0) | payloadType
  header.writeUInt16BE(sequenceNumber & 0xffff, 2)
  header.writeUInt32BE(timestamp >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  return Buffer.concat([header, Buffer.from(payload)])
}
