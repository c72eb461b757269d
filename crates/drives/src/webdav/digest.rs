//! Digest authentication (RFC 7616): MD5 and SHA-256, `qop=auth`.
//!
//! It is used if a server offers nothing else. A challenge serves for many requests, each with its own count.

use std::sync::Mutex;
use std::sync::PoisonError;

use data_encoding::HEXLOWER;
use http::Method;
use md5::{Digest as _, Md5};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The challenge in force.
#[derive(Default)]
pub(super) struct DigestState(Mutex<Option<Challenge>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    has_qop: bool,
    /// Requests that were made with this nonce.
    count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Md5,
    Sha256,
}

impl DigestState {
    /// Takes the challenge of a `WWW-Authenticate` header. Returns false if it is none that can be answered.
    pub(super) fn accept(&self, header: &str) -> bool {
        let challenge = Challenge::parse(header);
        let is_some = challenge.is_some();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = challenge;
        is_some
    }

    /// Returns the value of `Authorization` for a request; `None` before there was a challenge. `target` is path and
    /// query.
    pub(super) fn authorization(
        &self,
        method: &Method,
        target: &str,
        (user, password): (&str, &SecretString),
        cnonce: &str,
    ) -> Option<String> {
        let mut challenge = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let challenge = challenge.as_mut()?;
        challenge.count += 1;
        Some(challenge.answer(method, target, (user, password), cnonce))
    }
}

impl Challenge {
    fn parse(header: &str) -> Option<Self> {
        let rest = header.trim_start();
        let (scheme, rest) = rest.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let pairs = pairs(rest);
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        let algorithm = match value("algorithm").as_deref() {
            None => Algorithm::Md5,
            Some(name) if name.eq_ignore_ascii_case("md5") => Algorithm::Md5,
            Some(name) if name.eq_ignore_ascii_case("sha-256") => Algorithm::Sha256,
            Some(_) => return None,
        };
        let qop = value("qop");
        let has_auth = |qop: &String| qop.split(',').any(|it| it.trim() == "auth");
        if qop.as_ref().is_some_and(|qop| !has_auth(qop)) {
            return None;
        }
        Some(Challenge {
            realm: value("realm")?,
            nonce: value("nonce")?,
            opaque: value("opaque"),
            algorithm,
            has_qop: qop.is_some(),
            count: 0,
        })
    }

    fn answer(
        &self,
        method: &Method,
        target: &str,
        (user, password): (&str, &SecretString),
        cnonce: &str,
    ) -> String {
        let Challenge { realm, nonce, .. } = self;
        let password = password.expose_secret();
        let secret = self.hash(&format!("{user}:{realm}:{password}"));
        let request = self.hash(&format!("{method}:{target}"));
        let count = format!("{:08x}", self.count);
        let response = match self.has_qop {
            true => self.hash(&format!("{secret}:{nonce}:{count}:{cnonce}:auth:{request}")),
            false => self.hash(&format!("{secret}:{nonce}:{request}")),
        };
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let mut header = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{target}\", response=\"{response}\"",
            quoted(user),
            quoted(realm),
            quoted(nonce),
        );
        header.push_str(match self.algorithm {
            Algorithm::Md5 => ", algorithm=MD5",
            Algorithm::Sha256 => ", algorithm=SHA-256",
        });
        if self.has_qop {
            header.push_str(&format!(", qop=auth, nc={count}, cnonce=\"{cnonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            header.push_str(&format!(", opaque=\"{}\"", quoted(opaque)));
        }
        header
    }

    fn hash(&self, text: &str) -> String {
        match self.algorithm {
            Algorithm::Md5 => HEXLOWER.encode(&Md5::digest(text)),
            Algorithm::Sha256 => HEXLOWER.encode(&Sha256::digest(text)),
        }
    }
}

/// Splits `a=b, c="d, \"e\""` into its pairs.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',']);
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        pairs.push((key.trim().to_owned(), value));
        rest = left.trim_start_matches([' ', ',']);
    }
    pairs
}

/// Reads a quoted text up to its end; returns it and what follows.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 §3.9.1.
    #[test]
    fn the_example_of_the_rfc() {
        let challenge = |algorithm: &str| {
            format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            )
        };
        let password = SecretString::from("Circle of Life");
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let state = DigestState::default();
            assert!(state.accept(&challenge(algorithm)));
            let header = state
                .authorization(
                    &Method::GET,
                    "/dir/index.html",
                    ("Mufasa", &password),
                    "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                )
                .unwrap();
            assert!(
                header.contains(&format!("response=\"{response}\"")),
                "{header}"
            );
            assert!(header.contains("nc=00000001"), "{header}");
        }
    }

    #[test]
    fn challenges_that_cannot_be_answered_are_refused() {
        let state = DigestState::default();
        for header in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"n\", algorithm=SHA-512-256",
            "Digest realm=\"x\", nonce=\"n\", qop=\"auth-int\"",
            "",
        ] {
            assert!(!state.accept(header), "{header}");
        }
        assert!(state.accept("digest realm=\"a\\\"b\",nonce=n"));
        let secret = SecretString::from("p");
        let header = state.authorization(&Method::GET, "/", ("u", &secret), "c");
        assert!(header.unwrap().contains("realm=\"a\\\"b\""));
    }
}
