//! Who signs tickets and checks them: the keys, and what was withdrawn.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use data_encoding::BASE64URL_NOPAD;
use hmac::Mac;
use tokio::sync::watch;

use super::{LONGEST, MAC_BYTES, Scope, SigningKey, Ticket, TicketError, TicketId, signing_key};

/// The id of the owner's own ticket, until it is replaced for the first time.
pub const OWNER: TicketId = TicketId(*b"owner\0\0\0");

/// What an signer starts with.
pub struct TicketSignerState {
    /// Keys by number; the last one signs, the others still verify. At least one.
    pub keys: Vec<(u8, [u8; 32])>,
    /// Tickets that were withdrawn.
    pub revoked: Vec<TicketId>,
    /// The id of the owner's own ticket.
    pub owner: TicketId,
}

/// Signs tickets and checks them. Clones share keys, withdrawals and uses.
#[derive(Clone)]
pub struct TicketSigner {
    inner: Arc<Inner>,
}

struct Inner {
    rules: RwLock<Rules>,
    /// Told of every change by which a ticket may cease to be good.
    changes: watch::Sender<()>,
    /// When each ticket was used last, since that was written down.
    uses: Mutex<HashMap<TicketId, SystemTime>>,
}

struct Rules {
    keys: Vec<(u8, SigningKey)>,
    revoked: HashSet<TicketId>,
    owner: TicketId,
}

impl fmt::Debug for TicketSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSigner(…)")
    }
}

impl TicketSigner {
    /// An signer with one key, under which nothing was withdrawn yet.
    pub fn new(key: &[u8; 32]) -> Self {
        TicketSigner::open(TicketSignerState {
            keys: vec![(0, *key)],
            revoked: Vec::new(),
            owner: OWNER,
        })
    }

    /// An signer that goes on where another one stopped.
    pub fn open(state: TicketSignerState) -> Self {
        let keys = state
            .keys
            .iter()
            .map(|(number, key)| (*number, signing_key(key)))
            .collect();
        TicketSigner {
            inner: Arc::new(Inner {
                rules: RwLock::new(Rules {
                    keys,
                    revoked: state.revoked.into_iter().collect(),
                    owner: state.owner,
                }),
                changes: watch::Sender::new(()),
                uses: Mutex::default(),
            }),
        }
    }

    /// The owner's own ticket: everything, for ever, and the same text until it is replaced or the key is
    /// changed, so that the addresses a player keeps stay good.
    pub fn owner(&self) -> String {
        let owner = self.read(|rules| rules.owner);
        self.sign(&Ticket::new(owner, Scope::Everything)).0
    }

    /// The text of a ticket as it stands in addresses, and the number of the key that signed it.
    pub fn sign(&self, ticket: &Ticket) -> (String, u8) {
        self.read(|rules| {
            let Some((number, key)) = rules.keys.last() else {
                return (String::new(), 0);
            };
            let mut bytes = Ticket {
                key: *number,
                ..ticket.clone()
            }
            .write();
            let mac = key.clone().chain_update(&bytes).finalize().into_bytes();
            bytes.extend_from_slice(&mac[..MAC_BYTES]);
            (BASE64URL_NOPAD.encode(&bytes), *number)
        })
    }

    /// The ticket behind a text, if it is ours, was not withdrawn and has not ended at `now`.
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
        // Read before it is known to be ours, for the number of the key; it leads to nothing else.
        let ticket = Ticket::read(signed).ok_or(TicketError::Invalid)?;
        self.read(|rules| {
            rules
                .key(ticket.key)
                .ok_or(TicketError::Invalid)?
                .clone()
                .chain_update(signed)
                .verify_truncated_left(mac)
                .map_err(|_| TicketError::Invalid)?;
            if rules.revoked.contains(&ticket.id) {
                return Err(TicketError::Revoked);
            }
            match ticket.ends_at {
                Some(ends_at) if ends_at <= now => Err(TicketError::Ended),
                _ => Ok(ticket),
            }
        })
    }

    /// Ends when a ticket that was good is so no longer: it has ended, was withdrawn, or its key was retired.
    pub fn until_revoked(&self, ticket: &Ticket) -> impl Future<Output = ()> + Send + 'static {
        let signer = self.clone();
        let mut changes = self.inner.changes.subscribe();
        let (id, key, ends_at) = (ticket.id, ticket.key, ticket.ends_at);
        let stands =
            move || signer.read(|rules| rules.key(key).is_some() && !rules.revoked.contains(&id));
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

    /// From now on these tickets are good for nothing.
    pub fn revoke(&self, ids: impl IntoIterator<Item = TicketId>) {
        self.change(|rules| rules.revoked.extend(ids));
    }

    /// Replaces the owner's own ticket; the one before is withdrawn. Gives the id of that one.
    pub fn replace_owner(&self, fresh: TicketId) -> TicketId {
        let mut before = fresh;
        self.change(|rules| {
            before = std::mem::replace(&mut rules.owner, fresh);
            rules.revoked.insert(before);
        });
        before
    }

    /// The id of the owner's own ticket.
    pub fn owner_id(&self) -> TicketId {
        self.read(|rules| rules.owner)
    }

    /// Signs with another key from now on; what was signed before stays good.
    pub fn add_key(&self, number: u8, key: &[u8; 32]) {
        self.change(|rules| rules.keys.push((number, signing_key(key))));
    }

    /// Forgets every key but the one that signs, and with them all tickets that they have signed.
    pub fn retire_old_keys(&self) {
        self.change(|rules| {
            let old = rules.keys.len().saturating_sub(1);
            rules.keys.drain(..old);
        });
    }

    /// How many keys verify; one unless the key was changed.
    pub fn keys(&self) -> usize {
        self.read(|rules| rules.keys.len())
    }

    /// Remembers that a ticket was used.
    pub fn note_use(&self, ticket: &Ticket, now: SystemTime) {
        self.uses().insert(ticket.id, now);
    }

    /// When a ticket was used last, as far as it is not written down yet.
    pub fn last_use(&self, id: TicketId) -> Option<SystemTime> {
        self.uses().get(&id).copied()
    }

    /// Takes what is to be written down.
    pub fn take_uses(&self) -> HashMap<TicketId, SystemTime> {
        std::mem::take(&mut *self.uses())
    }

    fn uses(&self) -> std::sync::MutexGuard<'_, HashMap<TicketId, SystemTime>> {
        self.inner
            .uses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, look: impl FnOnce(&Rules) -> T) -> T {
        look(
            &self
                .inner
                .rules
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn change(&self, act: impl FnOnce(&mut Rules)) {
        act(&mut self
            .inner
            .rules
            .write()
            .unwrap_or_else(PoisonError::into_inner));
        self.inner.changes.send_replace(());
    }
}

impl Rules {
    fn key(&self, number: u8) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, key)| key)
    }
}
