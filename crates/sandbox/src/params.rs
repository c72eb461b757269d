//! The parameters of a call, wherever they stand in it.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use bytes::Bytes;

use super::replies::Failure;

/// The parameters of a call, decoded.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The first value of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// The value, or errno 2.
    pub fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::parameters(name))
    }

    /// A whole number, the default where it is missing, errno 2 where it is something else.
    pub fn number(&self, name: &str, default: i64) -> Result<i64, Failure> {
        self.get(name).map_or(Ok(default), |v| {
            v.parse().map_err(|_| Failure::parameters(name))
        })
    }

    /// Parameters that did not come with the call as they are here.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        Self(pairs.collect())
    }

    /// All of them, in their order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Those of a request, from its address, an urlencoded or a multipart form.
    pub async fn read(request: Request) -> Self {
        let pairs = |bytes: &[u8]| {
            url::form_urlencoded::parse(bytes)
                .into_owned()
                .collect::<Vec<_>>()
        };
        let mut all = pairs(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        if kind.starts_with("multipart/form-data") {
            if let Ok(mut form) = Multipart::from_request(request, &()).await {
                while let Ok(Some(field)) = form.next_field().await {
                    let name = field.name().unwrap_or_default().to_owned();
                    all.push((name, field.text().await.unwrap_or_default()));
                }
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let body = Bytes::from_request(request, &()).await.unwrap_or_default();
            all.extend(pairs(&body));
        }
        Self(all)
    }
}
