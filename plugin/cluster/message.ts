import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { NODE } from './node-id.js'

/** The version of what processes say to each other. What has another one is not understood, and refused. */
const VERSION = 1

const NEWLINE = 0x0a
const NOTHING = new Uint8Array()

const text = Type.String()
const NodeSchema = Type.String({ pattern: NODE.source })
const HeadersSchema = Type.Record(text, Type.Union([text, Type.Array(text)]))

/** How many counts, or other processes, are in one message: less than half a megabyte of them, where a broker takes a megabyte. */
export const MAX_ITEMS = 2000

const PlaceSchema = Type.String({ maxLength: 64 })
const MemberSchema = Type.Object({ node: NodeSchema, host: PlaceSchema, processes: PlaceSchema, pid: Type.Integer({ minimum: 1 }) })

/** A process of the cluster, as the others know it. */
export type Member = Static<typeof MemberSchema>

/** A request of a client's, for the process that has the connection. The body of the message is its body. */
const OpenSchema = head('open', {
  /** The prefix under which the plugin is registered. */
  registration: text,
  /** Method and path, such as `GET /connections/:id`. */
  operation: text,
  params: Type.Record(text, text),
  /** With its `?`, or nothing. */
  query: text,
  headers: HeadersSchema,
  /** Where the client's request came from; absent when that is not known. */
  address: Type.Optional(text),
  /** The network in which the address is meant: Whereabouts.host. */
  host: text
})
export type Open = Static<typeof OpenSchema>
/** What a process asks another one. */
export type Question = Omit<Open, 'v' | 'type'>

/** Asks for the next part of an answer, or that there be no more. */
const NextSchema = head('next', { answer: text })
const CancelSchema = head('cancel', { answer: text })

/** A SHA-256. */
const KeySchema = Type.String({ pattern: '^[\\w-]{43}$' })
/** More connections than a process has. */
const MAX_COUNT = 1_000_000

/** Of a process: that it is there, what has changed since the last time, and, to one that asks, whom else it knows. */
const PresentSchema = head('present', {
  member: MemberSchema,
  /** Whether it wants to hear from everybody. */
  asks: Type.Boolean(),
  /** Whether the counts are all that it has. */
  isAll: Type.Boolean(),
  counts: Type.Array(Type.Object({ key: KeySchema, count: Type.Integer({ minimum: 0, maximum: MAX_COUNT }) }), { maxItems: MAX_ITEMS }),
  /** And for how many milliseconds it has not heard of them. */
  others: Type.Array(Type.Object({ member: MemberSchema, silentFor: Type.Integer({ minimum: 0 }) }), { maxItems: MAX_ITEMS })
})
export type Present = Static<typeof PresentSchema>

/** Nobody answers for this process: whoever knows whether it has ended is to say so. */
const MissingSchema = head('missing', { node: NodeSchema })
/** It has ended, and its connections with it. */
const GoneSchema = head('gone', { node: NodeSchema })

/** A part of an answer: the first with status and headers, when they are there. The body of the message is a piece of its body. */
const PartSchema = head('part', {
  answer: text,
  status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
  headers: Type.Optional(HeadersSchema),
  isLast: Type.Boolean()
})
export type Part = Static<typeof PartSchema>

/** There is no answer: too much to do, or what was asked for is not there, or was not understood. */
const RefusalSchema = head('refusal', { reason: Type.Union([Type.Literal('busy'), Type.Literal('unknown')]) })
const DoneSchema = head('done', {})

const HeadSchema = Type.Union([OpenSchema, NextSchema, CancelSchema, PresentSchema, MissingSchema, GoneSchema, PartSchema, RefusalSchema, DoneSchema])
export type Head = Static<typeof HeadSchema>

export interface Message {
  head: Head
  body: Uint8Array
}

const ajv = new Ajv({ discriminator: true })
const isHead = ajv.compile<Head>({ type: 'object', required: ['type'], discriminator: { propertyName: 'type' }, oneOf: HeadSchema.anyOf })

type WithoutVersion<Any> = Any extends Head ? Omit<Any, 'v'> : never

/** A line of JSON, and what is no JSON. */
export function encode (head: WithoutVersion<Head>, body: Uint8Array = NOTHING): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: VERSION, ...head })}\n`), body])
}

/** Undefined for what is no message, or one of another version. */
export function decode (data: Uint8Array): Message | undefined {
  const end = data.indexOf(NEWLINE)
  try {
    const head: unknown = JSON.parse(Buffer.from(data.subarray(0, Math.max(0, end))).toString())
    return isHead(head) ? { head, body: data.subarray(end + 1) } : undefined
  } catch {
    return undefined
  }
}

/** Other properties are those of a later version that this one can do without. */
function head<Name extends string, Properties extends Record<string, TSchema>> (type: Name, properties: Properties) {
  return Type.Object({ v: Type.Literal(VERSION), type: Type.Literal(type), ...properties })
}
