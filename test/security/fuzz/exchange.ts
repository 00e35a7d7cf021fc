import { Agent, maxHeaderSize, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Answer } from '../../helpers/conformance.js'
import { BODY_LIMIT } from '../../../plugin/routes/operation.js'
import { within } from '../../helpers/deadline.js'
import type { RequestInput } from './inputs.js'

/** An answer later than this is a hang, in milliseconds. */
const DEADLINE = 5000
/** How long a server is waited for that may be waiting for more bytes, in milliseconds. */
const PATIENCE = 20

const MAX_ATTEMPTS = 5

/** Asks a server, in ways that are right and in ways that are wrong. */
export class Exchange {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 50 })

  constructor (port: number) {
    this.#port = port
  }

  /** By Node's own client, over sockets that stay open. */
  async request (input: RequestInput): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#request(input)
      } catch (error) {
        const { code, reusedSocket } = Object(error)
        // A server may close an idle socket at the very moment at which the next request is sent, and closes that of a request
        // which is too large for it while the rest of it is still being written.
        const isExpected = ['ECONNRESET', 'EPIPE'].includes(code) && (reusedSocket || Buffer.from(input.body as string ?? '').length > BODY_LIMIT || input.headers.join().length > maxHeaderSize)
        if (!isExpected || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  /** Bytes on a socket of their own; the answers that came back, if any. */
  async raw (text: string): Promise<Answer[]> {
    const received = new Promise<string>((resolve, reject) => {
      let answer = ''
      const socket = connect({ host: '127.0.0.1', port: this.#port })
      const timer = setTimeout(() => socket.end(), PATIENCE)
      socket.setEncoding('latin1')
        .on('data', data => {
          answer += data
          timer.refresh()
        })
        .on('error', error => { if (!/ECONNRESET|EPIPE/.test(Object(error).code)) reject(error) })
        .on('close', () => {
          clearTimeout(timer)
          resolve(answer)
        })
        .write(text, 'latin1')
    })
    return parseAnswers(await within(received, 'the end of a socket', DEADLINE))
  }

  close (): void {
    this.#agent.destroy()
  }

  #request ({ method, path, headers, body, isChunked }: RequestInput): Promise<Answer> {
    const answered = new Promise<Answer>((resolve, reject) => {
      const request = httpRequest({ agent: this.#agent, host: '127.0.0.1', port: this.#port, method, path }, response => {
        const answer = { statusCode: response.statusCode!, headers: response.headers, body: '' }
        response.setEncoding('utf8').on('data', chunk => { answer.body += chunk }).on('error', reject).on('end', () => resolve(answer))
        // What the server's parser refuses is answered with a body, also to HEAD, which the client cannot read.
        if (method === 'HEAD') resolve(answer)
      })
      request.on('error', error => reject(Object.assign(error, { reusedSocket: request.reusedSocket })))
      for (const [name, value] of headers) request.setHeader(name, value)
      if (body === undefined) return request.end()
      const bytes = Buffer.from(body as string)
      if (isChunked || request.hasHeader('transfer-encoding')) {
        // By itself Node does so for some methods alone, and for the others sends a body that nothing announces.
        request.setHeader('transfer-encoding', 'chunked')
        request.write(bytes.subarray(0, bytes.length >> 1))
        request.end(bytes.subarray(bytes.length >> 1))
      } else {
        request.setHeader('content-length', bytes.length)
        request.end(bytes)
      }
    })
    return within(answered, `an answer to ${method} ${path.slice(0, 200)}`, DEADLINE)
  }
}

/** As far as they can be told apart: by their length. */
function parseAnswers (text: string): Answer[] {
  const answers: Answer[] = []
  for (let rest = text; rest !== '';) {
    const [head = '', statusCode] = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(rest) ?? []
    if (!statusCode) throw new Error(`expected an answer, found ${JSON.stringify(rest.slice(0, 500))}`)
    const headers = Object.fromEntries(head.trim().split('\r\n').slice(1).map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
    // Node's own refusals are in chunks.
    const length = headers['transfer-encoding'] === 'chunked' ? rest.indexOf('0\r\n\r\n', head.length) + 5 - head.length : Number(headers['content-length'] ?? 0)
    if (statusCode !== '100') answers.push({ statusCode: Number(statusCode), headers, body: Buffer.from(rest.slice(head.length, head.length + length), 'latin1').toString() })
    rest = rest.slice(head.length + length)
  }
  return answers
}
