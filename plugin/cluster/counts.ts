import { createHash } from 'node:crypto'

/** The key as processes tell it each other: as long as any other, however long the name of a principal is, and without it. */
export function hashKey (key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

/** How many keys one process may have: each stands for connections, of which it has fewer. */
const MAX_KEYS = 100_000

/** What each of the other processes counts, by keys, and the sums. */
export class Counts {
  readonly #ofNode = new Map<string, Map<string, number>>()
  readonly #sums = new Map<string, number>()

  sum (key: string): number {
    return this.#sums.get(key) ?? 0
  }

  set (node: string, key: string, count: number): void {
    const counts = this.#ofNode.get(node) ?? new Map<string, number>()
    if (counts.size >= MAX_KEYS && !counts.has(key)) return
    const sum = this.sum(key) - (counts.get(key) ?? 0) + count
    put(this.#sums, key, sum)
    put(counts, key, count)
    this.#ofNode.set(node, counts)
  }

  /** It counts nothing any more. */
  clear (node: string): void {
    for (const key of [...this.#ofNode.get(node)?.keys() ?? []]) this.set(node, key, 0)
    this.#ofNode.delete(node)
  }
}

/** Zero takes no room. */
export function put (counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
