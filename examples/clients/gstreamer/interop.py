"""What client.py does not need: candidates that come later, another peer, audio that is added: python interop.py URL"""
import sys
import time

from client import connect, converse, unwrap
from peer import Peer
from signaling import Client
from signaling.api.connections import (
    create_connection, delete_connection, get_connection, list_local_candidates, reconnect_connection, set_remote_description)
from signaling.models import (
    WebRtcConnectionRequest, WebRtcConnectionSignalingState, WebRtcReconnectRequest, WebRtcSessionDescription,
    WebRtcSessionDescriptionType)


def add_candidates(api, peer, connection):
    """The server's, as it finds them; the last one is empty."""
    cursor, more = 0, True
    while more:
        found = unwrap(list_local_candidates.sync(connection.id, client=api, after=cursor, wait=1000))
        for each in found.candidates:
            more = each.candidate != ""
            if more:
                peer.add_candidate(each.candidate)
        cursor = found.cursor


def server_sdp(api, connection, type, state):
    """The server's next description. Events tell of it, too, where a client can read a stream."""
    while True:
        found = unwrap(get_connection.sync(connection.id, client=api))
        if found.signaling_state == state and found.local_description.type_ == type:
            return found.local_description.sdp
        time.sleep(0.02)


def post(api, connection, type, sdp):
    unwrap(set_remote_description.sync(connection.id, client=api, body=WebRtcSessionDescription(type, sdp)))


def renegotiate(api, peer, connection):
    """The client adds audio, then the server does."""
    peer.add_audio()
    peer.set_local_description(peer.create("offer"))
    post(api, connection, WebRtcSessionDescriptionType.OFFER, peer.local_sdp())
    peer.set_remote_description("answer", server_sdp(
        api, connection, WebRtcSessionDescriptionType.ANSWER, WebRtcConnectionSignalingState.STABLE))
    peer.send("renegotiate")
    peer.set_remote_description("offer", server_sdp(
        api, connection, WebRtcSessionDescriptionType.OFFER, WebRtcConnectionSignalingState.HAVE_LOCAL_OFFER))
    peer.set_local_description(peer.create("answer"))
    post(api, connection, WebRtcSessionDescriptionType.ANSWER, peer.local_sdp())


def main(url):
    api = Client(base_url=url)
    for client_offers in False, True:
        def create(**fields):
            return create_connection.sync(client=api, body=WebRtcConnectionRequest(trickle=True, **fields))

        def reconnect(**fields):
            body = WebRtcReconnectRequest(connection.reconnect_token, **fields)
            return reconnect_connection.sync(connection.id, client=api, body=body)

        peer = Peer(client_offers)
        connection = connect(api, peer, create, client_offers)
        add_candidates(api, peer, connection)
        converse(peer)
        peer.close()
        peer = Peer(client_offers)
        connect(api, peer, reconnect, client_offers)
        converse(peer)
        renegotiate(api, peer, connection)
        converse(peer)
        peer.close()
        unwrap(delete_connection.sync(connection.id, client=api))


if __name__ == "__main__":
    main(*sys.argv[1:])
