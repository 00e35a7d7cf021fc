/** Runs in the page of handshakes.test.ts. */
import { ConnectionClient } from '../../generated-client/index.js'
import { withSpare } from '../helpers/with-spare.js'
import { connectAsPredecessor } from './predecessor-client.js'
import { connectTrickling } from './trickling-client.js'

const DEADLINE = 10_000

/** One connection, an echo over it, and its end. Rejects with what failed. */
type Flow = () => Promise<void>

declare global {
  interface Window {
    /** How a number of connections went, `concurrency` at a time: what failed, and the longest and the median in milliseconds. */
    connectMany (flow: string, count: number, concurrency: number): Promise<{ failures: string[], longest: number, median: number }>
    gc?: () => void
  }
}

const client = new ConnectionClient({ baseUrl: '/echo' })

const flows: Record<string, Flow> = {
  'client offers': () => clientOffers(),
  'server offers': () => serverOffers(),
  'client offers, trickle': () => clientOffers({ trickle: true }),
  'server offers, trickle': () => serverOffers({ trickle: true }),

  async 'client offers, candidates by themselves' () {
    let echo: Promise<void> | undefined
    const peerConnection = await connectTrickling('client', peerConnection => { echo = echoOn(peerConnection.createDataChannel('echo')) })
    await within(echo!, peerConnection)
    peerConnection.close()
  },

  async 'server offers, candidates by themselves' () {
    let echo: Promise<void> | undefined
    const peerConnection = await connectTrickling('server', peerConnection => { echo = echoOn(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) })
    await within(echo!, peerConnection)
    peerConnection.close()
  },

  /** Such a client's checks can overtake its answer, at which libdatachannel fails a handshake in some hundreds: its user then starts again. */
  async predecessor () {
    await connectPredecessor().catch(connectPredecessor)
  }
}

async function clientOffers (options?: { trickle: boolean }): Promise<void> {
  let echo: Promise<void> | undefined
  const peerConnection = await client.createConnection({
    ...options,
    beforeOffer (peerConnection) { echo = echoOn(peerConnection.createDataChannel('echo')) }
  })
  await within(echo!, peerConnection)
  peerConnection.close()
}

async function serverOffers (options?: { trickle: boolean }): Promise<void> {
  let echo: Promise<void> | undefined
  const peerConnection = await client.createConnection({
    ...options,
    beforeAnswer (peerConnection) { echo = echoOn(peerConnection.createDataChannel('echo', { negotiated: true, id: 0 })) }
  })
  await within(echo!, peerConnection)
  peerConnection.close()
}

async function connectPredecessor (): Promise<void> {
  let echo: Promise<void> | undefined
  const peerConnection = await connectAsPredecessor('/in-band', peerConnection => {
    echo = new Promise(resolve => peerConnection.addEventListener('datachannel', ({ channel }) => resolve(echoOn(channel))))
  })
  try {
    await within(echo!, peerConnection)
  } finally {
    peerConnection.close()
  }
}

window.connectMany = async (flow, count, concurrency) => {
  const failures: string[] = []
  const durations: number[] = []
  // Of fewer than a hundred, one that fails is the product's fault rather than chance. A failed attempt stays open: its connection has
  // ended at the server, and a DELETE that finds none is an error in the console.
  const connect = count >= 100 && flow.startsWith('server offers') ? withSpare(flows[flow]!) : flows[flow]!
  let started = 0
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (started++ < count) {
      const start = performance.now()
      await connect().catch(error => failures.push(String(error)))
      durations.push(performance.now() - start)
      // Chromium makes no more than about 500 peers before closed ones are collected.
      if (started % 50 === 0) window.gc?.()
    }
  }))
  durations.sort((a, b) => a - b)
  return { failures, longest: durations.at(-1)!, median: durations[count >> 1]! }
}

function echoOn (channel: RTCDataChannel): Promise<void> {
  // From the next task: what is sent within the datachannel event gets lost now and then.
  const send = () => setTimeout(() => channel.send('hello'))
  if (channel.readyState === 'open') send()
  else channel.onopen = send
  return new Promise((resolve, reject) => {
    channel.onmessage = ({ data }) => data === 'hello' ? resolve() : reject(new Error(`expected hello, found ${data}`))
  })
}

function within (promise: Promise<void>, peerConnection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no echo within ${DEADLINE} ms: ${peerConnection.connectionState}, ${peerConnection.iceConnectionState}`)), DEADLINE)
    promise.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}
