import fc from 'fast-check'
import { descriptions } from '../../helpers/descriptions.js'
import { bodies } from './bodies.js'
import { mutate, mutations, type Mutation } from './mutations.js'

/** A description of a real implementation, by the name of its fixture or `native` for a peer that is really there, and what is done to it. */
export interface DescriptionInput {
  from: string
  mutations: Mutation[]
}

export interface RequestInput {
  method: string
  /** `{id}` stands for the connection's id. */
  path: string
  headers: [name: string, value: string][]
  body?: string | Uint8Array
  isChunked: boolean
}

/** A candidate by itself, which may be none. */
export interface CandidateInput {
  candidate: string
  sdpMid?: string
  sdpMLineIndex?: number
  usernameFragment?: string
}

/** One thing that a client does. Those without an id of their own are about the connection that the input made last. */
export type Step =
  /** With audio and video it is one of a server that has a use for both. */
  | { do: 'create', offer?: DescriptionInput, trickle?: boolean, hasMedia?: boolean }
  | { do: 'answer', answer: DescriptionInput, times: number }
  | { do: 'candidates', candidates: CandidateInput[] }
  /** By the right token, or another; several times at once. */
  | { do: 'reconnect', token?: string, offer?: DescriptionInput, trickle?: boolean, times: number }
  /** Once connected: an offer with so many sections more, or, where the server has offered, an answer. */
  | { do: 'renegotiate', sections: ('audio' | 'video' | 'application')[], mutations: Mutation[] }
  | { do: 'read', path: string }
  | { do: 'delete' }
  | { do: 'request', request: RequestInput }
  /** Bytes on a socket of their own, in latin1. */
  | { do: 'raw', text: string }

export type Input = Step[]

const named = (type: string) => [...descriptions].filter(([, description]) => description.type === type).map(([name]) => name)
const described = (names: string[], minMutations = 1): fc.Arbitrary<DescriptionInput> => fc.record({ from: fc.constantFrom(...names), mutations: mutations(minMutations) })
const offers = described(named('offer'))
const answers = described(named('answer'))

const create: Step = { do: 'create' }
const answer = (from: fc.Arbitrary<DescriptionInput>, maxTimes = 1): fc.Arbitrary<Step> => fc.record({ do: fc.constant('answer'), answer: from, times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: maxTimes })) })
const read: fc.Arbitrary<Step> = fc.record({ do: fc.constant('read'), path: fc.constantFrom('', '/local-description', '/remote-description', '/stats', '/local-candidates', '/local-candidates?after=1&wait=1', '/events?timeout=0', '/events?timeout=0&lastEventId=1') })

const address = fc.constantFrom('127.0.0.1', '127.1.2.3', '127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', 'name.local', 'name.test', '0x7f.1', '127.0.0.1%lo', '\ud800')
const usualCandidate = fc.tuple(address, fc.integer({ min: 1000, max: 70_000 }), fc.constantFrom('host', 'srflx raddr 0.0.0.0 rport 0', 'prflx', 'relay', 'other')).map(([address, port, type]) => `candidate:1 1 udp 1 ${address} ${port} typ ${type}`)
const candidateText = fc.oneof(
  { weight: 6, arbitrary: usualCandidate },
  { weight: 2, arbitrary: fc.tuple(fc.constant('candidate:1 1 UDP 2122252543 127.0.0.1 5000 typ host'), mutations()).map(([candidate, list]) => mutate(candidate, list)) },
  fc.constantFrom('', 'candidate:', 'candidate', 'a=candidate:1 1 udp 1 127.0.0.1 5000 typ host', `candidate:${'x'.repeat(1100)}`)
)
const oddCandidate: fc.Arbitrary<CandidateInput> = fc.record({
  candidate: candidateText,
  sdpMid: fc.constantFrom('0', 'x'.repeat(65), ''),
  sdpMLineIndex: fc.constantFrom(0, 65535, 65536, -1),
  usernameFragment: fc.constantFrom('abcd', '', 'x'.repeat(257))
}, { requiredKeys: ['candidate'] })
const candidates: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.oneof({ weight: 12, arbitrary: usualCandidate }, fc.constant('')).map(candidate => ({ candidate })), { minLength: 1, maxLength: 40 }) },
  fc.array(oddCandidate, { maxLength: 70 })
).map(candidates => ({ do: 'candidates', candidates }))
const reconnect: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('reconnect' as const),
  token: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constantFrom('', 'x'.repeat(22), 'x'.repeat(65)), fc.string()),
  offer: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, described([...named('offer'), 'native'], 0)),
  trickle: fc.boolean(),
  times: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 3 }))
})
const renegotiate: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('renegotiate' as const),
  sections: fc.oneof({ weight: 6, arbitrary: fc.array(fc.constantFrom('audio' as const, 'video' as const, 'video' as const, 'application' as const), { maxLength: 3 }) }, fc.constant(Array<'video'>(31).fill('video'))),
  mutations: fc.oneof({ weight: 2, arbitrary: fc.constant<Mutation[]>([]) }, mutations())
})

