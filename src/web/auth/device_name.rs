//! Names of browsers and devices, for the list of sessions.

use axum::http::{HeaderMap, header};

/// Returns a description of a browser for the owner. The order of the tables matters, since most user
/// agents claim to be others too.
pub(super) fn device_name(headers: &HeaderMap) -> String {
    const PROGRAMS: [(&str, &str); 12] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("Kodi/", "Kodi"),
        ("VLC/", "VLC"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 10] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Web0S", "webOS TV"),
        ("Tizen", "Tizen TV"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("FreeBSD", "FreeBSD"),
        ("Linux", "Linux"),
    ];
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or("");
    let named = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    match (named(&PROGRAMS), named(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "Some program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn devices_in_words() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.14.1", "curl"),
            (
                "Mozilla/5.0 (Web0S; Linux/SmartTV)",
                "A browser on webOS TV",
            ),
            ("\u{1F4A9}<script>", "Some program"),
            ("", "Some program"),
        ];
        for (agent, expected) in cases {
            let headers = HeaderMap::from_iter([(
                header::USER_AGENT,
                HeaderValue::from_bytes(agent.as_bytes()).unwrap(),
            )]);
            assert_eq!(device_name(&headers), expected, "{agent}");
        }
    }
}
