//! Share links of the account: created, listed, prolonged and revoked (document sections 9.3 and 9.4).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use url::Url;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::client::{PageAt, ShareTerms};
use crate::cloudreve::codes;
use crate::cloudreve::request::is_loopback;
use crate::cloudreve::types::Share;
use crate::cloudreve::uri::component;
use crate::{DriveError, ErrorKind, NewShare, OwnShare, OwnShareState, OwnShares};
use media::EntryPath;

/// Links per page.
const PAGE: usize = 50;
/// Links that are looked up at a time: a list does not contain the paths that they lead to.
const MAX_CONCURRENT_LOOKUPS: usize = 4;
const DAY_S: u64 = 86_400;
/// Upper limit for the characters of a password.
const MAX_PASSWORD_CHARS: usize = 32;

#[async_trait]
impl OwnShares for Cloudreve {
    async fn create(&self, share: &NewShare) -> Result<OwnShare, DriveError> {
        let operation = "share";
        let wrong = |sentence| DriveError::bad_request(operation, "").with_sentence(sentence);
        if !matches!(share.period_days, 0 | 1 | 7 | 30) {
            return Err(wrong("A link lasts 1, 7 or 30 days, or for ever."));
        }
        let [path] = share.paths.as_slice() else {
            return Err(wrong(
                "A link of this drive leads to one file or one folder.",
            ));
        };
        if path.is_root() {
            return Err(wrong("The whole drive cannot be shared; choose a folder."));
        }
        let password = share.password.as_deref().filter(|text| !text.is_empty());
        let fits = |text: &str| {
            text.len() <= MAX_PASSWORD_CHARS
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if password.is_some_and(|password| !fits(password)) {
            return Err(wrong(
                "The password of a link has at most 32 characters: digits and letters.",
            ));
        }
        let terms = ShareTerms {
            uri: &self.tree.uri(path),
            password,
            expires_in_s: u64::from(share.period_days) * DAY_S,
            downloads: 0,
        };
        let url = self.api.create_share(&terms).await?;
        let id =
            id_of(&url).ok_or_else(|| DriveError::failed(operation, "no link in the reply"))?;
        let now = DateTime::<Utc>::from(self.api.site.clock.now());
        let url = self.passed_on(&url, &id, password);
        Ok(OwnShare::made(id, url, share, now))
    }

    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<OwnShare>, Option<String>), DriveError> {
        let at = match cursor {
            None => PageAt::First,
            Some(token) => PageAt::Token(token.to_owned()),
        };
        let page = self.api.own_shares(&at, PAGE).await?;
        let next = page.pagination.next_token.filter(|token| !token.is_empty());
        // An element without an id could not be read.
        let shares = page.shares.into_iter().filter(|share| !share.id.is_empty());
        let told = futures_util::stream::iter(shares).map(|share| async move {
            // Of an expired share nothing more is reported.
            let extended = match share.expired {
                true => None,
                false => self.extended(&share.id, Some(&share)).await.ok(),
            };
            self.described(extended.unwrap_or(share))
        });
        Ok((told.buffered(MAX_CONCURRENT_LOOKUPS).collect().await, next))
    }

    async fn extend(&self, id: &str, period_days: u32) -> Result<(), DriveError> {
        let share = self.extended(id, None).await.map_err(not_there)?;
        let uri = source(&share)
            .ok_or_else(|| DriveError::not_found("share", "a link that leads nowhere"))?;
        // An edit sets the number of downloads as well (document section 9.3): the remaining number is kept.
        let downloads = share.remain_downloads.unwrap_or(0);
        if share.remain_downloads.is_some_and(|left| left <= 0) {
            let used_up = DriveError::bad_request("share", "used up");
            return Err(used_up.with_sentence("The link is used up: make a new one."));
        }
        let terms = ShareTerms {
            uri: &uri,
            password: None,
            expires_in_s: u64::from(period_days) * DAY_S,
            downloads,
        };
        self.api.edit_share(id, &terms).await
    }

    async fn cancel(&self, id: &str) -> Result<(), DriveError> {
        self.api.delete_share(id).await.map_err(not_there)
    }
}

