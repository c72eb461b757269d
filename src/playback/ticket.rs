//! Tickets: the signed part of a play URL, which authorises a player without a login.
//!
//! ```text
//! base64url( version:1  flags:1  [key:1]  id:8  [ends_at:8, seconds since 1970]  [viewer:8]  [limits:6]  [speed:4]  scope: UTF-8   mac:16 )
//!
//! version   1
//! flags     bit 0: ends_at is present
//!           bit 1: listings contain the HLS stream of a film, not the file
//!           bit 2: key is present; without it, the ticket is signed with key 0
//!           bit 3: viewer is present; without it, the ticket is the owner's, or a guest's
//!           bit 4: limits are present
//!           bit 5: streams alone, no originals
//!           bit 6: speed is present
//! key       the number of the signing key
//! viewer    the viewer whose history its plays belong to, and to whose places it is limited
//! limits    viewers at the same time:2, visits:4; zero for no limit
//! speed     bytes per second for all replies together
//! scope     "" for everything, "films" for a place, "films/Season 1" for a path below one; several of these on lines of
//!           their own
//! mac       the first 128 bits of HMAC-SHA-256 over all that stands before
//! ```
//!
//! A ticket is verified without reading the store: the keys and the ids of revoked tickets are in memory
//! ([`TicketSigner`]). The comparison takes constant time. A ticket does not contain anything of the upstream.

mod signer;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

use media::{EntryPath, Place, TicketLimits, ViewerId};

pub use signer::{OWNER, SignerState, TicketSigner};

/// The scope of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All places, including future ones.
    Everything,
    /// One place, or an entry of it and all below.
    Within(Place, EntryPath),
    /// Several of these, at least two.
    Several(Vec<(Place, EntryPath)>),
    /// Some places, to which a viewer is limited. Never part of a ticket's text.
    Places(Vec<Place>),
}

/// Maximum number of paths in one scope.
pub const MAX_SCOPE_PATHS: usize = 100;

impl Scope {
    /// Returns true if the scope includes an entry.
    pub fn covers(&self, place: &Place, path: &EntryPath) -> bool {
        match self {
            Scope::Everything => true,
            Scope::Within(own, root) => own == place && path.is_within(root),
            Scope::Several(all) => all
                .iter()
                .any(|(own, root)| own == place && path.is_within(root)),
            Scope::Places(places) => places.contains(place),
        }
    }

    /// Returns the part of the scope that is in one of these places.
    pub fn limited_to(self, places: &[Place]) -> Self {
        match self {
            Scope::Everything => Scope::Places(places.to_vec()),
            Scope::Within(place, path) if places.contains(&place) => Scope::Within(place, path),
            Scope::Within(..) => Scope::Places(Vec::new()),
            Scope::Several(mut all) => {
                all.retain(|(place, _)| places.contains(place));
                Scope::of_paths(all)
            }
            Scope::Places(own) => Scope::Places(
                own.into_iter()
                    .filter(|place| places.contains(place))
                    .collect(),
            ),
        }
    }

    /// Returns the scope of some paths; one that covers nothing for none.
    pub fn of_paths(mut paths: Vec<(Place, EntryPath)>) -> Self {
        match paths.len() {
            0 => Scope::Places(Vec::new()),
            1 => {
                let (place, path) = paths.remove(0);
                Scope::Within(place, path)
            }
            _ => Scope::Several(paths),
        }
    }

    /// Returns the text in a ticket: empty, `films`, or `films/Season 1`, or several such lines.
    pub fn to_text(&self) -> String {
        let line = |place: &Place, path: &EntryPath| match path.is_root() {
            true => place.to_string(),
            false => format!("{place}{path}"),
        };
        match self {
            Scope::Everything => String::new(),
            Scope::Within(place, path) => line(place, path),
            // No path contains a control character.
            Scope::Several(all) => {
                let lines: Vec<_> = all.iter().map(|(place, path)| line(place, path)).collect();
                lines.join("\n")
            }
            // No place begins with a comma, so this is not parsed as a scope.
            Scope::Places(places) => places.iter().map(|place| format!(",{place}")).collect(),
        }
    }

