//! Signed URLs of the media hosts.
//!
//! A URL contains `sign=`, an HMAC over its raw path and query without the sign. An exact check compares bytes: a URL that
//! was decoded and encoded again in another spelling is refused, as the real hosts refuse that of a segment. Otherwise
//! only the values of other URLs count, since HTTP libraries of maintained clients spell them anew.
//! `dp-logid` numbers all URLs in the order of issue (microseconds since the epoch), so that all URLs issued so far can
//! be expired at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;

use super::download_sign::DownloadSeed;

/// Characters that a query value keeps: the unreserved ones (RFC 3986, section 2.3).
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes a query value.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, QUERY_VALUE).to_string()
}

/// Returns the time in seconds since the epoch.
pub fn now_s() -> i64 {
    (now_us() / 1_000_000) as i64
}

/// Returns the time in microseconds since the epoch.
pub fn now_us() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_micros() as u64)
}

/// Spelling of a sign in its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `%3D`: download links.
    Once,
    /// `%3d`: thumbnails, whose sign does not cover `size`.
    Lower,
    /// `%253D`: segments.
    Twice,
}

/// Reason why a URL is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignError {
    /// 31362: altered.
    Sign,
    /// 31360: too old.
    Expired,
}

/// Signs URLs and checks them.
#[derive(Debug)]
pub struct Signer {
    key: [u8; 32],
    exact: bool,
    last: AtomicU64,
    dead_before: AtomicU64,
}

impl Signer {
    /// Returns a signer with a random key. Without `exact`, only segments must have the spelling that was issued.
    pub fn new(exact: bool) -> Self {
        let mut key = [7; 32];
        // Without randomness the fixed key remains; it protects nothing.
        let _ = getrandom::fill(&mut key);
        Self {
            key,
            exact,
            last: AtomicU64::new(0),
            dead_before: AtomicU64::new(0),
        }
    }

    /// Returns the next `dp-logid`.
    pub fn next_id(&self) -> u64 {
        let now = now_us();
        let last = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
                Some(now.max(last + 1))
            });
        now.max(last.unwrap_or(0) + 1)
    }

    /// Expires all URLs issued so far.
    pub fn expire_all(&self) {
        self.dead_before.store(self.next_id(), Ordering::SeqCst);
    }

    /// Returns `{before}&sign=…{after}`, where `before` is the path and the first part of the query.
    pub fn seal(&self, before: &str, after: &str, spelling: Spelling, bound_to: &str) -> String {
        let sign = self.sign(before, after, spelling, bound_to);
        format!("{before}&sign={sign}{after}")
    }

    /// Checks a raw path and query.
    ///
    /// # Errors
    /// [`SignError::Sign`] if the URL was not issued so, [`SignError::Expired`] after its lifetime.
    pub fn check(
        &self,
        path: &str,
        query: &str,
        spelling: Spelling,
        life: Duration,
        bound_to: &str,
    ) -> Result<(), SignError> {
        let query = match self.exact || spelling == Spelling::Twice {
            true => query.to_owned(),
            false => respelled(query, spelling),
        };
        let (head, rest) = query.split_once("&sign=").ok_or(SignError::Sign)?;
        let (given, after) = rest.split_at(rest.find('&').unwrap_or(rest.len()));
        let before = format!("{path}?{head}");
        if self.sign(&before, after, spelling, bound_to) != given {
            return Err(SignError::Sign);
        }
        let issued = raw_value(&query, "dp-logid")
            .and_then(|v| v.parse::<u64>().ok())
            .ok_or(SignError::Sign)?;
        let too_old = now_us() > issued.saturating_add(life.as_micros() as u64);
        if too_old || issued < self.dead_before.load(Ordering::SeqCst) {
            return Err(SignError::Expired);
        }
        Ok(())
    }

    /// Returns the two values that the website's downloads are signed with.
    pub fn download_seed(&self) -> DownloadSeed {
        let derived = |name: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
                .expect("an HMAC takes keys of any length");
            mac.update(name.as_bytes());
            HEXLOWER.encode(&mac.finalize().into_bytes())
        };
        DownloadSeed {
            sign1: derived("sign1")[..40].to_owned(),
            sign3: derived("sign3")[..32].to_owned(),
        }
    }

    fn sign(&self, before: &str, after: &str, spelling: Spelling, bound_to: &str) -> String {
        let after = if spelling == Spelling::Lower {
            without(after, "size")
        } else {
            after.to_owned()
        };
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("an HMAC takes keys of any length");
        for part in [before, "\n", &after, "\n", bound_to] {
            mac.update(part.as_bytes());
        }
        let code = format!(
            "FDTAER-DCb740ccc5511e5e8fedcff06b081203-{}",
            BASE64.encode(&mac.finalize().into_bytes()[..20])
        );
        match spelling {
            Spelling::Once => encode(&code),
            Spelling::Lower => encode(&code).replace("%3D", "%3d"),
            Spelling::Twice => encode(&encode(&code.replacen("FDTAER-DC", "BOUTHNF-F", 1))),
        }
    }
}

/// Returns a raw query in the spelling that was issued: values are decoded and encoded again.
fn respelled(query: &str, spelling: Spelling) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = encode(&percent_decode_str(value).decode_utf8_lossy());
            match name == "sign" && spelling == Spelling::Lower {
                true => format!("{name}={}", value.replace("%3D", "%3d")),
                false => format!("{name}={value}"),
            }
        })
        .collect();
    pairs.join("&")
}

