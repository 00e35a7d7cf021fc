/** Runs in the page of media.test.ts. */
import { ConnectionClient, type CreateConnectionOptions } from '../../generated-client/index.js'

declare global {
  interface Window {
    media: typeof media
  }
}

interface Shown {
  /** Frames that were decoded in a second. */
  framesPerSecond: number
  /** The mean colour of the picture: red, green, blue. */
  colour: number[]
  /** How loud it is, 0 to 1. */
  audioLevel: number
}

const peers = new Map<string, RTCPeerConnection>()

/** A picture of one colour that moves in a corner, and a tone. */
export function createStream (colour: string): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
  const context = canvas.getContext('2d')!
  let frame = 0
  const timer = setInterval(() => {
    context.fillStyle = colour
    context.fillRect(0, 0, 320, 240)
    context.fillStyle = frame++ % 2 ? 'white' : 'black'
    context.fillRect(0, 0, 16, 16)
  }, 33)
  const stream = canvas.captureStream(30)
  const audio = new AudioContext()
  const oscillator = new OscillatorNode(audio, { frequency: 440 })
  const destination = audio.createMediaStreamDestination()
  oscillator.connect(destination)
  oscillator.start()
  stream.addTrack(destination.stream.getAudioTracks()[0]!)
  stream.getVideoTracks()[0]!.addEventListener('ended', () => clearInterval(timer))
  return stream
}

const media = {
  peers,

  async connect (name: string, baseUrl: string, flow: 'client offers' | 'server offers', colour?: string, renegotiate?: boolean): Promise<void> {
    const stream = colour === undefined ? new MediaStream() : createStream(colour)
    const add = (peerConnection: RTCPeerConnection) => {
      peers.set(name, peerConnection)
      if (!colour) peerConnection.createDataChannel('none')
      const free = peerConnection.getTransceivers()
      for (const track of stream.getTracks()) {
        const transceiver = free.find(({ receiver, sender }) => receiver.track.kind === track.kind && !sender.track)
        if (transceiver) {
          transceiver.direction = 'sendrecv'
          transceiver.sender.replaceTrack(track)
        } else {
          peerConnection.addTrack(track, stream)
        }
      }
    }
    const onNegotiationError = (error: unknown) => { console.error(String(error)) }
    const options: CreateConnectionOptions = flow === 'client offers' ? { beforeOffer: add, renegotiate, onNegotiationError } : { beforeAnswer: add, renegotiate, onNegotiationError }
    await new ConnectionClient({ baseUrl }).createConnection(options)
  },

  /** As a page does whose user turns the camera on. */
  addCamera (name: string, colour: string): void {
    const stream = createStream(colour)
    for (const track of stream.getTracks()) peers.get(name)!.addTrack(track, stream)
  },

  /** And off again; settles when the server knows. */
  async removeCamera (name: string): Promise<void> {
    const peerConnection = peers.get(name)!
    for (const transceiver of peerConnection.getTransceivers()) {
      transceiver.sender.track?.stop()
      transceiver.stop()
    }
    await until(peerConnection, () => peerConnection.getTransceivers().length === 0)
  },

  /** Settles when no offer is under way. */
  async isStable (name: string): Promise<void> {
    const peerConnection = peers.get(name)!
    await until(peerConnection, () => peerConnection.signalingState === 'stable')
  },

  /** Settles when the server has sent so many tracks. */
  async hasTracks (name: string, count: number): Promise<void> {
    const peerConnection = peers.get(name)!
    await until(peerConnection, () => peerConnection.getTransceivers().filter(({ currentDirection }) => currentDirection === 'recvonly' || currentDirection === 'sendrecv').length === count)
  },

  /** Changes what it sends, over and over; the longest time until both ends had agreed, in milliseconds. */
  async change (name: string, count: number): Promise<number> {
    const peerConnection = peers.get(name)!
    const transceiver = peerConnection.addTransceiver('audio', { direction: 'inactive' })
    let longest = 0
    for (let change = 0; change < count; change++) {
      const start = performance.now()
      const direction = change % 2 ? 'inactive' : 'sendonly'
      transceiver.direction = direction
      await until(peerConnection, () => transceiver.currentDirection === direction && peerConnection.signalingState === 'stable')
      longest = Math.max(longest, performance.now() - start)
    }
    return longest
  },

  /** What arrives, once there is a picture. */
  async show (name: string, milliseconds = 10_000): Promise<Shown> {
    const peerConnection = peers.get(name)!
    const end = performance.now() + milliseconds
    const receivers = peerConnection.getReceivers()
    const video = Object.assign(document.createElement('video'), { autoplay: true, srcObject: new MediaStream(receivers.map(({ track }) => track).filter(track => track.readyState === 'live')) })
    document.body.append(video)
    const before = await decoded(peerConnection)
    let frames = before
    const start = performance.now()
    while (performance.now() < end && (frames - before < 30 || performance.now() - start < 1000 || video.videoWidth === 0)) {
      await new Promise(resolve => setTimeout(resolve, 100))
      frames = await decoded(peerConnection)
    }
    const framesPerSecond = (frames - before) / (performance.now() - start) * 1000
    const colour = meanColour(video)
    const audio = await statsOf(peerConnection, 'audio')
    video.remove()
    return { framesPerSecond, colour, audioLevel: audio?.audioLevel ?? 0 }
  },

  close (name: string): void {
    peers.get(name)?.close()
    peers.delete(name)
  }
}

window.media = media

async function until (peerConnection: RTCPeerConnection, is: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!is()) {
    if (performance.now() > end) throw new Error(`not within 10 s: ${peerConnection.signalingState}, ${peerConnection.getTransceivers().map(({ mid, direction, currentDirection }) => `${mid} ${direction} ${currentDirection}`)}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

async function decoded (peerConnection: RTCPeerConnection): Promise<number> {
  return (await statsOf(peerConnection, 'video'))?.framesDecoded ?? 0
}

async function statsOf (peerConnection: RTCPeerConnection, kind: string): Promise<RTCInboundRtpStreamStats | undefined> {
  const all = [...(await peerConnection.getStats() as unknown as Map<string, RTCInboundRtpStreamStats>).values()]
  return all.filter(stats => stats.type === 'inbound-rtp' && stats.kind === kind).at(-1)
}

function meanColour (video: HTMLVideoElement): number[] {
  if (video.videoWidth === 0) return []
  const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight })
  const context = canvas.getContext('2d')!
  context.drawImage(video, 0, 0)
  const { data } = context.getImageData(canvas.width / 2, canvas.height / 2, 32, 32)
  return [0, 1, 2].map(part => Math.round(data.filter((_, index) => index % 4 === part).reduce((sum, value) => sum + value, 0) / (data.length / 4)))
}
