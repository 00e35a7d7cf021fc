import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import type { DataChannel as NativeDataChannel, PeerConnection as NativePeerConnection, Track as NativeTrack } from 'node-datachannel'
import { createCertificate, type Certificate } from './certificate.js'
import { toNativeIceServers, type IceServer } from './ice-servers.js'
import type { ResolvedPeerLimits } from './limits.js'

export type { NativeDataChannel, NativePeerConnection, NativeTrack }

/** How a peer reaches the network. */
export interface PeerConfiguration {
  /** STUN and TURN servers of the server's own peers, as in RTCConfiguration. Default none. */
  iceServers?: IceServer[]
  /** `relay` uses TURN candidates alone. Default `all`. */
  iceTransportPolicy?: 'all' | 'relay'
  /** The local address to bind, an IP literal. Default every address but loopback. */
  bindAddress?: string
  /** The range of UDP ports, a port for each peer. Default the operating system's choice. */
  portRange?: { begin: number, end: number }
  /** One UDP port for all peers. Default none: a port for each peer. */
  udpPort?: number
  /** Whether audio and video can be negotiated once the peer is connected, though its first descriptions have none. The far end has to know SRTP then, as browsers do. Default false. */
  media?: boolean
}

/** With the size of a message, in bytes, as it is announced. */
export type NativeConfiguration = PeerConfiguration & Pick<ResolvedPeerLimits, 'maxMessageSize'>

/** Bytes of the message that announces a channel, with the longest label and protocol (RFC 8832, 5.1): the library cuts that as well. */
const MAX_DCEP_SIZE = 12 + 2 * 65535

let library: typeof import('node-datachannel') | undefined
let certificate: Certificate | undefined
let hasOrphans = false

/** Makes the native peer. Throws what the library throws, for instance when no file descriptor or port is left. */
export function createNativePeerConnection (configuration: NativeConfiguration): NativePeerConnection {
  assertMainThread()
  const { PeerConnection } = loadLibrary()
  certificate ??= createCertificate()
  const { iceServers = [], iceTransportPolicy = 'all', bindAddress, portRange, udpPort, maxMessageSize } = configuration
  const range = udpPort === undefined ? portRange : { begin: udpPort, end: udpPort }

  return new PeerConnection('fastify-webrtc', {
    iceServers: toNativeIceServers(iceServers),
    iceTransportPolicy,
    // The library cuts what is larger and hands it over as if it were whole: one byte too many tells.
    maxMessageSize: Math.max(maxMessageSize, MAX_DCEP_SIZE) + 1,
    certificatePemFile: certificate.certificate,
    keyPemFile: certificate.privateKey,
    enableIceUdpMux: udpPort !== undefined,
    ...bindAddress !== undefined && { bindAddress },
    ...range && { portRangeBegin: range.begin, portRangeEnd: range.end }
  })
}

/** Makes a track that sends and receives. What it says of codecs is not looked at: it carries every packet there is. */
export function createNativeTrack (native: NativePeerConnection, mid: string): NativeTrack {
  const { Video } = loadLibrary()
  const media = new Video(mid, 'SendRecv')
  media.addVP8Codec(96)
  return native.addTrack(media)
}

/** Not before it is needed: once a worker thread has loaded it, the main thread crashes when it uses it. */
function loadLibrary (): typeof import('node-datachannel') {
  library ??= createRequire(import.meta.url)('node-datachannel') as typeof import('node-datachannel')
  return library
}

/** node-datachannel keeps process-wide references that abort the process when a second thread loads it: https://github.com/murat-dogan/node-datachannel/issues/129 */
export function assertMainThread (mainThread = isMainThread): void {
  if (!mainThread) throw new Error('fastify-webrtc runs on the main thread only: use processes, not worker threads, for more than one core')
}

/**
 * Wraps what is given to the native API as a callback. An exception that leaves a native callback aborts the process, so it
 * ends here; listeners are guarded on their own, so what arrives here is a defect of this folder. `onError` must not throw.
 */
export function guard<Arguments extends unknown[]> (callback: (...args: Arguments) => void, onError: (error: unknown) => void): (...args: Arguments) => void {
  return (...args) => {
    try {
      callback(...args)
    } catch (error) {
      onError(error)
    }
  }
}

/** The bytes of a message. */
export function sizeOf (message: string | ArrayBuffer | Buffer): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength
}

/** Takes note of a native channel that closed without saying so, as one does that the far end closes before JavaScript has seen it: https://github.com/murat-dogan/node-datachannel/issues/349 */
export function noteOrphan (): void {
  hasOrphans = true
}

/** Such a channel keeps the process alive until it is garbage-collected, and a process that has nothing more to do collects no garbage. */
export function collectOrphans (): void {
  if (!hasOrphans) return
  hasOrphans = false
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