impl Cloudreve {
    /// Returns one of the account's shares with what it leads to. `known` is what a list reports of it.
    async fn extended(&self, id: &str, known: Option<&Share>) -> Result<Share, DriveError> {
        let plain = match known {
            // A list reports a password to its owner; if it reports none although there is one, the plain call does.
            Some(share) if share.password.is_some() || !share.password_protected => share.clone(),
            _ => self.api.share("shares", id, None).await?,
        };
        let password = plain.password.as_deref();
        let share = match self.api.own_share(id, password).await {
            // Before 4.5 a list does not report that there is a password.
            Err(error)
                if error.upstream_code == Some(codes::SHARE_PASSWORD_WRONG) && known.is_some() =>
            {
                let plain = self.api.share("shares", id, None).await?;
                self.api.own_share(id, plain.password.as_deref()).await?
            }
            share => share?,
        };
        Ok(Share {
            id: id.to_owned(),
            password: share.password.clone().or(plain.password),
            url: share.url.clone().or(plain.url),
            ..share
        })
    }

    fn described(&self, share: Share) -> OwnShare {
        let now = DateTime::<Utc>::from(self.api.site.clock.now());
        let has_expired =
            share.expired || share.expires.0.is_some_and(|expires_at| expires_at <= now);
        let path: Option<EntryPath> = source(&share).and_then(|uri| self.tree.root.path(&uri));
        let password = share.password.filter(|password| !password.is_empty());
        let url = share.url.unwrap_or_default();
        OwnShare {
            url: self.passed_on(&url, &share.id, password.as_deref()),
            paths: path.into_iter().filter(|path| !path.is_root()).collect(),
            created_at: share.created_at.0,
            expires_at: share.expires.0,
            state: match share.remain_downloads {
                Some(left) if left <= 0 => OwnShareState::UsedUp,
                _ if has_expired => OwnShareState::Expired,
                _ => OwnShareState::Alive,
            },
            password,
            id: share.id,
        }
    }

    /// Returns the link to give to others: as reported by the site, unless the site takes itself for a host of
    /// this machine and is not one.
    fn passed_on(&self, told: &str, id: &str, password: Option<&str>) -> String {
        self.api.site.learn_host(told);
        if is_usable(told) {
            return told.to_owned();
        }
        let base = &self.api.site.base_url;
        match password {
            Some(password) => format!("{base}/s/{id}/{password}"),
            None => format!("{base}/s/{id}"),
        }
    }
}

/// Returns the URI of the entry that is shared; `None` if the site does not report it. `source_uri` of a single
/// file's share is the folder that the file is in (wire document section 1).
fn source(share: &Share) -> Option<String> {
    let uri = share.source_uri.as_deref().filter(|uri| !uri.is_empty())?;
    match share.source_type {
        Some(0) => {
            let name = share.name.as_deref().filter(|name| !name.is_empty())?;
            Some(format!("{}/{}", uri.trim_end_matches('/'), component(name)))
        }
        _ => Some(uri.to_owned()),
    }
}

pub(super) fn is_usable(link: &str) -> bool {
    Url::parse(link).is_ok_and(|url| url.has_host() && !is_loopback(&url))
}

/// Returns the id in a link, the part after `/s/`; `None` if there is none.
fn id_of(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let mut names = url.path_segments()?.skip_while(|name| *name != "s");
    let id = names.nth(1)?;
    let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| id.to_owned())
}

/// Maps the error of one of the account's own links that is gone to `not_found`.
fn not_there(error: DriveError) -> DriveError {
    // An id of another form is a bad parameter to the site.
    let is_odd = error.upstream_code == Some(codes::BAD_PARAMETERS);
    if error.kind != ErrorKind::ShareGone && !is_odd {
        return error;
    }
    DriveError {
        kind: ErrorKind::NotFound,
        sentence: None,
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_links() {
        for (link, id) in [
            ("http://localhost:5212/s/g2guA/gcqzfaze", Some("g2guA")),
            ("https://cloud.example.org/s/g2guA", Some("g2guA")),
            ("https://cloud.example.org/s/", None),
            ("https://cloud.example.org/home", None),
            ("", None),
        ] {
            assert_eq!(id_of(link).as_deref(), id, "{link}");
        }
        assert!(is_usable("https://cloud.example.org/s/a"));
        for link in [
            "http://localhost:5212/s/a",
            "http://127.0.0.1/s/a",
            "http://[::1]/s/a",
            "",
        ] {
            assert!(!is_usable(link), "{link}");
        }
    }
}