const JSON_TYPE = 'application/json'
const contentTypes = fc.oneof(
  { weight: 8, arbitrary: fc.constant(JSON_TYPE) },
  fc.constantFrom('application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json; charset=utf-16', 'application/json;__proto__=1', 'application/jsonp', 'application/json, text/plain', 'application/problem+json', 'text/plain', 'text/plain; a=application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/sdp', '', ' ', ';', '/', '*/*', `application/${'x'.repeat(2000)}`),
  // What Node's own client lets through.
  fc.string().map(type => type.replace(/[^\x20-\x7e]/g, 'x'))
)

const path = fc.string({ unit: 'binary', maxLength: 120 })
const IDS = ['{id}', '{id}', '{id}', 'unknown', '', '.', '..', '%2e%2e', '%2F', '%00', '%', '%zz', '%c3%28', '%ed%a0%80', '%25', '%0d%0aset-cookie:%20a=b', '{id}%00', '{id}%20', '__proto__', 'constructor', 'toString', 'é', '%F0%9F%98%80', 'a'.repeat(100), 'a'.repeat(101), '%41'.repeat(200), 'a'.repeat(9000), '*', ':id', '{id};a=b', '{id}#a', '{id}?a=b', 'NaN', '-1', '0']
const ids = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...IDS) }, path.map(encodeLoosely), path.map(id => id.replace(/[^!-~\x80-\xff]/g, '')))
const prefixes = fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom('/rooms/1', '/rooms/', '/rooms/%0d%0a', '/rooms/%2f', '/rooms/é', '/rooms/a#', '/rooms/__proto__', '//', '/%2e'))
const paths = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(prefixes, ids, fc.constantFrom('', '/local-description', '/remote-description', '/remote-description/', '/remote-candidates', '/local-candidates?wait=', '/local-candidates?after=1e3', '/events?timeout=0', '/events?timeout=0&lastEventId=9', '/events?timeout=0&lastEventId=-1', '/stats', '/reconnect', '/unknown', '/'), fc.constantFrom('', '?', '?a=b', '?__proto__=1', '?%', '#x')).map(([prefix, id, suffix, query]) => `${prefix}/connections/${id}${suffix}${query}`) },
  { weight: 4, arbitrary: fc.tuple(prefixes, fc.constantFrom('/connections', '/connections', '/connections/', '/connections?a', '/Connections', '/%63onnections', '/openapi.json', '/openapi.yaml', '/ice-servers', '/ice-servers?a=b', '/connections;a', '/connections%00')).map(parts => parts.join('')) },
  { weight: 1, arbitrary: path.map(text => `/${encodeLoosely(text)}`) }
)
const methods = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('GET', 'POST', 'DELETE') }, fc.constantFrom('HEAD', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'))
const HEADERS: [name: string, value: string][] = [
  ['accept', 'text/html'], ['accept', '*/*;q=0'], ['accept-encoding', 'br'], ['accept-version', '99'], ['authorization', 'Basic Og=='], ['content-encoding', 'gzip'], ['cookie', '__proto__=1'], ['expect', 'nothing'], ['expect', '100-continue'], ['forwarded', 'for=127.0.0.1'],
  ['host', 'a b'], ['host', ''], ['if-match', '*'], ['origin', 'null'], ['range', 'bytes=0-'], ['transfer-encoding', 'chunked'], ['upgrade', 'websocket'], ['via', '1.1 a'], ['x-forwarded-for', '8.8.8.8'], ['x-forwarded-for', 'unknown, 127.0.0.1'], ['x-http-method-override', 'DELETE'], ['__proto__', 'polluted'], ['constructor', 'polluted'], ['x-long', 'x'.repeat(9000)], ['x-longer', 'x'.repeat(20000)], ['x-latin', '\xff\xfe']
]
const headers = fc.array(fc.constantFrom(...HEADERS), { maxLength: 3 })

const anyRequest: fc.Arbitrary<RequestInput> = fc.record({
  method: methods,
  path: paths,
  headers: fc.tuple(contentTypes, headers).map(([type, others]): RequestInput['headers'] => [['content-type', type], ...others]),
  body: fc.oneof(fc.constant(undefined), bodies),
  isChunked: fc.boolean()
})

const withBody: fc.Arbitrary<RequestInput> = fc.record({
  method: fc.constant('POST'),
  path: fc.constantFrom('/connections', '/connections/{id}/remote-description', '/connections/{id}/remote-candidates', '/rooms/1/connections'),
  headers: contentTypes.map((type): RequestInput['headers'] => [['content-type', type]]),
  body: bodies,
  isChunked: fc.boolean()
})

const step = (from: fc.Arbitrary<RequestInput>): fc.Arbitrary<Step> => from.map(request => ({ do: 'request', request }))

const HEADS = [
  'GET /connections/unknown HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'POST /connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'POST /rooms/a/connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}',
  'POST /connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'POST http://evil.test/connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /rooms/\x01\t\x0c\xff/connections HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'DELETE /connections/a HTTP/1.0\r\n\r\n',
  'GET /connections HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\nConnection: close\r\n\r\n',
  'CONNECT /connections HTTP/1.1\r\nHost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /connections/a HTTP/1.1\r\n\r\n',
  'GET /connections/a HTTP/1.1\r\nHost: a\r\n\r\nGET /connections/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
]
const raw: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom(...HEADS), mutations(0)).map(([head, list]) => ({ do: 'raw', text: mutate(head, list) }))

