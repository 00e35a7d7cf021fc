import type { WebRtcSessionDescription } from '../../schemas/session-description.js'
import { fromNativeDescription, oppositeSetup, type LocalSection } from './bundle.js'

interface Description {
  type: WebRtcSessionDescription['type']
  sections: readonly LocalSection[]
  version: number
  setup: string | undefined
  /** Whether the native side's own text says the same. */
  isNative: boolean
}

/** What this end says of itself: the one that both agreed on, and one that the far end has still to answer. */
export class LocalDescription {
  #versions = 0
  /** The role in DTLS that the first descriptions have agreed on; the native side's own until then. */
  #setup: string | undefined
  #current: Description | undefined
  #pending: Description | undefined

  /** Whether the far end has agreed to any. */
  get isNegotiated (): boolean {
    return this.#current !== undefined
  }

  offer (sections: readonly LocalSection[], hasMedia: boolean): void {
    this.#pending = this.#describe('offer', sections, hasMedia, this.isNegotiated ? 'actpass' : undefined)
  }

  answer (sections: readonly LocalSection[], hasMedia: boolean): void {
    this.#current = this.#describe('answer', sections, hasMedia, this.#setup)
  }

  /** The far end has answered. */
  answered (sdp: string): void {
    // Of a later answer the role is the one that was chosen then.
    if (!this.#current) this.#setup = oppositeSetup(sdp)
    this.#current = this.#pending
    this.#pending = undefined
  }

  rollback (): void {
    this.#pending = undefined
  }

  /** With the transport of the native side's. Null while there is none. */
  format (native: string | undefined): WebRtcSessionDescription | null {
    const description = this.#pending ?? this.#current
    if (!description || native === undefined) return null
    const { type, isNative } = description
    return { type, sdp: isNative ? native : fromNativeDescription(native, description.sections, description) }
  }

  #describe (type: Description['type'], sections: readonly LocalSection[], hasMedia: boolean, setup: string | undefined): Description {
    const version = this.#versions++
    return { type, sections, version, setup, isNative: version === 0 && !hasMedia && sections.every(({ lines }) => lines === undefined) }
  }
}
