import { ConnectionClient } from '../../generated-client/index.js'
import { AudioMeter } from '../frame/browser/audio-meter.js'
import { DevicePicker, openDevices } from '../frame/browser/devices.js'
import { byId, element } from '../frame/browser/element.js'
import { runExample } from '../frame/browser/run-example.js'
import { videoFigure, videos } from '../frame/browser/video.js'
import type { BroadcastNews } from './broadcast.js'

const client = new ConnectionClient({ baseUrl: '/broadcaster' })

const name = element('input', { maxLength: 40, value: 'Alice' })
const microphone = new DevicePicker('audioinput')
const camera = new DevicePicker('videoinput')
const meter = new AudioMeter('Your sound')
const sent = videoFigure('Your camera')
const news = element('p', { className: 'news', ariaLive: 'polite' }, 'You are not broadcasting.')

byId('example').append(
  news,
  videos(sent.figure),
  element('div', { className: 'fields' }, element('label', { className: 'field' }, 'Your name', name), microphone.element, camera.element, meter.element),
  element('p', {}, 'Watch it in ', element('a', { href: '/viewer/', target: '_blank' }, 'a viewer'), ', or in several.')
)

runExample((signal, stream: MediaStream) => {
  let isTakenOver = false
  sent.video.srcObject = stream
  meter.follow(stream, signal)
  signal.addEventListener('abort', () => {
    sent.video.srcObject = null
    if (!isTakenOver) news.textContent = 'You are not broadcasting.'
  })
  return client.connect({
    signal,
    beforeOffer (peerConnection) {
      const channel = peerConnection.createDataChannel('broadcast', { negotiated: true, id: 0 })
      channel.addEventListener('open', () => channel.send(name.value.trim() || 'Somebody'))
      channel.addEventListener('message', ({ data }) => {
        const { broadcaster, isYours, viewers }: BroadcastNews = JSON.parse(data)
        isTakenOver = !isYours
        news.textContent = isTakenOver ? `${broadcaster} has taken the broadcast over.` : `You are broadcasting to ${viewers === 1 ? 'one viewer' : `${viewers} viewers`}.`
      })
      for (const track of stream.getTracks()) peerConnection.addTrack(track, stream)
    }
  })
}, signal => openDevices({ audio: microphone.constraints, video: { ...camera.constraints, width: 640, height: 480 } }, signal))
