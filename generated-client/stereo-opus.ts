/** Asks the far end for Opus in stereo: `stereo=1` in the format parameters of the description that is sent to it (RFC 7587, 6.1). */
export function enableStereoOpus (sdp: string): string {
  const [, payloadType] = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(sdp) ?? []
  if (payloadType === undefined) return sdp
  return sdp.replace(new RegExp(`^(a=fmtp:${payloadType} )(?!.*stereo=)`, 'gm'), '$1stereo=1;')
}
