import { ConnectionClient } from '../../generated-client/index.js'
import type { BroadcastNews } from '../broadcaster/broadcast.js'
import { byId, element } from '../frame/browser/element.js'
import { peerSignals } from '../frame/browser/peer-signals.js'
import { Readings } from '../frame/browser/readings.js'
import { runExample } from '../frame/browser/run-example.js'
import { videoFigure, videos } from '../frame/browser/video.js'
import { showVideo } from '../frame/browser/video-stats.js'

const client = new ConnectionClient({ baseUrl: '/viewer' })

const received = videoFigure('The broadcast: its sound is off until you turn it on', { controls: true })
const news = element('p', { className: 'news', ariaLive: 'polite' }, 'You are not watching.')
const readings = new Readings({ rate: 'Frames a second', size: 'Picture' })

byId('example').append(
  news,
  videos(received.figure),
  readings.element,
  element('p', {}, 'Nobody there? Be ', element('a', { href: '/broadcaster/', target: '_blank' }, 'the broadcaster'), ' yourself.')
)

runExample(signal => {
  const nextPeer = peerSignals(signal)
  signal.addEventListener('abort', () => {
    news.textContent = 'You are not watching.'
    received.video.srcObject = null
  })
  return client.connect({
    signal,
    renegotiate: true,
    beforeAnswer: peerConnection => watch(peerConnection, nextPeer())
  })
})

function watch (peerConnection: RTCPeerConnection, signal: AbortSignal): void {
  // Those of a broadcast that goes on are there, as the server has offered them; others come later.
  const stream = new MediaStream(peerConnection.getReceivers().map(({ track }) => track))
  peerConnection.addEventListener('track', ({ track }) => stream.addTrack(track))
  const channel = peerConnection.createDataChannel('broadcast', { negotiated: true, id: 0 })
  channel.addEventListener('message', ({ data }) => {
    const { broadcaster, left, viewers }: BroadcastNews = JSON.parse(data)
    news.textContent = describe(broadcaster, left, viewers)
    // The last picture of a broadcast would look like one that is going on.
    const shown = broadcaster === undefined ? null : stream
    if (received.video.srcObject !== shown) received.video.srcObject = shown
  })
  showVideo(peerConnection, signal, readings)
}

function describe (broadcaster: string | undefined, left: string | undefined, viewers: number): string {
  if (broadcaster !== undefined) return `${broadcaster} is broadcasting to ${viewers === 1 ? 'you' : `${viewers} viewers`}.`
  return left === undefined ? 'Nobody is broadcasting yet.' : `${left} has left. Nobody is broadcasting.`
}
