import { randomBytes } from 'node:crypto'

/** How many characters of an id, its last, say whose the connection is. */
const NODE_LENGTH = 8

/** Characters that mean nothing in a broker's subjects. */
export const NODE = /^[\w-]{8}$/

/** Another one for each start of a process, so that nobody takes it for the one before. It is no secret. */
export function createNode (): string {
  return randomBytes(6).toString('base64url')
}

/** The process that the id names; undefined when it names none, as an id that nobody made. */
export function nodeOf (id: string): string | undefined {
  const node = id.slice(-NODE_LENGTH)
  return id.length > NODE_LENGTH && NODE.test(node) ? node : undefined
}
