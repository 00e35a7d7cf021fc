import type { Connection, DataChannel, MediaKind, MediaStreamTrack, PeerConnection, RtpTransceiver } from '../../plugin/index.js'

/** What everybody is told when something changes. */
export interface BroadcastNews {
  /** The name of who broadcasts; undefined while nobody does. */
  broadcaster?: string
  /** Whether that is who is told. */
  isYours: boolean
  /** The name of who did last, while nobody does. */
  left?: string
  viewers: number
}

export interface Broadcaster {
  name: string
  channel: DataChannel
  connection: Connection
  tracks: Map<MediaKind, MediaStreamTrack>
}

interface Viewer {
  channel: DataChannel
  peerConnection: PeerConnection
  transceivers: Map<MediaKind, RtpTransceiver>
}

/** One broadcaster at a time, and its viewers. */
export class Broadcast {
  readonly #viewers = new Set<Viewer>()
  #broadcaster: Broadcaster | undefined
  #left: string | undefined

  /** In the place of who broadcasts, who is sent away. */
  start (broadcaster: Broadcaster): void {
    const replaced = this.#broadcaster
    this.#broadcaster = broadcaster
    this.#left = undefined
    if (replaced && replaced.connection !== broadcaster.connection) this.#sendAway(replaced)
    broadcaster.channel.addEventListener('close', () => this.#stop(broadcaster))
    this.#update()
  }

  /** Before the viewer's peer has its first description, or any time later. */
  join (peerConnection: PeerConnection, channel: DataChannel): void {
    const viewer = { channel, peerConnection, transceivers: new Map<MediaKind, RtpTransceiver>() }
    this.#viewers.add(viewer)
    channel.addEventListener('open', () => this.#update())
    channel.addEventListener('close', () => {
      this.#viewers.delete(viewer)
      this.#update()
    })
    this.#update()
  }

  /** After it was told who broadcasts now. */
  #sendAway ({ channel, connection }: Broadcaster): void {
    this.#tell(channel)
    channel.close()
    connection.close()
  }

  #stop (broadcaster: Broadcaster): void {
    if (broadcaster !== this.#broadcaster) return
    this.#broadcaster = undefined
    this.#left = broadcaster.name
    this.#update()
  }

  #update (): void {
    const viewers = this.#viewerCount
    for (const viewer of this.#viewers) {
      for (const kind of ['audio', 'video'] as const) show(viewer, kind, this.#broadcaster?.tracks.get(kind))
      this.#tell(viewer.channel, viewers)
    }
    if (this.#broadcaster) this.#tell(this.#broadcaster.channel, viewers)
  }

  get #viewerCount (): number {
    return [...this.#viewers].filter(({ channel }) => channel.readyState === 'open').length
  }

  #tell (channel: DataChannel, viewers = this.#viewerCount): void {
    if (channel.readyState !== 'open') return
    const news: BroadcastNews = { broadcaster: this.#broadcaster?.name, isYours: channel === this.#broadcaster?.channel, left: this.#left, viewers }
    try {
      channel.send(JSON.stringify(news))
    } catch {
      // One that does not read what it is told. What throws here would close the connection of whoever has brought the news.
    }
  }
}

/** To replace a track needs no negotiation; the first one does, which the server begins by itself. */
function show ({ peerConnection, transceivers }: Viewer, kind: MediaKind, track: MediaStreamTrack | undefined): void {
  const transceiver = transceivers.get(kind)
  if (transceiver) transceiver.sender.replaceTrack(track ?? null)
  else if (track) transceivers.set(kind, peerConnection.addTransceiver(track, { direction: 'sendonly' }))
}

/** The one of this server. */
export const broadcast = new Broadcast()
