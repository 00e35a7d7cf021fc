import { ConnectionClient } from '../../generated-client/index.js'
import { byId, element } from '../frame/browser/element.js'
import { Field } from '../frame/browser/field.js'
import { onEachFrame } from '../frame/browser/on-each-frame.js'
import { runExample } from '../frame/browser/run-example.js'
import { crc32 } from './crc-32.js'
import { Direction } from './direction.js'
import { CHANNEL, transfer, type Summary } from './transfer.js'

const client = new ConnectionClient({ baseUrl: '/datachannel-buffer-limits' })

const amount = new Field('number', { caption: 'Amount each way', unit: 'MB', value: 20, min: 1, max: 1000 })
const chunkSize = new Field('number', { caption: 'Size of a chunk', unit: 'KiB', value: 64, min: 1, max: 256 })
const againButton = element('button', { type: 'submit', textContent: 'Send again', ariaDisabled: 'true' })
const form = element('form', { className: 'fields', noValidate: true }, amount.element, chunkSize.element, againButton)
const up = new Direction('up', 'To the server')
const down = new Direction('down', 'From the server')
const note = element('p', { id: 'note', className: 'note', textContent: 'Start sends at once.' })
byId('example').append(form, element('div', { className: 'columns' }, up.element, down.element), note)

/** Ends what is shown of a transfer. */
let current = new AbortController()
let sendAgain: (() => void) | undefined

form.addEventListener('submit', event => {
  event.preventDefault()
  sendAgain?.()
})

runExample(signal => {
  signal.addEventListener('abort', () => {
    current.abort()
    offer(undefined)
  })
  return client.connect({
    signal,
    beforeAnswer (peerConnection) {
      const channel = peerConnection.createDataChannel('buffer-limits', CHANNEL)
      channel.binaryType = 'arraybuffer'
      channel.addEventListener('open', () => {
        chunkSize.limit(Math.floor(peerConnection.sctp!.maxMessageSize / 1024))
        sendBothWays(channel)
      })
    }
  })
})

async function sendBothWays (channel: RTCDataChannel): Promise<void> {
  const wanted = { size: amount.value * 1e6, chunkSize: chunkSize.value * 1024 }
  let sent = 0
  let received = 0
  let checksum = 0
  let longestPause = 0
  let onSummary = (_summary: Summary) => {}
  let showProgress = () => up.show(sent - channel.bufferedAmount)
  const nextSummary = () => new Promise<Summary>(resolve => { onSummary = resolve })

  current.abort()
  current = new AbortController()
  const { signal } = current
  channel.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') return onSummary(JSON.parse(data))
    received += data.byteLength
    checksum = crc32(new Uint8Array(data), checksum)
  }, { signal })
  onEachFrame(pause => {
    longestPause = Math.max(longestPause, pause)
    showProgress()
  }, signal)

  offer(undefined)
  note.textContent = ''
  down.clear()
  up.begin(wanted.size)
  channel.send(JSON.stringify(wanted))
  const arrived = nextSummary()
  const left = await new Promise<Summary>(resolve => transfer(channel, wanted, (chunk, before) => {
    sent += chunk.length
    return crc32(chunk, before)
  }, resolve))
  up.end(left.checksum, (await arrived).checksum)

  down.begin(wanted.size)
  showProgress = () => down.show(received)
  down.end((await nextSummary()).checksum, checksum)
  current.abort()
  note.textContent = `The longest that the page went without painting a frame: ${Math.round(longestPause)} ms.`
  offer(() => sendBothWays(channel))
}

function offer (again: (() => void) | undefined): void {
  sendAgain = again
  againButton.ariaDisabled = String(!again)
}
