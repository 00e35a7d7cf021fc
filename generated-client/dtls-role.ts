/**
 * The server's offer, with the role that this end gets where the choice is its own (RFC 8842, 5.3): the server begins, to
 * whom a ClientHello can come too early, which is lost for 50 ms or, now and then, for good. One that comes to a browser
 * too early is kept, except by Firefox: it begins itself, as do peers of which nothing is known.
 */
export function assignDtlsRole (offer: string): string {
  const { userAgent = '' } = Object(globalThis.navigator) as Partial<Navigator>
  return userAgent.includes('AppleWebKit') ? offer.replace(/^a=setup:actpass/gm, 'a=setup:active') : offer
}
