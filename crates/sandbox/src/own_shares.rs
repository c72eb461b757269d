//! The share links that the account created.

use parking_lot::Mutex;

use super::signing::now_s;

/// A share link of the account.
#[derive(Debug, Clone)]
pub struct OwnedLink {
    pub id: u64,
    /// The part after `/s/`: a 1 and the short link.
    pub shorturl: String,
    pub fs_ids: Vec<u64>,
    /// Their paths at the creation of the link.
    pub paths: Vec<String>,
    /// Four characters; `None` for a public link.
    pub password: Option<String>,
    /// Seconds since the epoch.
    pub created_s: i64,
    /// Lifetime in days; 0 for no end.
    pub period: i64,
}

impl OwnedLink {
    /// Returns the seconds until its end, `None` without an end.
    pub fn left_s(&self) -> Option<i64> {
        (self.period > 0).then(|| self.created_s + self.period * 86_400 - now_s())
    }
}

/// All links that were not revoked.
#[derive(Debug, Default)]
pub struct OwnedLinks(Mutex<(u64, Vec<OwnedLink>)>);

impl OwnedLinks {
    /// Creates a link.
    pub fn create(
        &self,
        fs_ids: Vec<u64>,
        paths: Vec<String>,
        password: Option<String>,
        period: i64,
    ) -> OwnedLink {
        let mut shares = self.0.lock();
        shares.0 += 1;
        let id = 1_177_027_000 + shares.0;
        let random = super::nodes::md5_hex(&format!("share {id}"));
        let share = OwnedLink {
            id,
            shorturl: format!("1Own{}", &random[..19]),
            fs_ids,
            paths,
            password,
            created_s: now_s(),
            period,
        };
        shares.1.push(share.clone());
        share
    }

    /// Returns all links, the latest first.
    pub fn all(&self) -> Vec<OwnedLink> {
        let mut all = self.0.lock().1.clone();
        all.reverse();
        all
    }

    /// Revokes a link. Returns true if it existed.
    pub fn cancel(&self, id: u64) -> bool {
        let mut shares = self.0.lock();
        let before = shares.1.len();
        shares.1.retain(|share| share.id != id);
        shares.1.len() < before
    }

    /// Returns a link by its short link, with or without the leading 1. `None` if there is none.
    pub fn find(&self, short: &str) -> Option<OwnedLink> {
        let shares = self.0.lock();
        let is = |share: &&OwnedLink| share.shorturl == short || share.shorturl[1..] == *short;
        shares.1.iter().find(is).cloned()
    }
}
