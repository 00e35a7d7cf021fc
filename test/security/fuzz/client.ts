import type { WebRtcConnection, WebRtcSessionDescription } from '../../../plugin/index.js'
import type { Answer } from '../../helpers/conformance.js'
import { description } from '../../helpers/descriptions.js'
import { NativePeer, withoutCandidates } from '../../helpers/native-peer.js'
import type { Exchange } from './exchange.js'
import type { DescriptionInput, Input, RequestInput, Step } from './inputs.js'
import { mutate } from './mutations.js'
import { assertAnswer, assertHarmless, operationOf } from './oracle.js'

/** How a request went. */
export interface Outcome {
  /** The operation, such as `GET /connections/:id`. */
  what: string
  statusCode: number
  /** How long the server's event loop was busy with it, in milliseconds; where the server cannot say, how long the answer took. */
  time: number
}

/** How many connections are left to connect while other inputs go on. */
const MAX_CONNECTING = 16

/** What an input knows of the connection it is about. */
interface Subject {
  id: string
  offer?: string
  farEnd?: NativePeer
  isAnswered?: boolean
  isDeleted?: boolean
}

/** Does what an input says, and holds each answer against the document and against what went before. */
export class FuzzClient {
  readonly #exchange: Exchange
  readonly #connecting: Subject[] = []

  constructor (exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Throws when an answer is not what it should be. Every connection is deleted, those with a real far end a little later. */
  async run (input: Input): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    const subjects: Subject[] = []
    for (const step of input) await this.#step(step, subjects, outcomes)
    for (const subject of subjects) {
      if (subject.farEnd && !subject.isDeleted) this.#connecting.push(subject)
      else await this.#release(subject)
    }
    while (this.#connecting.length > MAX_CONNECTING) await this.#release(this.#connecting.shift()!)
    return outcomes
  }

  /** Deletes what was left to connect. */
  async settle (): Promise<void> {
    for (const subject of this.#connecting.splice(0)) await this.#release(subject)
  }

  async #step (step: Step, subjects: Subject[], outcomes: Outcome[]): Promise<void> {
    const ask = async (request: Partial<RequestInput>) => {
      const started = performance.now()
      const full = { method: 'GET', path: '/connections', headers: [], isChunked: false, ...request }
      const answer = await this.#exchange.request(full)
      outcomes.push(outcome(operationOf(full), answer, performance.now() - started))
      assertAnswer(full, answer)
      return answer
    }
    const subject = subjects.at(-1) ?? { id: 'unknown' }
    const path = `/connections/${subject.id}`

    switch (step.do) {
      case 'create': return this.#create(step.offer, ask, subjects)
      case 'answer': return this.#answer(subject, step, ask)
      case 'read': {
        const { statusCode, body } = await ask({ path: `${path}${step.path}` })
        if (subject.isDeleted && statusCode !== 404) throw new Error(`expected 404 after DELETE, found ${statusCode}`)
        if (step.path === '/remote-description' && statusCode === 200) assertApplied(JSON.parse(body) as WebRtcSessionDescription)
        return
      }
      case 'delete': {
        const { statusCode } = await ask({ method: 'DELETE', path })
        if (subject.isDeleted && statusCode !== 404) throw new Error(`expected 404 after DELETE, found ${statusCode}`)
        subject.isDeleted = true
        return
      }
      case 'request': {
        const { method, path } = step.request
        const answer = await ask({ ...step.request, path: path.replaceAll('{id}', subject.id) })
        if (method === 'POST' && answer.statusCode === 201) subjects.push({ id: (JSON.parse(answer.body) as WebRtcConnection).id })
        return
      }
      case 'raw': {
        for (const answer of await this.#exchange.raw(step.text)) {
          outcomes.push(outcome('raw', answer, 0))
          assertHarmless(answer)
        }
        // A mutation may have taken the answer away.
        await this.#deleteUnknown(subjects)
      }
    }
  }

  async #create (input: DescriptionInput | undefined, ask: Ask, subjects: Subject[]): Promise<void> {
    const farEnd = input?.from === 'native' ? new NativePeer() : undefined
    const original = input && (farEnd ? withoutCandidates(farEnd.offer()) : description(input.from).sdp)
    const offer = input && mutate(original!, input.mutations)
    const answer = await ask({ method: 'POST', ...json(offer === undefined ? {} : { remoteDescription: { type: 'offer', sdp: offer } }) })
    const { statusCode, body } = answer
    if (statusCode !== 201) {
      await farEnd?.close()
      if (offer === original) throw new Error(`expected 201, found ${statusCode} ${body}`)
      return
    }
    const { id, localDescription, remoteDescription } = JSON.parse(body) as WebRtcConnection
    if (remoteDescription) assertApplied(remoteDescription)
    subjects.push({ id, offer: localDescription!.sdp, farEnd, isAnswered: input !== undefined })
    if (farEnd) attempt(() => farEnd.applyAnswer(localDescription!.sdp))
  }

