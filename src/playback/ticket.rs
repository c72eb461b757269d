//! The signed part of a play address that lets a player in without a login.
//!
//! ```text
//! base64url( version:1  flags:1  [key:1]  id:8  [ends_at:8, seconds since 1970]  scope: UTF-8   mac:16 )
//!
//! version   1
//! flags     bit 0: ends_at is there
//!           bit 1: whoever browses is to find the stream of a film, not the file
//!           bit 2: key is there; without it, the ticket is signed with key 0
//! key       the number of the key that it is signed with
//! scope     "" for everything, "films" for a place, "films/Season 1" for a path below one
//! mac       the first 128 bits of HMAC-SHA-256 over all that stands before
//! ```
//!
//! A ticket is checked without asking the state: the keys and the ids of tickets that were withdrawn are
//! in memory ([`TicketSigner`]). It is compared in constant time, and nothing in it says who or where the
//! upstream is.

mod signer;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

use media::{EntryPath, Place};

pub use signer::{OWNER, TicketSigner, TicketSignerState};

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

    /// As it stands in a ticket: empty, `films`, or `films/Season 1`.
    pub fn to_text(&self) -> String {
        match self {
            Scope::Everything => String::new(),
            Scope::Within(place, path) if path.is_root() => place.to_string(),
            Scope::Within(place, path) => format!("{place}{path}"),
        }
    }

    /// Reads what [`Scope::to_text`] wrote.
    pub fn from_text(text: &str) -> Option<Self> {
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

/// Names one ticket in lists, also among those that were withdrawn. Random.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId(pub [u8; 8]);

impl TicketId {
    /// A new one.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut id = [0u8; 8];
        getrandom::fill(&mut id)?;
        Ok(TicketId(id))
    }

    /// Reads sixteen hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(TicketId(bytes.try_into().ok()?))
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A ticket whose signature was found good, or one about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Names the ticket in lists.
    pub id: TicketId,
    /// What it covers.
    pub scope: Scope,
    /// When it ends; `None` for never. Whole seconds.
    pub ends_at: Option<SystemTime>,
    /// Whether listings name the HLS stream of a film instead of the file.
    pub prefers_hls: bool,
    /// The number of the key that it was signed with; set when it is signed.
    pub key: u8,
}

impl Ticket {
    /// A ticket that never ends.
    pub fn new(id: TicketId, scope: Scope) -> Self {
        Ticket {
            id,
            scope,
            ends_at: None,
            prefers_hls: false,
            key: 0,
        }
    }

    /// The same with an end.
    pub fn until(self, ends_at: Option<SystemTime>) -> Self {
        Ticket { ends_at, ..self }
    }

    /// All that is signed.
    fn write(&self) -> Vec<u8> {
        let mut flags = 0;
        for (flag, is_set) in [
            (HAS_END, self.ends_at.is_some()),
            (PREFERS_HLS, self.prefers_hls),
            (HAS_KEY, self.key != 0),
        ] {
            flags |= if is_set { flag } else { 0 };
        }
        let mut bytes = vec![VERSION, flags];
        if self.key != 0 {
            bytes.push(self.key);
        }
        bytes.extend_from_slice(&self.id.0);
        if let Some(ends_at) = self.ends_at {
            let seconds = ends_at
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs();
            bytes.extend_from_slice(&seconds.to_be_bytes());
        }
        bytes.extend_from_slice(self.scope.to_text().as_bytes());
        bytes
    }

    /// Reads what [`Ticket::write`] wrote.
    fn read(signed: &[u8]) -> Option<Self> {
        let (&[version, flags], rest) = signed.split_first_chunk::<2>()?;
        if version != VERSION || flags & !(HAS_END | PREFERS_HLS | HAS_KEY) != 0 {
            return None;
        }
        let (key, rest) = match rest.split_first() {
            // Key 0 is not written: each ticket has one text.
            Some((&key, rest)) if flags & HAS_KEY != 0 && key != 0 => (key, rest),
            _ if flags & HAS_KEY == 0 => (0, rest),
            _ => return None,
        };
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
        Some(Ticket {
            id: TicketId(id),
            scope: Scope::from_text(std::str::from_utf8(scope).ok()?)?,
            ends_at,
            prefers_hls: flags & PREFERS_HLS != 0,
            key,
        })
    }
}

/// Why a text is not a valid ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Not a ticket of ours, or altered, or signed with a key that was retired.
    #[error("the ticket is not valid")]
    Invalid,
    /// It was valid once.
    #[error("the ticket has ended")]
    Ended,
    /// The owner has withdrawn it.
    #[error("the ticket was withdrawn")]
    Revoked,
}

const VERSION: u8 = 1;
const HAS_END: u8 = 1;
const PREFERS_HLS: u8 = 2;
const HAS_KEY: u8 = 4;
const MAC_BYTES: usize = 16;
/// A path of 4,096 bytes with everything around it, encoded.
const LONGEST: usize = 6 * 1024;

/// A key, ready to sign.
type SigningKey = Hmac<Sha256>;

fn signing_key(key: &[u8; 32]) -> SigningKey {
    // HMAC fills a short key up with zeros (RFC 2104 §2); doing so here spares a length check.
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests;
