//! Storage policies: where the site keeps files, and the limits of a policy.

use serde_json::{Value, json};

use super::{Site, World};

/// The storage policy of all folders.
#[derive(Clone)]
pub struct Policy {
    /// `local`, `remote`, or a provider's word.
    pub kind: &'static str,
    pub relay: bool,
    pub encryption: bool,
    pub max_size: u64,
    pub chunk_concurrency: u64,
    pub denied_suffix: Option<&'static str>,
}

/// The id of the policy.
pub const POLICY_ID: &str = "96u1";

impl Policy {
    pub fn of(kind: &'static str) -> Self {
        Policy {
            kind,
            relay: false,
            encryption: false,
            max_size: 0,
            chunk_concurrency: 0,
            denied_suffix: None,
        }
    }

    pub fn relayed(self) -> Self {
        Policy {
            relay: true,
            ..self
        }
    }

    pub fn encrypted(self) -> Self {
        Policy {
            encryption: true,
            ..self
        }
    }

    /// Returns true if the site itself takes the bytes.
    pub fn is_own(&self) -> bool {
        self.kind == "local" || self.relay
    }

    pub fn json(&self) -> Value {
        let mut policy = json!({
            "id": POLICY_ID, "name": "Default storage policy", "type": self.kind, "max_size": self.max_size,
        });
        if self.relay {
            policy["relay"] = json!(true);
        }
        if self.encryption {
            policy["encryption"] = json!(true);
        }
        if self.chunk_concurrency > 0 {
            policy["chunk_concurrency"] = json!(self.chunk_concurrency);
        }
        if let Some(suffix) = self.denied_suffix {
            policy["denied_suffix"] = json!([suffix]);
        }
        policy
    }
}

impl Site {
    pub fn with_policy(&self, policy: Policy) {
        self.world().policy = policy;
    }

    /// Makes the site older than 4.11, which opens no upload without the id of the policy.
    pub fn before_4_11(&self) {
        self.world().requires_policy_id = true;
    }
}

impl World {
    /// Checks a new file as the site does when a session is opened.
    pub fn admit(&self, path: &str, size: usize) -> Result<(), i64> {
        let policy = &self.policy;
        let extension = path.rsplit_once('.').map(|(_, extension)| extension);
        if policy.denied_suffix.is_some() && policy.denied_suffix == extension {
            return Err(40050);
        }
        if policy.max_size > 0 && size as u64 > policy.max_size {
            return Err(40049);
        }
        Ok(())
    }
}
