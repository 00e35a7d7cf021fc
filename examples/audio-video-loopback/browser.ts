import { ConnectionClient, type ClientConnection } from '../../generated-client/index.js'
import { AudioMeter } from '../frame/browser/audio-meter.js'
import { describeError } from '../frame/browser/describe-error.js'
import { DevicePicker, openDevices } from '../frame/browser/devices.js'
import { byId, element } from '../frame/browser/element.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { videoFigure, videos } from '../frame/browser/video.js'
import { showVideo } from '../frame/browser/video-stats.js'

const client = new ConnectionClient({ baseUrl: '/audio-video-loopback' })

const microphone = new DevicePicker('audioinput')
const camera = new DevicePicker('videoinput')
const cameraButton = element('button', { type: 'button', textContent: 'Turn camera off', ariaDisabled: 'true' })
const problem = element('p', { role: 'alert' })
const sent = videoFigure('Your camera')
const received = videoFigure('Back from the server. Muted, as it may howl without headphones', { controls: true })
const meter = new AudioMeter('Sound from the server')
const readings = new Readings({ delay: 'Round-trip delay', rate: 'Frames a second', size: 'Picture' })

byId('example').append(
  videos(sent.figure, received.figure),
  readings.element,
  element('div', { className: 'fields' }, microphone.element, camera.element, meter.element, cameraButton, problem)
)

let isToggling = false
let run: { stream: MediaStream, connection: ClientConnection, signal: AbortSignal } | undefined

runExample((signal, stream: MediaStream) => {
  const nextPeer = peerSignals(signal)
  const connection = client.connect({ signal, beforeOffer: peerConnection => prepare(peerConnection, stream, nextPeer()) })
  run = { stream, connection, signal }
  signal.addEventListener('abort', () => {
    run = undefined
    sent.video.srcObject = received.video.srcObject = null
    showCamera()
  })
  sent.video.srcObject = stream
  showCamera()
  return connection
}, signal => openDevices({ audio: microphone.constraints, video: { ...camera.constraints, width: 640, height: 480 } }, signal))

cameraButton.addEventListener('click', async () => {
  if (!run || isToggling) return
  problem.textContent = ''
  isToggling = true
  await toggleCamera(run).catch(error => { problem.textContent = describeError(error) })
  isToggling = false
})

function prepare (peerConnection: RTCPeerConnection, stream: MediaStream, signal: AbortSignal): void {
  const returned = new MediaStream()
  received.video.srcObject = returned
  for (const track of stream.getTracks()) peerConnection.addTrack(track, stream)
  peerConnection.addEventListener('track', ({ track }) => {
    returned.addTrack(track)
    track.addEventListener('ended', () => {
      returned.removeTrack(track)
      // Or the last picture would stay.
      received.video.srcObject = null
      received.video.srcObject = returned
    })
    if (track.kind === 'audio') meter.follow(new MediaStream([track]), signal)
  })
  showVideo(peerConnection, signal, readings)
}

/** The client tells the server, by itself. */
async function toggleCamera ({ stream, connection, signal }: NonNullable<typeof run>): Promise<void> {
  const [track] = stream.getVideoTracks()
  if (track) {
    track.stop()
    stream.removeTrack(track)
    connection.peerConnection?.getTransceivers().find(({ sender }) => sender.track === track)?.stop()
  } else {
    const [added] = (await openDevices({ video: { ...camera.constraints, width: 640, height: 480 } }, signal)).getVideoTracks()
    if (signal.aborted) return
    stream.addTrack(added!)
    connection.peerConnection?.addTrack(added!, stream)
  }
  showCamera()
}

function showCamera (): void {
  cameraButton.ariaDisabled = String(!run)
  cameraButton.textContent = run && run.stream.getVideoTracks().length === 0 ? 'Turn camera on' : 'Turn camera off'
}
