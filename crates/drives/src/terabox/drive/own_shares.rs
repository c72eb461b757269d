//! Share links of the account's own: made, listed and revoked through its web session.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::browse::page_number;
use crate::terabox::Terabox;
use crate::terabox::web_session::WebSession;
use crate::terabox::web_session::types::WebShare;
use crate::{DriveError, NewShare, OwnShare, OwnShareState, OwnShares};
use media::EntryPath;

/// Links per page.
const PAGE: usize = 100;
/// Maximum number of pages searched for a link whose id the upstream did not return when it was made.
const SEARCHED_PAGES: u64 = 3;
/// Numbers of seconds above this are a point in time, not a duration.
const A_MOMENT: i64 = 1_000_000_000;

#[async_trait]
impl OwnShares for Terabox {
    async fn create(&self, share: &NewShare) -> Result<OwnShare, DriveError> {
        let operation = "share";
        let web = self.web_session(operation)?;
        let wrong = |sentence| DriveError::bad_request(operation, "").with_sentence(sentence);
        if !matches!(share.period_days, 0 | 1 | 7 | 30) {
            return Err(wrong("A link lasts 1, 7 or 30 days, or for ever."));
        }
        if share.paths.is_empty() {
            return Err(wrong("Choose at least one file or folder."));
        }
        let password = share.password.as_deref().filter(|text| !text.is_empty());
        if password.is_some_and(|password| !is_password(password)) {
            return Err(wrong(
                "The password of a link has 4 characters: digits and lower-case letters.",
            ));
        }
        let ids = self.ids_of(operation, &share.paths).await?;
        self.activate_sharing().await;
        let made = web.create(&ids, share.period_days, password).await?;
        let short = made.shorturl.0.filter(|text| !text.is_empty());
        let short = short
            .or(made.link.0)
            .ok_or_else(|| DriveError::failed(operation, "no link in the reply"))?;
        let url = link(&web.base_url(), &short);
        let told = |id: Option<String>| id.filter(|id| !id.is_empty() && id != "0");
        let id = match told(made.shareid.0).or(told(made.share_id.0)) {
            Some(id) => id,
            None => find(web, &url).await?,
        };
        let now = DateTime::<Utc>::from(self.clock.now());
        Ok(OwnShare::made(id, url, share, now))
    }

    async fn list(
        &self,
        cursor: Option<&str>,
    ) -> Result<(Vec<OwnShare>, Option<String>), DriveError> {
        let operation = "shares";
        let web = self.web_session(operation)?;
        let page = page_number(operation, cursor)?;
        let shares = web.list(page, PAGE).await?.into_shares();
        let shares = shares.ok_or_else(|| DriveError::failed(operation, "no list in the reply"))?;
        let next = (shares.len() >= PAGE).then(|| (page + 1).to_string());
        let now = DateTime::<Utc>::from(self.clock.now());
        let shares = shares
            .into_iter()
            .filter_map(|share| self.described(share, &web.base_url(), now))
            .collect();
        Ok((shares, next))
    }

    async fn cancel(&self, id: &str) -> Result<(), DriveError> {
        let operation = "unshare";
        let web = self.web_session(operation)?;
        let number = id
            .parse()
            .map_err(|_| DriveError::not_found(operation, "no id of a share"))?;
        web.cancel(number).await
    }
}

impl Terabox {
    fn web_session(&self, operation: &'static str) -> Result<&WebSession, DriveError> {
        self.web.as_deref().ok_or_else(|| {
            DriveError::unsupported(operation, "no [drive.web]").with_sentence(
                "Links are made through the account’s web session: set up [drive.web].",
            )
        })
    }

    /// Returns the upstream's ids of the entries, in their order.
    async fn ids_of(
        &self,
        operation: &'static str,
        paths: &[EntryPath],
    ) -> Result<Vec<String>, DriveError> {
        let upstream: Vec<String> = paths.iter().map(|path| self.root.upstream(path)).collect();
        let found = self.api.metas(operation, &upstream).await?;
        upstream
            .iter()
            .map(|path| {
                let id = found.get(path).and_then(|file| file.fs_id.0.clone());
                id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
                    .ok_or_else(|| DriveError::not_found(operation, ""))
            })
            .collect()
    }

