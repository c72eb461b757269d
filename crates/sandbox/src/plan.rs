//! The state of the account: storage, plan, activation of sharing, web session.

use parking_lot::Mutex;

use serde::Deserialize;

use super::nodes::Content;

/// A change of `POST /_sandbox/account`. Unset fields stay.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanChange {
    /// Storage in bytes.
    pub total: Option<u64>,
    /// 0 regular, 1 premium, 2 super premium.
    pub vip_type: Option<u8>,
    /// 1 if sharing is activated, else 0.
    pub use_type: Option<u8>,
    pub web_session: Option<WebSessionFault>,
}

/// State of the web session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebSessionFault {
    Good,
    /// The cookie is not accepted any more: -6.
    Ended,
    /// `jsToken` is replaced once: 4000023 until the client reads the page again.
    Stale,
    /// The page contains no `jsToken`.
    Tokenless,
    /// Each call requires a verification by a human: 400141.
    Verify,
}

/// The mutable state of the account.
#[derive(Debug)]
pub struct AccountPlan(Mutex<PlanState>);

#[derive(Debug, Clone, Copy)]
struct PlanState {
    total: u64,
    vip_type: u8,
    use_type: u8,
    web_session: WebSessionFault,
    /// Number of replacements of `jsToken`.
    page_version: u32,
}

impl Default for AccountPlan {
    fn default() -> Self {
        Self(Mutex::new(PlanState {
            total: 2_205_465_706_496,
            vip_type: 2,
            use_type: 0,
            web_session: WebSessionFault::Good,
            page_version: 0,
        }))
    }
}

impl AccountPlan {
    /// Applies a change.
    pub fn change(&self, change: PlanChange) {
        let mut inner = self.0.lock();
        inner.total = change.total.unwrap_or(inner.total);
        inner.vip_type = change.vip_type.unwrap_or(inner.vip_type);
        inner.use_type = change.use_type.unwrap_or(inner.use_type);
        inner.web_session = change.web_session.unwrap_or(inner.web_session);
        inner.page_version += u32::from(change.web_session == Some(WebSessionFault::Stale));
    }

    /// Activates sharing.
    pub fn activate(&self) {
        self.0.lock().use_type = 1;
    }

    pub fn total(&self) -> u64 {
        self.0.lock().total
    }

    pub fn vip_type(&self) -> u8 {
        self.0.lock().vip_type
    }

    pub fn use_type(&self) -> u8 {
        self.0.lock().use_type
    }

    pub fn web_session(&self) -> WebSessionFault {
        self.0.lock().web_session
    }

    pub fn page_version(&self) -> u32 {
        self.0.lock().page_version
    }

    /// Returns the greatest size of a file in bytes (field notes, section 6).
    pub fn max_file_bytes(&self) -> u64 {
        match self.vip_type() {
            0 => 4 << 30,
            _ => 128 << 30,
        }
    }
}

impl super::SandboxState {
    /// Returns the size of all files in bytes.
    pub fn used_bytes(&self) -> u64 {
        self.library
            .below("/")
            .iter()
            .filter(|node| !matches!(node.content, Content::Folder))
            .map(|node| node.size_bytes)
            .sum()
    }
}
