import type { components } from './schema.js'

type WebRtcIceCandidate = components['schemas']['WebRtcIceCandidate']

/** Time to wait for the first local candidate, in milliseconds: without one the far end learns the address from the first check, which costs it a pacing step. */
const TIME_TO_FIRST_CANDIDATE = 100
/** Time to wait for an IPv4 candidate behind an IPv6 one, in milliseconds: the server may not have IPv6. */
const TIME_TO_NEXT_CANDIDATE = 10
/** Time within which candidates are sent together, in milliseconds: on most paths the first one has connected by then. */
const TIME_TO_COLLECT = 100
const UDP_CANDIDATE = /^candidate:\S+ \d+ udp /i
/** Over UDP, with an IPv4 address or an mDNS name that hides one. */
const USUAL_CANDIDATE = /^candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+|\S+\.local) /i

/**
 * Listens for a peer's candidates, from before it gathers.
 *
 * The peer's `localDescription` would have them too, but to read it crashes libwebrtc in Node now and then:
 * docs/upstream/wrtc-local-description.mjs
 */
export class LocalCandidates {
  readonly #peerConnection: RTCPeerConnection
  readonly #candidates: WebRtcIceCandidate[] = []
  #taken = 0
  #isUsable = false
  #onChange = () => {}

  constructor (peerConnection: RTCPeerConnection) {
    this.#peerConnection = peerConnection
    peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.#candidates.push(toCandidate(candidate))
      this.#isUsable ||= !candidate || USUAL_CANDIDATE.test(candidate.candidate)
      this.#onChange()
    })
  }

  /**
   * Settles with the candidates as soon as there is one that is likely to be of use, or when there will be none soon: complete
   * gathering takes about 100 ms longer and nothing needs it.
   */
  async first (): Promise<WebRtcIceCandidate[]> {
    await new Promise<void>(resolve => {
      let timer = setTimeout(resolve, TIME_TO_FIRST_CANDIDATE)
      this.#onChange = () => {
        clearTimeout(timer)
        if (this.#isUsable) resolve()
        else timer = setTimeout(resolve, TIME_TO_NEXT_CANDIDATE)
      }
      if (this.#candidates.length > 0 || this.#isUsable) this.#onChange()
    })
    this.#onChange = () => {}
    return this.#take()
  }

  /**
   * Hands over those that have come since, and those that are to come, until ICE is connected: all that come within a while
   * in one go, so that where the first ones have connected by then nothing is sent.
   */
  trickle (send: (candidates: WebRtcIceCandidate[]) => unknown): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    const sendAll = () => {
      timer = undefined
      if (isConnecting(this.#peerConnection)) send(this.#take())
    }
    this.#onChange = () => {
      // The server has no TCP.
      if (this.#candidates.slice(this.#taken).some(({ candidate }) => UDP_CANDIDATE.test(candidate))) timer ??= setTimeout(sendAll, TIME_TO_COLLECT)
    }
    this.#onChange()
  }

  #take (): WebRtcIceCandidate[] {
    const taken = this.#candidates.slice(this.#taken)
    this.#taken = this.#candidates.length
    return taken
  }
}

/** What the server takes has nothing that is null. */
function toCandidate ({ candidate, sdpMLineIndex, usernameFragment }: RTCIceCandidate): WebRtcIceCandidate {
  return { candidate, sdpMLineIndex: sdpMLineIndex ?? 0, ...usernameFragment && { usernameFragment } }
}

/** Whether another candidate can be of use. */
export function isConnecting ({ iceConnectionState }: RTCPeerConnection): boolean {
  return iceConnectionState === 'new' || iceConnectionState === 'checking'
}
