package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pion/webrtc/v4"
)

//go:generate go tool oapi-codegen -config oapi-codegen.yaml ../../../openapi.yaml

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// Ends the program with the error that the server answered, which is of one type whatever the status.
func check[T interface {
	GetBody() []byte
	StatusCode() int
}](answer T, err error) T {
	if must(answer, err).StatusCode() >= 400 {
		var refusal WebRtcError
		must(0, json.Unmarshal(answer.GetBody(), &refusal))
		must(0, fmt.Errorf("%d %s: %s", refusal.StatusCode, *refusal.Code, refusal.Message))
	}
	return answer
}

func toWire(description webrtc.SessionDescription) WebRtcSessionDescription {
	return WebRtcSessionDescription{Type: WebRtcSessionDescriptionType(description.Type.String()), Sdp: description.SDP}
}

func fromWire(description WebRtcSessionDescription) webrtc.SessionDescription {
	return webrtc.SessionDescription{Type: webrtc.NewSDPType(string(description.Type)), SDP: description.Sdp}
}
