import { ConnectionClient } from '../../generated-client/index.js'
import { byId, element } from '../frame/browser/element.js'
import { formatFrequency, frequencyField } from '../frame/browser/frequency.js'
import { Listener } from '../frame/browser/listener.js'
import { onEachFrame } from '../frame/browser/on-each-frame.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { Scope } from '../frame/browser/scope.js'
import type { Sound } from '../frame/browser/sound.js'

/** What is heard is what was asked for when it differs by no more than this part of it. */
const TOLERANCE = 0.01

const client = new ConnectionClient({ baseUrl: '/sine-wave' })

const frequency = frequencyField()
const listener = new Listener()
const scope = new Scope('The wave that arrives')
const readings = new Readings({ measured: 'Measured', delay: 'Heard after' })
byId('example').append(element('div', { className: 'fields' }, frequency.element, listener.element), scope.element, readings.element)

runExample(signal => {
  const nextPeer = peerSignals(signal)
  return client.connect({
    signal,
    beforeAnswer (peerConnection) {
      const peer = nextPeer()
      const channel = peerConnection.createDataChannel('frequency', { negotiated: true, id: 0 })
      const [receiver] = peerConnection.getReceivers()
      const [sound] = listener.listen(receiver!.track, 1, peer)
      channel.addEventListener('open', () => control(channel, sound!, peer))
    }
  })
})

function control (channel: RTCDataChannel, sound: Sound, signal: AbortSignal): void {
  let asked = 0
  let delay: number | undefined

  const show = (measured?: number) => readings.show({
    measured: formatFrequency(measured),
    delay: delay === undefined ? undefined : `${Math.round(delay)} ms`
  })
  const ask = () => {
    if (channel.readyState !== 'open') return
    channel.send(String(frequency.value))
    asked = performance.now()
    delay = undefined
    show()
  }
  frequency.onInput(ask, signal)
  ask()

  onEachFrame(() => {
    sound.update()
    scope.show(sound.samples)
    const measured = sound.frequency
    if (measured !== undefined && Math.abs(measured / frequency.value - 1) <= TOLERANCE) delay ??= performance.now() - asked
    show(measured)
  }, signal)
  signal.addEventListener('abort', () => {
    scope.clear()
    readings.show()
  })
}
