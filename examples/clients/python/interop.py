"""What client.py does not need: candidates that come later, another peer, audio that is added: python interop.py URL"""
import asyncio
import sys

from aiortc.sdp import candidate_from_sdp

from client import connect, converse, create_peer, from_wire, to_wire, unwrap
from signaling import Client
from signaling.api.connections import (
    create_connection, delete_connection, get_connection, list_local_candidates, reconnect_connection, set_remote_description)
from signaling.models import (
    WebRtcConnectionRequest, WebRtcConnectionSignalingState, WebRtcReconnectRequest, WebRtcSessionDescriptionType)


async def add_candidates(api, peer, connection):
    """The server's, as it finds them; the last one is empty."""
    cursor, more = 0, True
    while more:
        found = unwrap(await list_local_candidates.asyncio(connection.id, client=api, after=cursor, wait=1000))
        for each in found.candidates:
            candidate = candidate_from_sdp(each.candidate.removeprefix("candidate:")) if each.candidate else None
            if candidate:
                candidate.sdpMid = each.sdp_mid
            await peer.addIceCandidate(candidate)
            more = candidate is not None
        cursor = found.cursor


async def server_description(api, connection, type, state):
    """The server's next description. Events tell of it, too, where a client can read a stream."""
    while True:
        found = unwrap(await get_connection.asyncio(connection.id, client=api))
        if found.signaling_state == state and found.local_description.type_ == type:
            return from_wire(found.local_description)
        await asyncio.sleep(0.02)


async def renegotiate(api, peer, channel, connection):
    """The client adds audio, then the server does."""
    peer.addTransceiver("audio")
    await peer.setLocalDescription(await peer.createOffer())
    unwrap(await set_remote_description.asyncio(connection.id, client=api, body=to_wire(peer.localDescription)))
    await peer.setRemoteDescription(await server_description(
        api, connection, WebRtcSessionDescriptionType.ANSWER, WebRtcConnectionSignalingState.STABLE))
    channel.send("renegotiate")
    await peer.setRemoteDescription(await server_description(
        api, connection, WebRtcSessionDescriptionType.OFFER, WebRtcConnectionSignalingState.HAVE_LOCAL_OFFER))
    await peer.setLocalDescription(await peer.createAnswer())
    unwrap(await set_remote_description.asyncio(connection.id, client=api, body=to_wire(peer.localDescription)))


async def main(url):
    api = Client(base_url=url)
    for client_offers in False, True:
        def create(**fields):
            return create_connection.asyncio(client=api, body=WebRtcConnectionRequest(trickle=True, **fields))

        def reconnect(**fields):
            body = WebRtcReconnectRequest(connection.reconnect_token, **fields)
            return reconnect_connection.asyncio(connection.id, client=api, body=body)

        peer, channel = create_peer(client_offers)
        connection = await connect(api, peer, create, client_offers)
        await add_candidates(api, peer, connection)
        await converse(channel)
        await peer.close()
        peer, channel = create_peer(client_offers)
        await connect(api, peer, reconnect, client_offers)
        await converse(channel)
        await renegotiate(api, peer, channel, connection)
        await converse(channel)
        await peer.close()
        unwrap(await delete_connection.asyncio(connection.id, client=api))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
