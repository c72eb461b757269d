//! The cookie of a web session as people paste it: its bare value, a `Cookie:` or `Set-Cookie:` header, a
//! copied curl command, a row of the browser's own table, or an exported file (`cookies.txt` of Netscape's
//! form, JSON).
//!
//! Parsing is pure. Cookies other than `ndus` are kept if they are of the same site: the website sends them to
//! its own pages, too. Values are secrets and never print.

pub(crate) mod formats;
pub(crate) mod hosts;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::formats::{FoundCookie, SESSION, all, is_name, is_value};
use self::hosts::website;

/// Maximum size of a paste; a longer text is no cookie.
const MAX_PASTE_BYTES: usize = 512 * 1024;
/// Maximum number of cookies that are kept, and of bytes of all of them.
const MAX_COOKIES: usize = 40;
const MAX_COOKIE_BYTES: usize = 6 * 1024;

/// A session's cookies, parsed from a paste.
#[derive(Clone)]
pub struct WebCookie {
    pairs: Vec<(String, SecretString)>,
    /// Expiry of `ndus` in seconds since 1970, if the paste states it.
    pub(crate) ends_at: Option<i64>,
    /// Site that issued the cookie (`terabox.com`), if the paste states it.
    pub(crate) domain: Option<String>,
}

/// Reasons why a paste is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCookie {
    #[error(
        "holds no cookie called ndus; copy the value of ndus, the Cookie header, or an exported cookies.txt or JSON"
    )]
    NotThere,
    #[error(
        "holds an ndus that has ended already; sign in to the website again and copy the new one"
    )]
    Ended,
    #[error("is too long for a cookie")]
    TooLong,
}

impl WebCookie {
    /// Parses a paste, at `now` in seconds since 1970.
    ///
    /// # Errors
    /// If the paste holds no session, or one that has expired by its own date.
    pub fn read(paste: &str, now: i64) -> Result<Self, NoCookie> {
        if paste.len() > MAX_PASTE_BYTES {
            return Err(NoCookie::TooLong);
        }
        let found = all(paste.trim_start_matches('\u{feff}').trim());
        // A browser may have several sessions: one of the service's own sites comes first, then the youngest.
        let is_known = |cookie: &FoundCookie| {
            cookie
                .domain
                .as_deref()
                .is_some_and(|name| website(name).is_some())
        };
        let session = found
            .iter()
            .filter(|cookie| cookie.name == SESSION && is_value(&cookie.value))
            .max_by_key(|cookie| (is_known(cookie), cookie.ends_at))
            .ok_or(NoCookie::NotThere)?;
        if session.ends_at.is_some_and(|end| end <= now) {
            return Err(NoCookie::Ended);
        }
        let mut pairs = vec![(
            SESSION.to_owned(),
            SecretString::from(session.value.as_str()),
        )];
        let mut bytes = session.value.len();
        for cookie in &found {
            let is_of_the_site = match (&cookie.domain, &session.domain) {
                (Some(other), Some(site)) => is_same_site(other, site),
                (None, None) => true,
                _ => false,
            };
            let lives = cookie.ends_at.is_none_or(|end| end > now);
            let is_new = !pairs.iter().any(|(name, _)| *name == cookie.name);
            bytes += cookie.name.len() + cookie.value.len();
            if is_of_the_site
                && lives
                && is_new
                && is_name(&cookie.name)
                && is_value(&cookie.value)
                && pairs.len() < MAX_COOKIES
                && bytes <= MAX_COOKIE_BYTES
            {
                pairs.push((cookie.name.clone(), cookie.value.as_str().into()));
            }
        }
        Ok(WebCookie {
            pairs,
            ends_at: session.ends_at,
            domain: session.domain.clone(),
        })
    }

    /// Returns the `Cookie` header. Cookies of `more` are appended unless the paste has them already.
    pub(crate) fn header(&self, more: &[(String, SecretString)]) -> String {
        let has = |name: &str| self.pairs.iter().any(|(known, _)| known == name);
        let more = more.iter().filter(|(name, _)| !has(name));
        let all = self.pairs.iter().chain(more);
        all.map(|(name, value)| format!("{name}={}", value.expose_secret()))
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Returns a paste that holds the same session and nothing else, such as cookies of other sites in an
    /// exported file.
    pub fn reduced(&self) -> SecretString {
        let cookies = self.pairs.iter().map(|(name, value)| {
            serde_json::json!({
                "name": name,
                "value": value.expose_secret(),
                "domain": self.domain,
                "expirationDate": self.ends_at.filter(|_| name == SESSION),
            })
        });
        Value::Array(cookies.collect()).to_string().into()
    }

    pub(crate) fn pairs(&self) -> &[(String, SecretString)] {
        &self.pairs
    }

    /// Rebuilds the cookies from their stored form.
    pub(crate) fn kept(
        pairs: Vec<(String, SecretString)>,
        ends_at: Option<i64>,
        domain: Option<String>,
    ) -> Option<Self> {
        let is_one = pairs.first().is_some_and(|(name, _)| name == SESSION);
        is_one.then_some(WebCookie {
            pairs,
            ends_at,
            domain,
        })
    }

    /// Returns a name for the session that does not reveal it.
    pub(crate) fn fingerprint(&self) -> String {
        let value = self
            .pairs
            .first()
            .map_or("", |(_, value)| value.expose_secret());
        data_encoding::HEXLOWER.encode(&Sha256::digest(value))
    }
}

impl fmt::Debug for WebCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebCookie(…)")
    }
}

