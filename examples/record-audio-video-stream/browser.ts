import { ConnectionClient } from '../../generated-client/index.js'
import { AudioMeter } from '../frame/browser/audio-meter.js'
import { describeError } from '../frame/browser/describe-error.js'
import { DevicePicker, openDevices } from '../frame/browser/devices.js'
import { byId, element } from '../frame/browser/element.js'
import { preferVp8 } from '../frame/browser/prefer-vp8.js'
import { runExample } from '../frame/browser/run-example.js'
import { videoFigure, videos } from '../frame/browser/video.js'
import type { RecordingEnd } from './recording.js'

const SIZES = ['320 × 240', '640 × 480', '1280 × 720']

const ENDS: Record<RecordingEnd, string> = {
  stopped: 'The recording has ended.',
  silent: 'The recording has ended, for nothing arrived any more.',
  'too long': 'The recording has ended: a minute is the most.',
  'too large': 'The recording has ended: 32 MiB are the most.',
  broken: 'The recording has ended, for it could not be written.'
}

const client = new ConnectionClient({ baseUrl: '/record-audio-video-stream' })

const microphone = new DevicePicker('audioinput')
const camera = new DevicePicker('videoinput')
const size = element('select', {}, ...SIZES.map(text => element('option', { selected: text === '640 × 480' }, text)))
const meter = new AudioMeter('Your sound')
const sent = videoFigure('Your camera')
const recorded = videoFigure('The last recording', { controls: true })
const news = element('p', { className: 'news', ariaLive: 'polite' }, 'Nothing is being recorded.')
const problem = element('p', { role: 'alert' })
const list = element('ol')

byId('example').append(
  news,
  videos(sent.figure, recorded.figure),
  element('div', { className: 'fields' }, microphone.element, camera.element, element('label', { className: 'field' }, 'Picture', size), meter.element, problem),
  list
)

let stream: MediaStream | undefined

runExample((signal, opened: MediaStream) => {
  stream = opened
  sent.video.srcObject = opened
  problem.textContent = ''
  meter.follow(opened, signal)
  let name: string | undefined
  let end: RecordingEnd = 'stopped'
  const offer = () => {
    if (name) offerRecording(name, end)
    name = undefined
  }
  signal.addEventListener('abort', () => {
    stream = undefined
    sent.video.srcObject = null
    offer()
  })
  return client.connect({
    signal,
    beforeOffer (peerConnection) {
      // A peer that was lost had a recording of its own.
      offer()
      for (const track of opened.getTracks()) peerConnection.addTrack(track, opened)
      preferVp8(peerConnection)
      const channel = peerConnection.createDataChannel('recording', { negotiated: true, id: 0 })
      channel.addEventListener('message', ({ data }) => {
        ({ name = name, end = end } = JSON.parse(data) as { name?: string, end?: RecordingEnd })
        news.textContent = 'Recording…'
      })
    }
  })
}, signal => openDevices({ audio: microphone.constraints, video: { ...camera.constraints, ...readSize() } }, signal))

size.addEventListener('change', () => {
  problem.textContent = ''
  stream?.getVideoTracks()[0]?.applyConstraints(readSize()).catch(error => { problem.textContent = describeError(error) })
})

/** The server answers when the file is whole. */
function offerRecording (name: string, end: RecordingEnd): void {
  const href = `recordings/${name}`
  news.textContent = ENDS[end]
  recorded.video.src = href
  list.append(element('li', {}, element('a', { href, download: '' }, `Download the recording of ${new Date().toLocaleTimeString()}`)))
}

function readSize (): MediaTrackConstraints {
  const [width, height] = size.value.split(' × ').map(Number)
  return { width, height }
}
