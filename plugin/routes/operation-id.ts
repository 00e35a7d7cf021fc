import type { FastifyInstance } from 'fastify'

const registrations = new WeakMap<object, Set<string>>()

/** What a registration's operationIds start with, so that they stay unique in a host's document: nothing for the empty prefix, else the prefix in letters. */
export function createOperationIdPrefix (fastify: FastifyInstance): string {
  const taken = registrations.get(fastify.server) ?? new Set()
  registrations.set(fastify.server, taken)
  const words = fastify.prefix.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const name = words.map((word, index) => index === 0 ? lower(word) : upper(word)).join('')
  let unique = name
  for (let number = 2; taken.has(unique); number++) unique = `${name || 'registration'}${number}`
  taken.add(unique)
  return unique
}

/** `createConnection` behind the prefix `pingPong` is `pingPongCreateConnection`. */
export function prefixOperationId (prefix: string, operationId: string): string {
  return prefix ? `${prefix}${upper(operationId)}` : operationId
}

function upper (word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function lower (word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1)
}
