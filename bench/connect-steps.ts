/** Runs in the page before connect-page.ts: when each step of a connect is done, of its first peer and of its requests. */

declare global {
  interface Window {
    /** Of a connect, from its first call on. */
    recordSteps: (connect: () => Promise<number>) => Promise<{ duration: number, steps: Steps }>
  }
}

/** When each is done, in milliseconds from the first call. */
export type Steps = Record<string, number>

let steps: Steps = {}
let start = 0

window.recordSteps = async connect => {
  performance.clearResourceTimings()
  steps = {}
  start = performance.now()
  const duration = await connect()
  return { duration, steps: { ...steps, ...stepsOfRequests() } }
}

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor (configuration?: RTCConfiguration) {
    super(configuration)
    if ('peer made' in steps) return
    done('peer made')
    this.addEventListener('icecandidate', () => done('first candidate'))
    this.addEventListener('iceconnectionstatechange', () => { if (this.iceConnectionState === 'connected') done('ICE connected') })
    this.addEventListener('connectionstatechange', () => { if (this.connectionState === 'connected') done('DTLS connected') })
  }

  override createDataChannel (label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init)
    channel.addEventListener('open', () => done('channel open'))
    channel.addEventListener('message', () => done('message back'))
    return channel
  }
}
doneAfter('setLocalDescription', 'local description')
doneAfter('setRemoteDescription', 'remote description')

function done (step: string): void {
  steps[step] ??= performance.now() - start
}

function doneAfter (method: 'setLocalDescription' | 'setRemoteDescription', step: string): void {
  const original = RTCPeerConnection.prototype[method]
  RTCPeerConnection.prototype[method] = async function (this: RTCPeerConnection, ...parameters: unknown[]) {
    await (original as (...parameters: unknown[]) => Promise<void>).apply(this, parameters)
    done(step)
  }
}

/** As the browser's network service has them; what the server says that it took is the time between the request and the answer that was not HTTP's. */
function stepsOfRequests (): Steps {
  const requests = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(({ name, responseEnd }) => /\/connections(\/|$)/.test(name) && responseEnd > 0)
  return Object.fromEntries(requests.flatMap(({ requestStart, responseStart, responseEnd, serverTiming }, index) => [
    [`request ${index + 1} sent`, requestStart - start],
    [`request ${index + 1} answered, begin`, responseStart - start],
    [`request ${index + 1} answered, end`, responseEnd - start],
    [`(server's part of request ${index + 1})`, serverTiming[0]?.duration ?? NaN]
  ]))
}
