/**
 * The far end's offer, with the role that it gets where it leaves the choice to who answers (RFC 8842, 5.3).
 *
 * To begin is the safer part: libdatachannel now and then fails a handshake whose ClientHello comes before it is ready for
 * it (docs/upstream/libdatachannel-early-client-hello.md). But a ClientHello of ours can arrive before our answer does.
 * libwebrtc keeps it. Others drop it, Firefox among them, whereupon OpenSSL waits a second: these begin themselves.
 */
export function assignDtlsRole (offer: string): string {
  return isOfLibwebrtc(offer) ? offer : offer.replace(/^a=setup:actpass/gm, 'a=setup:active')
}

/** All browsers but Firefox, and what is built on their library: behind `WMS` come the names of its streams, if it has any; others have `*` there, or no such line. */
function isOfLibwebrtc (sdp: string): boolean {
  return /^a=msid-semantic: ?WMS(?! ?\*)/m.test(sdp)
}