fn is_same_site(a: &str, b: &str) -> bool {
    let below = |name: &str, site: &str| {
        name.strip_suffix(site)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    below(a, b) || below(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const VALUE: &str = "Y1aBc-DEf_0123456789";

    #[test]
    fn a_session_in_every_form_that_people_paste() {
        let txt = format!(
            "# Netscape HTTP Cookie File\n\n.example.org\tTRUE\t/\tTRUE\t1900000000\tndus\tother\n\
             #HttpOnly_.terabox.com\tTRUE\t/\tTRUE\t1831536000\tndus\t{VALUE}\n\
             .terabox.com\tTRUE\t/\tFALSE\t0\tbrowserid\tb1\n.example.org\tTRUE\t/\tFALSE\t0\tlang\ten\n"
        );
        let json = format!(
            r#"[{{"domain":".terabox.com","expirationDate":1831536000.5,"name":"ndus","value":"{VALUE}"}},
                {{"domain":"www.terabox.com","name":"browserid","value":"b1","session":true}},
                {{"domain":".example.org","name":"lang","value":"en"}}]"#
        );
        let state = format!(r#"{{"cookies":{json},"origins":[]}}"#);
        let with = format!("ndus={VALUE}; browserid=b1");
        let end = Some(1_831_536_000);
        let site = Some("terabox.com");
        let cases: Vec<(String, &str, Option<i64>, Option<&str>)> = vec![
            (VALUE.to_owned(), "", None, None),
            (format!("  \"{VALUE}\"\n"), "", None, None),
            (format!("{VALUE}=="), "==", None, None),
            (format!("ndus={VALUE}"), "", None, None),
            (
                format!("Cookie: lang=en; {with}"),
                "; lang=en; browserid=b1",
                None,
                None,
            ),
            (
                format!("GET /main HTTP/1.1\ncookie: {with}\naccept: */*"),
                "; browserid=b1",
                None,
                None,
            ),
            (
                format!(
                    "curl 'https://www.terabox.com/main' \\\n  -H 'accept: */*' \\\n  -b '{with}' \\\n  --compressed"
                ),
                "; browserid=b1",
                None,
                None,
            ),
            (
                format!("curl 'https://www.terabox.com/main' -H 'Cookie: {with}' -H 'accept: */*'"),
                "; browserid=b1",
                None,
                None,
            ),
            (
                format!(
                    "Set-Cookie: ndus={VALUE}; expires=Thu, 15-Jan-2028 08:00:00 GMT; path=/; domain=.terabox.com; HttpOnly"
                ),
                "",
                end,
                site,
            ),
            (
                format!(
                    "ndus\t{VALUE}\t.terabox.com\t/\t2028-01-15T08:00:00.000Z\t44\t✓\nbrowserid\tb1\t.terabox.com\t/\tSession\t9"
                ),
                "; browserid=b1",
                end,
                site,
            ),
            (txt.replace('\n', "\r\n"), "; browserid=b1", end, site),
            (txt, "; browserid=b1", end, site),
            (json, "; browserid=b1", end, site),
            (state, "; browserid=b1", end, site),
            (
                format!(r#"{{"browserid":"b1","ndus":"{VALUE}"}}"#),
                "; browserid=b1",
                None,
                None,
            ),
        ];
        for (paste, more, end, site) in cases {
            let read =
                WebCookie::read(&paste, NOW).unwrap_or_else(|error| panic!("{paste}: {error}"));
            assert_eq!(read.header(&[]), format!("ndus={VALUE}{more}"), "{paste}");
            assert_eq!(
                (read.ends_at, read.domain.as_deref()),
                (end, site),
                "{paste}"
            );
            assert_eq!(format!("{read:?}"), "WebCookie(…)");
            let again = WebCookie::read(read.reduced().expose_secret(), NOW).unwrap();
            assert_eq!(again.header(&[]), read.header(&[]));
            assert_eq!((again.ends_at, again.domain), (read.ends_at, read.domain));
        }
    }

    #[test]
    fn what_is_no_session_is_told_from_one_that_has_ended() {
        for (paste, why) in [
            ("", NoCookie::NotThere),
            ("short", NoCookie::NotThere),
            ("a sentence about cookies", NoCookie::NotThere),
            ("browserid=b1; lang=en", NoCookie::NotThere),
            ("PANWEB=1", NoCookie::NotThere),
            ("ndus=", NoCookie::NotThere),
            ("[]", NoCookie::NotThere),
            (
                r#"[{"name":"ndus","value":"a\r\nX: y"}]"#,
                NoCookie::NotThere,
            ),
            (
                r#"[{"name":"ndus","value":"abcdefgh","expirationDate":1700000000}]"#,
                NoCookie::Ended,
            ),
        ] {
            assert_eq!(WebCookie::read(paste, NOW).unwrap_err(), why, "{paste}");
        }
        let long = "x".repeat(MAX_PASTE_BYTES + 1);
        assert_eq!(WebCookie::read(&long, NOW).unwrap_err(), NoCookie::TooLong);
    }

    #[test]
    fn what_the_website_adds_does_not_replace_what_was_pasted() {
        let read = WebCookie::read("ndus=abcdefgh; browserid=mine", NOW).unwrap();
        let more = [("browserid", "theirs"), ("lang", "en")]
            .map(|(name, value)| (name.to_owned(), SecretString::from(value)));
        assert_eq!(read.header(&more), "ndus=abcdefgh; browserid=mine; lang=en");
    }
}
