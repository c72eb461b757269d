//! The account's owner and quota, by either transport, and the state of the web session.

use crate::terabox::Terabox;
use crate::terabox::transport::Transport;
use crate::terabox::types::{QuotaInfo, UserInfo};
use crate::{Account, DriveError, ErrorKind, FactArgument, FactText, FactValue, Quota};

/// Fact of an account whose owner has not activated sharing (Open Platform document, section 3.2.2).
const SHARING_INACTIVE: &str = "sharing is not activated: activate it on the account’s page";
/// Fact of a token that `tokeninfo` reports to be another application's (Open Platform document, section 1.4.2.2).
const ANOTHER_APPLICATION: &str = "the token belongs to another application than client_id names: sign in again, or set the tokens of this application";

impl Terabox {
    pub(crate) async fn told_account(&self) -> Result<Account, DriveError> {
        let Transport::Platform(auth) = &self.api.transport else {
            return self.web_account().await;
        };
        let (user, quota, facts) =
            tokio::join!(self.api.uinfo(), self.api.quota(), self.web_facts());
        let user = user?;
        let is_sharing_inactive = user.use_type.0 == Some(0);
        let mut account = described(user, &quota?);
        account.session_ends_at = auth
            .ends_at()
            .await
            .and_then(|at| media::unix_time(i64::try_from(at).ok()?));
        account.facts = facts;
        account.facts.extend(auth.oauth.server_clock.fact());
        account.is_sharing_inactive = is_sharing_inactive;
        if is_sharing_inactive {
            account.facts.push(fact("Sharing", SHARING_INACTIVE));
        }
        if auth.is_of_another_application().await {
            account.facts.push(fact("Application", ANOTHER_APPLICATION));
        }
        Ok(account)
    }

    /// Returns the account as the website reports it.
    async fn web_account(&self) -> Result<Account, DriveError> {
        let Some(web) = self.api.transport.web() else {
            return Ok(Account::default());
        };
        let users = web.info().await?;
        let quota = web.quota().await?;
        let user = users.records.and_then(|records| records.into_iter().next());
        let mut account = described(user.unwrap_or_default(), &quota);
        let session = fact("Signed in by", "the account’s web session");
        account.facts.push(session);
        match web.expected_end() {
            Some((end, true)) => account.session_ends_at = Some(end),
            Some((end, false)) => {
                let ends = FactText::new("probably about {day} (the cookie did not tell)");
                let ends = ends.with("day", FactArgument::Day(end));
                account.facts.push(fact("Session ends", ends));
            }
            None => {}
        }
        if has_run_out(&quota) {
            account.facts.push(fact("Premium", "has run out"));
        }
        Ok(account)
    }

    /// Returns the state of the web session, if there is one, as facts of the account. An ended session is such
    /// a fact too, not a failure of the account.
    async fn web_facts(&self) -> Vec<(String, FactValue)> {
        let Some(web) = &self.web else {
            return Vec::new();
        };
        let (user, quota) = tokio::join!(web.info(), web.quota());
        let session: FactValue = match user {
            Ok(users) => {
                let user = users.records.and_then(|records| records.into_iter().next());
                match user.and_then(|user| user.uname.0) {
                    Some(name) => FactText::new("signed in as {name}")
                        .with("name", FactArgument::Text(name))
                        .into(),
                    None => "signed in".into(),
                }
            }
            Err(error) if error.kind == ErrorKind::SignedOut => "has ended".into(),
            Err(_) => "does not answer".into(),
        };
        let mut facts = vec![fact("Web session", session)];
        if let Some((end, is_told)) = web.expected_end() {
            let pattern = if is_told {
                "{day}"
            } else {
                "probably about {day}"
            };
            let ends = FactText::new(pattern).with("day", FactArgument::Day(end));
            facts.push(fact("Web session ends", ends));
        }
        if quota.is_ok_and(|quota| has_run_out(&quota)) {
            facts.push(fact("Premium", "has run out"));
        }
        facts
    }
}

fn fact(name: &str, value: impl Into<FactValue>) -> (String, FactValue) {
    (name.to_owned(), value.into())
}

fn has_run_out(quota: &QuotaInfo) -> bool {
    quota.expire.0.is_some_and(|expired| expired != 0)
}

fn described(user: UserInfo, quota: &QuotaInfo) -> Account {
    let bytes = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    Account {
        id: user.uk.0.unwrap_or_default(),
        name: user.uname.0.unwrap_or_default(),
        avatar_url: user.avatar_url.0.filter(|url| !url.is_empty()),
        plan: match user.vip_type.0 {
            Some(0) => Some("free".to_owned()),
            Some(1) => Some("premium".to_owned()),
            Some(2) => Some("super premium".to_owned()),
            _ => None,
        },
        quota: match (bytes(quota.total.0), bytes(quota.used.0)) {
            (Some(total), Some(used)) => Some(Quota { total, used }),
            _ => None,
        },
        ..Account::default()
    }
}
