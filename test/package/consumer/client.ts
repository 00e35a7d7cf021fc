import { ConnectionClient, ConnectionError, createSignalingClient, type components } from 'fastify-webrtc/client'

const client = new ConnectionClient({ baseUrl: '/ping-pong', headers: { authorization: 'Bearer token' } })

export async function connect (): Promise<RTCPeerConnection | number | undefined> {
  try {
    return await client.createConnection({
      signal: AbortSignal.timeout(10_000),
      beforeAnswer (peerConnection) {
        peerConnection.addEventListener('datachannel', ({ channel }) => channel.send('ping'))
      }
    })
  } catch (error) {
    return error instanceof ConnectionError ? error.retryAfter : undefined
  }
}

export async function close (id: string): Promise<components['schemas']['WebRtcConnection']['state'] | undefined> {
  const { data } = await createSignalingClient({ baseUrl: '/ping-pong' }).DELETE('/connections/{id}', { params: { path: { id } } })
  return data?.state
}
