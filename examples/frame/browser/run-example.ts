import type { ClientConnection, ClosedReason, LossReason } from '../../../generated-client/index.js'
import { describeError } from './describe-error.js'
import { byId } from './element.js'
import { showStates } from './states.js'

type Kind = 'stopped' | 'connecting' | 'connected' | 'problem'

const LOST: Record<LossReason, string> = {
  disconnected: 'The server does not answer any more.',
  failed: 'The path to the server is gone.',
  closed: 'The server has closed its end.'
}

const CLOSED: Record<ClosedReason, string> = {
  application: 'Stopped',
  server: 'The server has closed the connection.',
  'taken-over': 'The connection is another page\'s now.',
  refused: '',
  'gave-up': 'Nothing has helped for two minutes.'
}

/**
 * Gives life to the page's Start and Stop: one run at a time, as often as one likes. `connect` gets what `prepare` has asked
 * the browser for, such as a camera; the signal aborts when the run ends, whatever its end.
 */
export function runExample (connect: (signal: AbortSignal) => ClientConnection): void
export function runExample<Prepared> (connect: (signal: AbortSignal, prepared: Prepared) => ClientConnection, prepare: (signal: AbortSignal) => Promise<Prepared>): void
export function runExample<Prepared> (connect: (signal: AbortSignal, prepared?: Prepared) => ClientConnection, prepare?: (signal: AbortSignal) => Promise<Prepared>): void {
  const startButton = byId('start')
  const stopButton = byId('stop')
  const status = byId('status')
  let run: AbortController | undefined

  startButton.addEventListener('click', () => { if (!run) begin() })
  stopButton.addEventListener('click', () => end('stopped', CLOSED.application))
  addEventListener('pagehide', () => end('stopped', CLOSED.application))

  async function begin (): Promise<void> {
    const { signal } = run = new AbortController()
    try {
      if (prepare) show('connecting', 'Waiting for your permission…')
      const prepared = await prepare?.(signal)
      if (!signal.aborted) listen(connect(signal, prepared), signal)
    } catch (error) {
      if (!signal.aborted) end('problem', describeError(error))
    }
  }

  function listen (connection: ClientConnection, signal: AbortSignal): void {
    let peer: AbortController | undefined
    const connected = (text: string) => {
      peer = new AbortController()
      follow(connection.peerConnection!, text, peer.signal)
    }
    connection.addEventListener('connecting', ({ delay, error }) => show('connecting', error === undefined ? 'Connecting…' : `${describeError(error)} ${tryAgain(delay)}`))
    connection.addEventListener('connected', () => connected('Connected'))
    connection.addEventListener('reconnecting', ({ reason, delay, error }) => {
      peer?.abort()
      show('connecting', `${error === undefined ? LOST[reason] : describeError(error)} ${tryAgain(delay)}`)
    })
    connection.addEventListener('reconnected', ({ isServerStateLost }) => connected(isServerStateLost ? 'Connected again, to a server that was started anew' : 'Connected again'))
    connection.addEventListener('closed', ({ reason, error }) => {
      peer?.abort()
      if (signal.aborted) return
      const text = [CLOSED[reason], error === undefined || reason === 'taken-over' ? '' : describeError(error)].filter(Boolean).join(' ')
      end(reason === 'application' ? 'stopped' : 'problem', text)
    })
  }

  function end (kind: Kind, text: string): void {
    if (!run) return
    const ended = run
    run = undefined
    ended.abort()
    show(kind, text)
  }

  function follow (peerConnection: RTCPeerConnection, connected: string, signal: AbortSignal): void {
    const update = () => {
      if (peerConnection.connectionState === 'connected') show('connected', connected)
      if (peerConnection.connectionState === 'disconnected') show('connecting', 'The server does not answer. Waiting for it…')
    }
    showStates(peerConnection, signal)
    peerConnection.addEventListener('connectionstatechange', update, { signal })
    update()
  }

  // A button that is disabled would lose the keyboard's focus.
  function show (kind: Kind, text: string): void {
    startButton.ariaDisabled = String(run !== undefined)
    stopButton.ariaDisabled = String(run === undefined)
    status.dataset.kind = kind
    status.textContent = text
  }
}

function tryAgain (delay: number): string {
  const seconds = Math.round(delay / 1000)
  return seconds === 0 ? 'Trying again…' : `Trying again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}…`
}
