import t from 'tap'
import type { DataChannel as NativeDataChannel } from 'node-datachannel'
import type { DataChannel } from '../../plugin/peer/data-channel.js'
import { OWN_ID } from '../../plugin/peer/data-channel-init.js'
import { livePeerConnections } from '../../plugin/peer/native-connection.js'
import type { PeerConnection } from '../../plugin/peer/peer-connection.js'
import { signal, within } from '../helpers/deadline.js'
import { connectMedia } from '../helpers/media.js'
import { answer, connectPeers, createFarEnd, createPeer, next, offer, recordEvents, replacePeerConnection } from '../helpers/peers.js'

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

interface Case {
  prepare?: (peerConnection: PeerConnection) => unknown
  negotiate: typeof offer
  /** Of the native channels when it is connected. */
  ids: (number | undefined)[]
  /** Of the own one. */
  ownId?: number
  /** How many channels have opened with one that is made later, and that of a far end that offers. */
  opened: number
}

const CASES: Record<string, Case> = {
  'an offer without channels -> one of its own': { negotiate: offer, ids: [OWN_ID.offer], ownId: OWN_ID.offer, opened: 1 },
  'an offer with an in-band channel -> one of its own': { prepare: peer => peer.createDataChannel('in-band'), negotiate: offer, ids: [OWN_ID.offer, undefined], ownId: OWN_ID.offer, opened: 2 },
  'an offer with a negotiated channel -> none of its own': { prepare: peer => peer.createDataChannel('negotiated', { negotiated: true, id: 7 }), negotiate: offer, ids: [7], opened: 2 },
  'an answer without channels -> one of its own': { negotiate: answer, ids: [OWN_ID.answer], ownId: OWN_ID.answer, opened: 2 },
  'an answer with a negotiated channel -> none of its own': { prepare: peer => peer.createDataChannel('negotiated', { negotiated: true, id: 7 }), negotiate: answer, ids: [7], opened: 3 }
}

for (const [name, { prepare, negotiate, ids, ownId, opened }] of Object.entries(CASES)) {
  t.test(`${name}${ownId === undefined ? '' : ', which closes once it has opened'}`, async t => {
    const made = watchChannels(t)
    const { peerConnection, farEnd } = await connectPeers(t, prepare, negotiate)
    t.strictSame(made.map(({ id }) => id), ids)
    if (ownId !== undefined) await within(made.find(({ id }) => id === ownId)!.closed, 'the close of the own channel')
    await Promise.all([next(peerConnection.createDataChannel('later'), 'open'), farEnd.channel('later')])
    t.match(peerConnection.getStats(), { dataChannelsOpened: opened, dataChannelsClosed: 0 })
  })
}

t.test('the far end resets the stream of the own channel before that has told -> channels that wait for it open', async t => {
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override createDataChannel (label: string, init: { id?: number }): NativeDataChannel {
      const channel = super.createDataChannel(label, init)
      if (init.id === OWN_ID.offer) Object.defineProperty(channel, 'onOpen', { value: () => {} })
      return channel
    }
  })
  let opened: Promise<unknown> | undefined
  let waiting: DataChannel | undefined
  const { farEnd } = await connectPeers(t, peerConnection => {
    peerConnection.onsignalingstatechange = () => {
      if (peerConnection.signalingState !== 'stable') return
      waiting = peerConnection.createDataChannel('waiting')
      opened = next(waiting, 'open')
    }
  }, (peerConnection, farEnd) => {
    farEnd.createDataChannel('', { negotiated: true, id: OWN_ID.offer })
    offer(peerConnection, farEnd)
  })
  await farEnd.channels[0]!.opened()
  t.equal(waiting!.readyState, 'connecting')
  farEnd.channels[0]!.close()
  await opened
  await farEnd.channel('waiting')
})

