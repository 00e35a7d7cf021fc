import t from 'tap'
import type { DataChannel as NativeDataChannel } from 'node-datachannel'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { connectMedia } from '../helpers/media.js'
import { answer, connectPeers, next, offer, replacePeerConnection } from '../helpers/peers.js'

interface Made {
  id: number | undefined
  closed: Promise<void>
}

/** The native channels that peers make from now on. */
function watchChannels (t: Parameters<typeof replacePeerConnection>[0]): Made[] {
  const made: Made[] = []
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override createDataChannel (label: string, init: { id?: number }): NativeDataChannel {
      const channel = super.createDataChannel(label, init)
      const { promise: closed, resolve } = signal()
      const close = channel.close.bind(channel)
      Object.defineProperty(channel, 'close', {
        value: () => {
          resolve()
          close()
        }
      })
      made.push({ id: init.id, closed })
      return channel
    }
  })
  return made
}

const CASES: Record<string, { prepare?: (peerConnection: PeerConnection) => unknown, negotiate: typeof offer, ids: (number | undefined)[], opened: number }> = {
  'an offer without channels': { negotiate: offer, ids: [1023], opened: 1 },
  'an offer with an in-band channel': { prepare: peer => peer.createDataChannel('in-band'), negotiate: offer, ids: [1023, undefined], opened: 2 },
  'an offer with a negotiated channel': { prepare: peer => peer.createDataChannel('negotiated', { negotiated: true, id: 7 }), negotiate: offer, ids: [7], opened: 2 },
  'an answer without channels': { negotiate: answer, ids: [1022], opened: 2 },
  'an answer with a negotiated channel': { prepare: peer => peer.createDataChannel('negotiated', { negotiated: true, id: 7 }), negotiate: answer, ids: [7], opened: 3 }
}

for (const [name, { prepare, negotiate, ids, opened }] of Object.entries(CASES)) {
  t.test(`${name} -> native channels ${ids}, of which the peer's own closes once it has opened`, async t => {
    const made = watchChannels(t)
    const { peerConnection, farEnd } = await connectPeers(t, prepare, negotiate)
    t.strictSame(made.map(({ id }) => id), ids)
    for (const { id, closed } of made) if (id! > 1021) await within(closed, 'the close of the own channel')
    await Promise.all([next(peerConnection.createDataChannel('later'), 'open'), farEnd.channel('later')])
    t.match(peerConnection.getStats(), { dataChannelsOpened: opened, dataChannelsClosed: 0 })
  })
}

t.test('a negotiated channel that closes before it opens -> one of its own takes its place, and later ones are announced once', async t => {
  const made = watchChannels(t)
  const opened: Promise<unknown>[] = []
  const { farEnd, peerConnection } = await connectPeers(t, peerConnection => {
    const channel = peerConnection.createDataChannel('negotiated', { negotiated: true, id: 7 })
    peerConnection.onsignalingstatechange = () => {
      if (peerConnection.signalingState === 'have-local-offer') channel.close()
      if (peerConnection.signalingState === 'stable') opened.push(next(peerConnection.createDataChannel('later'), 'open'))
    }
  }, (peerConnection, farEnd) => {
    offer(peerConnection, farEnd)
  })
  await Promise.all(opened)
  await farEnd.channel('later')
  t.equal(farEnd.channels.length, 1)
  t.ok(made.some(({ id }) => id === 1023))
  peerConnection.onsignalingstatechange = null
})

t.test('two servers connect -> the channels that each makes at once are announced once', async t => {
  for (let round = 0; round < 20; round++) {
    const found: Record<string, string[]> = { caller: [], callee: [] }
    const opened: Promise<unknown>[] = []
    const { peers } = await connectMedia(t, (caller, callee) => {
      for (const [name, peer] of Object.entries({ caller, callee })) {
        peer.onconnectionstatechange = () => { if (peer.connectionState === 'connected') opened.push(next(peer.createDataChannel(`of the ${name}`), 'open')) }
        peer.ondatachannel = ({ channel }) => found[name]!.push(channel.label)
      }
    })
    await Promise.all(opened)
    t.strictSame(found, { caller: ['of the callee'], callee: ['of the caller'] })
    for (const { peerConnection } of peers) {
      peerConnection.onconnectionstatechange = null
      await peerConnection.release()
    }
  }
})
