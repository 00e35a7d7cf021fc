import type { FastifyRequest } from 'fastify'
import type { ClientAddress } from '../connections/remote-candidates.js'

const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/** The client's address as `trustProxy` sees it, or undefined when the request came by way of a proxy that `trustProxy` does not name: the address would be the proxy's. */
export function clientAddress ({ ip, headers, socket }: FastifyRequest): ClientAddress {
  const isForwarded = FORWARDING_HEADERS.some(name => headers[name] !== undefined)
  return isForwarded && ip === socket.remoteAddress ? undefined : ip
}
