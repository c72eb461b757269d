//! Signs and verifies tickets. Holds the keys and the ids of revoked tickets in memory.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::BASE64URL_NOPAD;
use hmac::Mac;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use media::ViewerId;

use super::{
    MAC_BYTES, MAX_TICKET_BYTES, Scope, SigningKey, Ticket, TicketError, TicketId, signing_key,
};

/// The id of the owner's own ticket until it is first replaced.
pub const OWNER: TicketId = TicketId(*b"owner\0\0\0");

/// The stored state of a signer.
pub struct SignerState {
    /// Keys by number. The last one signs, the others still verify. At least one.
    pub keys: Vec<(u8, [u8; 32])>,
    /// Revoked tickets.
    pub revoked: Vec<TicketId>,
    /// The id of the owner's own ticket.
    pub owner: TicketId,
}

/// Signs and verifies tickets. Clones share keys, revocations and uses.
#[derive(Clone)]
pub struct TicketSigner {
    inner: Arc<SignerInner>,
}

struct SignerInner {
    state: RwLock<TicketState>,
    /// Notified of every change that may invalidate a ticket.
    changes: watch::Sender<()>,
    /// The last use of each ticket since the last flush.
    uses: Mutex<HashMap<TicketId, SystemTime>>,
}

/// The facts that decide which tickets are valid.
struct TicketState {
    /// Keys by number. The last one signs, all of them verify.
    keys: Vec<(u8, SigningKey)>,
    revoked: HashSet<TicketId>,
    /// The id of the owner's own ticket.
    owner: TicketId,
}

impl fmt::Debug for TicketSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSigner(…)")
    }
}

impl TicketSigner {
    /// Creates a signer with one key and no revocations.
    pub fn new(key: &[u8; 32]) -> Self {
        TicketSigner::open(SignerState {
            keys: vec![(0, *key)],
            revoked: Vec::new(),
            owner: OWNER,
        })
    }

    /// Creates a signer from its stored state.
    pub fn open(stored: SignerState) -> Self {
        let keys = keys(&stored);
        TicketSigner {
            inner: Arc::new(SignerInner {
                state: RwLock::new(TicketState {
                    keys,
                    revoked: stored.revoked.into_iter().collect(),
                    owner: stored.owner,
                }),
                changes: watch::Sender::new(()),
                uses: Mutex::default(),
            }),
        }
    }

    /// Returns the owner's own ticket. It covers everything, never expires, and has the same text until it
    /// is replaced or the key changes, so that URLs stored in a player stay valid.
    pub fn owner(&self) -> String {
        self.own(ViewerId::OWNER)
    }

    /// Returns a viewer's own ticket: the owner's, with the viewer in it.
    pub fn own(&self, viewer: ViewerId) -> String {
        let owner = self.read(|state| state.owner);
        let ticket = Ticket::new(owner, Scope::Everything).for_viewer(viewer);
        self.sign(&ticket).0
    }

    /// Returns the text of a ticket for URLs, and the number of the key that signed it.
    pub fn sign(&self, ticket: &Ticket) -> (String, u8) {
        self.read(|state| {
            let Some((number, key)) = state.keys.last() else {
                return (String::new(), 0);
            };
            let mut bytes = Ticket {
                key: *number,
                ..ticket.clone()
            }
            .encode();
            let mac = key.clone().chain_update(&bytes).finalize().into_bytes();
            bytes.extend_from_slice(&mac[..MAC_BYTES]);
            (BASE64URL_NOPAD.encode(&bytes), *number)
        })
    }

