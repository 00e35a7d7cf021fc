import { Counts, hashKey, put } from './counts.js'
import type { ClusterEngine } from './engine.js'
import { encode, MAX_ITEMS, type Head, type Member, type Present } from './message.js'
import { Roster } from './roster.js'
import { hasEnded } from './whereabouts.js'

/** How often a process says that it is there, at most, in milliseconds. */
const BEAT = 5000
/** How long changes of what is counted are collected, in milliseconds. */
const FLUSH = 250
/** How long those who are asked whom they know have to answer, in milliseconds. */
const TIME_TO_LEARN = 500

export interface PresenceInit {
  engine: ClusterEngine
  own: Member
  /** After how many milliseconds of silence a process has ended. */
  timeToGone: number
}

/** Who is in the cluster, and what they count. */
export class Presence {
  readonly #init: PresenceInit
  readonly #roster = new Roster()
  readonly #elsewhere = new Counts()
  readonly #here = new Map<string, number>()
  readonly #changed = new Set<string>()
  /** Those that have told all that they count. */
  readonly #counted = new Set<string>()
  /** For whom it was asked whether they have ended. */
  readonly #asked = new Set<string>()
  #beats: NodeJS.Timeout | undefined
  #flush: NodeJS.Timeout | undefined
  #learning: NodeJS.Timeout | undefined
  #hasLearnt = false

  constructor (init: PresenceInit) {
    this.#init = init
  }

  /** Whether it has heard from the others since the broker is there, or there are none. */
  get hasLearnt (): boolean {
    return this.#hasLearnt && this.#init.engine.isConnected
  }

  /** The others, as far as they are known. */
  get members (): Member[] {
    return this.#roster.members
  }

  start (): void {
    this.#beats = setInterval(() => this.#beat(), Math.min(BEAT, this.#init.timeToGone / 3)).unref()
  }

  /** Says goodbye: its connections have closed. */
  stop (): void {
    clearInterval(this.#beats)
    clearTimeout(this.#flush)
    clearTimeout(this.#learning)
    this.#init.engine.publish(encode({ type: 'gone', node: this.#init.own.node }))
  }

  /** The broker is there, for the first time or again: nothing could be heard before. */
  connected (): void {
    this.#hasLearnt = false
    this.#roster.renew()
    this.#changed.clear()
    for (const present of this.#toAll(true)) this.#init.engine.publish(this.#encode(present))
    clearTimeout(this.#learning)
    this.#learning = setTimeout(() => { this.#hasLearnt = true }, TIME_TO_LEARN).unref()
  }

  /** What another one has said. */
  hear (head: Head): void {
    if (head.type === 'present') this.#hearPresent(head)
    else if (head.type === 'gone') this.#forget(head.node)
    else if (head.type === 'missing') this.#testify(head.node)
  }

  /**
   * Nobody answers for the process: whether it has ended for certain, and with it its connections. One that has only lost
   * its broker has not: neither has one of which nothing is known because nobody could be heard.
   */
  isGone (node: string): boolean {
    if (!this.hasLearnt) return false
    if (!this.#roster.get(node)) return true
    if (this.#testify(node)) return true
    if (!this.#asked.has(node)) {
      this.#asked.add(node)
      this.#init.engine.publish(encode({ type: 'missing', node }))
    }
    return false
  }

  /** How many are counted under the key in other processes. */
  countElsewhere (key: string): number {
    return this.#elsewhere.sum(hashKey(key))
  }

  /** How many are counted here. The others hear of it soon. */
  setCount (key: string, count: number): void {
    const hashed = hashKey(key)
    put(this.#here, hashed, count)
    this.#changed.add(hashed)
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined
      this.#tellChanges()
    }, FLUSH).unref()
  }

  /** Tells the others at once when a process is gone that ran beside this one. */
  #testify (node: string): boolean {
    const member = this.#roster.get(node)
    if (!member || !hasEnded(member, this.#init.own)) return false
    this.#forget(node)
    this.#init.engine.publish(encode({ type: 'gone', node }))
    return true
  }

  #hearPresent ({ member, asks, isAll, counts, others }: Present): void {
    const { own, engine } = this.#init
    if (member.node === own.node) return
    this.#know(member)
    this.#asked.delete(member.node)
    if (isAll) {
      this.#elsewhere.clear(member.node)
      this.#counted.add(member.node)
    } else if (this.#hasLearnt && !this.#counted.has(member.node)) {
      // It was silent for so long that it had been forgotten.
      engine.request(member.node, this.#encode({ asks: true }), TIME_TO_LEARN)
    }
    for (const { key, count } of counts) this.#elsewhere.set(member.node, key, count)
    const now = performance.now()
    for (const { member, silentFor } of others) {
      if (member.node !== own.node && !this.#roster.get(member.node)) this.#know(member, now - silentFor)
    }
    if (asks) for (const present of this.#toAll(false)) engine.request(member.node, this.#encode(present), TIME_TO_LEARN)
  }

  #know (member: Member, heardAt?: number): void {
    const forgotten = this.#roster.hear(member, heardAt)
    if (forgotten !== undefined) this.#forget(forgotten)
  }

  #forget (node: string): void {
    this.#roster.forget(node)
    this.#elsewhere.clear(node)
    this.#counted.delete(node)
    this.#asked.delete(node)
  }

  #beat (): void {
    // While nobody can be heard, silence says nothing.
    if (!this.#init.engine.isConnected) return
    for (const node of this.#roster.silentFor(this.#init.timeToGone)) this.#forget(node)
    this.#init.engine.publish(this.#encode({}))
  }

  #tellChanges (): void {
    const counts = [...this.#changed].map(key => ({ key, count: this.#here.get(key) ?? 0 }))
    this.#changed.clear()
    for (const slice of slices(counts)) this.#init.engine.publish(this.#encode({ counts: slice }))
  }

  /** All that there is to say: to all, of whom it asks as much, or to one that has asked. */
  #toAll (asks: boolean): Partial<Present>[] {
    const [counts = [], ...more] = slices([...this.#here].map(([key, count]) => ({ key, count })))
    const others = asks ? [] : slices(this.#roster.toList())
    return [{ asks, isAll: true, counts }, ...more.map(counts => ({ counts })), ...others.map(others => ({ others }))]
  }

  #encode (present: Partial<Present>): Uint8Array {
    return encode({ type: 'present', member: this.#init.own, asks: false, isAll: false, counts: [], others: [], ...present })
  }
}

/** As many as one message has room for. */
function slices<Item> (items: Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / MAX_ITEMS) }, (_, index) => items.slice(index * MAX_ITEMS, (index + 1) * MAX_ITEMS))
}
