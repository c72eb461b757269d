//! Hosts that may see a web session: the website that issued it, the region of the account below the same name,
//! and no other host.
//!
//! A cookie is valid for one registrable name. Which part of a host that is, is known only for the service's
//! own names ([`SITES`]); for any other host, it is the host itself and the hosts below it.

use url::{Host, Url};

/// The service's own registrable names that have a website and answer its calls.
pub(crate) const SITES: &[&str] = &[
    "terabox.com",
    "1024terabox.com",
    "1024tera.com",
    "terabox.app",
];

/// Returns the website of a site; `None` if it is not one of the service's own.
pub(crate) fn website(domain: &str) -> Option<String> {
    let site = SITES.iter().find(|site| is_below(domain, site))?;
    Some(format!("https://www.{site}"))
}

/// Returns the base URL in a region: `https://jp.terabox.com` for `jp`. `None` if the prefix is no label of a
/// host, or the base has no name to put it before.
pub(crate) fn in_region(base: &str, prefix: &str) -> Option<String> {
    let mut url = Url::parse(base).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    if !is_label(prefix) {
        return None;
    }
    let host = format!("{prefix}.{}", site_of(host));
    url.set_host(Some(&host)).ok()?;
    Some(url.origin().ascii_serialization())
}

/// Returns the base URL that a redirect of the website's page leads to: a region of the same site, with the
/// same scheme and port. `None` if it leads elsewhere.
pub(crate) fn region_of_redirect(base: &str, location: &str) -> Option<String> {
    let from = Url::parse(base).ok()?;
    let to = from.join(location.trim()).ok()?;
    let (Some(Host::Domain(here)), Some(Host::Domain(there))) = (from.host(), to.host()) else {
        return None;
    };
    let is_plain = to.username().is_empty() && to.password().is_none();
    let same =
        to.scheme() == from.scheme() && to.port_or_known_default() == from.port_or_known_default();
    let site = site_of(here);
    let prefix = there.strip_suffix(site)?.strip_suffix('.')?;
    (is_plain && same && here != there && is_label(prefix))
        .then(|| to.origin().ascii_serialization())
}

/// Returns the base URL at which an upload host is located: `d.<site>` for the service's own sites, otherwise the
/// base itself.
pub(crate) fn upload_locator(base: &str) -> String {
    let at_own_site = || {
        let mut url = Url::parse(base).ok()?;
        let Some(Host::Domain(host)) = url.host() else {
            return None;
        };
        let site = SITES.iter().find(|site| is_below(host, site))?;
        url.set_host(Some(&format!("d.{site}"))).ok()?;
        Some(url.origin().ascii_serialization())
    };
    at_own_site().unwrap_or_else(|| base.to_owned())
}

/// Returns scheme, host and port of a host that the service names with or without a scheme; that of `base` is the
/// default. `None` if it is no host.
pub(crate) fn base_of(host: &str, base: &str) -> Option<String> {
    let host = host.trim().trim_start_matches('/');
    let text = match (host.contains("://"), base.split_once("://")) {
        (true, _) => host.to_owned(),
        (false, Some((scheme, _))) => format!("{scheme}://{host}"),
        (false, None) => format!("https://{host}"),
    };
    let url = Url::parse(&text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_plain && matches!(url.scheme(), "http" | "https") && url.has_host())
        .then(|| url.origin().ascii_serialization())
}

/// Returns true if a path is a sign-in page of the website.
pub(crate) fn is_login(location: &str) -> bool {
    let path = location.split(['?', '#']).next().unwrap_or(location);
    path.split('/')
        .any(|part| matches!(part, "login" | "outlogin" | "passport"))
}

/// Returns true if the session of `base` may be sent to `url`: the same site, and never from https to http.
pub(crate) fn may_see_session(base: &str, url: &str) -> bool {
    let (Ok(base), Ok(url)) = (Url::parse(base), Url::parse(url)) else {
        return false;
    };
    if base.scheme() == "https" && url.scheme() != "https" {
        return false;
    }
    match (base.host(), url.host()) {
        (Some(Host::Domain(home)), Some(Host::Domain(there))) => is_below(there, site_of(home)),
        (Some(home), Some(there)) => home == there,
        _ => false,
    }
}

/// Returns the name below which a session of `host` is valid.
fn site_of(host: &str) -> &str {
    let own = SITES.iter().find(|site| is_below(host, site));
    own.copied()
        .unwrap_or_else(|| host.strip_prefix("www.").unwrap_or(host))
}

