/** Far ends of a soak, in a process of their own: a JSON command a line, a JSON result a line. Ends with its input, or is killed. */
import { Agent, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'
import type { WebRtcConnection } from '../plugin/index.js'
import { signal, within } from '../test/helpers/deadline.js'
import { answerOffer } from '../test/helpers/http-far-end.js'
import { NativePeer, withoutCandidates, type NativeChannel } from '../test/helpers/native-peer.js'
import { ask } from './http-request.js'
import type { AbortPoint, Step } from './soak-plan.js'

export interface Command extends Step {
  /** Of the server. */
  url: string
}

export interface Result {
  abort: AbortPoint
  /** What went otherwise than planned. */
  error?: string
}

/** A far end that has connected, its channel and its connection's id. */
interface Connected {
  id: string
  farEnd: NativePeer
  channel: NativeChannel
}

const agent = new Agent({ keepAlive: true })

createInterface({ input: process.stdin })
  .on('line', line => { obey(JSON.parse(line)) })
  .on('close', () => process.exit())

async function obey (command: Command): Promise<void> {
  const { abort } = command
  const error = await act(command).catch(String)
  console.log(JSON.stringify({ abort, ...error !== undefined && { error } } satisfies Result))
}

async function act (command: Command): Promise<undefined> {
  switch (command.abort) {
    case 'in the request': return await abortRequest(command)
    case 'after the POST':
    case 'after the answer':
    case 'mid-DTLS': return await abortHandshake(command)
    case 'SIGKILL':
    case 'SIGSTOP': return await hold(command)
    default: return await connectAndEnd(command)
  }
}

/** Half of the body, or all of it and no time for the answer. */
async function abortRequest ({ url, address, serverOffers, withCandidates: isWhole, delay, size }: Command): Promise<undefined> {
  const body = serverOffers ? '{}' : JSON.stringify({ remoteDescription: { type: 'offer', sdp: 'v=0\r\n'.padEnd(size, 'x') } })
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  const request = httpRequest(`${url}/connections`, { method: 'POST', localAddress: address, agent: false, headers })
  request.on('error', () => {}).on('response', response => response.resume())
  const gone = new Promise<void>(resolve => request.on('close', resolve))
  if (isWhole) request.end(body)
  else request.write(body.slice(0, body.length / 2))
  setTimeout(() => request.destroy(), delay / 3)
  await within(gone, 'the request to break off')
}

async function abortHandshake (command: Command): Promise<undefined> {
  const { abort, serverOffers, withCandidates, delay } = command
  const describe = (sdp: string) => withCandidates ? sdp : withoutCandidates(sdp)
  if (serverOffers && abort === 'after the POST') {
    await create(command)
    return
  }
  const farEnd = new NativePeer({ bindAddress: command.address })
  const iceConnected = signal()
  farEnd.native.onIceStateChange(state => { if (state === 'connected' || state === 'completed') iceConnected.resolve() })
  try {
    if (serverOffers) {
      const { id, localDescription } = await create(command)
      const answer = farEnd.answer(withoutCandidates(localDescription!.sdp))
      await post(command, `/connections/${id}/remote-description`, { type: 'answer', sdp: describe(answer) })
      if (abort === 'after the answer') return
      farEnd.addCandidates(localDescription!.sdp)
    } else {
      const offer = farEnd.offer()
      const { localDescription } = await create(command, { remoteDescription: { type: 'offer', sdp: abort === 'mid-DTLS' ? withoutCandidates(offer) : describe(offer) } })
      if (abort === 'after the POST') return
      farEnd.applyAnswer(abort === 'mid-DTLS' ? localDescription!.sdp : withoutCandidates(localDescription!.sdp))
      if (abort === 'after the answer') return
    }
    // A server that checks first may connect faster than this end can stop.
    await within(iceConnected.promise, 'ICE to connect')
  } finally {
    if (abort !== 'mid-DTLS' && delay > 15) await new Promise(resolve => setTimeout(resolve, delay))
    await farEnd.close()
  }
}

/** Connects and stays, for the process to be killed. */
async function hold (command: Command): Promise<undefined> {
  const { channel, farEnd } = await connect(command)
  channel.send('here')
  held.push(farEnd)
}

/** A native peer whose wrapper is collected closes. */
const held: NativePeer[] = []

async function connectAndEnd (command: Command): Promise<undefined> {
  const { abort, messages, size } = command
  const { id, farEnd, channel } = await connect(command)
  try {
    for (let count = 0; count < messages; count++) channel.send(Buffer.alloc(size, count))
    if (abort === 'messages, DELETE') await channel.messages(messages)
    if (abort !== 'close in traffic') await askFor(200, command, 'DELETE', `/connections/${id}`)
  } finally {
    await farEnd.close()
  }
}

async function connect (command: Command): Promise<Connected> {
  const farEnd = new NativePeer({ bindAddress: command.address })
  try {
    const connected = command.serverOffers ? await answerServer(command, farEnd) : await offerServer(command, farEnd)
    await Promise.all([farEnd.connected(), connected.channel.opened()])
    return connected
  } catch (error) {
    await farEnd.close()
    throw error
  }
}

async function answerServer (command: Command, farEnd: NativePeer): Promise<Connected> {
  const connection = await create(command)
  const channel = await answerOffer((path, body) => post(command, path, body), connection, farEnd, () => farEnd.createDataChannel('echo', { negotiated: true, id: 0 }))
  return { id: connection.id, farEnd, channel }
}

async function offerServer (command: Command, farEnd: NativePeer): Promise<Connected> {
  const channel = farEnd.createDataChannel('echo')
  const { id, localDescription } = await create(command, { remoteDescription: { type: 'offer', sdp: withoutCandidates(farEnd.offer()) } })
  farEnd.applyAnswer(localDescription!.sdp)
  return { id, farEnd, channel }
}

async function create (command: Command, body: unknown = {}): Promise<WebRtcConnection> {
  return JSON.parse(await askFor(201, command, 'POST', '/connections', body))
}

function post (command: Command, path: string, body: unknown): Promise<string> {
  return askFor(200, command, 'POST', path, body)
}

/** The body of an answer that has the status. */
async function askFor (expected: number, { url, address }: Command, method: string, path: string, body?: unknown): Promise<string> {
  const answered = ask(method, `${url}${path}`, { agent, body, localAddress: address })
  const { status, text } = await within(answered, `an answer to ${method} ${path.replace(/connections\/.*?(\/|$)/, 'connections/{id}$1')}`)
  if (status !== expected) throw new Error(`expected ${expected}, found ${text}`)
  return text
}
