import { ConnectionClient } from '../../generated-client/index.js'
import { byId, element } from '../frame/browser/element.js'
import { Field } from '../frame/browser/field.js'
import { formatFrequency, frequencyField } from '../frame/browser/frequency.js'
import { Listener } from '../frame/browser/listener.js'
import { onEachFrame } from '../frame/browser/on-each-frame.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { Scope } from '../frame/browser/scope.js'

const client = new ConnectionClient({ baseUrl: '/sine-wave-stereo' })

const panning = new Field('range', { caption: 'Panning, from left to right', unit: '%', value: 50, min: 0, max: 100 })
const frequency = frequencyField()
const listener = new Listener()
const channels = ['Left', 'Right'].map(name => ({ name, scope: new Scope(`The wave: ${name}`) }))
const readings = new Readings({ left: 'Left', right: 'Right', measured: 'Measured' })
byId('example').append(
  element('div', { className: 'fields' }, panning.element, frequency.element, listener.element),
  element('div', { className: 'columns' }, ...channels.map(({ name, scope }) => element('section', {}, element('h2', { textContent: name }), scope.element))),
  readings.element
)

runExample(signal => {
  const nextPeer = peerSignals(signal)
  return client.connect({
    signal,
    stereo: true,
    beforeAnswer (peerConnection) {
      const peer = nextPeer()
      const channel = peerConnection.createDataChannel('controls', { negotiated: true, id: 0 })
      channel.addEventListener('open', () => control(channel, peer))
      show(peerConnection.getReceivers()[0]!.track, peer)
    }
  })
})

function control (channel: RTCDataChannel, signal: AbortSignal): void {
  const send = () => {
    if (channel.readyState === 'open') channel.send(JSON.stringify({ panning: panning.value, frequency: frequency.value }))
  }
  for (const field of [panning, frequency]) field.onInput(send, signal)
  send()
}

function show (track: MediaStreamTrack, signal: AbortSignal): void {
  const sounds = listener.listen(track, 2, signal)
  onEachFrame(() => {
    for (const [index, sound] of sounds.entries()) {
      sound.update()
      channels[index]!.scope.show(sound.samples)
    }
    const [left, right] = sounds.map(({ level }) => `${level.toFixed(1)} dBFS`)
    readings.show({ left, right, measured: formatFrequency(sounds[0]!.frequency ?? sounds[1]!.frequency) })
  }, signal)
  signal.addEventListener('abort', () => {
    for (const { scope } of channels) scope.clear()
    readings.show()
  })
}
