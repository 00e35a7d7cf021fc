import t from 'tap'
import { checkDataChannelInit, type DataChannelInit } from '../../plugin/peer/data-channel-init.js'

const LONGEST = 'x'.repeat(65535)

const ACCEPTED: Record<string, [label: string, init: DataChannelInit]> = {
  'an empty label': ['', {}],
  'the longest label and protocol': [LONGEST, { protocol: LONGEST }],
  'maxRetransmits 0': ['label', { maxRetransmits: 0 }],
  'maxPacketLifeTime 65535': ['label', { ordered: false, maxPacketLifeTime: 65535 }],
  'negotiated with the first id': ['label', { negotiated: true, id: 0 }],
  'negotiated with the last id': ['label', { negotiated: true, id: 1021 }],
  'an id without negotiated, which is ignored': ['label', { id: -1 }]
}

for (const [name, [label, init]] of Object.entries(ACCEPTED)) {
  t.test(`checkDataChannelInit with ${name} accepts it`, async t => {
    t.doesNotThrow(() => checkDataChannelInit(label, init))
  })
}

const REFUSED: Record<string, [label: unknown, init: Record<string, unknown>, message: string]> = {
  'a label that is no string': [7, {}, 'label of at most 65535 bytes, found number'],
  'a label of 65,536 bytes in 65,535 characters': [`${LONGEST.slice(1)}é`, {}, 'label of at most 65535 bytes, found string'],
  'a protocol that is too long': ['label', { protocol: `${LONGEST}x` }, 'protocol of at most 65535 bytes, found string'],
  'maxRetransmits -1': ['label', { maxRetransmits: -1 }, 'maxRetransmits from 0 to 65535, found -1'],
  'maxRetransmits 65536': ['label', { maxRetransmits: 65536 }, 'maxRetransmits from 0 to 65535, found 65536'],
  'maxRetransmits 1.5': ['label', { maxRetransmits: 1.5 }, 'maxRetransmits from 0 to 65535, found 1.5'],
  'maxPacketLifeTime null': ['label', { maxPacketLifeTime: null }, 'maxPacketLifeTime from 0 to 65535, found null'],
  'maxPacketLifeTime and maxRetransmits': ['label', { maxPacketLifeTime: 1, maxRetransmits: 1 }, 'maxPacketLifeTime or maxRetransmits, found both'],
  'negotiated without an id': ['label', { negotiated: true }, 'an id from 0 to 1021 with negotiated, found undefined'],
  'negotiated with id 1022': ['label', { negotiated: true, id: 1022 }, 'an id from 0 to 1021 with negotiated, found 1022'],
  'negotiated with an id that is no number': ['label', { negotiated: true, id: '1' }, 'an id from 0 to 1021 with negotiated, found 1']
}

for (const [name, [label, init, message]] of Object.entries(REFUSED)) {
  t.test(`checkDataChannelInit with ${name} throws a TypeError that says what was expected`, async t => {
    t.throws(() => checkDataChannelInit(label as string, init), { name: 'TypeError', message: `createDataChannel: expected ${message}` })
  })
}
