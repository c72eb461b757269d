//! Kodi's JSON-RPC over HTTP (<https://kodi.wiki/view/JSON-RPC_API/v13>).

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::SendError;
use drives::http::Client;
use drives::{DriveError, ErrorKind};

/// An answer of `Player.Open` is a line.
const LONGEST_ANSWER: usize = 64 << 10;

const OPERATION: &str = "send to player";

/// Opens an address, in place of whatever plays.
pub(super) async fn open(
    client: &Client,
    url: &Url,
    login: Option<(&str, &str)>,
    address: &str,
) -> Result<(), SendError> {
    let (status, body) = client
        .post_json(
            OPERATION,
            endpoint(url).as_str(),
            login,
            &request(address),
            LONGEST_ANSWER,
        )
        .await
        .map_err(SendError::Silent)?;
    judge(status, &body)
}

/// `/jsonrpc` below what the owner wrote.
fn endpoint(url: &Url) -> Url {
    let mut url = url.clone();
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/jsonrpc").unwrap_or(path);
    url.set_path(&format!("{path}/jsonrpc"));
    url
}

fn request(address: &str) -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "Player.Open",
        "params": {"item": {"file": address}},
    })
}

#[derive(Deserialize)]
struct Answer {
    result: Option<Value>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: i64,
}

fn judge(status: StatusCode, body: &[u8]) -> Result<(), SendError> {
    if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return Err(SendError::Login);
    }
    match serde_json::from_slice(body) {
        Ok(Answer {
            error: Some(failure),
            ..
        }) => Err(SendError::Declined { code: failure.code }),
        Ok(Answer {
            result: Some(_), ..
        }) => Ok(()),
        _ => Err(SendError::Silent(DriveError::new(
            ErrorKind::UpstreamFailed,
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
        assert!(judge(StatusCode::OK, br#"{"id":1,"jsonrpc":"2.0","result":"OK"}"#).is_ok());
        let declined = judge(
            StatusCode::OK,
            br#"{"error":{"code":-32602,"message":"Invalid params."},"id":1,"jsonrpc":"2.0"}"#,
        );
        assert!(matches!(
            declined,
            Err(SendError::Declined { code: -32602 })
        ));
        assert!(matches!(
            judge(StatusCode::UNAUTHORIZED, b""),
            Err(SendError::Login)
        ));
        assert!(matches!(
            judge(StatusCode::OK, b"<html>"),
            Err(SendError::Silent(_))
        ));
    }
}
