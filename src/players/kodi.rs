//! Kodi's JSON-RPC over HTTP (<https://kodi.wiki/view/JSON-RPC_API/v13>).

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::error::SendError;
use drives::DriveError;
use drives::http::Client;

/// A response to `Player.Open` is one line.
const MAX_RESPONSE_BYTES: usize = 64 << 10;

const OPERATION: &str = "send to player";

/// Opens a play URL, in place of the film that plays.
pub(super) async fn open(
    client: &Client,
    url: &Url,
    login: Option<(&str, &str)>,
    play_url: &str,
) -> Result<(), SendError> {
    let (status, body) = client
        .post_json(
            OPERATION,
            endpoint(url).as_str(),
            login,
            &request(play_url),
            MAX_RESPONSE_BYTES,
        )
        .await
        .map_err(SendError::Unreachable)?;
    check_response(status, &body)
}

/// Returns the URL of `/jsonrpc` below the configured one.
fn endpoint(url: &Url) -> Url {
    let mut url = url.clone();
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/jsonrpc").unwrap_or(path);
    url.set_path(&format!("{path}/jsonrpc"));
    url
}

fn request(play_url: &str) -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "Player.Open",
        "params": {"item": {"file": play_url}},
    })
}

#[derive(Deserialize)]
struct RpcResponse {
    result: Option<Value>,
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct RpcError {
    code: i64,
}

fn check_response(status: StatusCode, body: &[u8]) -> Result<(), SendError> {
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Err(SendError::Unauthorized);
    }
    match serde_json::from_slice(body) {
        Ok(RpcResponse {
            error: Some(failure),
            ..
        }) => Err(SendError::Refused { code: failure.code }),
        Ok(RpcResponse {
            result: Some(_), ..
        }) => Ok(()),
        _ => Err(SendError::Unreachable(DriveError::failed(
            OPERATION,
            format!("status {status} and no JSON-RPC"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_kodi_is_asked() {
        for (url, expected) in [
            ("http://kodi:8080", "http://kodi:8080/jsonrpc"),
            ("http://kodi:8080/jsonrpc", "http://kodi:8080/jsonrpc"),
            ("https://h/kodi/", "https://h/kodi/jsonrpc"),
        ] {
            assert_eq!(endpoint(&Url::parse(url).unwrap()).as_str(), expected);
        }
    }

    #[test]
    fn what_its_answers_mean() {
        assert!(
            check_response(StatusCode::OK, br#"{"id":1,"jsonrpc":"2.0","result":"OK"}"#).is_ok()
        );
        let declined = check_response(
            StatusCode::OK,
            br#"{"error":{"code":-32602,"message":"Invalid params."},"id":1,"jsonrpc":"2.0"}"#,
        );
        assert!(matches!(declined, Err(SendError::Refused { code: -32602 })));
        assert!(matches!(
            check_response(StatusCode::UNAUTHORIZED, b""),
            Err(SendError::Unauthorized)
        ));
        assert!(matches!(
            check_response(StatusCode::OK, b"<html>"),
            Err(SendError::Unreachable(_))
        ));
    }
}
