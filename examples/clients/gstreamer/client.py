"""Connects in both directions, has a hundred messages echoed, reads statistics and errors: python client.py URL [TIMES]"""
import sys

from peer import Peer
from signaling import Client
from signaling.api.connections import (
    add_remote_candidates, create_connection, delete_connection, get_connection, get_connection_stats, set_remote_description)
from signaling.models import (
    WebRtcConnectionRequest, WebRtcError, WebRtcIceCandidate, WebRtcIceCandidates, WebRtcSessionDescription,
    WebRtcSessionDescriptionType)


def unwrap(answer):
    """An operation returns whatever the document says that it answers: a refusal is a value of another type."""
    if isinstance(answer, WebRtcError):
        sys.exit(f"{answer.status_code} {answer.code}: {answer.message}")
    return answer


def connect(api, peer, ask, client_offers):
    """Asks for a connection, with an offer or for one, and connects the peer with the server's."""
    if client_offers:
        peer.set_local_description(peer.create("offer"))
        connection = unwrap(ask(remote_description=WebRtcSessionDescription(WebRtcSessionDescriptionType.OFFER, peer.local_sdp())))
        peer.set_remote_description("answer", connection.local_description.sdp)
        return connection
    connection = unwrap(ask())
    peer.set_remote_description("offer", connection.local_description.sdp)
    answer = peer.create("answer")
    description = WebRtcSessionDescription(WebRtcSessionDescriptionType.ANSWER, answer.sdp.as_text())
    unwrap(set_remote_description.sync(connection.id, client=api, body=description))
    peer.set_local_description(answer)  # This connects: not before the server has the answer.
    lines = [line[2:] for line in peer.local_sdp().splitlines() if line.startswith("a=candidate:")]
    candidates = WebRtcIceCandidates([WebRtcIceCandidate(line) for line in [*lines, ""]])
    unwrap(add_remote_candidates.sync(connection.id, client=api, body=candidates))
    return connection


def converse(peer):
    peer.opened.wait()
    for number in range(100):
        size = 2 ** (number % 17)
        message = "a" * size if number % 2 else bytes(size)
        peer.send(message)
        assert peer.messages.get() == message


def main(url, times="1"):
    api = Client(base_url=url)

    def create(**fields):
        return create_connection.sync(client=api, body=WebRtcConnectionRequest(**fields))

    for client_offers in [False, True] * int(times):
        peer = Peer(client_offers)
        connection = connect(api, peer, create, client_offers)
        converse(peer)
        stats = unwrap(get_connection_stats.sync(connection.id, client=api))
        print(f"connected after {stats.handshake.connected} ms, {stats.data_channels[0].messages_received} messages")
        peer.close()
        unwrap(delete_connection.sync(connection.id, client=api))
    invalid = WebRtcSessionDescription(WebRtcSessionDescriptionType.OFFER, "v=0")
    for refusal in get_connection.sync("unknown", client=api), create(remote_description=invalid):
        print(refusal.status_code, refusal.code)


if __name__ == "__main__":
    main(*sys.argv[1:])
