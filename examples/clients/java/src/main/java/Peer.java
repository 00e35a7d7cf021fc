import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCIceGatheringState;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A peer and its channel, whose steps are waited for. */
final class Peer implements PeerConnectionObserver, RTCDataChannelObserver, AutoCloseable {
    /** A message, copied: the native side takes its own back. */
    record Message(ByteBuffer data, boolean isBinary) {}

    static final PeerConnectionFactory FACTORY = new PeerConnectionFactory(new HeadlessAudioDeviceModule());

    final CompletableFuture<Void> gathered = new CompletableFuture<>();
    final CompletableFuture<Void> opened = new CompletableFuture<>();
    final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    final RTCPeerConnection connection = FACTORY.createPeerConnection(new RTCConfiguration(), this);
    final RTCDataChannel channel;

    /** The server makes negotiated channels, and takes any. */
    Peer(boolean clientOffers) {
        var init = new RTCDataChannelInit();
        if (!clientOffers) {
            init.negotiated = true;
            init.id = 0;
        }
        channel = connection.createDataChannel("echo", init);
        channel.registerObserver(this);
    }

    RTCSessionDescription createOffer() {
        return created(observer -> connection.createOffer(new RTCOfferOptions(), observer));
    }

    RTCSessionDescription createAnswer() {
        return created(observer -> connection.createAnswer(new RTCAnswerOptions(), observer));
    }

    void setLocalDescription(RTCSessionDescription description) {
        set(observer -> connection.setLocalDescription(description, observer));
    }

    void setRemoteDescription(RTCSessionDescription description) {
        set(observer -> connection.setRemoteDescription(description, observer));
    }

    @Override public void onIceCandidate(RTCIceCandidate candidate) {}

    @Override public void onIceGatheringChange(RTCIceGatheringState state) {
        if (state == RTCIceGatheringState.COMPLETE) gathered.complete(null);
    }

    @Override public void onStateChange() {
        if (channel.getState() == RTCDataChannelState.OPEN) opened.complete(null);
    }

    @Override public void onMessage(RTCDataChannelBuffer message) {
        messages.add(new Message(ByteBuffer.allocate(message.data.remaining()).put(message.data).flip(), message.binary));
    }

    @Override public void onBufferedAmountChange(long previous) {}

    @Override public void close() {
        channel.unregisterObserver();
        channel.dispose();
        connection.close();
    }

    private static RTCSessionDescription created(Consumer<CreateSessionDescriptionObserver> create) {
        var result = new CompletableFuture<RTCSessionDescription>();
        create.accept(new CreateSessionDescriptionObserver() {
            @Override public void onSuccess(RTCSessionDescription description) { result.complete(description); }
            @Override public void onFailure(String message) { result.completeExceptionally(new IllegalStateException(message)); }
        });
        return result.join();
    }

    private static void set(Consumer<SetSessionDescriptionObserver> set) {
        var result = new CompletableFuture<Void>();
        set.accept(new SetSessionDescriptionObserver() {
            @Override public void onSuccess() { result.complete(null); }
            @Override public void onFailure(String message) { result.completeExceptionally(new IllegalStateException(message)); }
        });
        result.join();
    }
}
