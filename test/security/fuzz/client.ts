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

/** How long a far end is waited for that may connect, in milliseconds. */
const CONNECT_PATIENCE = 500

/** What an input knows of the connection it is about. */
interface Subject {
  id: string
  /** That of the API it was made by. */
  prefix: string
  reconnectToken?: string
  /** What the far end has said, as it was applied. */
  remote?: string
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
    const subject = subjects.at(-1) ?? { id: 'unknown', prefix: '' }
    const path = pathOf(subject)

    switch (step.do) {
      case 'create': return this.#create(step, ask, subjects)
      case 'answer': return this.#answer(subject, step, ask)
      case 'reconnect': return this.#reconnect(subject, step, ask)
      case 'renegotiate': return this.#renegotiate(subject, step, ask)
      case 'candidates': {
        await ask({ method: 'POST', path: `${path}/remote-candidates`, ...json({ candidates: step.candidates }) })
        return
      }
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
        if (method === 'POST' && answer.statusCode === 201) subjects.push({ id: (JSON.parse(answer.body) as WebRtcConnection).id, prefix: '' })
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

  async #create ({ offer: input, trickle, hasMedia }: Extract<Step, { do: 'create' }>, ask: Ask, subjects: Subject[]): Promise<void> {
    const { farEnd, original, offer } = prepareOffer(input)
    const prefix = hasMedia ? '/media' : ''
    const answer = await ask({ method: 'POST', path: `${prefix}/connections`, ...json({ ...offer !== undefined && { remoteDescription: { type: 'offer', sdp: offer } }, trickle }) })
    const { statusCode, body } = answer
    if (statusCode !== 201) {
      await farEnd?.close()
      if (offer === original) throw new Error(`expected 201, found ${statusCode} ${body}`)
      return
    }
    const subject: Subject = { id: '', prefix }
    begin(subject, JSON.parse(body) as WebRtcConnection, farEnd)
    subjects.push(subject)
  }

  /** Those at once have one offer: the last answer is that of the peer there is. */
  async #reconnect (subject: Subject, { token, offer: input, trickle, times }: Extract<Step, { do: 'reconnect' }>, ask: Ask): Promise<void> {
    const { farEnd, offer } = prepareOffer(input)
    const request = { method: 'POST', path: `${pathOf(subject)}/reconnect`, ...json({ reconnectToken: token ?? subject.reconnectToken ?? 'none', ...offer !== undefined && { remoteDescription: { type: 'offer', sdp: offer } }, trickle }) }
    const answers = await Promise.all(Array.from({ length: times }, () => ask(request)))
    const [last] = answers.filter(({ statusCode }) => statusCode === 200).map(({ body }) => JSON.parse(body) as WebRtcConnection).sort((one, other) => other.lastEventId - one.lastEventId)
    if (!last) return farEnd?.close()
    if (token !== undefined || subject.isDeleted) throw new Error(`expected a reconnect to be refused, found ${JSON.stringify(last)}`)
    await subject.farEnd?.close()
    begin(subject, last, farEnd)
  }

  async #renegotiate (subject: Subject, { sections, mutations }: Extract<Step, { do: 'renegotiate' }>, ask: Ask): Promise<void> {
    await subject.farEnd?.connected(CONNECT_PATIENCE).catch(() => {})
    const { statusCode, body } = await ask({ path: pathOf(subject) })
    const { localDescription: local, signalingState } = statusCode === 200 ? JSON.parse(body) as WebRtcConnection : {}
    const remote = subject.remote ?? description('chromium-media-offer').sdp
    const isOffered = signalingState === 'have-local-offer'
    const sdp = mutate(isOffered ? answerTo(local!.sdp, remote) : withSections(remote, sections), mutations)
    const answer = await ask({ method: 'POST', path: `${pathOf(subject)}/remote-description`, ...json({ type: isOffered ? 'answer' : 'offer', sdp }) })
    if (answer.statusCode !== 200) return
    subject.isAnswered = true
    subject.remote = (JSON.parse(answer.body) as WebRtcSessionDescription).sdp
  }

  /** The same answer several times at once. */
  async #answer (subject: Subject, { answer: input, times }: Extract<Step, { do: 'answer' }>, ask: Ask): Promise<void> {
    const isNative = input.from === 'native' && subject.offer !== undefined && !subject.isAnswered
    if (isNative) subject.farEnd ??= new NativePeer()
    const original = isNative ? subject.farEnd!.native.localDescription()?.sdp ?? subject.farEnd!.answer(withoutCandidates(subject.offer!)) : description(input.from === 'native' ? 'libdatachannel-answer' : input.from).sdp
    const request = { method: 'POST', path: `${pathOf(subject)}/remote-description`, ...json({ type: 'answer', sdp: mutate(original, input.mutations) }) }
    const answers = await Promise.all(Array.from({ length: times }, () => ask(request)))
    const applied = answers.filter(({ statusCode }) => statusCode === 200)
    // One that offers again may be answered again.
    if (applied.length > (subject.prefix === '' && (subject.isAnswered || subject.isDeleted) ? 0 : 1)) throw new Error(`expected one answer at most to be applied, found another: ${answers.map(({ statusCode }) => statusCode).join(' ')}`)
    if (applied.length === 0) return
    const used = JSON.parse(applied[0]!.body) as WebRtcSessionDescription
    Object.assign(subject, { isAnswered: true, remote: used.sdp })
    assertApplied(used)
    if (isNative) attempt(() => subject.farEnd!.addCandidates(subject.offer!))
  }

  async #release ({ id, prefix, farEnd }: Subject): Promise<void> {
    const { statusCode, body } = await this.#exchange.request(deletion(id, prefix))
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

