import type { BoundPeer } from './bound-peer.js'
import { Deadline } from './deadline.js'

export interface RenegotiationInit {
  /** How long the far end may take to answer, in milliseconds. */
  timeToAnswer: number
  /** Tells the far end of the local description. */
  describe: () => void
}

/**
 * Has the peer offer again, once it is connected, when the application has changed what it sends or receives. An offer that
 * is not answered is taken back, and what there was goes on: the next one follows when the application changes something
 * again, or when the far end has offered. Most peers never need it, and have no more for it than a listener.
 */
export function offerWhenNeeded (peer: BoundPeer, init: RenegotiationInit): void {
  peer.peerConnection.addEventListener('negotiationneeded', () => offerFromNowOn(peer, init), { once: true })
}

function offerFromNowOn ({ peerConnection, log }: BoundPeer, { timeToAnswer, describe }: RenegotiationInit): void {
  const deadline = new Deadline()
  const expire = () => {
    log.warn({}, 'an offer was not answered')
    peerConnection.rollback()
  }
  const offer = () => {
    if (peerConnection.connectionState !== 'connected' || !peerConnection.needsNegotiation) return
    peerConnection.setLocalDescription()
    deadline.start(timeToAnswer, expire)
    describe()
  }
  peerConnection.addEventListener('negotiationneeded', offer)
  peerConnection.addEventListener('connectionstatechange', offer)
  peerConnection.addEventListener('signalingstatechange', () => { if (peerConnection.signalingState !== 'have-local-offer') deadline.stop() })
  offer()
}
