/** What must compile and what must not, with the generated client. Never run: the type check is the test. */
import { ConnectionClient, ConnectionError, createSignalingClient, type components } from '../../generated-client/index.js'

const client = createSignalingClient({ baseUrl: '/ping-pong' })
const path = { id: 'the id' }
const answer: components['schemas']['WebRtcSessionDescription'] = { type: 'answer', sdp: 'v=0' }

export async function whatCompiles (): Promise<void> {
  await client.POST('/connections')
  await client.POST('/connections', { body: {} })
  await client.POST('/connections', { body: { remoteDescription: { type: 'offer', sdp: 'v=0' } } })
  const { data, error, response } = await client.POST('/connections/{id}/remote-description', { params: { path }, body: answer })
  const applied: 'offer' | 'answer' | undefined = data?.type
  const code: string | undefined = error?.code
  const status: number = response.status
  const listed = await client.GET('/connections')
  const states: ('open' | 'closed')[] | undefined = listed.data?.map(({ state }) => state)
  const { data: stats } = await client.GET('/connections/{id}/stats', { params: { path } })
  const roundTripTime: number | undefined = stats?.selectedCandidatePair?.currentRoundTripTime
  const channels: ['connecting' | 'open' | 'closing', number][] | undefined = stats?.dataChannels.map(({ state, messagesSent }) => [state, messagesSent])
  console.log(applied, code, status, states, roundTripTime, channels)
}

export async function wrongPaths (): Promise<void> {
  // @ts-expect-error there is no such path
  await client.GET('/connection')
  // @ts-expect-error the path has no such method
  await client.PUT('/connections')
  // @ts-expect-error an id is a parameter, not a part of the path
  await client.GET('/connections/1')
}

export async function missingFields (): Promise<void> {
  // @ts-expect-error params
  await client.GET('/connections/{id}')
  // @ts-expect-error params.path.id
  await client.DELETE('/connections/{id}', { params: { path: {} } })
  // @ts-expect-error body
  await client.POST('/connections/{id}/remote-description', { params: { path } })
  // @ts-expect-error body.sdp
  await client.POST('/connections/{id}/remote-description', { params: { path }, body: { type: 'answer' } })
  // @ts-expect-error body.type
  await client.POST('/connections/{id}/remote-description', { params: { path }, body: { sdp: 'v=0' } })
}

export async function wrongTypes (): Promise<void> {
  // @ts-expect-error an id is a string
  await client.GET('/connections/{id}', { params: { path: { id: 1 } } })
  // @ts-expect-error the API has no rollback
  await client.POST('/connections/{id}/remote-description', { params: { path }, body: { type: 'rollback', sdp: 'v=0' } })
  // @ts-expect-error nothing is ever null
  await client.POST('/connections', { body: { remoteDescription: null } })
  // @ts-expect-error a description is an object, not its text
  await client.POST('/connections', { body: { remoteDescription: 'v=0' } })
}

export async function wrongAnswers (): Promise<void> {
  const { data } = await client.GET('/connections/{id}', { params: { path } })
  // @ts-expect-error there is no data when there is an error
  console.log(data.id)
  // @ts-expect-error a description is absent until there is one
  console.log(data?.localDescription.sdp)
  // @ts-expect-error libdatachannel's word, not the W3C's
  console.log(data?.iceGatheringState === 'in-progress')
  // @ts-expect-error there is no such field
  console.log(data?.candidates)
  const { data: stats } = await client.GET('/connections/{id}/stats', { params: { path } })
  // @ts-expect-error a pair is absent while there is none
  console.log(stats?.selectedCandidatePair.localCandidate)
}

export async function connectionClient (): Promise<void> {
  const client = new ConnectionClient({ baseUrl: '/ping-pong', fetch, RTCPeerConnection, configuration: { iceServers: [] } })
  const peerConnection: RTCPeerConnection = await client.createConnection({ stereo: true, signal: AbortSignal.timeout(1), beforeAnswer: async ({ localDescription }) => localDescription })
  await client.createConnection({ renegotiate: false, onNegotiationError: console.log, beforeOffer: peerConnection => peerConnection.createDataChannel('') })
  peerConnection.close()

  const connection = client.connect({ timeToGiveUp: 1, renegotiate: true, onNegotiationError: (error: unknown) => console.log(error), signal: AbortSignal.timeout(1), beforeAnswer: async (peerConnection, { isReconnect, isServerStateLost }) => isReconnect && isServerStateLost && peerConnection.localDescription })
  connection.addEventListener('reconnecting', ({ attempt, delay, reason }) => console.log(attempt + delay, reason === 'disconnected'))
  connection.addEventListener('closed', ({ reason }) => console.log(reason === 'gave-up'), { once: true })
  const { reason } = await connection.closed
  console.log(connection.state === 'closed', connection.peerConnection?.connectionState, reason)
  connection.close()
  // @ts-expect-error there is no such event
  connection.addEventListener('disconnected', () => {})
  // @ts-expect-error there is no such reason
  console.log(reason === 'timeout')

  // @ts-expect-error the prefix of the server's plugin
  console.log(new ConnectionClient({}))
  // @ts-expect-error only one end offers
  await client.createConnection({ beforeOffer () {}, beforeAnswer () {} })
  // @ts-expect-error a handler is a function
  client.connect({ onNegotiationError: true })
  // @ts-expect-error yes or no
  client.connect({ renegotiate: 'always' })
  // @ts-expect-error a hook is a function
  await client.createConnection({ beforeAnswer: true })
  // @ts-expect-error an error has no such field
  console.log(new ConnectionError('', { code: '' }).status)
}

export async function events (client: ConnectionClient, id: string): Promise<void> {
  for await (const event of client.events(id, { lastEventId: 1, signal: AbortSignal.timeout(1) })) {
    const number: number = event.id
    if (event.type === 'description') console.log(number, event.description.sdp)
    if (event.type === 'candidate') console.log(event.candidate.candidate, event.candidate.sdpMid)
    if (event.type === 'state') console.log(event.connectionState === 'connected')
    if (event.type === 'closed') console.log(event.reason === 'deleted')
    // @ts-expect-error only one of them has a description
    console.log(event.description)
    // @ts-expect-error there is no such event
    console.log(event.type === 'message')
    // @ts-expect-error there is no such reason
    if (event.type === 'closed') console.log(event.reason === 'bored')
  }
  // @ts-expect-error an id is a number
  client.events(id, { lastEventId: '1' })
}

export async function candidates (): Promise<void> {
  const { data } = await client.POST('/connections/{id}/remote-candidates', { params: { path }, body: { candidates: [{ candidate: '' }, { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' }] } })
  const used: string[] | undefined = data?.candidates.map(({ candidate }) => candidate)
  const { data: local } = await client.GET('/connections/{id}/local-candidates', { params: { path, query: { after: 1, wait: 1000 } } })
  const cursor: number | undefined = local?.cursor
  await client.POST('/connections', { body: { trickle: true } })
  console.log(used, cursor)
  // @ts-expect-error nothing is ever null
  await client.POST('/connections/{id}/remote-candidates', { params: { path }, body: { candidates: [{ candidate: '', sdpMid: null }] } })
  // @ts-expect-error a list
  await client.POST('/connections/{id}/remote-candidates', { params: { path }, body: { candidate: '' } })
}