    /// Activates sharing, which an account needs once before it may share (Open Platform document, section 3.2.2). A
    /// failure is ignored here: making the link reports it.
    async fn activate_sharing(&self) {
        if self.api.transport.web().is_some() {
            return;
        }
        let work = async {
            if self.api.uinfo().await?.use_type.0 == Some(0) {
                self.api.activate_sharing().await?;
            }
            Ok::<_, DriveError>(())
        };
        if let Err(error) = work.await {
            tracing::debug!(%error, "sharing could not be activated");
        }
    }

    fn described(&self, share: WebShare, base_url: &str, now: DateTime<Utc>) -> Option<OwnShare> {
        let at = media::unix_time;
        let expires_at = match share.expired_time.0 {
            Some(seconds) if seconds > A_MOMENT => at(seconds),
            Some(seconds) if seconds > 0 => Some(now + TimeDelta::seconds(seconds)),
            _ => None,
        };
        let has_expired = matches!(share.expired_type.0, Some(-1 | 2))
            || expires_at.is_some_and(|expires_at| expires_at <= now);
        let paths = share.typical_path.0.iter();
        Some(OwnShare {
            id: share.share_id.0.or(share.shareid.0)?,
            url: link(
                base_url,
                &share
                    .shorturl
                    .0
                    .filter(|text| !text.is_empty())
                    .or(share.link.0)?,
            ),
            paths: paths.filter_map(|path| self.root.local(path)).collect(),
            created_at: share.ctime.0.filter(|&seconds| seconds > 0).and_then(at),
            expires_at,
            // “0” stands for no password.
            password: share.passwd.0.filter(|text| is_password(text)),
            state: match share.status.0 {
                _ if has_expired => OwnShareState::Expired,
                None | Some(0) => OwnShareState::Alive,
                Some(_) => OwnShareState::Refused,
            },
        })
    }
}

/// Returns true for four digits or lower-case letters (Open Platform document, section 3.5.1).
fn is_password(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    text.len() == 4 && text.bytes().all(fits)
}

/// Returns the full URL for the upstream's `shorturl`, which is the end of a URL, or a URL already.
fn link(base_url: &str, short: &str) -> String {
    if short.contains("://") {
        return short.to_owned();
    }
    let base = base_url.trim_end_matches('/');
    let short = short.trim_start_matches('/');
    match short.strip_prefix("s/") {
        Some(short) => format!("{base}/s/{short}"),
        None => format!("{base}/s/{short}"),
    }
}

/// Returns the last part of a link, which identifies it, whichever of the account's sites the link names.
fn end(link: &str) -> &str {
    let link = link.trim_end_matches('/');
    link.rsplit('/').next().unwrap_or_default()
}

/// Returns the id of a link that has just been made.
async fn find(web: &WebSession, url: &str) -> Result<String, DriveError> {
    for page in 1..=SEARCHED_PAGES {
        let shares = web
            .list(page, PAGE)
            .await?
            .into_shares()
            .unwrap_or_default();
        let is_last = shares.len() < PAGE;
        let found = shares.into_iter().find(|share| {
            let told = [&share.shorturl, &share.link];
            let mut told = told.into_iter().filter_map(|text| text.0.as_deref());
            told.any(|link| !end(link).is_empty() && end(link) == end(url))
        });
        if let Some(id) = found.and_then(|share| share.share_id.0.or(share.shareid.0)) {
            return Ok(id);
        }
        if is_last {
            break;
        }
    }
    Err(DriveError::failed(
        "share",
        "the link was made, but is not in the list",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_from_what_is_told_of_them() {
        let base = "https://1024terabox.com";
        for (short, url) in [
            ("1aBcDeF", "https://1024terabox.com/s/1aBcDeF"),
            ("/s/1aBcDeF", "https://1024terabox.com/s/1aBcDeF"),
            ("https://terabox.com/s/1a", "https://terabox.com/s/1a"),
        ] {
            assert_eq!(link(base, short), url);
        }
        assert_eq!(end("https://terabox.com/s/1aB/"), end("1aB"));
        for (text, is_one) in [
            ("a1b2", true),
            ("0", false),
            ("A1b2", false),
            ("a1b23", false),
        ] {
            assert_eq!(is_password(text), is_one, "{text}");
        }
    }
}
