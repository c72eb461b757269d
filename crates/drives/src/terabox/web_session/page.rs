//! Parses the website's own page for the signed-in owner: the token that calls require beside the cookie
//! (`jsToken`), and the one that revoking a link requires (`bdstoken`).
//!
//! The page carries `jsToken` in a script that is percent-encoded,
//! `…window.jsToken%20%3D%20a%7D%3Bfn%28%22…%22%29`, and the other in its data, `"bdstoken":"…"`. No script of
//! the page is run.

use secrecy::SecretString;

/// Text before the token, in the percent-decoded page and in the page as it came.
const BEFORE: [(&str, &str); 2] = [
    ("window.jsToken%20%3D%20a%7D%3Bfn%28%22", "%22%29"),
    ("window.jsToken = a};fn(\"", "\")"),
];
const BDSTOKEN: &str = "\"bdstoken\":\"";
const MAX_TOKEN_BYTES: usize = 1024;

/// The tokens of a page.
#[derive(Clone, Default)]
pub(crate) struct PageTokens {
    pub(crate) js_token: Option<SecretString>,
    pub(crate) bdstoken: Option<SecretString>,
}

/// Parses the page.
pub(crate) fn tokens(html: &str) -> PageTokens {
    let js_token = BEFORE
        .iter()
        .find_map(|(before, after)| between(html, before, after));
    PageTokens {
        js_token,
        bdstoken: between(html, BDSTOKEN, "\""),
    }
}

/// Returns true if the page demands verification by a human.
pub(crate) fn wants_verification(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    ["need verify", "need_verify"]
        .iter()
        .any(|words| html.contains(words))
}

fn between(html: &str, before: &str, after: &str) -> Option<SecretString> {
    let (_, rest) = html.split_once(before)?;
    let (token, _) = rest.split_once(after)?;
    let fits = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'*' | b'=' | b'+' | b'/')
    };
    let is_token = !token.is_empty() && token.len() <= MAX_TOKEN_BYTES && token.bytes().all(fits);
    is_token.then(|| token.into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn tokens_of_a_page() {
        let plain = |token: &Option<SecretString>| {
            token.as_ref().map(|token| token.expose_secret().to_owned())
        };
        let encoded = "<script>try {eval(decodeURIComponent(`function%20fn%28a%29%7Bwindow.jsToken%20%3D%20a%7D%3B\
                       fn%28%220A1B2C%22%29`))}</script><script>var templateData = {\"bdstoken\":\"b7-x\",\"uk\":1};</script>";
        let found = tokens(encoded);
        assert_eq!(plain(&found.js_token).as_deref(), Some("0A1B2C"));
        assert_eq!(plain(&found.bdstoken).as_deref(), Some("b7-x"));
        let decoded = tokens("function fn(a){window.jsToken = a};fn(\"0A\")");
        assert_eq!(plain(&decoded.js_token).as_deref(), Some("0A"));
        for nothing in [
            "",
            "<html>",
            "window.jsToken%20%3D%20a%7D%3Bfn%28%22%22%29",
            "window.jsToken%20%3D%20a%7D%3Bfn%28%22<b>%22%29",
            "\"bdstoken\":\"\"",
        ] {
            let found = tokens(nothing);
            assert!(
                found.js_token.is_none() && found.bdstoken.is_none(),
                "{nothing}"
            );
        }
        assert!(wants_verification(
            "{\"errno\":400141,\"errmsg\":\"need verify\"}"
        ));
    }
}
