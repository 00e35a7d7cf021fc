import com.fasterxml.jackson.core.JsonProcessingException;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import java.util.Locale;
import signaling.ApiException;
import signaling.JSON;
import signaling.WebRtcError;
import signaling.WebRtcSessionDescription;

/** What the API's client and the peers have in common. */
final class Wire {
    static WebRtcSessionDescription toWire(RTCSessionDescription description) {
        var type = WebRtcSessionDescription.TypeEnum.fromValue(description.sdpType.name().toLowerCase(Locale.ROOT));
        return new WebRtcSessionDescription().type(type).sdp(description.sdp);
    }

    static RTCSessionDescription fromWire(WebRtcSessionDescription description) {
        return new RTCSessionDescription(RTCSdpType.valueOf(description.getType().name()), description.getSdp());
    }

    /** The error that the server answered, which is of one type whatever the status. */
    static WebRtcError refusal(ApiException exception) throws JsonProcessingException {
        return JSON.getDefault().getMapper().readValue(exception.getResponseBody(), WebRtcError.class);
    }

    private Wire() {}
}
