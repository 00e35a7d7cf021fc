//! What main.rs does not need: candidates that come later, another peer, audio that is added: cargo run interop URL

use std::time::Duration;

use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::peer_connection::RTCSessionDescription;

use crate::peer::{Peer, create_peer};
use crate::wire::signaling::{Client, types::*};
use crate::wire::{Result, check, convert};
use crate::{connect, converse};

/// The server's, as it finds them; the last one is empty.
async fn add_candidates(api: &Client, peer: &Peer, id: &str) -> Result<()> {
    let (mut after, mut more) = (0, true);
    while more {
        let found = check(api.list_local_candidates(&id.parse()?, Some(after), Some(1000))).await?;
        for each in found.candidates {
            more = !each.candidate.is_empty();
            if more {
                peer.connection.add_ice_candidate(convert(each)?).await?;
            }
        }
        after = found.cursor.try_into()?;
    }
    Ok(())
}

/// The server's next description. Events tell of it, too, where a client can read a stream.
async fn server_description(api: &Client, id: &str, kind: WebRtcSessionDescriptionType, state: WebRtcConnectionSignalingState) -> Result<RTCSessionDescription> {
    loop {
        let found = check(api.get_connection(&id.parse()?)).await?;
        match found.local_description {
            Some(description) if found.signaling_state == state && description.type_ == kind => return convert(description),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The client adds audio, then the server does.
async fn renegotiate(api: &Client, peer: &Peer, id: &str) -> Result<()> {
    let connection = &peer.connection;
    connection.add_transceiver_from_kind(RtpCodecKind::Audio, None).await?;
    connection.set_local_description(connection.create_offer(None).await?).await?;
    check(api.set_remote_description(&id.parse()?, &convert(connection.local_description().await)?)).await?;
    let answer = server_description(api, id, WebRtcSessionDescriptionType::Answer, WebRtcConnectionSignalingState::Stable).await?;
    connection.set_remote_description(answer).await?;
    peer.channel.send_text("renegotiate").await?;
    let offer = server_description(api, id, WebRtcSessionDescriptionType::Offer, WebRtcConnectionSignalingState::HaveLocalOffer).await?;
    connection.set_remote_description(offer).await?;
    connection.set_local_description(connection.create_answer(None).await?).await?;
    check(api.set_remote_description(&id.parse()?, &convert(connection.local_description().await)?)).await?;
    Ok(())
}

pub async fn run(api: &Client) -> Result<()> {
    for client_offers in [false, true] {
        let peer = create_peer(client_offers).await?;
        let lost =
            connect(api, &peer, client_offers, async |remote_description| check(api.create_connection(&WebRtcConnectionRequest { remote_description, trickle: Some(true) })).await)
                .await?;
        add_candidates(api, &peer, &lost.id).await?;
        converse(&*peer.channel).await?;
        peer.connection.close().await?;
        let peer = create_peer(client_offers).await?;
        connect(api, &peer, client_offers, async |remote_description| {
            let reconnect_token = lost.reconnect_token.as_deref().unwrap_or_default().parse()?;
            check(api.reconnect_connection(&lost.id.parse()?, &WebRtcReconnectRequest { reconnect_token, remote_description, trickle: None })).await
        })
        .await?;
        converse(&*peer.channel).await?;
        renegotiate(api, &peer, &lost.id).await?;
        converse(&*peer.channel).await?;
        peer.connection.close().await?;
        check(api.delete_connection(&lost.id.parse()?)).await?;
    }
    Ok(())
}
