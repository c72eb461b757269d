//! The account's plan: how much it may hold, what it pays for, whether it may share, and whether its web
//! session is still good.

use std::sync::Mutex;

use serde::Deserialize;

use super::faults::lock;
use super::nodes::Content;

/// What `POST /_sandbox/account` may change. Unset fields stay.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanChange {
    /// Bytes that the account may hold.
    pub total: Option<u64>,
    /// 0 regular, 1 premium, 2 super premium.
    pub vip_type: Option<u8>,
    /// 1 where sharing is activated.
    pub use_type: Option<u8>,
    pub web_session: Option<WebStanding>,
}

/// Whether the web session is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebStanding {
    Good,
    /// The cookie is worth nothing any more: -6.
    Ended,
    /// The page's token is replaced now, once: 4000023 until the page is read again.
    Stale,
    /// The page does not hold a token any more.
    Tokenless,
    /// The service wants to see a human first: 400141.
    Verify,
}

/// The account's plan.
#[derive(Debug)]
pub struct Plan(Mutex<Inner>);

#[derive(Debug, Clone, Copy)]
struct Inner {
    total: u64,
    vip_type: u8,
    use_type: u8,
    web_session: WebStanding,
    /// How often the page's token was replaced.
    pages: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            total: 2_205_465_706_496,
            vip_type: 2,
            use_type: 0,
            web_session: WebStanding::Good,
            pages: 0,
        }))
    }
}

impl Plan {
    pub fn change(&self, change: PlanChange) {
        let mut inner = lock(&self.0);
        inner.total = change.total.unwrap_or(inner.total);
        inner.vip_type = change.vip_type.unwrap_or(inner.vip_type);
        inner.use_type = change.use_type.unwrap_or(inner.use_type);
        inner.web_session = change.web_session.unwrap_or(inner.web_session);
        inner.pages += u32::from(change.web_session == Some(WebStanding::Stale));
    }

    pub fn activate(&self) {
        lock(&self.0).use_type = 1;
    }

    pub fn total(&self) -> u64 {
        lock(&self.0).total
    }

    pub fn vip_type(&self) -> u8 {
        lock(&self.0).vip_type
    }

    pub fn use_type(&self) -> u8 {
        lock(&self.0).use_type
    }

    pub fn web_session(&self) -> WebStanding {
        lock(&self.0).web_session
    }

    pub fn pages(&self) -> u32 {
        lock(&self.0).pages
    }

    /// The largest file that the plan takes.
    pub fn largest_file(&self) -> u64 {
        match self.vip_type() {
            0 => 4 << 30,
            _ => 128 << 30,
        }
    }
}

impl super::State {
    /// Bytes of all files.
    pub fn used_bytes(&self) -> u64 {
        self.library
            .below("/")
            .iter()
            .filter(|node| !matches!(node.content, Content::Folder))
            .map(|node| node.size_bytes)
            .sum()
    }
}
