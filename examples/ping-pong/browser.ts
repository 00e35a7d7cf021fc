import { ConnectionClient } from '../../generated-client/index.js'
import { byId, element } from '../frame/browser/element.js'
import { runExample } from '../frame/browser/run-example.js'

const INTERVAL = 1000
const MAX_ROWS = 100

const client = new ConnectionClient({ baseUrl: '/ping-pong' })

let count = 0

runExample(signal => client.connect({
  signal,
  beforeAnswer (peerConnection, { isReconnect }) {
    const channel = peerConnection.createDataChannel('ping-pong', { negotiated: true, id: 0 })
    channel.addEventListener('open', () => playPingPong(channel, isReconnect, signal))
  }
}))

const rows = element('tbody', {}, element('tr', {}, element('td', { colSpan: 4, textContent: 'No pings yet.' })))
const table = element('table', {}, element('thead', {}, row('th', ['Ping', 'Sent', 'Answer', 'Round trip'])), rows)
byId('example').append(element('div', { className: 'panel scroll', tabIndex: 0, role: 'region', ariaLabel: 'Round trips' }, table))

/** Until the channel closes: after a reconnect there is another, and the count goes on. */
function playPingPong (channel: RTCDataChannel, isReconnect: boolean, signal: AbortSignal): void {
  if (!isReconnect) {
    rows.replaceChildren()
    count = 0
  }
  let sent: number
  let timer: number

  const ping = () => {
    if (channel.readyState !== 'open') return
    rows.prepend(row('td', [`${++count}`, new Date().toLocaleTimeString([], { hour12: false }), '…', '']))
    rows.rows[MAX_ROWS]?.remove()
    sent = performance.now()
    channel.send('ping')
  }
  channel.addEventListener('message', ({ data }) => {
    const roundTrip = performance.now() - sent
    const [, , answer, time] = rows.rows[0]!.cells
    answer!.textContent = data
    time!.textContent = `${roundTrip.toFixed(1)} ms`
    timer = window.setTimeout(ping, INTERVAL)
  }, { signal })
  signal.addEventListener('abort', () => clearTimeout(timer))
  ping()
}

function row (cell: 'th' | 'td', texts: string[]): HTMLTableRowElement {
  return element('tr', {}, ...texts.map(textContent => element(cell, { textContent })))
}
