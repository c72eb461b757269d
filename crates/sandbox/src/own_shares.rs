//! The links that the account has made of its own files.

use std::sync::Mutex;

use super::faults::lock;
use super::signing::now_s;

/// One link.
#[derive(Debug, Clone)]
pub struct OwnShare {
    pub id: u64,
    /// What stands behind `/s/`: a 1 and the short link itself.
    pub shorturl: String,
    pub fs_ids: Vec<u64>,
    /// Where these were when the link was made.
    pub paths: Vec<String>,
    /// Four characters, where it is private.
    pub password: Option<String>,
    /// Seconds since 1970.
    pub created_s: i64,
    /// Days; 0 for ever.
    pub period: i64,
}

impl OwnShare {
    /// Seconds until it ends; `None` for ever.
    pub fn left_s(&self) -> Option<i64> {
        (self.period > 0).then(|| self.created_s + self.period * 86_400 - now_s())
    }
}

/// All links that were not cancelled.
#[derive(Debug, Default)]
pub struct OwnShares(Mutex<(u64, Vec<OwnShare>)>);

impl OwnShares {
    pub fn create(
        &self,
        fs_ids: Vec<u64>,
        paths: Vec<String>,
        password: Option<String>,
        period: i64,
    ) -> OwnShare {
        let mut shares = lock(&self.0);
        shares.0 += 1;
        let id = 1_177_027_000 + shares.0;
        let random = super::nodes::md5_hex(&format!("share {id}"));
        let share = OwnShare {
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

    /// The youngest first.
    pub fn all(&self) -> Vec<OwnShare> {
        let mut all = lock(&self.0).1.clone();
        all.reverse();
        all
    }

    /// Whether there was such a link.
    pub fn cancel(&self, id: u64) -> bool {
        let mut shares = lock(&self.0);
        let before = shares.1.len();
        shares.1.retain(|share| share.id != id);
        shares.1.len() < before
    }

    /// By the short link, with or without the 1 before it.
    pub fn find(&self, short: &str) -> Option<OwnShare> {
        let shares = lock(&self.0);
        let is = |share: &&OwnShare| share.shorturl == short || share.shorturl[1..] == *short;
        shares.1.iter().find(is).cloned()
    }
}
