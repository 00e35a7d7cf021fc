import type { FastifyReply, FastifyRequest } from 'fastify'
import { CrossOriginError } from '../errors.js'

/**
 * Refuses what a page of another origin lets a visitor's browser do without asking first: a POST without a body is a simple
 * request (https://fetch.spec.whatwg.org/#http-cors-protocol). Other methods, and JSON, browsers do ask for. To be called when
 * every hook has run: the host lets an origin in by the answer's access-control-allow-origin, as @fastify/cors sets it.
 */
export function refuseCrossOrigin ({ headers, host }: FastifyRequest, reply: FastifyReply): void {
  if (headers['content-type'] !== undefined || isSameOrigin(headers, host)) return
  const allowed = reply.getHeader('access-control-allow-origin')
  if (allowed === undefined || (allowed !== '*' && allowed !== headers.origin)) throw new CrossOriginError()
}

/** Sec-Fetch-Site is right behind any proxy, but sent to trustworthy origins alone; who sends neither header is no browser. */
function isSameOrigin ({ 'sec-fetch-site': site, origin }: FastifyRequest['headers'], host: string): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin === undefined || origin.replace(/^https?:\/\//, '') === host
}
