import { ConnectionClient } from '../../generated-client/index.js'
import { DevicePicker, openDevices } from '../frame/browser/devices.js'
import { byId, element } from '../frame/browser/element.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { preferVp8 } from '../frame/browser/prefer-vp8.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { videoFigure, videos } from '../frame/browser/video.js'
import { showVideo } from '../frame/browser/video-stats.js'

const client = new ConnectionClient({ baseUrl: '/video-compositing' })

const camera = new DevicePicker('videoinput')
const problem = element('p', { role: 'alert' })
const sent = videoFigure('Your camera')
const received = videoFigure('Back from the server')
const readings = new Readings({ rate: 'Frames a second', size: 'Picture' })

byId('example').append(
  problem,
  videos(sent.figure, received.figure),
  readings.element,
  element('div', { className: 'fields' }, camera.element)
)

runExample((signal, stream: MediaStream) => {
  const nextPeer = peerSignals(signal)
  problem.textContent = ''
  sent.video.srcObject = stream
  signal.addEventListener('abort', () => { sent.video.srcObject = received.video.srcObject = null })
  return client.connect({
    signal,
    beforeOffer (peerConnection) {
      const channel = peerConnection.createDataChannel('problem', { negotiated: true, id: 0 })
      channel.addEventListener('message', ({ data }) => { problem.textContent = data })
      for (const track of stream.getTracks()) peerConnection.addTrack(track, stream)
      preferVp8(peerConnection)
      peerConnection.addEventListener('track', ({ track }) => { received.video.srcObject = new MediaStream([track]) })
      showVideo(peerConnection, nextPeer(), readings)
    }
  })
}, signal => openDevices({ video: { ...camera.constraints, width: 640, height: 480 } }, signal))
