import { randomUUID } from 'node:crypto'
import type { LocalSection } from './bundle.js'
import { DATA_SECTION, isTaken, toLine, toLocalSection, type MLine, type OfferedLine } from './m-line.js'
import { intersect, MEDIA_PROTOCOL, parseMediaSection, receives, reverse, sends, type MediaDirection, type MediaSection } from './media-section.js'
import type { MediaStreamTrack } from './media-stream-track.js'
import { codecsToOffer, type MediaKind, type RtpCodec } from './rtp-codec.js'
import { RtpReceiver } from './rtp-receiver.js'
import { RtpSender } from './rtp-sender.js'
import { RtpTransceiver, type RtpTransceiverInit } from './rtp-transceiver.js'
import type { ErrorHandler } from './safe-event-target.js'
import { isRejected, midOf, parseSdpSections, splitSdp } from './sdp-sections.js'

export interface TransceiversInit {
  onError: ErrorHandler
  send: (packet: Buffer) => boolean
  askForKeyFrame: (ssrc: number) => void
  onNegotiationNeeded: () => void
}

/** How many there may be that have not come to their end. */
const MAX_TRANSCEIVERS = 16

/** The transceivers of a peer, and the sections that its descriptions have for them: RFC 8829, 5.2 and 5.3. */
export class Transceivers {
  readonly #init: TransceiversInit
  #source: { cname: string, streamId: string } | undefined
  /** Those that addTrack has made take the place of a section that the far end offers. */
  #ofTracks: WeakSet<RtpTransceiver> | undefined
  #all: RtpTransceiver[] = []
  #lines: MLine[] = []
  #localOffer: { lines: MLine[], associated: RtpTransceiver[] } | undefined
  #remoteOffer: OfferedLine[] = []
  #mids = 0

  constructor (init: TransceiversInit) {
    this.#init = init
  }

  get all (): readonly RtpTransceiver[] {
    return this.#all
  }

  /** Whether a description would have to say something that none says yet. */
  get needNegotiation (): boolean {
    return this.#all.some(({ needsNegotiation }) => needsNegotiation)
  }

