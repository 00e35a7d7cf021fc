import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCRtpTransceiverInit;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.media.audio.AudioOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import signaling.ApiException;
import signaling.ConnectionsApi;
import signaling.WebRtcConnection;
import signaling.WebRtcConnectionRequest;
import signaling.WebRtcReconnectRequest;
import signaling.WebRtcSessionDescription;

/** What Client does not need: candidates that come later, another peer, audio that is added. Arguments: interop URL */
final class Interop {
    static void run(ConnectionsApi api) throws Exception {
        for (var clientOffers : new boolean[] { false, true }) {
            WebRtcConnection lost;
            try (var peer = new Peer(clientOffers)) {
                lost = Client.connect(api, peer, clientOffers, offer -> api.createConnection(new WebRtcConnectionRequest().remoteDescription(offer).trickle(true)));
                addCandidates(api, peer, lost.getId());
                Client.converse(peer);
            }
            try (var peer = new Peer(clientOffers)) {
                Client.connect(api, peer, clientOffers, offer -> api.reconnectConnection(lost.getId(), new WebRtcReconnectRequest().reconnectToken(lost.getReconnectToken()).remoteDescription(offer)));
                Client.converse(peer);
                renegotiate(api, peer, lost.getId());
                Client.converse(peer);
            }
            api.deleteConnection(lost.getId());
        }
    }

    /** The server's, as it finds them; the last one is empty. */
    private static void addCandidates(ConnectionsApi api, Peer peer, String id) throws ApiException {
        for (int after = 0, more = 1; more == 1;) {
            var found = api.listLocalCandidates(id, after, 1000);
            for (var each : found.getCandidates()) {
                if (each.getCandidate().isEmpty()) more = 0;
                else peer.connection.addIceCandidate(new RTCIceCandidate(each.getSdpMid(), 0, each.getCandidate()));
            }
            after = found.getCursor();
        }
    }

    /** The client adds audio, then the server does. */
    private static void renegotiate(ConnectionsApi api, Peer peer, String id) throws Exception {
        var track = Peer.FACTORY.createAudioTrack("audio", Peer.FACTORY.createAudioSource(new AudioOptions()));
        peer.connection.addTransceiver(track, new RTCRtpTransceiverInit());
        peer.setLocalDescription(peer.createOffer());
        api.setRemoteDescription(id, Wire.toWire(peer.connection.getLocalDescription()));
        peer.setRemoteDescription(serverDescription(api, id, WebRtcSessionDescription.TypeEnum.ANSWER, WebRtcConnection.SignalingStateEnum.STABLE));
        peer.channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap("renegotiate".getBytes(StandardCharsets.UTF_8)), false));
        peer.setRemoteDescription(serverDescription(api, id, WebRtcSessionDescription.TypeEnum.OFFER, WebRtcConnection.SignalingStateEnum.HAVE_LOCAL_OFFER));
        peer.setLocalDescription(peer.createAnswer());
        api.setRemoteDescription(id, Wire.toWire(peer.connection.getLocalDescription()));
    }

    /** The server's next description. Events tell of it, too, where a client can read a stream. */
    private static RTCSessionDescription serverDescription(ConnectionsApi api, String id, WebRtcSessionDescription.TypeEnum type, WebRtcConnection.SignalingStateEnum state) throws Exception {
        for (;;) {
            var found = api.getConnection(id);
            if (found.getSignalingState() == state && found.getLocalDescription().getType() == type) return Wire.fromWire(found.getLocalDescription());
            Thread.sleep(20);
        }
    }

    private Interop() {}
}
