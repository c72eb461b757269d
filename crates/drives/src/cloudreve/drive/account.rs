//! The account and its site: name, quota, what the account's group may do (document sections 1.5, 4.3 and 6), and the
//! limits of the site.

use async_trait::async_trait;
use data_encoding::BASE64;

use crate::cloudreve::Cloudreve;
use crate::cloudreve::client::Api;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::limits::{self, batch_words};
use crate::cloudreve::types::{SiteFacts, SiteLimits, UserGroup};
use crate::{Account, AccountSession, DriveError, FactArgument, FactText, FactValue, Quota};

/// Permissions of a group, by the number of their flags, in words (document section 1.5).
const PERMISSIONS: [(usize, &str); 5] = [
    (2, "make share links"),
    (7, "open share links"),
    (9, "fetch from links"),
    (5, "pack and unpack archives"),
    (4, "download folders as archives"),
];

#[async_trait]
impl AccountSession for Cloudreve {
    async fn account(&self) -> Result<Account, DriveError> {
        let (user, capacity, about, policy, unfinished) = tokio::join!(
            self.api.me(),
            self.api.capacity(),
            self.about(),
            self.root_policy(),
            self.unfinished_uploads()
        );
        let (user, capacity) = (user?, capacity?.unwrap_or_default());
        let bytes = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        let (total, used) = (bytes(capacity.total), bytes(capacity.used));
        let packs = bytes(capacity.storage_pack_total).filter(|packs| *packs > 0);
        let has_name = |name: &String| !name.is_empty();
        let email = user.email.filter(has_name);
        let group = user.group.unwrap_or_default();
        let (may, may_not) = permissions(&group);
        let policy = policy.as_deref();
        let facts = [
            ("Email", email.clone().map(FactValue::from)),
            (
                "Site",
                about
                    .and_then(|about| about.facts.title.clone())
                    .filter(has_name)
                    .map(FactValue::from),
            ),
            ("Uploads go to", policy.map(limits::target)),
            ("The largest file", policy.and_then(limits::largest_file)),
            (
                "Only files of these types",
                policy.and_then(|policy| limits::types(&policy.allowed_suffix)),
            ),
            (
                "No files of these types",
                policy.and_then(|policy| limits::types(&policy.denied_suffix)),
            ),
            (
                "At once",
                batch_words(
                    about.and_then(|about| about.limits.max_batch_size),
                    group.direct_link_batch_size,
                ),
            ),
            ("Of it in storage packs", packs.map(limits::bytes)),
            ("Unfinished uploads", unfinished),
            ("The group may", may),
            ("The group may not", may_not),
            (
                "The trash keeps files for",
                group.trash_retention.and_then(days),
            ),
        ];
        Ok(Account {
            name: user.nickname.filter(has_name).or(email).unwrap_or_default(),
            avatar_url: user
                .avatar
                .filter(has_name)
                .map(|_| self.api.site.url(&format!("/user/avatar/{}", user.id))),
            plan: group.name.filter(has_name),
            quota: total.zip(used).map(|(total, used)| Quota { total, used }),
            session_ends_at: self
                .api
                .auth
                .ends_at()
                .await
                .and_then(|at| media::unix_time(i64::try_from(at).ok()?)),
            facts: facts
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect(),
            id: user.id,
            is_sharing_inactive: false,
        })
    }

    async fn refresh_if_due(&self) -> Result<(), DriveError> {
        self.api.auth.access().await.map(drop)
    }

    async fn drain(&self) {
        self.api.auth.drain().await;
    }
}

/// Name and limits of a site.
pub(crate) struct SiteAbout {
    facts: SiteFacts,
    limits: SiteLimits,
}

impl Cloudreve {
    /// Returns what the site says of itself, requested once; `None` if it does not answer.
    async fn about(&self) -> Option<&SiteAbout> {
        self.about.get_or_try_init(|| self.api.about()).await.ok()
    }
}

impl Api {
    async fn about(&self) -> Result<SiteAbout, DriveError> {
        let (facts, limits) = tokio::join!(
            self.get("account", Context::Files, "/site/config/basic"),
            self.get("account", Context::Files, "/site/config/explorer")
        );
        Ok(SiteAbout {
            facts: facts?,
            // A site that keeps them to itself has a name nevertheless.
            limits: limits.unwrap_or_default(),
        })
    }
}

/// Returns what a group may do and may not, in words; `None` for nothing, or if the site does not say.
fn permissions(group: &UserGroup) -> (Option<FactValue>, Option<FactValue>) {
    let flags = group.permission.as_deref();
    let Some(flags) = flags.and_then(|flags| BASE64.decode(flags.as_bytes()).ok()) else {
        return (None, None);
    };
    let is_set = |number: usize| {
        let byte = flags.get(number / 8).copied().unwrap_or(0);
        byte >> (number % 8) & 1 == 1
    };
    let words = |set: bool| {
        let permissions = PERMISSIONS.iter();
        let words = permissions.filter(|(number, _)| is_set(*number) == set);
        FactValue::list(words.map(|(_, words)| FactText::new(*words)))
    };
    (words(true), words(false))
}

fn days(seconds: i64) -> Option<FactValue> {
    match u64::try_from(seconds / 86_400) {
        Err(_) | Ok(0) => None,
        Ok(1) => Some("1 day".into()),
        Ok(days) => {
            let text = FactText::new("{days} days").with("days", FactArgument::Count(days));
            Some(text.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(permission: &str) -> (Option<String>, Option<String>) {
        let (may, may_not) = permissions(&UserGroup {
            permission: Some(permission.to_owned()),
            ..UserGroup::default()
        });
        let words = |value: Option<FactValue>| value.map(|value| value.to_string());
        (words(may), words(may_not))
    }

    #[test]
    fn what_groups_may_do_as_installed() {
        // The values of a new site for its administrators and its users (document section 1.5).
        let (may, may_not) = told("/RoB");
        assert_eq!(may.unwrap().split(", ").count(), 5);
        assert_eq!(may_not, None);
        let (may, may_not) = told("hAg=");
        assert_eq!(may.as_deref(), Some("make share links, open share links"));
        assert!(may_not.unwrap().starts_with("fetch from links"));
        assert_eq!(told("not base64"), (None, None));
    }
}
