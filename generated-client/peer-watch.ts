import type { Environment } from './environment.js'
import type { ServerEnd } from './server-end.js'

/** Why a peer is lost: the path to the server has been broken for too long, is broken for good, or the server has closed its end. */
export type LossReason = 'disconnected' | 'failed' | 'closed'

export interface PeerWatchInit {
  environment: Environment
  /** How long `disconnected` may last, in milliseconds. */
  timeToLost: number
  ask: () => Promise<ServerEnd>
}

/** How long a peer that is lost is given to tell that its channels were closed by the server, in milliseconds. */
const TIME_TO_GOODBYE = 100
/** How often is looked whether the peer is connected by now, and whether the machine has slept, in milliseconds. */
const TICK = 2500
/** How late such a look has to be, in milliseconds: in a page that nobody sees, browsers run timers once in a minute. */
const SLEPT = 75_000

/** Notices when a peer is connected, and when it is lost. */
export class PeerWatch {
  readonly connected: Promise<void>
  readonly lost: Promise<LossReason>
  readonly #peerConnection: RTCPeerConnection
  readonly #init: PeerWatchInit
  readonly #stopWaking: () => void
  #onConnected!: () => void
  #onLost!: (reason: LossReason) => void
  #graceTimer: unknown
  #goodbyeTimer: unknown
  #tickTimer: unknown
  /** Before both descriptions are there, the server would tell of the peer that this one replaces. */
  #phase: 'describing' | 'connecting' | 'connected' = 'describing'
  #isAsking = false
  #hasClosedChannel = false
  #isOver = false

  /** To be made before the peer has channels. */
  constructor (peerConnection: RTCPeerConnection, init: PeerWatchInit) {
    this.#peerConnection = peerConnection
    this.#init = init
    this.connected = new Promise(resolve => { this.#onConnected = resolve })
    this.lost = new Promise(resolve => { this.#onLost = resolve })
    peerConnection.addEventListener('connectionstatechange', () => this.#stateChanged())
    this.#watchChannels()
    this.#stopWaking = init.environment.onWake(() => this.#suspect())
    this.#tick()
  }

  /** Once both descriptions are there: browsers tell by this transport what `connectionState` tells seconds later. The one below it, DTLS, crashes libwebrtc in Node. */
  watchTransport (): void {
    this.#phase = 'connecting'
    const { sctp } = this.#peerConnection
    sctp?.addEventListener('statechange', () => {
      if (sctp.state === 'closed') this.#lose('closed')
    })
    this.#stateChanged()
  }

  /** Notices nothing any more. Harmless when called again. */
  end (): void {
    const { clearTimeout } = this.#init.environment
    this.#isOver = true
    this.#stopWaking()
    clearTimeout(this.#graceTimer)
    clearTimeout(this.#goodbyeTimer)
    clearTimeout(this.#tickTimer)
  }

  #stateChanged (): void {
    const { connectionState } = this.#peerConnection
    const { environment: { setTimeout, clearTimeout }, timeToLost } = this.#init
    if (this.#isOver) return
    clearTimeout(this.#graceTimer)
    if (connectionState === 'connected') {
      this.#phase = 'connected'
      this.#onConnected()
    }
    if (connectionState === 'closed') this.#lose(connectionState)
    if (connectionState === 'failed') this.#loseSoon(connectionState)
    if (connectionState === 'disconnected') {
      this.#graceTimer = setTimeout(() => this.#lose(connectionState), timeToLost)
      this.#suspect(connectionState)
    }
  }

  /** A channel that closes may be the first sign of a server that has closed its end. */
  #watchChannels (): void {
    const peerConnection = this.#peerConnection
    const { createDataChannel } = peerConnection
    const watch = (channel: RTCDataChannel) => {
      channel.addEventListener('close', () => {
        this.#hasClosedChannel = true
        this.#suspect('closed')
      })
      return channel
    }
    peerConnection.createDataChannel = (...args) => watch(createDataChannel.apply(peerConnection, args))
    peerConnection.addEventListener('datachannel', ({ channel }) => { watch(channel) })
  }

  /** Asks the server, which may know better. Where it cannot be asked a closed channel says enough; a path that is broken may come back. */
  async #suspect (reason?: LossReason): Promise<void> {
    if (this.#isAsking || this.#isOver || this.#phase === 'describing') return
    this.#isAsking = true
    const answer = await this.#init.ask()
    this.#isAsking = false
    if (answer === 'connected') this.#hasClosedChannel = false
    const isLost = answer === 'unknown' ? reason === 'closed' : answer !== 'connected'
    if (isLost) this.#loseSoon(reason ?? 'disconnected')
  }

  /** Whatever the peer says from now on: `connected` may be told after the channel that has closed. */
  #loseSoon (reason: LossReason): void {
    if (!this.#isOver) this.#goodbyeTimer ??= this.#init.environment.setTimeout(() => this.#lose(reason), TIME_TO_GOODBYE)
  }

  #lose (reason: LossReason): void {
    if (this.#isOver) return
    this.end()
    this.#onLost(this.#hasClosedChannel ? 'closed' : reason)
  }

  /** Asks the server where the peer cannot know: of a handshake that has failed there alone it learns after half a minute, of the time that its machine slept never. */
  #tick (): void {
    const { environment: { now, setTimeout } } = this.#init
    const looked = now()
    this.#tickTimer = setTimeout(() => {
      if (this.#phase !== 'connected' || now() - looked > SLEPT) this.#suspect()
      this.#tick()
    }, TICK)
  }
}
