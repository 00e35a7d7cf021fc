import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { FORWARDING_HEADERS } from './client-address.js'

type Headers = Record<string, string | string[]>

/** Of one hop alone (RFC 9110, 7.6.1), or of a body as it came: the other process gets another one. */
const OF_ONE_HOP = ['accept-encoding', 'connection', 'content-digest', 'content-encoding', 'content-length', 'content-md5', 'expect', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']

/** What an answer is, and nothing of what the hooks of the other process's host have added: those of this one add their own. */
const OF_AN_ANSWER = ['content-type', 'retry-after', 'www-authenticate', 'x-accel-buffering']

/** The headers of a client's request, for the process that does it again. Of what proxies have said nothing is left when it is known where the request came from. */
export function toForwardedHeaders (headers: IncomingHttpHeaders, isAddressKnown: boolean): Headers {
  return select(headers, name => !name.startsWith(':') && !OF_ONE_HOP.includes(name) && !(isAddressKnown && FORWARDING_HEADERS.includes(name)))
}

/** What an answer may be for browsers: nothing that they run. */
const IS_DATA = /^(application\/([\w.-]+\+)?json|text\/event-stream|text\/plain)\b/i

/** The headers of the answer, for the client. */
export function toAnswerHeaders (headers: OutgoingHttpHeaders): Headers {
  const { 'content-type': type = 'text/plain', ...others } = select(headers, name => OF_AN_ANSWER.includes(name))
  return { ...others, 'content-type': IS_DATA.test(String(type)) ? type : 'text/plain' }
}

function select (headers: IncomingHttpHeaders | OutgoingHttpHeaders, isWanted: (name: string) => boolean): Headers {
  const entries = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined && isWanted(entry[0]))
  return Object.fromEntries(entries)
}
