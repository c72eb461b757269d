//! Sessions in memory: those that began while the disk of the state took no writes, so that a full disk does not
//! lock the owner out.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::store::OwnerSession;
use media::ViewerId;

/// Maximum number of such sessions. Beyond it, the oldest is forgotten.
const MAX_SESSIONS: usize = 100;

/// Sessions by the hash of their id.
#[derive(Default)]
pub(super) struct UnstoredSessions {
    sessions: Mutex<HashMap<[u8; 32], Arc<OwnerSession>>>,
}

impl UnstoredSessions {
    /// Adds a session.
    pub fn add(&self, session: OwnerSession) {
        let mut sessions = self.sessions.lock();
        if sessions.len() >= MAX_SESSIONS {
            let oldest = sessions.values().min_by_key(|session| session.created_at);
            if let Some(hash) = oldest.map(|session| session.hash) {
                sessions.remove(&hash);
            }
        }
        sessions.insert(session.hash, Arc::new(session));
    }

    /// Returns the session with this hash; `None` if there is none.
    pub fn get(&self, hash: &[u8; 32]) -> Option<Arc<OwnerSession>> {
        self.sessions.lock().get(hash).cloned()
    }

    /// Returns all sessions.
    pub fn all(&self) -> Vec<OwnerSession> {
        let sessions = self.sessions.lock();
        sessions
            .values()
            .map(|session| (**session).clone())
            .collect()
    }

    /// Revokes one session. Returns false if there is none with this hash.
    pub fn revoke(&self, hash: &[u8; 32]) -> bool {
        self.sessions.lock().remove(hash).is_some()
    }

    /// Revokes the sessions that are for one viewer alone.
    pub fn revoke_of(&self, viewer: ViewerId) {
        let mut sessions = self.sessions.lock();
        sessions.retain(|_, session| session.viewer != Some(viewer));
    }

    /// Revokes all sessions.
    pub fn revoke_all(&self) {
        self.sessions.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn their_number_is_bounded_and_each_can_be_revoked() {
        let sessions = UnstoredSessions::default();
        let session = |number: u8| OwnerSession {
            hash: [number; 32],
            device: "Firefox on Linux".to_owned(),
            address: "203.0.113.9".to_owned(),
            created_at: UNIX_EPOCH + Duration::from_secs(u64::from(number)),
            last_seen_at: UNIX_EPOCH,
            viewer: None,
        };
        for number in 0..=MAX_SESSIONS as u8 {
            sessions.add(session(number));
        }
        assert_eq!(sessions.all().len(), MAX_SESSIONS);
        assert!(sessions.get(&[0; 32]).is_none());
        assert!(sessions.revoke(&[1; 32]) && !sessions.revoke(&[1; 32]));
        sessions.revoke_all();
        assert!(sessions.all().is_empty());
    }
}
