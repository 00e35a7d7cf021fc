import { ConnectionClient } from '../../generated-client/index.js'
import { DevicePicker, openDevices } from '../frame/browser/devices.js'
import { byId, element } from '../frame/browser/element.js'
import { formatFrequency, frequencyField } from '../frame/browser/frequency.js'
import { onEachFrame } from '../frame/browser/on-each-frame.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { soundsOf } from '../frame/browser/sound.js'
import { openOscillator } from './oscillator.js'
import { PitchPlot } from './pitch-plot.js'

/** What makes a voice clear takes a tone for noise. */
const UNTOUCHED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

const client = new ConnectionClient({ baseUrl: '/pitch-detector' })

const source = element('select', {}, element('option', { value: 'oscillator' }, 'A tone'), element('option', { value: 'microphone' }, 'The microphone'))
const frequency = frequencyField()
const microphone = new DevicePicker('audioinput')
const plot = new PitchPlot('Measured here', 'Measured by the server')
const readings = new Readings({ here: 'Measured here', server: 'Measured by the server' })
byId('example').append(
  element('div', { className: 'fields' }, element('label', { className: 'field' }, 'What to send, at Start', source), frequency.element, microphone.element),
  plot.element,
  readings.element
)

const showFields = () => {
  frequency.element.hidden = source.value !== 'oscillator'
  microphone.element.hidden = source.value !== 'microphone'
}
source.addEventListener('change', showFields)
showFields()

runExample((signal, stream: MediaStream) => {
  const nextPeer = peerSignals(signal)
  return client.connect({
    signal,
    beforeAnswer (peerConnection) {
      const channel = peerConnection.createDataChannel('pitch', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 })
      const [transceiver] = peerConnection.getTransceivers()
      transceiver!.direction = 'sendonly'
      compare(stream, channel, nextPeer())
      return transceiver!.sender.replaceTrack(stream.getAudioTracks()[0]!)
    }
  })
}, signal => source.value === 'microphone'
  ? openDevices({ audio: { ...UNTOUCHED, ...microphone.constraints } }, signal)
  : openOscillator(frequency, signal))

function compare (stream: MediaStream, channel: RTCDataChannel, signal: AbortSignal): void {
  const [sound] = soundsOf(stream, 1, signal)
  let atServer: number | undefined

  channel.addEventListener('message', ({ data }) => {
    atServer = JSON.parse(data).pitch
    plot.add(1, atServer)
  }, { signal })
  onEachFrame(() => {
    sound!.update()
    const here = sound!.frequency
    plot.add(0, here)
    plot.update()
    readings.show({ here: formatFrequency(here), server: formatFrequency(atServer) })
  }, signal)
  signal.addEventListener('abort', () => {
    plot.clear()
    readings.show()
  })
}
