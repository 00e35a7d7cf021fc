use std::sync::Arc;

use tokio::sync::Notify;
use webrtc::data_channel::{DataChannel, RTCDataChannelInit};
use webrtc::peer_connection::{MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState};

use crate::wire::Result;

pub struct Peer {
    pub connection: Arc<dyn PeerConnection>,
    pub channel: Arc<dyn DataChannel>,
    gathered: Arc<Gathered>,
}

impl Peer {
    /// Waits for all of its own candidates.
    pub async fn gathered(&self) {
        self.gathered.0.notified().await;
    }
}

#[derive(Default)]
struct Gathered(Notify);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Gathered {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.notify_one();
        }
    }
}

/// A peer and its channel: the server makes negotiated ones, and takes any.
pub async fn create_peer(client_offers: bool) -> Result<Peer> {
    let (gathered, mut media) = (Arc::new(Gathered::default()), MediaEngine::default());
    media.register_default_codecs()?;
    let builder = PeerConnectionBuilder::new().with_media_engine(media).with_handler(gathered.clone());
    let connection: Arc<dyn PeerConnection> = Arc::new(builder.with_udp_addrs(vec!["0.0.0.0:0"]).build().await?);
    let negotiated = if client_offers { None } else { Some(0) };
    let channel = connection.create_data_channel("echo", Some(RTCDataChannelInit { negotiated, ..Default::default() })).await?;
    Ok(Peer { connection, channel, gathered })
}
