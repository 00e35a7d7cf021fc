import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { readEventStream } from './event-stream.js'

/** What came back over HTTP, by whatever means it was asked for. */
export interface Answer {
  statusCode: number
  headers: Record<string, number | string | string[] | undefined>
  body: string
}

interface Header { required?: boolean, schema: object }
interface Operation { operationId: string, responses: Record<string, { content: object, headers?: Record<string, Header> }> }
export interface OpenApiDocument { openapi: string, paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, object> } }

export const OPENAPI_URL = new URL('../../openapi.yaml', import.meta.url)

/** The committed document. */
export const openapi = parse(readFileSync(OPENAPI_URL, 'utf8')) as OpenApiDocument

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { double: true, int64: true } })
ajv.addSchema(openapi, 'openapi.yaml')
const validators = new Map<string, ValidateFunction>()

/** Headers that a success has where there is something to say. */
const SOMETIMES = ['Webrtc-Partial']

/** The operations of the document that were seen to answer, and with which statuses: `createConnection 201`. */
export const seen = new Set<string>()

/** Every operation and status of the document, in the same words, without those that are the host's (`4XX`, `5XX`). */
export function documented (): string[] {
  return operations().flatMap(({ operation }) => Object.keys(operation.responses).filter(status => /^\d+$/.test(status)).map(status => `${operation.operationId} ${status}`))
}

/**
 * Throws unless the answer is one that the document has for this operation: its status, its content type, its body, its headers.
 * `path` is the part of the URL after the prefix.
 */
export function assertConforms (method: string, path: string, { statusCode, headers, body }: Answer): void {
  const { template, operation } = findOperation(method, path)
  const where = `${operation.operationId} answered ${statusCode}`
  const response = operation.responses[statusCode]
  if (!response) throw new Error(`${where}, which is not documented: ${body}`)
  const [contentType = ''] = Object.keys(response.content)
  const charset = contentType === 'application/json' ? '(; charset=utf-8)?' : ''
  if (!new RegExp(`^${contentType}${charset}$`).test(String(headers['content-type']))) throw new Error(`${where} with content-type ${headers['content-type']}`)

  const validate = validator(template, method, statusCode, contentType)
  const texts = contentType === 'application/json' ? [body] : readEventStream(body).map(({ data }) => data)
  for (const text of texts) {
    const parsed = JSON.parse(text, (_key, value) => {
      if (value === null) throw new Error(`${where} with a null: ${text}`)
      return value
    }) as Record<string, unknown>
    if (!validate(parsed)) throw new Error(`${where} with ${text}: ${ajv.errorsText(validate.errors)}`)
    // Fastify calls its own 414 a Bad Request.
    const name = parsed.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'Bad Request' : STATUS_CODES[statusCode]
    if (statusCode >= 400 && (parsed.statusCode !== statusCode || parsed.error !== name)) throw new Error(`${where} with ${text}`)
  }

  for (const [name, { schema }] of Object.entries(response.headers ?? {})) {
    const value = headers[name.toLowerCase()]
    if (value === undefined && statusCode < 400 && !SOMETIMES.includes(name)) throw new Error(`${where} without ${name}`)
    if (value !== undefined && !ajv.validate(schema, 'type' in schema && schema.type === 'integer' ? Number(value) : value)) throw new Error(`${where} with ${name}: ${value}`)
  }
  seen.add(`${operation.operationId} ${statusCode}`)
}

function operations (): { template: string, method: string, operation: Operation }[] {
  return Object.entries(openapi.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ template, method, operation })))
}

function findOperation (method: string, path: string): { template: string, operation: Operation } {
  const [pathname = ''] = path.split('?')
  const found = operations().find(operation => operation.method === method.toLowerCase() && new RegExp(`^${operation.template.replace('{id}', '[^/]*')}$`).test(pathname))
  if (!found) throw new Error(`the document has no operation ${method} ${path}`)
  return found
}

function validator (template: string, method: string, statusCode: number, contentType: string): ValidateFunction {
  const pointer = ['paths', template, method.toLowerCase(), 'responses', String(statusCode), 'content', contentType, 'schema']
    .map(key => key.replaceAll('~', '~0').replaceAll('/', '~1'))
    .join('/')
  let validate = validators.get(pointer)
  if (!validate) validators.set(pointer, validate = ajv.compile({ $ref: `openapi.yaml#/${encodeURI(pointer)}` }))
  return validate
}
