import { describeError } from './describe-error.js'
import { byId } from './element.js'
import { showStates } from './states.js'

/** One run of an example, from Start to its end. */
export interface Run {
  /** Aborts when the run ends, whatever its end: what the example starts ends with it. */
  signal: AbortSignal
  /** Ends the run because the server has closed its end. For the `close` of a channel, which says so long before the connection's state. */
  lost: () => void
}

type Kind = 'stopped' | 'connecting' | 'connected' | 'problem'

/** How long Start waits for a connection, in milliseconds. */
const TIME_TO_CONNECTED = 12_000

const LOST = 'The connection is lost: the server has closed it, or cannot be reached any more.'
const NO_PATH = 'No connection: the server cannot be reached over UDP.'

/** Gives life to the page's Start and Stop: one run at a time, as often as one likes. `start` connects and returns the peer, which the end of the run closes. */
export function runExample (start: (run: Run) => Promise<RTCPeerConnection>): void {
  const startButton = byId('start')
  const stopButton = byId('stop')
  const status = byId('status')
  let run: AbortController | undefined

  startButton.addEventListener('click', () => { if (!run) begin() })
  stopButton.addEventListener('click', stop)
  addEventListener('pagehide', stop)

  async function begin (): Promise<void> {
    run = new AbortController()
    const { signal } = run
    show('connecting', 'Connecting…')
    const endWith = (problem: string) => { if (!signal.aborted) end('problem', problem) }
    try {
      const peerConnection = await start({ signal, lost: () => endWith(LOST) })
      if (signal.aborted) return peerConnection.close()
      signal.addEventListener('abort', () => peerConnection.close())
      showStates(peerConnection, signal)
      follow(peerConnection, signal, endWith)
    } catch (error) {
      endWith(describeError(error))
    }
  }

  function follow (peerConnection: RTCPeerConnection, signal: AbortSignal, endWith: (problem: string) => void): void {
    let wasConnected = false
    const update = () => {
      const { connectionState } = peerConnection
      if (connectionState === 'connected') {
        wasConnected = true
        show('connected', 'Connected')
      } else if (connectionState === 'disconnected') {
        show('connecting', 'The server does not answer. Waiting for it…')
      } else if (connectionState === 'failed') {
        endWith(wasConnected ? LOST : NO_PATH)
      }
    }
    // A browser that finds no way at all to the server never says `failed`.
    const timer = setTimeout(() => { if (!wasConnected) endWith(NO_PATH) }, TIME_TO_CONNECTED)
    signal.addEventListener('abort', () => clearTimeout(timer))
    peerConnection.addEventListener('connectionstatechange', update, { signal })
    update()
  }

  function stop (): void {
    if (run) end('stopped', 'Stopped')
  }

  function end (kind: Kind, text: string): void {
    run?.abort()
    run = undefined
    show(kind, text)
  }

  // A button that is disabled would lose the keyboard's focus.
  function show (kind: Kind, text: string): void {
    startButton.ariaDisabled = String(run !== undefined)
    stopButton.ariaDisabled = String(run === undefined)
    status.dataset.kind = kind
    status.textContent = text
  }
}
