"""Connects in both directions, has a hundred messages echoed, reads statistics and errors: python client.py URL [TIMES]"""
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

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


def to_wire(description):
    return WebRtcSessionDescription(WebRtcSessionDescriptionType(description.type), description.sdp)


def from_wire(description):
    return RTCSessionDescription(description.sdp, description.type_.value)


async def connect(api, peer, ask, client_offers):
    """Asks for a connection, with an offer or for one, and connects the peer with the server's."""
    if client_offers:
        await peer.setLocalDescription(await peer.createOffer())
        connection = unwrap(await ask(remote_description=to_wire(peer.localDescription)))
        await peer.setRemoteDescription(from_wire(connection.local_description))
        return connection
    connection = unwrap(await ask())
    await peer.setRemoteDescription(from_wire(connection.local_description))
    answer = await peer.createAnswer()
    unwrap(await set_remote_description.asyncio(connection.id, client=api, body=to_wire(answer)))
    await peer.setLocalDescription(answer)  # This connects: not before the server has the answer.
    lines = [line[2:] for line in peer.localDescription.sdp.splitlines() if line.startswith("a=candidate:")]
    candidates = WebRtcIceCandidates([WebRtcIceCandidate(line) for line in [*lines, ""]])
    unwrap(await add_remote_candidates.asyncio(connection.id, client=api, body=candidates))
    return connection


def create_peer(client_offers):
    """A peer and its channel: the server makes negotiated ones, and takes any."""
    peer = RTCPeerConnection(RTCConfiguration([]))  # aiortc's default is a STUN server on the Internet.
    return peer, peer.createDataChannel("echo", **{} if client_offers else {"negotiated": True, "id": 0})


async def converse(channel):
    opened, echoes = asyncio.Event(), asyncio.Queue()
    channel.on("open", opened.set)
    channel.on("message", echoes.put_nowait)
    if channel.readyState != "open":
        await opened.wait()
    for number in range(100):
        size = 2 ** (number % 17)
        message = "a" * size if number % 2 else bytes(size)
        channel.send(message)
        assert await echoes.get() == message


async def main(url, times="1"):
    api = Client(base_url=url)

    def create(**fields):
        return create_connection.asyncio(client=api, body=WebRtcConnectionRequest(**fields))

    for client_offers in [False, True] * int(times):
        peer, channel = create_peer(client_offers)
        connection = await connect(api, peer, create, client_offers)
        await converse(channel)
        stats = unwrap(await get_connection_stats.asyncio(connection.id, client=api))
        print(f"connected after {stats.handshake.connected} ms, {stats.data_channels[0].messages_received} messages")
        await peer.close()
        unwrap(await delete_connection.asyncio(connection.id, client=api))
    invalid = WebRtcSessionDescription(WebRtcSessionDescriptionType.OFFER, "v=0")
    for refusal in await get_connection.asyncio("unknown", client=api), await create(remote_description=invalid):
        print(refusal.status_code, refusal.code)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