  /** The same answer several times at once. */
  async #answer (subject: Subject, { answer: input, times }: Extract<Step, { do: 'answer' }>, ask: Ask): Promise<void> {
    const isNative = input.from === 'native' && subject.offer !== undefined && !subject.isAnswered
    if (isNative) subject.farEnd ??= new NativePeer()
    const original = isNative ? subject.farEnd!.native.localDescription()?.sdp ?? subject.farEnd!.answer(withoutCandidates(subject.offer!)) : description(input.from === 'native' ? 'libdatachannel-answer' : input.from).sdp
    const request = { method: 'POST', path: `/connections/${subject.id}/remote-description`, ...json({ type: 'answer', sdp: mutate(original, input.mutations) }) }
    const answers = await Promise.all(Array.from({ length: times }, () => ask(request)))
    const applied = answers.filter(({ statusCode }) => statusCode === 200)
    if (applied.length > (subject.isAnswered || subject.isDeleted ? 0 : 1)) throw new Error(`expected one answer at most to be applied, found another: ${answers.map(({ statusCode }) => statusCode).join(' ')}`)
    if (applied.length === 0) return
    subject.isAnswered = true
    assertApplied(JSON.parse(applied[0]!.body) as WebRtcSessionDescription)
    if (isNative) attempt(() => subject.farEnd!.addCandidates(subject.offer!))
  }

  async #release ({ id, farEnd }: Subject): Promise<void> {
    const { statusCode, body } = await this.#exchange.request(deletion(id))
    if (statusCode !== 200 && statusCode !== 404) throw new Error(`expected DELETE to answer 200 or 404, found ${statusCode} ${body}`)
    await farEnd?.close()
  }

  async #deleteUnknown (subjects: Subject[]): Promise<void> {
    const { body } = await this.#exchange.request({ method: 'GET', path: '/rooms/1/connections', headers: [], isChunked: false })
    const known = [...subjects, ...this.#connecting].map(({ id }) => id)
    for (const { id } of JSON.parse(body) as WebRtcConnection[]) {
      if (!known.includes(id)) await this.#exchange.request(deletion(id))
    }
  }
}

type Ask = (request: Partial<RequestInput>) => Promise<Answer>

function json (value: unknown): Pick<RequestInput, 'headers' | 'body'> {
  return { headers: [['content-type', 'application/json']], body: JSON.stringify(value) }
}

function deletion (id: string): RequestInput {
  return { method: 'DELETE', path: `/connections/${id}`, headers: [], isChunked: false }
}

function outcome (what: string, { statusCode, headers }: Answer, roundTrip: number): Outcome {
  const [, duration] = /^loop;dur=(.*)$/.exec(String(headers['server-timing'])) ?? []
  return { what, statusCode, time: duration === undefined ? roundTrip : Number(duration) }
}

/** What the server says it has applied. */
function assertApplied ({ sdp }: WebRtcSessionDescription): void {
  const candidates = sdp.match(/^a=candidate:.*$/gm) ?? []
  if (candidates.length > 30) throw new Error(`expected at most 30 candidates, found ${candidates.length}`)
}

/** A mutated description may be nothing that the far end can use. */
function attempt (call: () => void): void {
  try {
    call()
  } catch {}
}
