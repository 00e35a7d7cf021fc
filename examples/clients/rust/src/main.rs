//! Connects in both directions, has a hundred messages echoed, reads statistics and errors: cargo run URL [TIMES]

mod interop;
mod peer;
mod wire;

use std::env;

use peer::{Peer, create_peer};
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelState};
use wire::signaling::{Client, Error, types::*};
use wire::{Result, check, convert};

/// Asks for a connection, with an offer or for one, and connects the peer with the server's.
pub async fn connect(api: &Client, peer: &Peer, client_offers: bool, ask: impl AsyncFn(Option<WebRtcSessionDescription>) -> Result<WebRtcConnection>) -> Result<WebRtcConnection> {
    if client_offers {
        peer.connection.set_local_description(peer.connection.create_offer(None).await?).await?;
        peer.gathered().await;
        let connection = ask(Some(convert(peer.connection.local_description().await)?)).await?;
        peer.connection.set_remote_description(convert(&connection.local_description)?).await?;
        return Ok(connection);
    }
    let connection = ask(None).await?;
    peer.connection.set_remote_description(convert(&connection.local_description)?).await?;
    let answer = peer.connection.create_answer(None).await?;
    check(api.set_remote_description(&connection.id.parse()?, &convert(&answer)?)).await?;
    peer.connection.set_local_description(answer).await?; // This connects: not before the server has the answer.
    peer.gathered().await;
    let sdp = peer.connection.local_description().await.unwrap_or_default().sdp;
    let lines = sdp.lines().filter_map(|line| line.strip_prefix("a=")).filter(|line| line.starts_with("candidate:"));
    let candidates = lines.map(|line| convert(serde_json::json!({ "candidate": line }))).collect::<Result<_>>()?;
    check(api.add_remote_candidates(&connection.id.parse()?, &WebRtcIceCandidates { candidates })).await?;
    Ok(connection)
}

pub async fn converse(channel: &dyn DataChannel) -> Result<()> {
    while channel.ready_state().await? != RTCDataChannelState::Open {
        channel.poll().await.ok_or("the channel has closed")?;
    }
    for number in 0..100 {
        let (data, is_text) = (vec![b'a'; 1 << (number % 17)], number % 2 == 0);
        if is_text {
            channel.send_text(std::str::from_utf8(&data)?).await?;
        } else {
            channel.send(data[..].into()).await?;
        }
        let echo = loop {
            if let DataChannelEvent::OnMessage(message) = channel.poll().await.ok_or("the channel has closed")? {
                break message;
            }
        };
        assert!(echo.is_string == is_text && echo.data == data, "expected an echo of message {number}");
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [name, url] = &arguments[..]
        && name == "interop"
    {
        return interop::run(&Client::new(url)).await;
    }
    let api = Client::new(&arguments[0]);
    let create = async |remote_description| check(api.create_connection(&WebRtcConnectionRequest { remote_description, trickle: None })).await;
    for number in 0..2 * arguments.get(1).map_or(Ok(1), |times| times.parse())? {
        let peer = create_peer(number % 2 == 1).await?;
        let connection = connect(&api, &peer, number % 2 == 1, create).await?;
        converse(&*peer.channel).await?;
        let stats = check(api.get_connection_stats(&connection.id.parse()?)).await?;
        println!("connected after {} ms, {} messages", stats.handshake.connected.unwrap_or_default(), stats.data_channels[0].messages_received);
        peer.connection.close().await?;
        check(api.delete_connection(&connection.id.parse()?)).await?;
    }
    let invalid = WebRtcSessionDescription { type_: WebRtcSessionDescriptionType::Offer, sdp: "v=0".parse()? };
    let request = WebRtcConnectionRequest { remote_description: Some(invalid), trickle: None };
    for answer in [api.get_connection(&"unknown".parse()?).await, api.create_connection(&request).await] {
        if let Err(Error::ErrorResponse(refusal)) = answer {
            println!("{} {}", refusal.status_code, refusal.code.as_deref().unwrap_or_default());
        }
    }
    Ok(())
}
