import type { components } from './schema.js'

type ServerError = components['schemas']['WebRtcError']

/** What a request can end in when it is not refused by the API itself. */
export type ClientErrorCode =
  /** There was no answer that may be read: the message says whether it was the network, or also CORS, as far as a page can know. `cause` has the rest. */
  | 'NETWORK_ERROR'
  /** Something answered that is not this API, for instance a proxy. */
  | 'UNEXPECTED_ANSWER'
  /** An attempt of `connect` took longer than timeToConnected. */
  | 'TIMED_OUT'
  /** A peer of `connect` failed before it was connected. */
  | 'NOT_CONNECTED'
  /** A hook of `connect` threw or rejected. `cause` has with what. */
  | 'HOOK_FAILED'

/** Why no connection was made. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  /** The server's code, such as FST_WEBRTC_TOO_MANY_CONNECTIONS, or one of ClientErrorCode. */
  readonly code: ClientErrorCode | (string & {})
  /** The HTTP status, if there was an answer. */
  readonly statusCode: number | undefined
  /** Seconds after which the server asks to be asked again, if it said so. */
  readonly retryAfter: number | undefined

  constructor (message: string, { code, statusCode, retryAfter, cause }: { code: string, statusCode?: number, retryAfter?: number, cause?: unknown }) {
    super(message, { cause })
    this.code = code
    this.statusCode = statusCode
    this.retryAfter = retryAfter
  }
}

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** What the request was answered with. Rejects with a ConnectionError for a refusal, for an answer that is not the API's, and when there is no answer. */
export async function unwrap<Data> (request: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await request.catch((cause: unknown) => {
    if (cause instanceof SyntaxError) throw new ConnectionError('The server did not answer with JSON', { code: 'UNEXPECTED_ANSWER', cause })
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ConnectionError(explainSilence(), { code: 'NETWORK_ERROR', cause })
  })
  if (response.ok && data !== undefined && isObject(data)) return data
  const { status: statusCode } = response
  if (!isServerError(error)) throw new ConnectionError(`Expected an answer of the API, found one with status ${statusCode}`, { code: 'UNEXPECTED_ANSWER', statusCode, cause: error })
  const retryAfter = Number(response.headers.get('retry-after')) || undefined
  throw new ConnectionError(error.message, { code: error.code ?? 'UNEXPECTED_ANSWER', statusCode, retryAfter })
}

/** A browser tells a page that it is offline, and no more: not whether a server of another origin is away or keeps it out. */
function explainSilence (): string {
  if (globalThis.navigator?.onLine === false) return 'The server could not be reached: this end is offline'
  return 'The server could not be reached or, at another origin, does not let this page read its answers (CORS)'
}

function isObject (value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isServerError (error: unknown): error is ServerError {
  return isObject(error) && typeof (error as ServerError).message === 'string'
}