t.test('a channel that waits cannot be made, and its listener closes the peer -> the channel that told of it does not open', async t => {
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override createDataChannel (label: string, init: object): NativeDataChannel {
      if (label === 'refused') throw new Error('of the library')
      return super.createDataChannel(label, init)
    }
  })
  const farEnd = createFarEnd(t)
  const { peerConnection } = createPeer(t)
  const events: string[] = []
  const witness = peerConnection.createDataChannel('witness', { negotiated: true, id: 7 })
  recordEvents(witness, events)
  const closed = next(witness, 'close')
  peerConnection.onsignalingstatechange = () => {
    if (peerConnection.signalingState === 'stable') peerConnection.createDataChannel('refused').onerror = () => peerConnection.close()
  }
  offer(peerConnection, farEnd)
  await closed
  t.strictSame(events, ['close closed'])
})

t.test('511 channels that are made after the offer -> open, and one more throws', async t => {
  const opened: Promise<unknown>[] = []
  await connectPeers(t, peerConnection => {
    peerConnection.onsignalingstatechange = () => {
      peerConnection.onsignalingstatechange = null
      for (let index = 0; index < 511; index++) opened.push(next(peerConnection.createDataChannel(`${index}`), 'open'))
      t.throws(() => peerConnection.createDataChannel('too many'), { name: 'OperationError' })
    }
  })
  await Promise.all(opened)
})

for (const turns of [0, 1, 2, 3]) {
  t.test(`close ${turns} turns of the event loop after the peer has connected -> is released`, async t => {
    const { peerConnection } = await connectPeers(t)
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    await within(peerConnection.release(), 'the release')
    t.equal(livePeerConnections(), 0)
  })
}

t.test('a negotiated channel that closes before it opens -> one of its own takes its place, and later ones are announced once', async t => {
  const made = watchChannels(t)
  const opened: Promise<unknown>[] = []
  const { farEnd } = await connectPeers(t, peerConnection => {
    const channel = peerConnection.createDataChannel('negotiated', { negotiated: true, id: 7 })
    peerConnection.onsignalingstatechange = () => {
      if (peerConnection.signalingState === 'have-local-offer') channel.close()
      if (peerConnection.signalingState === 'stable') opened.push(next(peerConnection.createDataChannel('later'), 'open'))
    }
  })
  await Promise.all(opened)
  await farEnd.channel('later')
  t.equal(farEnd.channels.length, 1)
  t.strictSame(made.map(({ id }) => id), [7, OWN_ID.offer, undefined])
})

t.test('a negotiated channel that closes before it opens, and the native side makes no other -> the connection goes on', async t => {
  replacePeerConnection(t, PeerConnection => class extends PeerConnection {
    override createDataChannel (label: string, init: { id?: number }): NativeDataChannel {
      if (init.id === OWN_ID.offer) throw new Error('of the library')
      return super.createDataChannel(label, init)
    }
  })
  const { peerConnection, errors } = await connectPeers(t, peerConnection => {
    const channel = peerConnection.createDataChannel('negotiated', { negotiated: true, id: 7 })
    peerConnection.onsignalingstatechange = () => channel.close()
  })
  const opened = next(peerConnection.createDataChannel('another', { negotiated: true, id: 8 }), 'open')
  await opened
  t.strictSame(errors, [])
})

t.test('two servers connect -> the channels that each makes at once are announced once', async t => {
  for (let round = 0; round < 20; round++) {
    const found: Record<string, string[]> = { caller: [], callee: [] }
    const opened: Promise<unknown>[] = []
    const announced: Promise<unknown>[] = []
    const { peers } = await connectMedia(t, (caller, callee) => {
      for (const [name, peer] of Object.entries({ caller, callee })) {
        peer.onconnectionstatechange = () => { if (peer.connectionState === 'connected') opened.push(next(peer.createDataChannel(`of the ${name}`), 'open')) }
        peer.ondatachannel = ({ channel }) => found[name]!.push(channel.label)
        announced.push(next(peer, 'datachannel'))
      }
    })
    await Promise.all(announced)
    await Promise.all(opened)
    t.strictSame(found, { caller: ['of the callee'], callee: ['of the caller'] })
    for (const { peerConnection } of peers) t.match(peerConnection.getStats(), { dataChannelsOpened: 2, dataChannelsClosed: 0 })
    for (const { peerConnection } of peers) {
      peerConnection.onconnectionstatechange = null
      await peerConnection.release()
    }
  }
})