  /** RTCPeerConnection.addTransceiver. */
  add (trackOrKind: MediaStreamTrack | MediaKind, { direction = 'sendrecv' }: RtpTransceiverInit = {}): RtpTransceiver {
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind?.kind
    if (kind !== 'audio' && kind !== 'video') throw new TypeError('addTransceiver: expected a track, audio or video')
    if (!this.#hasRoom) throw new DOMException(`addTransceiver: expected at most ${MAX_TRANSCEIVERS} of them`, 'OperationError')
    const transceiver = this.#create(kind, 'inactive')
    transceiver.direction = direction
    this.#all.push(transceiver)
    this.#init.onNegotiationNeeded()
    if (typeof trackOrKind !== 'string') transceiver.sender.replaceTrack(trackOrKind)
    return transceiver
  }

  /** RTCPeerConnection.addTrack: takes a transceiver that has never sent, or makes one. */
  addTrack (track: MediaStreamTrack): RtpTransceiver {
    const free = this.#all.find(({ kind, sender, isStopping, currentDirection }) => kind === track?.kind && !sender.track && !isStopping && (currentDirection === null || currentDirection === 'recvonly' || currentDirection === 'inactive'))
    const transceiver = free ?? this.add(track?.kind)
    transceiver.sendTrack(track)
    if (!free) (this.#ofTracks ??= new WeakSet()).add(transceiver)
    return transceiver
  }

  /** The sections of an offer: those there were, in their places; data channels first of all; a new one takes the place of one that is no longer used. */
  createOffer (): LocalSection[] {
    const associated: RtpTransceiver[] = []
    const lines = this.#lines.map(line => ({ ...line, isRejected: line.isRejected || line.transceiver?.isStopping === true }))
    if (lines.length === 0) lines.push(toLine(DATA_SECTION, '0'))
    const used = lines.flatMap(({ codecs }) => codecs)
    for (const transceiver of this.#all) {
      if (transceiver.mid !== null || transceiver.isStopping) continue
      const codecs = codecsToOffer(transceiver.kind, used)
      used.push(...codecs)
      const line: MLine = { ...toLine({ kind: transceiver.kind, protocol: MEDIA_PROTOCOL, formats: codecs.map(({ payloadType }) => String(payloadType)) }, this.#newMid(lines)), codecs, transceiver }
      const place = lines.findIndex(({ kind, isRejected }, index) => isRejected && kind !== 'application' && this.#lines[index]!.isRejected)
      if (place === -1) lines.push(line)
      else lines[place] = line
      transceiver.associate(line.mid)
      associated.push(transceiver)
    }
    this.#all.forEach(transceiver => transceiver.settle())
    this.#localOffer = { lines, associated }
    return lines.map(line => toLocalSection(line, line.transceiver?.preferredDirection))
  }

  /** The far end's answer to the offer of this end. What it begins to send is returned. */
  applyAnswer (sdp: string): RtpTransceiver[] {
    const { session, sections } = parseSdpSections(splitSdp(sdp))
    const { lines } = this.#localOffer!
    this.#localOffer = undefined
    const announced = lines.map((line, index): RtpTransceiver | undefined => {
      const { transceiver } = line
      const media = parseMediaSection(sections[index]!, session)
      if (!media || !transceiver) return undefined
      const codecs = media.codecs.filter(({ payloadType }) => line.codecs.some(codec => codec.payloadType === payloadType))
      if (line.isRejected || media.isRejected || codecs.length === 0) return this.#reject(line)
      return this.#agree(line, intersect(transceiver.preferredDirection, reverse(media.direction)), codecs, sends(media.direction))
    })
    this.#lines = lines
    return announced.filter(isDefined)
  }

  /** The offer of this end is taken back: RFC 8829, 4.1.10.2. */
  rollback (): void {
    for (const transceiver of this.#localOffer!.associated) transceiver.associate(null)
    for (const transceiver of this.#all) transceiver.unsettle()
    this.#localOffer = undefined
  }

  /** The far end's offer. Who has a section in it that the application does not know gets a transceiver. */
  setOffer (sdp: string): void {
    const { session, sections } = parseSdpSections(splitSdp(sdp))
    this.#remoteOffer = sections.map((section, index): OfferedLine => {
      const media = parseMediaSection(section, session)
      const mid = midOf(section)
      const known = this.#lines[index]
      const line = { ...toLine(section, mid), isRejected: isRejected(section), transceiver: known?.transceiver, isReceptive: known?.isReceptive ?? false }
      if (!media) {
        // The data section is negotiated natively, at first or never.
        line.isRejected ||= this.#lines.length > 0 && (known?.kind !== 'application' || known.isRejected)
        return { line }
      }
      if (known?.mid !== mid) {
        line.transceiver = line.isRejected ? undefined : this.#associate(media)
        line.isReceptive = false
      }
      return { line, media }
    })
  }

  /** Those in which the far end's offer begins to send. */
  get announced (): RtpTransceiver[] {
    return this.#remoteOffer.flatMap(({ line, media }) => line.transceiver && media && !line.isRejected && sends(media.direction) && !line.isReceptive ? [line.transceiver] : [])
  }

  /** Whether the far end's offer has data channels. */
  get hasData (): boolean {
    return this.#remoteOffer.some(({ line }) => line.kind === 'application' && !line.isRejected)
  }

  /** Whether the answer would have audio or video. */
  willCarryMedia (takesAll: boolean): boolean {
    return this.#remoteOffer.some(offered => isTaken(offered, takesAll))
  }

  /** The sections of the answer to the far end's offer. What the application has no use for is refused, unless it takes all, and so is everything where no audio and video can be carried. */
  createAnswer (takesAll: boolean, canCarryMedia: boolean): LocalSection[] {
    const answer = this.#remoteOffer.map(offered => {
      const { line, media } = offered
      const { transceiver } = line
      if (!media) return toLocalSection(line)
      if (!transceiver || !canCarryMedia || !isTaken(offered, takesAll)) {
        this.#reject(line)
        return toLocalSection(line)
      }
      const direction = intersect(transceiver.preferredDirection, reverse(media.direction))
      transceiver.settle()
      this.#agree(line, direction, media.codecs, sends(media.direction))
      return toLocalSection(line, direction)
    })
    this.#lines = this.#remoteOffer.map(({ line }) => line)
    this.#remoteOffer = []
    return answer
  }

  /** Whose packets the sources are that the far end's description names. */
  receiversBySource (sdp: string): Map<number, RtpReceiver> {
    const { session, sections } = parseSdpSections(splitSdp(sdp))
    return new Map(sections.flatMap((section, index) => {
      const receiver = this.#lines[index]?.transceiver?.receiver
      const ssrcs = receiver ? parseMediaSection(section, session)!.ssrcs : []
      return ssrcs.map((ssrc): [number, RtpReceiver] => [ssrc, receiver!])
    }))
  }

  /** Nothing is sent or received any more. */
  close (): void {
    for (const transceiver of this.#all) transceiver.stopped()
    this.#all = []
  }

  get #hasRoom (): boolean {
    return this.#all.length < MAX_TRANSCEIVERS
  }

  #create (kind: MediaKind, direction: MediaDirection): RtpTransceiver {
    const { onError, send, askForKeyFrame, onNegotiationNeeded } = this.#init
    this.#source ??= { cname: randomUUID(), streamId: randomUUID() }
    const sender = new RtpSender(kind, this.#source, send)
    const receiver = new RtpReceiver(kind, onError, askForKeyFrame)
    const transceiver: RtpTransceiver = new RtpTransceiver(sender, receiver, direction, () => {
      // Nobody but the application has ever known of it.
      if (transceiver.isStopping && transceiver.mid === null) this.#forget(transceiver)
      onNegotiationNeeded()
    })
    return transceiver
  }

  /** Undefined, by which the section is refused, when there are too many. */
  #associate ({ kind, mid }: MediaSection): RtpTransceiver | undefined {
    let transceiver = this.#all.find(transceiver => transceiver.mid === null && transceiver.kind === kind && this.#ofTracks?.has(transceiver))
    if (!transceiver) {
      if (!this.#hasRoom) return undefined
      transceiver = this.#create(kind, 'recvonly')
      this.#all.push(transceiver)
    }
    transceiver.associate(mid)
    return transceiver
  }

  #agree (line: MLine, direction: MediaDirection, codecs: RtpCodec[], isReceptive: boolean): RtpTransceiver | undefined {
    const isAnnounced = isReceptive && !line.isReceptive && receives(direction)
    Object.assign(line, { codecs, isReceptive, formats: codecs.map(({ payloadType }) => String(payloadType)) })
    line.transceiver!.negotiated(direction, codecs)
    return isAnnounced ? line.transceiver : undefined
  }

  /** Returns nothing: what is refused begins to send nothing. */
  #reject (line: MLine): undefined {
    const { transceiver } = line
    Object.assign(line, { isRejected: true, transceiver: undefined, codecs: [], isReceptive: false })
    transceiver?.stopped()
    if (transceiver) this.#forget(transceiver)
  }

  #forget (transceiver: RtpTransceiver): void {
    this.#all = this.#all.filter(other => other !== transceiver)
  }

  /** Unlike those of browsers, which count from 0: two offers that collide do not have the same. */
  #newMid (lines: readonly MLine[]): string {
    let mid: string
    do mid = `s${this.#mids++}`
    while (lines.some(line => line.mid === mid))
    return mid
  }
}

function isDefined<Value> (value: Value | undefined): value is Value {
  return value !== undefined
}
