import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate and its private key, both as PEM text. */
export interface Certificate {
  certificate: string
  privateKey: string
}

/**
 * Makes a self-signed ECDSA P-256 certificate for DTLS (RFC 8827, 6.5): peers check its fingerprint and nothing else in it.
 *
 * A peer that is given no certificate makes its own on a native thread pool, which a hostile peer can stop; one made beforehand needs no pool.
 */
export function createCertificate (): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(Buffer.from('06082a8648ce3d040302', 'hex')) // ecdsa-with-SHA256
  const name = sequence(tagged(0x31, sequence(Buffer.from('0603550403', 'hex'), tagged(0x0c, Buffer.from('WebRTC')))))
  // RFC 5280, 4.1.2.5: the second date says that there is no well-defined end.
  const validity = sequence(tagged(0x17, Buffer.from('250101000000Z')), tagged(0x18, Buffer.from('99991231235959Z')))
  const serial = tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)]))
  const version = tagged(0xa0, Buffer.of(0x02, 0x01, 0x02))
  const toBeSigned = sequence(version, serial, algorithm, name, validity, name, publicKey.export({ type: 'spki', format: 'der' }))
  const signature = tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', toBeSigned, privateKey)]))

  return {
    certificate: pem(sequence(toBeSigned, algorithm, signature)),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

function sequence (...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function tagged (tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

function pem (der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
