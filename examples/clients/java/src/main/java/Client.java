import dev.onvoid.webrtc.RTCDataChannelBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import signaling.ApiClient;
import signaling.ApiException;
import signaling.ConnectionsApi;
import signaling.WebRtcConnection;
import signaling.WebRtcConnectionRequest;
import signaling.WebRtcIceCandidate;
import signaling.WebRtcIceCandidates;
import signaling.WebRtcSessionDescription;

/** Connects in both directions, has a hundred messages echoed, reads statistics and errors. Arguments: URL [TIMES] */
public final class Client {
    interface Operation { WebRtcConnection ask(WebRtcSessionDescription offer) throws ApiException; }

    /** Asks for a connection, with an offer or for one, and connects the peer with the server's. */
    static WebRtcConnection connect(ConnectionsApi api, Peer peer, boolean clientOffers, Operation operation) throws ApiException {
        if (clientOffers) {
            peer.setLocalDescription(peer.createOffer());
            peer.gathered.join();
            var connection = operation.ask(Wire.toWire(peer.connection.getLocalDescription()));
            peer.setRemoteDescription(Wire.fromWire(connection.getLocalDescription()));
            return connection;
        }
        var connection = operation.ask(null);
        peer.setRemoteDescription(Wire.fromWire(connection.getLocalDescription()));
        var answer = peer.createAnswer();
        api.setRemoteDescription(connection.getId(), Wire.toWire(answer));
        peer.setLocalDescription(answer); // This connects: not before the server has the answer.
        peer.gathered.join();
        var lines = peer.connection.getLocalDescription().sdp.lines().filter(line -> line.startsWith("a=candidate:"));
        var candidates = lines.map(line -> new WebRtcIceCandidate().candidate(line.substring(2))).toList();
        api.addRemoteCandidates(connection.getId(), new WebRtcIceCandidates().candidates(candidates));
        return connection;
    }

    static void converse(Peer peer) throws Exception {
        peer.opened.join();
        for (int number = 0; number < 100; number++) {
            var data = new byte[1 << number % 17];
            Arrays.fill(data, (byte) 'a');
            var isBinary = number % 2 == 0;
            peer.channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(data), isBinary));
            if (!peer.messages.take().equals(new Peer.Message(ByteBuffer.wrap(data), isBinary))) {
                throw new IllegalStateException("expected an echo of message " + number);
            }
        }
    }

    static void run(ConnectionsApi api, int times) throws Exception {
        for (int number = 0; number < 2 * times; number++) {
            try (var peer = new Peer(number % 2 == 1)) {
                var connection = connect(api, peer, number % 2 == 1, offer -> api.createConnection(new WebRtcConnectionRequest().remoteDescription(offer)));
                converse(peer);
                var stats = api.getConnectionStats(connection.getId());
                System.out.printf("connected after %s ms, %d messages%n", stats.getHandshake().getConnected(), stats.getDataChannels().get(0).getMessagesReceived());
                api.deleteConnection(connection.getId());
            }
        }
        try {
            api.getConnection("unknown");
        } catch (ApiException exception) {
            System.out.println(exception.getCode() + " " + Wire.refusal(exception).getCode());
        }
        try {
            var invalid = new WebRtcSessionDescription().type(WebRtcSessionDescription.TypeEnum.OFFER).sdp("v=0");
            api.createConnection(new WebRtcConnectionRequest().remoteDescription(invalid));
        } catch (ApiException exception) {
            System.out.println(exception.getCode() + " " + Wire.refusal(exception).getCode());
        }
    }

    public static void main(String[] arguments) throws Exception {
        var status = 0;
        try {
            if (arguments[0].equals("interop")) Interop.run(api(arguments[1]));
            else run(api(arguments[0]), arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1);
        } catch (ApiException exception) {
            var refusal = Wire.refusal(exception);
            System.err.printf("%d %s: %s%n", refusal.getStatusCode(), refusal.getCode(), refusal.getMessage());
            status = 1;
        }
        Peer.FACTORY.dispose(); // Its threads would keep the program running.
        System.exit(status);
    }

    private static ConnectionsApi api(String url) {
        var client = new ApiClient();
        client.updateBaseUri(url);
        return new ConnectionsApi(client);
    }
}
