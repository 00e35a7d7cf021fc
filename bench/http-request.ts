import { request as httpRequest, type Agent } from 'node:http'

export interface HttpRequestOptions {
  agent: Agent
  /** Sent as JSON. Default none. */
  body?: unknown
  /** Where the request comes from. Default the system's choice. */
  localAddress?: string
}

export interface HttpAnswer {
  status: number
  text: string
}

/** Asks over the agent's sockets, for which fetch has no choice. */
export function ask (method: string, url: string, { agent, body, localAddress }: HttpRequestOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = httpRequest(url, { method, agent, localAddress, headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => { text += chunk }).on('error', reject).on('end', () => resolve({ status: response.statusCode!, text }))
    })
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}
