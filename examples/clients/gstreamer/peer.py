"""A webrtcbin and its channel, whose steps are waited for."""
import queue
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)
missing = [name for name in ("webrtcbin", "nicesrc", "dtlsdec", "sctpdec") if not Gst.ElementFactory.find(name)]
if missing:
    sys.exit(f"GStreamer has no {' and no '.join(missing)}")


class Peer:
    def __init__(self, client_offers):
        self.bin = Gst.ElementFactory.make("webrtcbin")
        self.bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.gathered, self.opened, self.messages = threading.Event(), threading.Event(), queue.Queue()
        self._replies = []
        self.bin.connect("notify::ice-gathering-state", self._on_gathering_state)
        self.pipeline = Gst.Pipeline()
        self.pipeline.add(self.bin)
        self.pipeline.set_state(Gst.State.PLAYING)
        # The server makes negotiated channels, and takes any.
        options = None if client_offers else Gst.Structure.from_string("options,negotiated=true,id=0")[0]
        self.channel = self.bin.emit("create-data-channel", "echo", options)
        self.channel.connect("on-open", lambda _channel: self.opened.set())
        self.channel.connect("on-message-string", lambda _channel, text: self.messages.put(text))
        self.channel.connect("on-message-data", lambda _channel, data: self.messages.put(data.get_data()))

    def create(self, type):
        """Its offer or answer."""
        return self._ask(f"create-{type}", None).get_value(type)

    def set_local_description(self, description):
        self._ask("set-local-description", description)

    def set_remote_description(self, type, sdp):
        _, message = GstSdp.SDPMessage.new_from_text(sdp)
        type = GstWebRTC.WebRTCSDPType.OFFER if type == "offer" else GstWebRTC.WebRTCSDPType.ANSWER
        self._ask("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(type, message))

    def add_candidate(self, candidate):
        self.bin.emit("add-ice-candidate", 0, candidate)

    def add_audio(self):
        caps = Gst.Caps.from_string("application/x-rtp,media=audio,encoding-name=OPUS,encoding-params=(string)2,clock-rate=48000,payload=111")
        self.bin.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)

    def local_sdp(self):
        """With all of its own candidates."""
        self.gathered.wait()
        return self.bin.get_property("local-description").sdp.as_text()

    def send(self, message):
        if isinstance(message, str):
            self.channel.emit("send-string", message)
        else:
            self.channel.emit("send-data", GLib.Bytes.new(message))

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)

    def _ask(self, signal, *arguments):
        promise = Gst.Promise.new()
        self.bin.emit(signal, *arguments, promise)
        if promise.wait() != Gst.PromiseResult.REPLIED:
            raise RuntimeError(signal)
        self._replies.append(promise.get_reply())  # Whatever is read from it would go with it.
        return self._replies[-1]

    def _on_gathering_state(self, element, _property):
        if element.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.gathered.set()
