// What client.go does not need: candidates that come later, another peer, audio that is added: go run . interop URL
package main

import (
	"time"

	"github.com/pion/webrtc/v4"
)

// The server's, as it finds them; the last one is empty.
func addCandidates(api *ClientWithResponses, peer *webrtc.PeerConnection, id string) {
	for after, more := 0, true; more; {
		found := check(api.ListLocalCandidatesWithResponse(ctx, id, &ListLocalCandidatesParams{After: &after, Wait: new(1000)})).JSON200
		for _, each := range found.Candidates {
			must(0, peer.AddICECandidate(webrtc.ICECandidateInit{Candidate: each.Candidate, SDPMid: each.SdpMid}))
			more = each.Candidate != ""
		}
		after = found.Cursor
	}
}

// The server's next description. Events tell of it, too, where a client can read a stream.
func serverDescription(api *ClientWithResponses, id string, kind WebRtcSessionDescriptionType, state WebRtcConnectionSignalingState) webrtc.SessionDescription {
	for {
		found := check(api.GetConnectionWithResponse(ctx, id)).JSON200
		if found.SignalingState == state && found.LocalDescription.Type == kind {
			return fromWire(*found.LocalDescription)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The client adds audio, then the server does.
func renegotiate(api *ClientWithResponses, peer *webrtc.PeerConnection, channel *webrtc.DataChannel, id string) {
	must(peer.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio))
	must(0, peer.SetLocalDescription(must(peer.CreateOffer(nil))))
	check(api.SetRemoteDescriptionWithResponse(ctx, id, toWire(*peer.LocalDescription())))
	must(0, peer.SetRemoteDescription(serverDescription(api, id, Answer, WebRtcConnectionSignalingStateStable)))
	must(0, channel.SendText("renegotiate"))
	must(0, peer.SetRemoteDescription(serverDescription(api, id, Offer, WebRtcConnectionSignalingStateHaveLocalOffer)))
	must(0, peer.SetLocalDescription(must(peer.CreateAnswer(nil))))
	check(api.SetRemoteDescriptionWithResponse(ctx, id, toWire(*peer.LocalDescription())))
}

func interop(api *ClientWithResponses) {
	for _, clientOffers := range []bool{false, true} {
		peer, channel := createPeer(clientOffers)
		connection := connect(api, peer, func(offer *WebRtcSessionDescription) *WebRtcConnection {
			return check(api.CreateConnectionWithResponse(ctx, WebRtcConnectionRequest{RemoteDescription: offer, Trickle: new(true)})).JSON201
		}, clientOffers)
		addCandidates(api, peer, connection.Id)
		converse(channel)
		must(0, peer.Close())
		peer, channel = createPeer(clientOffers)
		connect(api, peer, func(offer *WebRtcSessionDescription) *WebRtcConnection {
			request := WebRtcReconnectRequest{ReconnectToken: *connection.ReconnectToken, RemoteDescription: offer}
			return check(api.ReconnectConnectionWithResponse(ctx, connection.Id, request)).JSON200
		}, clientOffers)
		converse(channel)
		renegotiate(api, peer, channel, connection.Id)
		converse(channel)
		must(0, peer.Close())
		check(api.DeleteConnectionWithResponse(ctx, connection.Id))
	}
}
