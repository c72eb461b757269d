//! Apps as the servers on one database see them, and messages on their way to a server that has a socket of an app. Where the
//! state is a file, this server sees all apps itself.

use std::time::Duration;

use data_encoding::HEXLOWER;
use sqlx::{AnyPool, AssertSqlSafe};

use super::NOW;
use crate::store::Store;

/// Time for which a message waits for its server.
const MESSAGE_TTL: Duration = Duration::from_secs(30);

/// Apps and messages in the database. Every method fails if it cannot be reached.
#[derive(Clone)]
pub struct SharedApps {
    pool: AnyPool,
    /// The name of this server.
    server: String,
}

/// An app as a server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSighting {
    /// The server; ignored for a sighting of this one.
    pub server: String,
    /// The ticket of the app.
    pub ticket: [u8; 8],
    /// A text of `web`.
    pub body: String,
}

/// A message for the sockets that an app has at a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppMessage {
    pub server: String,
    /// The ticket of the app.
    pub ticket: [u8; 8],
    pub body: String,
}

impl Store {
    /// Returns the apps that servers share; `None` where no other server uses the state.
    pub fn shared_apps(&self) -> Option<SharedApps> {
        self.database.postgres().map(|postgres| SharedApps {
            pool: self.pool.clone(),
            server: postgres.server.clone(),
        })
    }
}

impl SharedApps {
    /// Stores apps as this server sees them, and forgets those that no server has seen for `ttl`.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn publish(&self, apps: &[AppSighting], ttl: Duration) -> sqlx::Result<()> {
        let rows = apps
            .iter()
            .map(|app| [HEXLOWER.encode(&app.ticket), app.body.clone()]);
        let statement = format!(
            "WITH old AS (DELETE FROM app_sighting WHERE (ticket, server) IN (SELECT ticket, server FROM app_sighting \
             WHERE seen_at < {NOW} - $3 AND server <> $2 LIMIT 100 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO app_sighting (ticket, server, body, seen_at) \
             SELECT decode(app ->> 0, 'hex'), $2, app ->> 1, {NOW} FROM json_array_elements(CAST($1 AS JSON)) AS found (app) \
             ON CONFLICT (ticket, server) DO UPDATE SET body = excluded.body, seen_at = excluded.seen_at"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(json(rows)?)
            .bind(&self.server)
            .bind(ttl.as_millis() as i64)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the apps that other servers, which still run, have seen within `ttl`.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn of_other_servers(&self, ttl: Duration) -> sqlx::Result<Vec<AppSighting>> {
        let statement = format!(
            "SELECT s.server, s.ticket, s.body FROM app_sighting s JOIN server_lease l ON l.server = s.server \
             WHERE s.server <> $1 AND s.seen_at > {NOW} - $2 AND l.expires_at >= {NOW} ORDER BY s.ticket, s.server"
        );
        let rows: Vec<(String, Vec<u8>, String)> = sqlx::query_as(AssertSqlSafe(statement))
            .bind(&self.server)
            .bind(ttl.as_millis() as i64)
            .fetch_all(&self.pool)
            .await?;
        let apps = rows.into_iter().filter_map(|(server, ticket, body)| {
            let ticket = ticket.try_into().ok()?;
            Some(AppSighting {
                server,
                ticket,
                body,
            })
        });
        Ok(apps.collect())
    }

    /// Leaves messages for other servers.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn send(&self, messages: &[AppMessage]) -> sqlx::Result<()> {
        let rows = messages.iter().map(|message| {
            let ticket = HEXLOWER.encode(&message.ticket);
            [message.server.clone(), ticket, message.body.clone()]
        });
        let statement = format!(
            "WITH old AS (DELETE FROM app_message WHERE id IN (SELECT id FROM app_message WHERE sent_at < {NOW} - $2 \
             LIMIT 100 FOR UPDATE SKIP LOCKED)) \
             INSERT INTO app_message (server, ticket, body, sent_at) \
             SELECT app ->> 0, decode(app ->> 1, 'hex'), app ->> 2, {NOW} \
             FROM json_array_elements(CAST($1 AS JSON)) WITH ORDINALITY AS found (app, number) ORDER BY number"
        );
        sqlx::query(AssertSqlSafe(statement))
            .bind(json(rows)?)
            .bind(MESSAGE_TTL.as_millis() as i64)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Takes the messages for this server, in their order.
    ///
    /// # Errors
    ///
    /// Fails if the database cannot be reached.
    pub async fn receive(&self) -> sqlx::Result<Vec<AppMessage>> {
        let mut rows: Vec<(i64, Vec<u8>, String)> =
            sqlx::query_as("DELETE FROM app_message WHERE server = $1 RETURNING id, ticket, body")
                .bind(&self.server)
                .fetch_all(&self.pool)
                .await?;
        rows.sort_by_key(|(id, _, _)| *id);
        let messages = rows.into_iter().filter_map(|(_, ticket, body)| {
            let ticket = ticket.try_into().ok()?;
            Some(AppMessage {
                server: self.server.clone(),
                ticket,
                body,
            })
        });
        Ok(messages.collect())
    }
}

fn json<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> sqlx::Result<String> {
    let rows: Vec<Vec<String>> = rows.map(Vec::from).collect();
    serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::TestState;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn what_one_server_sees_others_know_and_messages_arrive_once_in_their_order() {
        let state = TestState::postgres().await;
        let (first, second) = (state.open().await, state.open().await);
        for store in [&first, &second] {
            store.renew_lease().await.unwrap();
        }
        let (one, other) = (first.shared_apps().unwrap(), second.shared_apps().unwrap());
        let app = |body: &str| AppSighting {
            server: one.server.clone(),
            ticket: [7; 8],
            body: body.to_owned(),
        };
        one.publish(&[app("old")], HOUR).await.unwrap();
        one.publish(&[app("new \\u0000 \"")], HOUR).await.unwrap();
        let seen = other.of_other_servers(HOUR).await.unwrap();
        assert_eq!(seen, [app("new \\u0000 \"")]);
        assert_eq!(one.of_other_servers(HOUR).await.unwrap(), []);

        let message = |body: &str| AppMessage {
            server: one.server.clone(),
            ticket: [7; 8],
            body: body.to_owned(),
        };
        let both = [message("a"), message("b")];
        other.send(&both).await.unwrap();
        assert_eq!(other.receive().await.unwrap(), []);
        assert_eq!(one.receive().await.unwrap(), both);
        assert_eq!(one.receive().await.unwrap(), []);
        // A server that has ended has no sockets.
        first.end_lease().await.unwrap();
        assert_eq!(other.of_other_servers(HOUR).await.unwrap(), []);
    }
}