/// Returns the value of a parameter of a raw query, not decoded. `None` if it is missing.
pub fn raw_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Returns a raw query without one parameter; a leading `&` stays.
pub fn without(query: &str, name: &str) -> String {
    let other = |pair: &&str| {
        pair.strip_prefix(name)
            .is_none_or(|rest| !rest.starts_with('='))
    };
    query.split('&').filter(other).collect::<Vec<_>>().join("&")
}

/// Formats a lifetime as the URLs write it: `8h`, `90s`.
pub fn lifetime(life: Duration) -> String {
    match life.as_secs() {
        0 => format!("{}ms", life.as_millis()),
        s if s % 3600 == 0 => format!("{}h", s / 3600),
        s => format!("{s}s"),
    }
}

/// Parses a lifetime of [`lifetime`]. `None` for another form.
pub fn parse_lifetime(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let count: u64 = text[..unit].parse().ok()?;
    match &text[unit..] {
        "h" => Some(Duration::from_secs(count.checked_mul(3600)?)),
        "s" => Some(Duration::from_secs(count)),
        "ms" => Some(Duration::from_millis(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn sealed(signer: &Signer, spelling: Spelling) -> (String, String) {
        let before = format!("/video/x_ts/abc?fn=a%20b&dp-logid={}", signer.next_id());
        let url = signer.seal(&before, "&size=c60_u60&by=sandbox", spelling, "ua");
        let (path, query) = url.split_once('?').unwrap();
        (path.to_owned(), query.to_owned())
    }

    #[test]
    fn a_url_is_valid_only_byte_for_byte() {
        let signer = Signer::new(true);
        for spelling in [Spelling::Once, Spelling::Lower, Spelling::Twice] {
            let (path, query) = sealed(&signer, spelling);
            assert_eq!(signer.check(&path, &query, spelling, DAY, "ua"), Ok(()));
            for altered in [
                query.replace("%20", "+"),
                query.replace("by=", "By="),
                query
                    .replace("%3D", "=")
                    .replace("%3d", "=")
                    .replace("%253D", "%3D"),
                query.replace("%3d", "%3D").replace("%3D", "%3d"),
                query.replace("%253D", "%253d"),
                query.replace("&sign=", "&sing="),
                format!("{query}&x=1"),
            ] {
                if altered != query {
                    assert_eq!(
                        signer.check(&path, &altered, spelling, DAY, "ua"),
                        Err(SignError::Sign),
                        "{altered}"
                    );
                }
            }
            assert_eq!(
                signer.check("/video/y_ts/abc", &query, spelling, DAY, "ua"),
                Err(SignError::Sign)
            );
            assert_eq!(
                signer.check(&path, &query, spelling, DAY, "another"),
                Err(SignError::Sign)
            );
        }
    }

    #[test]
    fn without_exactness_the_values_count_but_for_segments() {
        let signer = Signer::new(false);
        for spelling in [Spelling::Once, Spelling::Lower, Spelling::Twice] {
            let (path, query) = sealed(&signer, spelling);
            let anew = query
                .replace("%3D", "=")
                .replace("%3d", "=")
                .replace("%2F", "/");
            let anew = anew.replace("%253D", "%3D").replace("FDTAER-", "FDTAER%2D");
            let checked = |query: &str| signer.check(&path, query, spelling, DAY, "ua");
            let expected = match spelling {
                Spelling::Twice => Err(SignError::Sign),
                _ => Ok(()),
            };
            assert_eq!(checked(&anew), expected, "{anew}");
            assert_eq!(checked(&query), Ok(()));
            assert_eq!(
                checked(&query.replace("sandbox", "other")),
                Err(SignError::Sign)
            );
        }
    }

    #[test]
    fn only_a_thumbnail_may_change_its_size() {
        let signer = Signer::new(true);
        let (path, query) = sealed(&signer, Spelling::Lower);
        assert_eq!(
            signer.check(
                &path,
                &query.replace("c60_u60", "c850_u580"),
                Spelling::Lower,
                DAY,
                "ua"
            ),
            Ok(())
        );
        let (path, query) = sealed(&signer, Spelling::Once);
        assert_eq!(
            signer.check(
                &path,
                &query.replace("c60_u60", "c850_u580"),
                Spelling::Once,
                DAY,
                "ua"
            ),
            Err(SignError::Sign)
        );
    }

    #[test]
    fn urls_expire_by_age_and_all_at_once() {
        let signer = Signer::new(true);
        let (path, query) = sealed(&signer, Spelling::Once);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(
            signer.check(
                &path,
                &query,
                Spelling::Once,
                Duration::from_millis(1),
                "ua"
            ),
            Err(SignError::Expired)
        );
        signer.expire_all();
        assert_eq!(
            signer.check(&path, &query, Spelling::Once, DAY, "ua"),
            Err(SignError::Expired)
        );
        let (path, query) = sealed(&signer, Spelling::Once);
        assert_eq!(
            signer.check(&path, &query, Spelling::Once, DAY, "ua"),
            Ok(())
        );
    }

    #[test]
    fn lifetimes_read_back() {
        for (life, text) in [
            (Duration::from_secs(28_800), "8h"),
            (Duration::from_secs(90), "90s"),
            (Duration::from_millis(5), "5ms"),
        ] {
            assert_eq!(lifetime(life), text);
            assert_eq!(parse_lifetime(text), Some(life));
        }
        assert_eq!(parse_lifetime("8"), None);
        assert_eq!(parse_lifetime("8w"), None);
    }
}