/** Everything of one connection, in any order. */
const anyStep = fc.oneof(
  { weight: 2, arbitrary: fc.constant(create) },
  { weight: 4, arbitrary: answer(described(named('answer'), 0), 3) },
  { weight: 4, arbitrary: read },
  { weight: 2, arbitrary: candidates },
  { weight: 1, arbitrary: reconnect },
  { weight: 1, arbitrary: renegotiate },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'delete' }) },
  { weight: 1, arbitrary: step(anyRequest) }
)
const native = (minMutations: number) => described(['native'], minMutations)
/** What is not about the first descriptions. */
const later = fc.oneof({ weight: 2, arbitrary: candidates }, { weight: 3, arbitrary: reconnect }, read, answer(described([...named('answer'), 'native'], 0), 2))

/** Inputs, each of one or several requests. */
export const inputs: fc.Arbitrary<Input> = fc.oneof(
  { weight: 26, arbitrary: offers.map((offer): Input => [{ do: 'create', offer }]) },
  { weight: 22, arbitrary: fc.array(answer(answers), { minLength: 1, maxLength: 3 }).map((steps): Input => [create, ...steps]) },
  { weight: 16, arbitrary: step(withBody).map((step): Input => [create, step]) },
  { weight: 14, arbitrary: step(withBody).map((step): Input => [step]) },
  { weight: 10, arbitrary: step(anyRequest).map((step): Input => [step]) },
  { weight: 3, arbitrary: raw.map((step): Input => [step]) },
  { weight: 5, arbitrary: fc.array(anyStep, { minLength: 1, maxLength: 8 }).map((steps): Input => [create, ...steps]) },
  { weight: 2, arbitrary: fc.tuple(fc.array(answer(native(1)), { maxLength: 2 }), answer(native(0), 3), fc.array(anyStep, { maxLength: 4 })).map(([wrong, last, steps]): Input => [create, ...wrong, last, ...steps]) },
  { weight: 6, arbitrary: fc.tuple(fc.boolean(), fc.boolean(), fc.array(later, { minLength: 1, maxLength: 5 })).map(([trickle, hasMedia, steps]): Input => [{ do: 'create', trickle, hasMedia }, ...steps]) },
  { weight: 4, arbitrary: offers.map((offer): Input => [{ do: 'create', offer, hasMedia: true }]) },
  { weight: 3, arbitrary: fc.array(fc.oneof({ weight: 4, arbitrary: renegotiate }, later), { minLength: 1, maxLength: 6 }).map((steps): Input => [{ do: 'create', offer: { from: 'native', mutations: [] }, hasMedia: true }, ...steps]) },
  { weight: 2, arbitrary: fc.tuple(native(0), fc.array(anyStep, { maxLength: 4 })).map(([offer, steps]): Input => [{ do: 'create', offer }, ...steps]) }
)

/** Percent-encodes what an HTTP client would refuse to send, and some of the rest. */
function encodeLoosely (text: string): string {
  return Buffer.from(text).reduce((encoded, byte) => encoded + (byte > 0x20 && byte < 0x7f && byte % 7 !== 0 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`), '')
}