    /// Parses the text of [`Scope::to_text`]; `None` if it is malformed.
    pub fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Scope::Everything);
        }
        let within = |line: &str| {
            let (place, path) = line.split_once('/').unwrap_or((line, ""));
            Some((Place::parse(place).ok()?, EntryPath::parse(path).ok()?))
        };
        let paths: Option<Vec<_>> = text.split('\n').map(within).collect();
        paths
            .filter(|paths| paths.len() <= MAX_SCOPE_PATHS)
            .map(Scope::of_paths)
    }
}

/// Identifies a ticket in lists, including the list of revoked ones. Random.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId(pub [u8; 8]);

impl TicketId {
    /// Generates a new id.
    ///
    /// # Errors
    ///
    /// Fails if the system has no random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut id = [0u8; 8];
        getrandom::fill(&mut id)?;
        Ok(TicketId(id))
    }

    /// Parses sixteen hexadecimal digits in lower case; `None` for anything else.
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

/// A ticket that was verified, or is about to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Identifies the ticket in lists.
    pub id: TicketId,
    /// Its scope.
    pub scope: Scope,
    /// Expiry in whole seconds; `None` for never.
    pub ends_at: Option<SystemTime>,
    /// True if listings contain the HLS stream of a film instead of the file.
    pub prefers_hls: bool,
    /// The number of the signing key; set when it is signed.
    pub key: u8,
    /// The viewer that it plays for. A guest's ticket has the owner's here, and is known by the state.
    pub viewer: ViewerId,
    /// Its limits.
    pub limits: TicketLimits,
}

impl Ticket {
    /// Creates a ticket that never expires.
    pub fn new(id: TicketId, scope: Scope) -> Self {
        Ticket {
            id,
            scope,
            ends_at: None,
            prefers_hls: false,
            key: 0,
            viewer: ViewerId::OWNER,
            limits: TicketLimits::default(),
        }
    }

    /// Sets the expiry; `None` for never.
    pub fn until(self, ends_at: Option<SystemTime>) -> Self {
        Ticket { ends_at, ..self }
    }

    /// Sets the viewer.
    pub fn for_viewer(self, viewer: ViewerId) -> Self {
        Ticket { viewer, ..self }
    }

