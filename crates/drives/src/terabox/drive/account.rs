//! The account's owner and quota, by either transport, and the state of the web session.

use crate::terabox::Terabox;
use crate::terabox::transport::Transport;
use crate::terabox::types::{QuotaInfo, UserInfo};
use crate::{Account, DriveError, ErrorKind, Quota};

/// Fact of an account whose owner has not activated sharing (document section 3.2.2).
const SHARING_INACTIVE: &str = "sharing is not activated: activate it on the account’s page";
/// Fact of a token that `tokeninfo` reports to be another application's (document section 1.4.2.2).
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
        account.facts.push((
            "Signed in by".to_owned(),
            "the account’s web session".to_owned(),
        ));
        match web.expected_end() {
            Some((end, true)) => account.session_ends_at = Some(end),
            Some((end, false)) => account.facts.push((
                "Session ends".to_owned(),
                format!(
                    "probably about {} (the cookie did not tell)",
                    end.format("%Y-%m-%d")
                ),
            )),
            None => {}
        }
        if has_run_out(&quota) {
            account
                .facts
                .push(("Premium".to_owned(), "has run out".to_owned()));
        }
        Ok(account)
    }

    /// Returns the state of the web session, if there is one, as facts of the account. An ended session is such
    /// a fact too, not a failure of the account.
    async fn web_facts(&self) -> Vec<(String, String)> {
        let Some(web) = &self.web else {
            return Vec::new();
        };
        let (user, quota) = tokio::join!(web.info(), web.quota());
        let session = match user {
            Ok(users) => {
                let user = users.records.and_then(|records| records.into_iter().next());
                match user.and_then(|user| user.uname.0) {
                    Some(name) => format!("signed in as {name}"),
                    None => "signed in".to_owned(),
                }
            }
            Err(error) if error.kind == ErrorKind::SignedOut => "has ended".to_owned(),
            Err(_) => "does not answer".to_owned(),
        };
        let mut facts = vec![("Web session".to_owned(), session)];
        if let Some((end, is_told)) = web.expected_end() {
            let probably = if is_told { "" } else { "probably about " };
            facts.push((
                "Web session ends".to_owned(),
                format!("{probably}{}", end.format("%Y-%m-%d")),
            ));
        }
        if quota.is_ok_and(|quota| has_run_out(&quota)) {
            facts.push(("Premium".to_owned(), "has run out".to_owned()));
        }
        facts
    }
}

fn fact(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
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
