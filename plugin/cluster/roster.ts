import type { Member } from './message.js'

interface Entry {
  member: Member
  /** When it was last heard of, on the clock of `performance.now()`. */
  heardAt: number
}

/** How many are known at a time: the one that has been silent for the longest makes room. */
const MAX_MEMBERS = 10_000

/** The other processes of the cluster: those that were heard of, until they have ended or have said nothing for too long. */
export class Roster {
  /** In the order in which they were last heard of. */
  readonly #entries = new Map<string, Entry>()

  get members (): Member[] {
    return [...this.#entries.values()].map(({ member }) => member)
  }

  get (node: string): Member | undefined {
    return this.#entries.get(node)?.member
  }

  /** Whom else it knows, and for how many milliseconds they have been silent. */
  toList (now = performance.now()): { member: Member, silentFor: number }[] {
    return [...this.#entries.values()].map(({ member, heardAt }) => ({ member, silentFor: Math.max(0, Math.round(now - heardAt)) }))
  }

  /** Gives the one that has made room. */
  hear (member: Member, heardAt = performance.now()): string | undefined {
    this.#entries.delete(member.node)
    this.#entries.set(member.node, { member, heardAt })
    if (this.#entries.size <= MAX_MEMBERS) return undefined
    const oldest = this.#entries.keys().next().value!
    this.#entries.delete(oldest)
    return oldest
  }

  forget (node: string): void {
    this.#entries.delete(node)
  }

  /** Nobody could be heard: from now on silence counts. */
  renew (now = performance.now()): void {
    for (const entry of this.#entries.values()) entry.heardAt = now
  }

  /** Those that have been silent for longer than so many milliseconds. */
  silentFor (milliseconds: number, now = performance.now()): string[] {
    return [...this.#entries].filter(([, { heardAt }]) => now - heardAt > milliseconds).map(([node]) => node)
  }
}
