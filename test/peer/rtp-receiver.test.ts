import t from 'tap'
import { supportedCodec } from '../../plugin/peer/rtp-codec.js'
import { readRtpHeader } from '../../plugin/peer/rtp-packet.js'
import { RtpReceiver } from '../../plugin/peer/rtp-receiver.js'
import { rtp } from '../helpers/media.js'

t.test('receive -> what is not negotiated -> dropped; a source that changes -> said so', async t => {
  const receiver = new RtpReceiver('video', () => t.fail(), () => {})
  receiver.negotiated([supportedCodec('video')], true)
  const receive = (packet: Buffer) => receiver.receive(packet, readRtpHeader(packet)!, 0)
  t.equal(receive(rtp({ payloadType: 50 })), false)
  t.equal(receiver.report(0), undefined)
  t.equal(receive(rtp({ ssrc: 1 })), true)
  t.equal(receive(rtp({ ssrc: 1 })), false)
  t.equal(receive(rtp({ ssrc: 2 })), true)
  receiver.senderReported(1, 5, 0)
  t.match(receiver.report(0), { ssrc: 2, lastSenderReport: 0 })
  receiver.negotiated([supportedCodec('video')], false)
  t.equal(receive(rtp({ ssrc: 3 })), false)
  receiver.end()
})
