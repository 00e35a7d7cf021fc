import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { assertConforms, type Answer } from './conformance.js'
import { within } from './deadline.js'

export interface HttpRequestOptions {
  body?: string | Iterable<string>
  headers?: Record<string, string>
}

export interface HttpAnswer extends Answer {
  headers: IncomingHttpHeaders
}

/** Asks a listening server over sockets that stay open, and holds every answer against the document. */
export class HttpClient {
  readonly port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 20 })

  constructor (port: number) {
    this.port = port
  }

  /** A body that is a list of texts is sent in chunks, without a content-length. */
  request (method: 'GET' | 'POST' | 'DELETE', path: string, { body, headers }: HttpRequestOptions = {}): Promise<HttpAnswer> {
    const answered = new Promise<HttpAnswer>((resolve, reject) => {
      const request = httpRequest({ agent: this.#agent, host: '127.0.0.1', port: this.port, method, path, headers }, response => {
        let text = ''
        response.setEncoding('utf8').on('data', chunk => { text += chunk }).on('error', reject).on('end', () => {
          const answer = { statusCode: response.statusCode!, headers: response.headers, body: text }
          try {
            assertConforms(method, path, answer)
            resolve(answer)
          } catch (error) {
            reject(error)
          }
        })
      })
      request.on('error', reject)
      if (typeof body === 'string') request.setHeader('content-length', Buffer.byteLength(body))
      for (const chunk of typeof body === 'string' ? [body] : body ?? []) request.write(chunk)
      request.end()
    })
    return within(answered, `an answer to ${method} ${path}`)
  }

  post (path: string, body?: unknown): Promise<HttpAnswer> {
    return this.request('POST', path, body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  }

  close (): void {
    this.#agent.destroy()
  }
}

/** Lets the server listen on a free port of loopback. */
export async function listen (t: Test, app: FastifyInstance): Promise<HttpClient> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new HttpClient((app.server.address() as AddressInfo).port)
  t.teardown(() => client.close())
  return client
}
