//! Opens a share: requests its facts, unlocks it if it has a password, and adds it to the places.
//!
//! Guessing costs the upstream little: a required password, a wrong password and a demand for verification are
//! cached for a while, so that the same request is not repeated.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::TeraboxShare;
use super::attempts::UnlockAttempts;
use crate::links::{LinkHome, ShortLink};
use crate::terabox::client::Api;
use crate::terabox::share::calls::decoded_key;
use crate::terabox::share::stored::{ShareInfo, ShareState};
use crate::terabox::share::types::ShareInfoReply;
use crate::terabox::{KIND, Terabox, download_url};
use crate::{
    Drive, DriveError, ErrorKind, OnConflict, OpenShares, Outcome, Permits, SessionStore,
    ShareCredentials, ShareLink,
};
use media::{EntryPath, Place};

const OPERATION: &str = "open_share";

/// Opens a share with its known key, or with the password of the link, or with the password that opened it
/// before.
pub(crate) async fn unlock(
    api: &Api,
    attempts: &UnlockAttempts,
    link: &ShareLink,
    before: Option<&ShareInfo>,
) -> Result<ShareInfo, DriveError> {
    if let Some(facts) = by_numbers(link) {
        return Ok(facts);
    }
    let surl = &link.id;
    let old_password = before.and_then(|facts| facts.password.as_ref());
    let old_password = old_password.map(|password| password.expose_secret().to_owned());
    let is_another = link.password.is_some() && link.password != old_password;
    let key = before.and_then(|facts| facts.credentials.key.clone());

    let known_locked = key.is_none() && attempts.locked.contains_key(surl);
    if !known_locked {
        match api.share_info(OPERATION, surl, key.as_ref()).await {
            Ok(info) => {
                let password = match (&key, old_password) {
                    (Some(_), Some(password)) => Some(SecretString::from(password)),
                    _ => None,
                };
                return facts(info, key, password);
            }
            Err(error) if error.kind == ErrorKind::SharePasswordRequired => {}
            Err(error) => return Err(error),
        }
        attempts.locked.insert(surl.clone(), ()).await;
    }
    let password = match (&link.password, old_password) {
        (Some(password), _) if is_another => password.clone(),
        (_, Some(password)) => password,
        (Some(password), None) => password.clone(),
        (None, None) => {
            return Err(DriveError::new(
                ErrorKind::SharePasswordRequired,
                OPERATION,
                "it wants a password",
            ));
        }
    };
    let key = try_password(api, attempts, surl, &password).await?;
    let info = api.share_info(OPERATION, surl, Some(&key)).await?;
    facts(info, Some(key), Some(SecretString::from(password)))
}

async fn try_password(
    api: &Api,
    attempts: &UnlockAttempts,
    surl: &str,
    password: &str,
) -> Result<SecretString, DriveError> {
    if let Some(error) = attempts.paused.get(surl).await {
        return Err(error);
    }
    let attempt = (surl.to_owned(), password.to_owned());
    if let Some(error) = attempts.wrong.get(&attempt).await {
        return Err(error);
    }
    let answer = api.share_verify(OPERATION, surl, password).await;
    if let Err(error) = &answer {
        match error.kind {
            ErrorKind::SharePasswordWrong => attempts.wrong.insert(attempt, error.clone()).await,
            ErrorKind::VerificationRequired | ErrorKind::RateLimited => {
                attempts.paused.insert(surl.to_owned(), error.clone()).await;
            }
            _ => {}
        }
    }
    answer
}

/// Returns the facts about a share of which only the numbers are known; no request is possible.
fn by_numbers(link: &ShareLink) -> Option<ShareInfo> {
    let (share_id, owner_id) = link.id.strip_prefix('@')?.split_once('.')?;
    Some(ShareInfo {
        credentials: ShareCredentials {
            share_id: share_id.to_owned(),
            owner_id: owner_id.to_owned(),
            key: link.password.as_deref().map(decoded_key),
        },
        password: None,
        title: String::new(),
        owner: None,
        owner_picture: None,
        count: None,
        shared_at: None,
        ends_at: None,
        sign: None,
        signed_at: 0,
        state: ShareState::Alive,
    })
}

