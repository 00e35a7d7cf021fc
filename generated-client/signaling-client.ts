import createClient, { type Client, type ClientOptions } from 'openapi-fetch'
import type { paths } from './schema.js'

export type SignalingClient = Client<paths>

/** A typed fetch for every operation of the API: `client.GET('/connections/{id}', { params: { path: { id } } })`. `baseUrl` is the prefix under which the server registered the plugin; outside a browser, with its origin. */
export function createSignalingClient (options: ClientOptions): SignalingClient {
  return createClient<paths>(options)
}
