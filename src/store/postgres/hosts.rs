//! The hosts of a database. A URL may name several, separated by commas as libpq has them
//! (<https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS>): the primary is the one that takes
//! writes, and another one after a standby was promoted.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection};
use tokio::time::timeout;

use super::is_primary;

/// Time in which a host says whether it is the primary.
const HOST_TIMEOUT: Duration = Duration::from_secs(2);

/// The hosts of a database, and the one that was the primary last. Clones share them.
#[derive(Clone)]
pub(super) struct DatabaseHosts {
    /// A URL for each.
    urls: Arc<[SecretString]>,
    current: Arc<AtomicUsize>,
}

impl DatabaseHosts {
    /// Returns the hosts of a URL.
    pub fn of(url: &SecretString) -> Self {
        DatabaseHosts {
            urls: urls_of_hosts(url.expose_secret())
                .into_iter()
                .map(SecretString::from)
                .collect(),
            current: Arc::default(),
        }
    }

    /// Returns the URL of the host that was the primary last.
    pub fn current(&self) -> &SecretString {
        &self.urls[self.current.load(Ordering::SeqCst)]
    }

    /// Returns the options for the host that was the primary last.
    ///
    /// # Errors
    ///
    /// Fails if the URL is malformed, in a sentence that does not repeat it.
    pub fn options(&self) -> anyhow::Result<AnyConnectOptions> {
        let options = AnyConnectOptions::from_str(self.current().expose_secret()).ok();
        options.context("state_url cannot be read as an address")
    }

    /// Looks for the primary among several hosts, as the server starts. With one host, nothing is asked.
    pub async fn find_first_primary(&self) {
        if self.urls.len() > 1 && !is_primary_at(self.current()).await {
            self.find_primary().await;
        }
    }

    /// Looks for the primary among the hosts behind the one that was it last. Returns true if it is another host from now on.
    pub async fn find_primary(&self) -> bool {
        let (count, last) = (self.urls.len(), self.current.load(Ordering::SeqCst));
        for number in (1..count).map(|step| (last + step) % count) {
            if is_primary_at(&self.urls[number]).await {
                self.current.store(number, Ordering::SeqCst);
                return true;
            }
        }
        false
    }
}

async fn is_primary_at(url: &SecretString) -> bool {
    let Ok(options) = AnyConnectOptions::from_str(url.expose_secret()) else {
        return false;
    };
    let asked = async || -> sqlx::Result<bool> {
        let mut connection: AnyConnection = options.connect().await?;
        let is_primary = is_primary(&mut connection).await?;
        connection.close().await?;
        Ok(is_primary)
    };
    matches!(timeout(HOST_TIMEOUT, asked()).await, Ok(Ok(true)))
}

/// Returns a URL for each host of a URL: those before its path, or those of its parameter `host`, which are folders of
/// sockets.
fn urls_of_hosts(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![url.to_owned()];
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    if hosts.contains(',') {
        let at = if user.is_empty() { "" } else { "@" };
        let hosts = hosts.split(',');
        return hosts
            .map(|host| format!("{scheme}://{user}{at}{host}{rest}"))
            .collect();
    }
    let folders = rest
        .split_once('?')
        .and_then(|(_, query)| query.split('&').find_map(|it| it.strip_prefix("host=")));
    match folders {
        Some(folders) if folders.contains(',') => folders
            .split(',')
            .map(|folder| url.replacen(&format!("host={folders}"), &format!("host={folder}"), 1))
            .collect(),
        _ => vec![url.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_several_hosts_is_a_url_for_each() {
        for (url, expected) in [
            ("postgres://a@one/db", &["postgres://a@one/db"][..]),
            (
                "postgres://a:p%40,x@one:5432,two/db?sslmode=require",
                &[
                    "postgres://a:p%40,x@one:5432/db?sslmode=require",
                    "postgres://a:p%40,x@two/db?sslmode=require",
                ],
            ),
            (
                "postgres://one,two/db",
                &["postgres://one/db", "postgres://two/db"],
            ),
            (
                "postgres://a@localhost/db?sslmode=disable&host=/run/a,/run/b",
                &[
                    "postgres://a@localhost/db?sslmode=disable&host=/run/a",
                    "postgres://a@localhost/db?sslmode=disable&host=/run/b",
                ],
            ),
            ("canary", &["canary"]),
        ] {
            assert_eq!(urls_of_hosts(url), expected, "{url}");
        }
    }
}