fn is_below(host: &str, site: &str) -> bool {
    host.strip_suffix(site)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_stays_below_the_name_of_the_site() {
        for (base, prefix, expected) in [
            (
                "https://1024terabox.com",
                "jp",
                Some("https://jp.1024terabox.com"),
            ),
            (
                "https://www.terabox.com",
                "jp",
                Some("https://jp.terabox.com"),
            ),
            (
                "https://dm.terabox.com",
                "jp",
                Some("https://jp.terabox.com"),
            ),
            ("http://localhost:81", "jp", Some("http://jp.localhost:81")),
            (
                "https://films.example.co.uk",
                "jp",
                Some("https://jp.films.example.co.uk"),
            ),
            ("http://127.0.0.1:81", "jp", None),
            ("https://terabox.com", "evil.example/", None),
            ("https://terabox.com", "a.b", None),
            ("https://terabox.com", "-jp", None),
            ("https://terabox.com", "", None),
        ] {
            assert_eq!(
                in_region(base, prefix).as_deref(),
                expected,
                "{base} {prefix}"
            );
        }
    }

    #[test]
    fn a_redirect_is_followed_within_the_site_alone() {
        let base = "https://www.terabox.com";
        for (location, expected) in [
            (
                "https://jp.terabox.com/main",
                Some("https://jp.terabox.com"),
            ),
            ("//dm.terabox.com/main", Some("https://dm.terabox.com")),
            ("https://www.terabox.com/main?again", None),
            ("/login", None),
            ("http://jp.terabox.com/main", None),
            ("https://jp.terabox.com:444/", None),
            ("https://jp.terabox.com.evil.example/", None),
            ("https://evilterabox.com/", None),
            ("https://a@jp.terabox.com/", None),
            ("https://a.b.terabox.com/", None),
        ] {
            assert_eq!(
                region_of_redirect(base, location).as_deref(),
                expected,
                "{location}"
            );
        }
        assert!(is_login("/login?redirect=main") && is_login("https://h/wap/outlogin/login"));
        assert!(!is_login("/main?from=login"));
    }

    #[test]
    fn upload_hosts_are_located_and_named() {
        for (base, expected) in [
            ("https://www.terabox.com", "https://d.terabox.com"),
            ("https://jp.1024terabox.com", "https://d.1024terabox.com"),
            ("http://127.0.0.1:81", "http://127.0.0.1:81"),
            ("http://localhost:81", "http://localhost:81"),
        ] {
            assert_eq!(upload_locator(base), expected);
        }
        let base = "http://127.0.0.1:81";
        for (host, expected) in [
            ("127.0.0.1:82", Some("http://127.0.0.1:82")),
            (
                "https://c-jp.terabox.com/",
                Some("https://c-jp.terabox.com"),
            ),
            ("//c-jp.terabox.com", Some("http://c-jp.terabox.com")),
            ("", None),
            ("ftp://x", None),
            ("a@b", None),
        ] {
            assert_eq!(base_of(host, base).as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn the_session_goes_to_its_own_site() {
        let cases = [
            (
                "https://www.terabox.com",
                "https://d.terabox.com/file/x",
                true,
            ),
            ("https://jp.terabox.com", "https://terabox.com/", true),
            (
                "https://www.terabox.com",
                "http://d.terabox.com/file/x",
                false,
            ),
            (
                "https://www.terabox.com",
                "https://d.1024tera.com/file/x",
                false,
            ),
            (
                "https://www.terabox.com",
                "https://d.terabox.com.evil.example/",
                false,
            ),
            ("https://www.terabox.com", "https://xterabox.com/", false),
            (
                "https://films.example.co.uk",
                "https://other.example.co.uk/",
                false,
            ),
            ("http://127.0.0.1:81", "http://127.0.0.1:82/file/x", true),
            ("http://127.0.0.1:81", "http://127.0.0.2:81/", false),
            ("http://localhost:81", "http://127.0.0.1:81/", false),
            ("nonsense", "https://d.terabox.com/", false),
        ];
        for (base, address, expected) in cases {
            assert_eq!(may_see_session(base, address), expected, "{base} {address}");
        }
        assert_eq!(
            website("jp.terabox.com").as_deref(),
            Some("https://www.terabox.com")
        );
        assert_eq!(website("example.org"), None);
    }
}
