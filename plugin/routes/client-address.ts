import type { FastifyRequest } from 'fastify'
import type { ClientAddress } from '../connections/remote-candidates.js'

/** By which proxies say where a request came from. */
export const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

const warned = new WeakSet<object>()

/** The client's address as `trustProxy` sees it, or undefined when the request came by way of a proxy that `trustProxy` does not name: the address would be the proxy's. */
export function clientAddress ({ ip, headers, socket }: FastifyRequest): ClientAddress {
  return isForwarded(headers) && ip === socket.remoteAddress ? undefined : ip
}

/** Warns, once for each server, of a proxy that `trustProxy` does not name: all its clients share the limits of one address. */
export function warnOfUnknownProxy ({ ip, headers, socket, server, log }: FastifyRequest): void {
  if (warned.has(server.server) || !isForwarded(headers) || ip !== socket.remoteAddress) return
  warned.add(server.server)
  log.warn('A request has a forwarding header, but trustProxy does not name who sent it: all clients of a proxy count as one address')
}

function isForwarded (headers: FastifyRequest['headers']): boolean {
  return FORWARDING_HEADERS.some(name => headers[name] !== undefined)
}
