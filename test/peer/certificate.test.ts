import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import { createCertificate } from '../../plugin/peer/certificate.js'
import { createFarEnd, createPeer, offer } from '../helpers/peers.js'

t.test('createCertificate makes a certificate that its own key has signed', async t => {
  const { certificate, privateKey } = createCertificate()
  const x509 = new X509Certificate(certificate)

  t.ok(x509.verify(x509.publicKey))
  t.ok(x509.checkPrivateKey(createPrivateKey(privateKey)))
  t.equal(x509.subject, 'CN=WebRTC')
  t.equal(x509.issuer, x509.subject)
  t.ok(new Date(x509.validFrom) < new Date())
  t.match(x509.validTo, /9999/)
  t.match(x509.publicKey.asymmetricKeyDetails, { namedCurve: 'prime256v1' })
})

t.test('createCertificate called twice makes two keys and two serial numbers', async t => {
  const [one, other] = [createCertificate(), createCertificate()]
  t.not(one.privateKey, other.privateKey)
  t.not(new X509Certificate(one.certificate).serialNumber, new X509Certificate(other.certificate).serialNumber)
})

t.test('every certificate of many can be parsed, whatever the lengths of its numbers', async t => {
  for (let made = 0; made < 100; made++) {
    const x509 = new X509Certificate(createCertificate().certificate)
    if (!x509.verify(x509.publicKey)) t.fail(x509.toString())
  }
})

t.test('peers show one certificate, whose fingerprint is in the description and at the far end', async t => {
  const farEnd = createFarEnd(t)
  const { peerConnection } = createPeer(t)
  offer(peerConnection, farEnd)
  await farEnd.connected()

  const [, fingerprint] = /^a=fingerprint:sha-256 (\S+)/m.exec(peerConnection.localDescription!.sdp) ?? []
  t.equal(farEnd.native.remoteFingerprint().value.toUpperCase(), fingerprint)

  const other = createPeer(t)
  other.peerConnection.setLocalDescription()
  t.ok(other.peerConnection.localDescription!.sdp.includes(fingerprint!))
  t.equal(fingerprint!.length, createHash('sha256').digest().length * 3 - 1)
})