    /// Encodes the signed part.
    fn encode(&self) -> Vec<u8> {
        let mut flags = 0;
        for (flag, is_set) in [
            (HAS_END, self.ends_at.is_some()),
            (PREFERS_HLS, self.prefers_hls),
            (HAS_KEY, self.key != 0),
            (HAS_VIEWER, self.viewer != ViewerId::OWNER),
            (HAS_LIMITS, self.limits.has_counts()),
            (WITHOUT_ORIGINALS, self.limits.without_originals),
            (HAS_SPEED, self.limits.bytes_per_s.is_some()),
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
        if self.viewer != ViewerId::OWNER {
            bytes.extend_from_slice(&self.viewer.bytes());
        }
        if self.limits.has_counts() {
            let TicketLimits {
                max_viewers,
                max_visits,
                ..
            } = self.limits;
            bytes.extend_from_slice(&max_viewers.unwrap_or_default().to_be_bytes());
            bytes.extend_from_slice(&max_visits.unwrap_or_default().to_be_bytes());
        }
        if let Some(bytes_per_s) = self.limits.bytes_per_s {
            bytes.extend_from_slice(&bytes_per_s.to_be_bytes());
        }
        bytes.extend_from_slice(self.scope.to_text().as_bytes());
        bytes
    }

    /// Decodes the signed part; `None` if it is malformed.
    fn decode(signed: &[u8]) -> Option<Self> {
        let (&[version, flags], rest) = signed.split_first_chunk::<2>()?;
        const KNOWN: u8 = HAS_END
            | PREFERS_HLS
            | HAS_KEY
            | HAS_VIEWER
            | HAS_LIMITS
            | WITHOUT_ORIGINALS
            | HAS_SPEED;
        if version != VERSION || flags & !KNOWN != 0 {
            return None;
        }
        let (key, rest) = match rest.split_first() {
            // Key 0 is never written, so that each ticket has one encoding.
            Some((&key, rest)) if flags & HAS_KEY != 0 && key != 0 => (key, rest),
            _ if flags & HAS_KEY == 0 => (0, rest),
            _ => return None,
        };
        let (&id, rest) = rest.split_first_chunk::<8>()?;
        let (ends_at, rest) = if flags & HAS_END == 0 {
            (None, rest)
        } else {
            let (seconds, rest) = rest.split_first_chunk::<8>()?;
            (
                Some(UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_be_bytes(*seconds)))?),
                rest,
            )
        };
        let (viewer, rest) = match flags & HAS_VIEWER {
            0 => (ViewerId::OWNER, rest),
            _ => {
                let (bytes, rest) = rest.split_first_chunk::<8>()?;
                // The owner is never written.
                let viewer = ViewerId::from_bytes(*bytes);
                (
                    Some(viewer).filter(|viewer| *viewer != ViewerId::OWNER)?,
                    rest,
                )
            }
        };
        let (max_viewers, max_visits, rest) = match flags & HAS_LIMITS {
            0 => (None, None, rest),
            _ => {
                let (viewers, rest) = rest.split_first_chunk::<2>()?;
                let (visits, rest) = rest.split_first_chunk::<4>()?;
                let viewers = Some(u16::from_be_bytes(*viewers)).filter(|count| *count > 0);
                let visits = Some(u32::from_be_bytes(*visits)).filter(|count| *count > 0);
                // Two zeros are never written.
                viewers.map(u32::from).or(visits)?;
                (viewers, visits, rest)
            }
        };
        let (bytes_per_s, scope) = match flags & HAS_SPEED {
            0 => (None, rest),
            _ => {
                let (speed, rest) = rest.split_first_chunk::<4>()?;
                (Some(u32::from_be_bytes(*speed)), rest)
            }
        };
        Some(Ticket {
            viewer,
            limits: TicketLimits {
                max_viewers,
                max_visits,
                bytes_per_s,
                without_originals: flags & WITHOUT_ORIGINALS != 0,
            },
            id: TicketId(id),
            scope: Scope::from_text(std::str::from_utf8(scope).ok()?)?,
            ends_at,
            prefers_hls: flags & PREFERS_HLS != 0,
            key,
        })
    }
}

/// The reason why a ticket is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Malformed, altered, or signed with an unknown or revoked key.
    #[error("the ticket is not valid")]
    Invalid,
    /// It has expired.
    #[error("the ticket has ended")]
    Ended,
    /// The owner has revoked it.
    #[error("the ticket was withdrawn")]
    Revoked,
}

const VERSION: u8 = 1;
const HAS_END: u8 = 1;
const PREFERS_HLS: u8 = 2;
const HAS_KEY: u8 = 4;
const HAS_VIEWER: u8 = 8;
const HAS_LIMITS: u8 = 16;
const WITHOUT_ORIGINALS: u8 = 32;
const HAS_SPEED: u8 = 64;
const MAC_BYTES: usize = 16;
/// The length of a ticket for a path of 4,096 bytes, encoded.
const MAX_TICKET_BYTES: usize = 6 * 1024;

/// A key, ready to sign.
type SigningKey = Hmac<Sha256>;

fn signing_key(key: &[u8; 32]) -> SigningKey {
    // HMAC pads a short key with zeros (RFC 2104 §2); padding it here avoids a length check.
    let mut block = [0u8; 64];
    block[..32].copy_from_slice(key);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests;
