//! One API request and the encoding of its URL and form, for both transports.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

/// The query parameters that carry the access token. The document spells it both ways.
pub(crate) const TOKEN_PARAMETERS: [&str; 2] = ["access_tokens", "access_token"];

/// Characters that stay bare in a query.
pub(crate) const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// One API request.
pub(crate) struct ApiRequest<'a> {
    pub(crate) operation: &'static str,
    /// Path of the call, such as `/api/list`.
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// The form that is posted; `None` makes the call a GET.
    pub(crate) form: Option<&'a [(&'a str, &'a str)]>,
    /// Maximum number of bytes read from the reply.
    pub(crate) limit: usize,
}

/// Returns the URL of a call at `base`, with the access token in it. The URL is a secret.
pub(crate) fn call_url(
    base: &str,
    token: &SecretString,
    path: &str,
    query: &[(&str, &str)],
) -> String {
    let token = utf8_percent_encode(token.expose_secret(), QUERY).to_string();
    let mut url = format!("{base}{path}?");
    for name in TOKEN_PARAMETERS {
        url.push_str(&format!("{name}={token}&"));
    }
    for (name, value) in query {
        url.push_str(&format!("{name}={}&", utf8_percent_encode(value, QUERY)));
    }
    url.pop();
    url
}

/// Encodes a form body, with `%20` for a blank.
pub(crate) fn encode_form(form: &[(&str, &str)]) -> String {
    let field =
        |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, QUERY));
    form.iter().map(field).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_in_a_form_are_no_plus_signs() {
        assert_eq!(
            encode_form(&[("path", "/From: a+b/ü.mp4"), ("rtype", "0")]),
            "path=%2FFrom%3A%20a%2Bb%2F%C3%BC.mp4&rtype=0"
        );
    }
}
