// Connects in both directions, has a hundred messages echoed, reads statistics and errors: go run . URL [TIMES]
package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"github.com/pion/webrtc/v4"
)

// A peer and its channel: the server makes negotiated ones, and takes any.
func createPeer(clientOffers bool) (*webrtc.PeerConnection, *webrtc.DataChannel) {
	peer := must(webrtc.NewPeerConnection(webrtc.Configuration{}))
	if clientOffers {
		return peer, must(peer.CreateDataChannel("echo", nil))
	}
	return peer, must(peer.CreateDataChannel("echo", &webrtc.DataChannelInit{Negotiated: new(true), ID: new(uint16(0))}))
}

// Asks for a connection, with an offer or for one, and connects the peer with the server's.
func connect(api *ClientWithResponses, peer *webrtc.PeerConnection, ask func(offer *WebRtcSessionDescription) *WebRtcConnection, clientOffers bool) *WebRtcConnection {
	if clientOffers {
		gathered := webrtc.GatheringCompletePromise(peer)
		must(0, peer.SetLocalDescription(must(peer.CreateOffer(nil))))
		<-gathered
		connection := ask(new(toWire(*peer.LocalDescription())))
		must(0, peer.SetRemoteDescription(fromWire(*connection.LocalDescription)))
		return connection
	}
	connection := ask(nil)
	must(0, peer.SetRemoteDescription(fromWire(*connection.LocalDescription)))
	answer := must(peer.CreateAnswer(nil))
	check(api.SetRemoteDescriptionWithResponse(ctx, connection.Id, toWire(answer)))
	peer.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil { // Need not arrive in time, since the server hears of its address by the first check.
			api.AddRemoteCandidatesWithResponse(ctx, connection.Id, WebRtcIceCandidates{Candidates: []WebRtcIceCandidate{{Candidate: candidate.ToJSON().Candidate}}})
		}
	})
	must(0, peer.SetLocalDescription(answer)) // This connects: not before the server has the answer.
	return connection
}

func converse(channel *webrtc.DataChannel) {
	opened, echoes := make(chan bool), make(chan webrtc.DataChannelMessage)
	channel.OnOpen(func() { close(opened) })
	channel.OnMessage(func(message webrtc.DataChannelMessage) { echoes <- message })
	<-opened
	for number := range 100 {
		data, isText := bytes.Repeat([]byte("a"), 1<<(number%17)), number%2 == 0
		if isText {
			must(0, channel.SendText(string(data)))
		} else {
			must(0, channel.Send(data))
		}
		if echo := <-echoes; echo.IsString != isText || !bytes.Equal(echo.Data, data) {
			must(0, fmt.Errorf("expected an echo of message %d", number))
		}
	}
}

func main() {
	if os.Args[1] == "interop" {
		interop(must(NewClientWithResponses(os.Args[2])))
		return
	}
	api, times := must(NewClientWithResponses(os.Args[1])), 1
	if len(os.Args) > 2 {
		times = must(strconv.Atoi(os.Args[2]))
	}
	create := func(offer *WebRtcSessionDescription) *WebRtcConnection {
		return check(api.CreateConnectionWithResponse(ctx, WebRtcConnectionRequest{RemoteDescription: offer})).JSON201
	}
	for number := range 2 * times {
		peer, channel := createPeer(number%2 == 1)
		connection := connect(api, peer, create, number%2 == 1)
		converse(channel)
		stats := check(api.GetConnectionStatsWithResponse(ctx, connection.Id)).JSON200
		fmt.Printf("connected after %.3f ms, %d messages\n", *stats.Handshake.Connected, stats.DataChannels[0].MessagesReceived)
		must(0, peer.Close())
		check(api.DeleteConnectionWithResponse(ctx, connection.Id))
	}
	unknown := must(api.GetConnectionWithResponse(ctx, "unknown")).JSON404
	invalid := must(api.CreateConnectionWithResponse(ctx, WebRtcConnectionRequest{RemoteDescription: &WebRtcSessionDescription{Type: Offer, Sdp: "v=0"}})).JSON400
	for _, refusal := range []*WebRtcError{unknown, invalid} {
		fmt.Println(refusal.StatusCode, *refusal.Code)
	}
}
