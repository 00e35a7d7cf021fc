import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { WebRtcConnection, WebRtcError } from '../../plugin/index.js'
import { startChild } from '../helpers/child.js'
import { within } from '../helpers/deadline.js'
import { answerOffer, createConnection, type Post } from '../helpers/http-far-end.js'
import { median } from '../helpers/median.js'
import { NativePeer } from '../helpers/native-peer.js'
import type { ChildServerOptions, Held } from './child-server.js'

const RUNS = 15

export interface AskOptions {
  body?: unknown
  /** The address to ask from: all of 127.0.0.0/8 are this host's. */
  from?: string
}

export interface ChildAnswer {
  statusCode: number
  headers: IncomingHttpHeaders
  json: WebRtcConnection & WebRtcError
}

export interface ChildServer {
  port: number
  ask (method: 'GET' | 'POST' | 'DELETE', path: string, options?: AskOptions): Promise<ChildAnswer>
  /** What the process holds, after a garbage collection. */
  held (): Promise<Held>
  /** Milliseconds that a POST and a DELETE take together: the median of several. */
  timeToServe (): Promise<number>
  /** Closes the application, and tells the time that it took in milliseconds. */
  close (): Promise<number>
  /** Connects a far end, which is closed again, and tells the time that it took in milliseconds, from the first request to the connected peer. */
  connect (options?: AskOptions): Promise<number>
}

/** A server in a process of its own, killed when the test ends. */
export async function startServer (t: Test, options: ChildServerOptions = {}): Promise<ChildServer> {
  const child = startChild(new URL('child-server.ts', import.meta.url), { args: [JSON.stringify(options)], execArgv: ['--expose-gc'], deadline: 60_000 })
  t.teardown(() => {
    child.process.kill('SIGKILL')
    return child.ended
  })
  const port = Number(await child.line(30_000))

  // Without an agent no socket stays open.
  const ask: ChildServer['ask'] = (method, path, { body, from } = {}) => within(new Promise<ChildAnswer>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, agent: false, localAddress: from, headers: body === undefined ? {} : { 'content-type': 'application/json' } }, response => {
      const { statusCode, headers } = response
      json(response).then(json => resolve({ statusCode: statusCode!, headers, json: json as ChildAnswer['json'] }), reject)
    })
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  }), `an answer to ${method} ${path}`)

  return {
    port,
    ask,
    async held () {
      child.write('held')
      return JSON.parse(await child.line())
    },
    async close () {
      child.write('close')
      return JSON.parse(await child.line())
    },
    async timeToServe () {
      const times: number[] = []
      for (let run = 0; run < RUNS; run++) {
        const started = performance.now()
        const { json: { id } } = await ask('POST', '/connections')
        await ask('DELETE', `/connections/${id}`)
        times.push(performance.now() - started)
      }
      return median(times)
    },
    async connect (options) {
      const started = performance.now()
      const farEnd = new NativePeer()
      try {
        const post: Post = async (path, body) => {
          const { statusCode, json } = await ask('POST', path, { ...options, body })
          if (statusCode >= 400) throw new Error(`POST ${path}: ${statusCode}`)
          return json
        }
        const connection = await createConnection(post)
        await answerOffer(post, connection, farEnd, () => {})
        const time = performance.now() - started
        await ask('DELETE', `/connections/${connection.id}`, options)
        return time
      } finally {
        await farEnd.close()
      }
    }
  }
}
