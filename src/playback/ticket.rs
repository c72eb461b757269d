//! The signed part of a play address that lets a player in without a login.
//!
//! ```text
//! base64url( version:1  flags:1  id:8  [ends_at:8, seconds since 1970]  scope: UTF-8   mac:16 )
//!
//! version   1
//! flags     bit 0: ends_at is there
//! scope     "" for everything, "films" for a place, "films/Season 1" for a path below one
//! mac       the first 128 bits of HMAC-SHA-256 over all that stands before
//! ```
//!
//! A ticket is checked without looking anything up; its id is what a list of revoked tickets would
//! name. It is compared in constant time, and nothing in it says who or where the upstream is.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::media::{EntryPath, Place};

/// What a ticket covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every place there is and will be.
    Everything,
    /// One place, or an entry of it and all below.
    Within(Place, EntryPath),
}

impl Scope {
    /// Whether an entry lies within.
    pub fn covers(&self, place: &Place, path: &EntryPath) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Within(own, root) => own == place && path.is_within(root),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Scope::Everything => String::new(),
            Scope::Within(place, path) if path.is_root() => place.to_string(),
            Scope::Within(place, path) => format!("{place}{path}"),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Scope::Everything);
        }
        let (place, path) = text.split_once('/').unwrap_or((text, ""));
        Some(Scope::Within(
            Place::parse(place).ok()?,
            EntryPath::parse(path).ok()?,
        ))
    }
}

/// A ticket whose signature was found good, or one about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names the ticket in lists.
    pub id: [u8; 8],
    /// What it covers.
    pub scope: Scope,
    /// When it ends; `None` for never. Whole seconds.
    pub ends_at: Option<SystemTime>,
}

/// Why a text is not a valid ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Not a ticket of ours, or altered.
    #[error("the ticket is not valid")]
    Invalid,
    /// It was valid once.
    #[error("the ticket has ended")]
    Ended,
}

/// Signs tickets and checks them.
#[derive(Clone)]
pub struct TicketOffice {
    mac: Hmac<Sha256>,
}

impl fmt::Debug for TicketOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketOffice(…)")
    }
}

const VERSION: u8 = 1;
const HAS_END: u8 = 1;
const MAC_BYTES: usize = 16;
/// A path of 4,096 bytes with everything around it, encoded.
const LONGEST: usize = 6 * 1024;

impl TicketOffice {
    /// An office that signs with `key`.
    pub fn new(key: &[u8; 32]) -> Self {
        // HMAC fills a short key up with zeros (RFC 2104 §2); doing so here spares a length check.
        let mut block = [0u8; 64];
        block[..32].copy_from_slice(key);
        TicketOffice {
            mac: Hmac::new(&block.into()),
        }
    }

    /// The owner's own ticket: everything, for ever, and the same text each time, so that the
    /// addresses a player keeps stay good.
    pub fn owner(&self) -> String {
        self.sign(&Ticket {
            id: *b"owner\0\0\0",
            scope: Scope::Everything,
            ends_at: None,
        })
    }

    /// The text of a ticket, as it stands in addresses.
    pub fn sign(&self, ticket: &Ticket) -> String {
        let mut bytes = vec![VERSION, if ticket.ends_at.is_some() { HAS_END } else { 0 }];
        bytes.extend_from_slice(&ticket.id);
        if let Some(ends_at) = ticket.ends_at {
            let seconds = ends_at
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs();
            bytes.extend_from_slice(&seconds.to_be_bytes());
        }
        bytes.extend_from_slice(ticket.scope.to_text().as_bytes());
        let mac = self
            .mac
            .clone()
            .chain_update(&bytes)
            .finalize()
            .into_bytes();
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// The ticket behind a text, if it is ours and has not ended at `now`.
    pub fn verify(&self, text: &str, now: SystemTime) -> Result<Ticket, TicketError> {
        if text.len() > LONGEST {
            return Err(TicketError::Invalid);
        }
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| TicketError::Invalid)?;
        let (signed, mac) = bytes
            .split_last_chunk::<MAC_BYTES>()
            .ok_or(TicketError::Invalid)?;
        self.mac
            .clone()
            .chain_update(signed)
            .verify_truncated_left(mac)
            .map_err(|_| TicketError::Invalid)?;
        let ticket = Self::read(signed).ok_or(TicketError::Invalid)?;
        match ticket.ends_at {
            Some(ends_at) if ends_at <= now => Err(TicketError::Ended),
            _ => Ok(ticket),
        }
    }

