import t from 'tap'
import { assignDtlsRole } from '../../generated-client/dtls-role.js'

const offer = 'm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=setup:actpass\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=setup:actpass\r\n'

for (const [name, userAgent, setup] of [
  ['Chromium', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36', 'active'],
  ['Safari', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'active'],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'actpass'],
  ['Node', 'Node.js/22', 'actpass']
] as const) {
  t.test(`assignDtlsRole in ${name} -> the offer says ${setup}`, async t => {
    t.intercept(globalThis, 'navigator', { value: { userAgent } })
    t.equal(assignDtlsRole(offer), offer.replaceAll('actpass', setup))
  })
}

t.test('assignDtlsRole where there is no navigator -> the offer as it is', async t => {
  t.intercept(globalThis, 'navigator', { value: undefined })
  t.equal(assignDtlsRole(offer), offer)
})