    /// Returns the ticket in `text`.
    ///
    /// # Errors
    ///
    /// Fails if it was not signed here, was revoked, or has expired at `now`.
    pub fn verify(&self, text: &str, now: SystemTime) -> Result<Ticket, TicketError> {
        if text.len() > MAX_TICKET_BYTES {
            return Err(TicketError::Invalid);
        }
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| TicketError::Invalid)?;
        let (signed, mac) = bytes
            .split_last_chunk::<MAC_BYTES>()
            .ok_or(TicketError::Invalid)?;
        // Decoded before its signature is verified, for the number of the key only.
        let ticket = Ticket::decode(signed).ok_or(TicketError::Invalid)?;
        self.read(|state| {
            state
                .key(ticket.key)
                .ok_or(TicketError::Invalid)?
                .clone()
                .chain_update(signed)
                .verify_truncated_left(mac)
                .map_err(|_| TicketError::Invalid)?;
            if state.revoked.contains(&ticket.id) {
                return Err(TicketError::Revoked);
            }
            match ticket.ends_at {
                Some(ends_at) if ends_at <= now => Err(TicketError::Ended),
                _ => Ok(ticket),
            }
        })
    }

    /// Waits until a valid ticket expires, is revoked, or its key is revoked.
    pub fn wait_until_invalid(&self, ticket: &Ticket) -> impl Future<Output = ()> + Send + 'static {
        let signer = self.clone();
        let mut changes = self.inner.changes.subscribe();
        let (id, key, ends_at) = (ticket.id, ticket.key, ticket.ends_at);
        let stands =
            move || signer.read(|state| state.key(key).is_some() && !state.revoked.contains(&id));
        let ended = async move {
            match ends_at {
                Some(ends_at) => {
                    let left = ends_at.duration_since(SystemTime::now());
                    tokio::time::sleep(left.unwrap_or_default()).await;
                }
                None => pending().await,
            }
        };
        async move {
            let revoked = async {
                while stands() {
                    if changes.changed().await.is_err() {
                        pending::<()>().await;
                    }
                }
            };
            tokio::select! {
                () = revoked => {}
                () = ended => {}
            }
        }
    }

    /// Adopts the stored state, which another process has changed. Tickets that were revoked here stay so.
    pub fn reload(&self, stored: SignerState) {
        self.change(|state| {
            state.keys = keys(&stored);
            state.revoked.extend(stored.revoked);
            state.owner = stored.owner;
        });
    }

    /// Revokes tickets. Takes effect immediately, also on bodies that are being sent.
    pub fn revoke(&self, ids: impl IntoIterator<Item = TicketId>) {
        self.change(|state| state.revoked.extend(ids));
    }

    /// Replaces and revokes the owner's own ticket. Returns the id of the revoked one.
    pub fn replace_owner(&self, fresh: TicketId) -> TicketId {
        let mut before = fresh;
        self.change(|state| {
            before = std::mem::replace(&mut state.owner, fresh);
            state.revoked.insert(before);
        });
        before
    }

    /// Returns true if the ticket of this id was revoked by itself.
    pub fn is_revoked(&self, id: TicketId) -> bool {
        self.read(|state| state.revoked.contains(&id))
    }

    /// Returns the id of the owner's own ticket.
    pub fn owner_id(&self) -> TicketId {
        self.read(|state| state.owner)
    }

    /// Adds a key, which signs from now on. Older keys still verify.
    pub fn add_key(&self, number: u8, key: &[u8; 32]) {
        self.change(|state| state.keys.push((number, signing_key(key))));
    }

    /// Revokes every key but the one that signs, and with them all tickets that they have signed.
    pub fn revoke_old_keys(&self) {
        self.change(|state| {
            let old = state.keys.len().saturating_sub(1);
            state.keys.drain(..old);
        });
    }

    /// Returns the number of keys that verify: one unless the key was changed.
    pub fn keys(&self) -> usize {
        self.read(|state| state.keys.len())
    }

    /// Records that a ticket was used.
    pub fn record_use(&self, ticket: &Ticket, now: SystemTime) {
        self.uses().insert(ticket.id, now);
    }

    /// Returns the last use of a ticket since the last flush; `None` if it was not used.
    pub fn last_use(&self, id: TicketId) -> Option<SystemTime> {
        self.uses().get(&id).copied()
    }

    /// Takes the recorded uses, to be stored.
    pub fn take_uses(&self) -> HashMap<TicketId, SystemTime> {
        std::mem::take(&mut *self.uses())
    }

    fn uses(&self) -> parking_lot::MutexGuard<'_, HashMap<TicketId, SystemTime>> {
        self.inner.uses.lock()
    }

    fn read<T>(&self, look: impl FnOnce(&TicketState) -> T) -> T {
        look(&self.inner.state.read())
    }

    fn change(&self, act: impl FnOnce(&mut TicketState)) {
        act(&mut self.inner.state.write());
        self.inner.changes.send_replace(());
    }
}

/// Returns the keys of a stored state in the form that signs.
fn keys(stored: &SignerState) -> Vec<(u8, SigningKey)> {
    let keys = stored.keys.iter();
    keys.map(|(number, key)| (*number, signing_key(key)))
        .collect()
}

impl TicketState {
    fn key(&self, number: u8) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, key)| key)
    }
}
