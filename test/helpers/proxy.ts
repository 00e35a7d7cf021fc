import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Which of so many servers a request goes to. */
export type Balance = (count: number) => number

export interface ProxyOptions {
  /** Default at random. */
  balance?: Balance
  /** Whether another server is asked when one is not there, or answers 503, as a load balancer does. Default false. */
  retries?: boolean
}

/** Sends each request to one of the servers. */
export class Proxy {
  /** The origins. May change at any time. */
  origins: string[]
  /** How many requests each has had. */
  readonly requests = new Map<string, number>()
  readonly #options: Required<ProxyOptions>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 100 })
  readonly #server = createServer((request, response) => { this.#pass(request, response).catch(() => response.destroy()) })

  private constructor (origins: string[], { balance = randomly, retries = false }: ProxyOptions) {
    this.origins = origins
    this.#options = { balance, retries }
  }

  static async start (t: Pick<Test, 'teardown'>, origins: string[], options: ProxyOptions = {}): Promise<Proxy> {
    const proxy = new Proxy(origins, options)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    t.teardown(() => {
      proxy.#server.close()
      proxy.#server.closeAllConnections()
      proxy.#agent.destroy()
    })
    return proxy
  }

  get origin (): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async #pass (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const others = [...this.origins]
    for (;;) {
      const [origin = ''] = others.splice(this.#options.balance(others.length), 1)
      this.requests.set(origin, (this.requests.get(origin) ?? 0) + 1)
      const isLast = !this.#options.retries || others.length === 0
      const answer = await this.#ask(origin, request, body).catch(error => { if (isLast) throw error })
      if (!answer) continue
      if (!isLast && answer.statusCode === 503) {
        answer.resume()
        continue
      }
      // The server's word on how long it keeps its connections is not the proxy's (RFC 9110, 7.6.1).
      const { connection: _, 'keep-alive': __, ...passed } = answer.headers
      response.writeHead(answer.statusCode!, passed)
      response.flushHeaders()
      answer.pipe(response)
      response.on('close', () => answer.destroy())
      return
    }
  }

  #ask (origin: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { connection: _, ...passed } = headers
      httpRequest(`${origin}${url}`, { method, agent: this.#agent, headers: { ...passed, 'x-forwarded-for': '127.0.0.1' } }, resolve).on('error', reject).end(body)
    })
  }
}

function randomly (count: number): number {
  return Math.floor(Math.random() * count)
}

/** One after the other. */
export function inTurn (): Balance {
  let number = 0
  return count => number++ % count
}
