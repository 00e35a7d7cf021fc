/** Not every browser does by itself, and the servers of some examples understand nothing else. Before the offer. */
export function preferVp8 (peerConnection: RTCPeerConnection): void {
  const { codecs = [] } = RTCRtpReceiver.getCapabilities('video') ?? {}
  const preferred = [...codecs].sort((one, other) => Number(isVp8(other)) - Number(isVp8(one)))
  for (const transceiver of peerConnection.getTransceivers()) {
    if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(preferred)
  }
}

function isVp8 ({ mimeType }: RTCRtpCodec): boolean {
  return mimeType === 'video/VP8'
}
