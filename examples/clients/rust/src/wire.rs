//! What the API's client and the peers have in common: descriptions and candidates are the same JSON.

use std::{error::Error, future::Future};

use serde::{Serialize, de::DeserializeOwned};
use signaling::{Error as Refusal, ResponseValue, types::WebRtcError};

pub mod signaling {
    progenitor::generate_api!("../../../openapi-3.0.yaml");
}

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub fn convert<From: Serialize, To: DeserializeOwned>(value: From) -> Result<To> {
    Ok(serde_json::from_value(serde_json::to_value(value)?)?)
}

/// What an operation answers, or the error that the server answered, which is of one type whatever the status.
pub async fn check<T>(answer: impl Future<Output = std::result::Result<ResponseValue<T>, Refusal<WebRtcError>>>) -> Result<T> {
    match answer.await {
        Ok(value) => Ok(value.into_inner()),
        Err(Refusal::ErrorResponse(refusal)) => {
            let WebRtcError { status_code, code, message, .. } = refusal.into_inner();
            Err(format!("{status_code} {}: {message}", code.unwrap_or_default()).into())
        }
        Err(other) => Err(other.into()),
    }
}