fn facts(
    info: ShareInfoReply,
    key: Option<SecretString>,
    password: Option<SecretString>,
) -> Result<ShareInfo, DriveError> {
    let numbers = info.share_id().zip(info.owner_id());
    let items = info.list.as_deref().unwrap_or_default();
    // An expired share has been seen to answer, with nothing in it.
    if info.expiredtype.0 == Some(2) && items.is_empty() {
        return Err(DriveError::new(
            ErrorKind::ShareGone,
            OPERATION,
            "it has run out",
        ));
    }
    let (share_id, owner_id) =
        numbers.ok_or_else(|| DriveError::failed(OPERATION, "a share without its numbers"))?;
    let shared_at = info
        .ctime
        .0
        .filter(|&seconds| seconds > 0)
        .and_then(media::unix_time);
    let count = info.fcount.0.and_then(|count| u64::try_from(count).ok());
    let count = count
        .filter(|&count| count > 0)
        .unwrap_or(items.len() as u64);
    Ok(ShareInfo {
        credentials: ShareCredentials {
            share_id: share_id.to_owned(),
            owner_id: owner_id.to_owned(),
            // Without a password, the key comes with the answer.
            key: key.or_else(|| {
                let key = info.randsk.0.as_deref().filter(|key| !key.is_empty())?;
                Some(decoded_key(key))
            }),
        },
        password,
        title: title(&info, count),
        owner: info
            .share_username
            .0
            .clone()
            .filter(|name| !name.is_empty()),
        owner_picture: info.head_url.0.as_deref().and_then(download_url::of_dlink),
        count: (count > 0).then_some(count),
        shared_at,
        // The periods that shares are made with, in days. The reply has no point in time; other numbers are
        // ignored.
        ends_at: match info.expiredtype.0 {
            Some(days @ (1 | 7 | 30)) => shared_at.map(|at| at + chrono::Duration::days(days)),
            _ => None,
        },
        sign: info.sign.0.clone().filter(|sign| !sign.is_empty()),
        signed_at: info.timestamp.0.unwrap_or(0),
        state: ShareState::Alive,
    })
}

/// Returns the name of the first shared file, and the number of others.
fn title(info: &ShareInfoReply, count: u64) -> String {
    let named = |path: &str| {
        path.trim_end_matches('/')
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    let first = info.list.as_ref().and_then(|list| list.first());
    let name = first
        .and_then(|file| file.server_filename.0.clone())
        .or_else(|| first.and_then(|file| named(file.path.0.as_deref()?)))
        .or_else(|| info.title.0.as_deref().and_then(named))
        .map(|name| name.chars().filter(|c| !c.is_control()).collect::<String>())
        .unwrap_or_default();
    match count {
        0 | 1 => name,
        more => format!("{name} and {} more", more - 1),
    }
}

#[async_trait]
impl OpenShares for Terabox {
    fn opens(&self, link: &ShareLink) -> bool {
        // Every host serves the same shares, except for one that a drive is configured for.
        link.kind == "terabox"
            && (self
                .home
                .as_ref()
                .is_some_and(|home| home.authority == link.host)
                || !link.host.contains(':'))
    }

    fn homes(&self) -> Vec<LinkHome> {
        self.home.clone().into_iter().collect()
    }

    async fn follow(&self, link: &ShortLink) -> Result<Option<String>, DriveError> {
        if link.kind != "terabox" {
            return Ok(None);
        }
        self.http.location("short_link", &link.url).await
    }

    async fn open(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
    ) -> Result<Drive, DriveError> {
        let before = ShareInfo::load(memory.as_ref()).await?;
        let facts = match unlock(&self.api, &self.attempts, link, before.as_ref()).await {
            Ok(facts) => facts,
            Err(error) => {
                // The new state is remembered only for a share that was open before.
                let asked_with_old = link.password.is_none();
                let state = match error.kind {
                    ErrorKind::ShareGone => Some(ShareState::Gone),
                    ErrorKind::SharePasswordWrong if asked_with_old => {
                        Some(ShareState::PasswordChanged)
                    }
                    _ => None,
                };
                if let (Some(before), Some(state)) = (before, state) {
                    before.in_state(state).save(memory.as_ref()).await?;
                }
                return Err(error);
            }
        };
        facts.save(memory.as_ref()).await?;
        Ok(self.share(place, link, memory, Some(facts)).into_drive())
    }

    fn reopen(&self, place: Place, link: &ShareLink, memory: Arc<dyn SessionStore>) -> Drive {
        self.share(place, link, memory, None).into_drive()
    }

    fn saves(&self, share: &Drive) -> bool {
        share.kind == KIND.kind && share.contents.is_some()
    }

    async fn save(
        &self,
        share: &Drive,
        paths: &[EntryPath],
        to: &EntryPath,
        on_conflict: OnConflict,
        permits: Permits<'_>,
    ) -> Result<Vec<Outcome>, DriveError> {
        match share.contents.as_deref().filter(|_| self.saves(share)) {
            Some(contents) => {
                self.save_from(contents, paths, to, on_conflict, permits)
                    .await
            }
            None => {
                let detail = "a share of another upstream";
                Err(DriveError::unsupported("save", detail))
            }
        }
    }
}

impl Terabox {
    fn share(
        &self,
        place: Place,
        link: &ShareLink,
        memory: Arc<dyn SessionStore>,
        facts: Option<ShareInfo>,
    ) -> TeraboxShare {
        TeraboxShare::new(
            place,
            link.clone(),
            self.api.clone(),
            self.referer.clone(),
            self.attempts.clone(),
            memory,
            facts,
        )
    }
}
