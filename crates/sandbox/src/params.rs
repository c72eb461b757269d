//! The parameters of a call.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use bytes::Bytes;

use super::call::header_text;
use super::replies::ApiError;

/// The decoded parameters of a call, in their order.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Returns the first value of this name that is not empty, `None` if there is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Returns the first value of this name that is not empty, an empty text if all are, `None` without the name.
    pub fn given(&self, name: &str) -> Option<&str> {
        let is_there = self.0.iter().any(|(n, _)| n == name);
        self.get(name).or(is_there.then_some(""))
    }

    /// Returns the value of this name.
    ///
    /// # Errors
    /// errno 2 if it is missing or empty.
    pub fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::parameters(name))
    }

    /// Returns the value of this name as an integer, the default if it is missing.
    ///
    /// # Errors
    /// errno 2 if it is no integer.
    pub fn number(&self, name: &str, default: i64) -> Result<i64, ApiError> {
        self.get(name).map_or(Ok(default), |v| {
            v.parse().map_err(|_| ApiError::parameters(name))
        })
    }

    /// Makes parameters from pairs of name and value.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        Self(pairs.collect())
    }

    /// Returns all parameters as `name=value`, joined by `&`, not encoded.
    pub fn joined(&self) -> String {
        let pairs: Vec<String> = self
            .all()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    /// Iterates over all parameters in their order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Reads the parameters of a request from its query, and from its form: multipart, or urlencoded whatever its
    /// `Content-Type` is (field notes, section 11).
    pub async fn read(request: Request) -> Self {
        let pairs = |bytes: &[u8]| {
            url::form_urlencoded::parse(bytes)
                .into_owned()
                .collect::<Vec<_>>()
        };
        let mut all = pairs(request.uri().query().unwrap_or_default().as_bytes());
        let content_type = header_text(request.headers(), header::CONTENT_TYPE);
        if content_type.starts_with("multipart/form-data") {
            if let Ok(mut form) = Multipart::from_request(request, &()).await {
                while let Ok(Some(field)) = form.next_field().await {
                    let name = field.name().unwrap_or_default().to_owned();
                    all.push((name, field.text().await.unwrap_or_default()));
                }
            }
        } else {
            let body = Bytes::from_request(request, &()).await.unwrap_or_default();
            all.extend(pairs(&body));
        }
        Self(all)
    }
}
