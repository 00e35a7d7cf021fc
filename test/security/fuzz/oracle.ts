import { assertConforms, openapi, type Answer } from '../../helpers/conformance.js'
import type { RequestInput } from './inputs.js'

/** Every header that an answer may have, and all that may be in it: nothing that a client chose but the path it asked for. */
const HEADERS: Record<string, RegExp> = {
  'cache-control': /^no-store(, no-transform)?$/,
  connection: /^(keep-alive|close)$/,
  'content-length': /^\d+$/,
  'content-type': /^(application\/(json|yaml)(; charset=utf-8)?|text\/event-stream)$/,
  date: /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  'keep-alive': /^timeout=\d+$/,
  location: /^[!-~\x80-\xff]*\/(c|%63)onnections\/?[\w-]{22}$/,
  'retry-after': /^\d+$/,
  'server-timing': /^loop;dur=-?[\d.]+$/,
  'transfer-encoding': /^chunked$/,
  'x-accel-buffering': /^no$/
}
const TEMPLATES = Object.entries(openapi.paths).map(([template, methods]) => ({ template: template.replace('{id}', ':id'), path: new RegExp(`^${template.replace('{id}', '[^/]*')}$`), methods: Object.keys(methods).map(method => method.toUpperCase()) }))

/** Throws unless the answer is one that the document has, or, where it has no such operation, a refusal of the host. */
export function assertAnswer ({ method, path }: Pick<RequestInput, 'method' | 'path'>, answer: Answer): void {
  assertHarmless(answer)
  const { statusCode, headers, body } = answer
  if (isProtocolError(answer)) return
  if (operationOf({ method, path }) !== 'none') return assertConforms(method, withoutPrefix(path), answer)
  if (method === 'HEAD') {
    if (body !== '') throw new Error(`HEAD answered ${body}`)
  } else if (statusCode < 400) {
    if (!/\/openapi\.(json|yaml)$/.test(withoutPrefix(path))) throw new Error(`${method} ${path} answered ${statusCode}, which is not documented`)
  } else {
    assertErrorShape(answer)
  }
  if (headers.location !== undefined) throw new Error(`${method} ${path} answered with a location`)
}

/** The operation that is asked for, such as `GET /connections/:id`, or `none`. */
export function operationOf ({ method, path }: Pick<RequestInput, 'method' | 'path'>): string {
  const { template, methods } = TEMPLATES.find(template => template.path.test(withoutPrefix(path))) ?? {}
  return methods?.includes(method) ? `${method} ${template}` : 'none'
}

function withoutPrefix (path: string): string {
  return path.replace(/[?#].*$/s, '').replace(/^\/(rooms\/[^/]*|media)(?=\/)/, '').replaceAll('%63', 'c')
}

/** What no answer may have, whatever was asked. */
export function assertHarmless ({ statusCode, headers, body }: Answer): void {
  if (statusCode >= 500) throw new Error(`answered ${statusCode} ${body}`)
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADERS[name]?.test(String(value))) throw new Error(`answered ${statusCode} with the header ${name}: ${String(value)}`)
  }
}

/** Refused before there is a request: by Node's parser, which knows no operation. */
function isProtocolError (answer: Answer): boolean {
  const { statusCode, body } = answer
  if (statusCode === 417 && body === '') return true
  if (![400, 408, 431].includes(statusCode) || answer.headers.date !== undefined) return false
  if (body !== '') assertErrorShape(answer)
  return true
}

function assertErrorShape ({ statusCode, body }: Answer): void {
  const error = JSON.parse(body) as Record<string, unknown>
  const known = ['statusCode', 'code', 'error', 'message']
  if (error.statusCode !== statusCode || Object.keys(error).some(key => !known.includes(key))) throw new Error(`answered ${statusCode} with ${body}`)
}