function deletion (id: string, prefix = ''): RequestInput {
  return { method: 'DELETE', path: `${prefix}/connections/${id}`, headers: [], isChunked: false }
}

function pathOf ({ prefix, id }: Subject): string {
  return `${prefix}/connections/${id}`
}

/** An offer, mutated, of a far end that is really there where the input says so. */
function prepareOffer (input: DescriptionInput | undefined): { farEnd?: NativePeer, original?: string, offer?: string } {
  if (!input) return {}
  const farEnd = input.from === 'native' ? new NativePeer() : undefined
  const original = farEnd ? withoutCandidates(farEnd.offer()) : description(input.from).sdp
  return { farEnd, original, offer: mutate(original, input.mutations) }
}

/** The server has made a peer, and a far end that has offered hears its answer. */
function begin (subject: Subject, { id, localDescription, remoteDescription, reconnectToken }: WebRtcConnection, farEnd: NativePeer | undefined): void {
  if (remoteDescription) assertApplied(remoteDescription)
  const { type, sdp } = localDescription!
  Object.assign(subject, { id, reconnectToken, farEnd, offer: type === 'offer' ? sdp : undefined, isAnswered: type === 'answer', remote: remoteDescription?.sdp })
  if (farEnd) attempt(() => farEnd.applyAnswer(sdp))
}

/** The description with more sections, all in its bundle. */
function withSections (sdp: string, kinds: readonly string[]): string {
  const first = sdp.match(/^m=/gm)?.length ?? 0
  const mids = kinds.map((_kind, index) => `x${first + index}`)
  const sections = kinds.map((kind, index) => kind === 'application'
    ? `m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:${mids[index]}\r\na=sctp-port:5000\r\n`
    : `m=${kind} 9 UDP/TLS/RTP/SAVPF ${kind === 'audio' ? 111 : 96}\r\nc=IN IP4 0.0.0.0\r\na=mid:${mids[index]}\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:${kind === 'audio' ? '111 opus/48000/2' : '96 VP8/90000'}\r\na=ssrc:${first + index} cname:x\r\n`)
  return [sdp.replace(/^a=group:BUNDLE.*?(?=\r)/m, group => [group, ...mids].join(' ')), ...sections].join('')
}

/** The sections of the offer, with what the far end has said of its transport. */
function answerTo (offer: string, remote: string): string {
  const transport = ['ice-ufrag', 'ice-pwd', 'fingerprint'].map(name => new RegExp(`^a=${name}:.*$`, 'm').exec(remote)?.[0].trimEnd())
  return withoutCandidates(offer).replace(/^a=(ice-ufrag|ice-pwd|fingerprint|setup):.*\r\n/gm, '').replace(/^m=/m, `${transport.join('\r\n')}\r\na=setup:active\r\nm=`)
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