    fn read(signed: &[u8]) -> Option<Ticket> {
        let (&[version, flags], rest) = signed.split_first_chunk::<2>()?;
        if version != VERSION || flags & !HAS_END != 0 {
            return None;
        }
        let (&id, rest) = rest.split_first_chunk::<8>()?;
        let (ends_at, scope) = if flags & HAS_END == 0 {
            (None, rest)
        } else {
            let (seconds, rest) = rest.split_first_chunk::<8>()?;
            (
                Some(UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_be_bytes(*seconds)))?),
                rest,
            )
        };
        let scope = Scope::from_text(std::str::from_utf8(scope).ok()?)?;
        Some(Ticket { id, scope, ends_at })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn office() -> TicketOffice {
        TicketOffice::new(&[7; 32])
    }

    fn within(place: &str, path: &str) -> Scope {
        Scope::Within(
            Place::parse(place).unwrap(),
            EntryPath::parse(path).unwrap(),
        )
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_ticket_is_read_as_it_was_signed_until_it_ends() {
        let scopes = [
            Scope::Everything,
            within("films", "/"),
            within("films", "/映画 🌊/a?b#c.mp4"),
            within("~1abc", "/x"),
        ];
        for scope in scopes {
            for ends_at in [None, Some(at(2_000))] {
                let ticket = Ticket {
                    id: [9; 8],
                    scope: scope.clone(),
                    ends_at,
                };
                let text = office().sign(&ticket);
                assert!(
                    text.bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
                    "{text}"
                );
                assert_eq!(office().verify(&text, at(1_999)), Ok(ticket));
                let later = office().verify(&text, at(2_000));
                assert_eq!(later.is_ok(), ends_at.is_none());
                assert_eq!(
                    TicketOffice::new(&[8; 32]).verify(&text, at(0)),
                    Err(TicketError::Invalid)
                );
            }
        }
        assert_eq!(office().owner(), office().owner());
    }

    #[test]
    fn a_scope_covers_what_lies_below_and_nothing_beside() {
        let film = |place: &str, path: &str| {
            (
                Place::parse(place).unwrap(),
                EntryPath::parse(path).unwrap(),
            )
        };
        let cases = [
            (Scope::Everything, "films", "/a", true),
            (within("films", "/"), "films", "/a/b", true),
            (within("films", "/"), "nas", "/a/b", false),
            (within("films", "/a"), "films", "/a", true),
            (within("films", "/a"), "films", "/a/b", true),
            (within("films", "/a"), "films", "/ab", false),
            (within("films", "/a"), "films", "/", false),
        ];
        for (scope, place, path, covered) in cases {
            let (place, path) = film(place, path);
            assert_eq!(scope.covers(&place, &path), covered, "{scope:?} {path}");
        }
    }

    proptest! {
        #[test]
        fn an_altered_ticket_is_never_valid(byte in 0usize..60, flip in 1u8..=255) {
            let text = office().sign(&Ticket { id: [1; 8], scope: within("films", "/a film.mp4"), ends_at: Some(at(9_000)) });
            let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
            let byte = byte % bytes.len();
            bytes[byte] ^= flip;
            let altered = BASE64URL_NOPAD.encode(&bytes);
            prop_assert_eq!(office().verify(&altered, at(0)), Err(TicketError::Invalid));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            prop_assert!(office().verify(&text, at(0)).is_err());
        }
    }
}
