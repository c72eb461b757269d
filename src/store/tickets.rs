//! Named tickets (scope, last use, revocation) and the keys that sign tickets. Previews of a ticket's entry
//! are in `ticket_cards`.
//!
//! The text of a ticket is not stored. A revoked ticket keeps its id for good; its name and scope are cleared.

use std::time::SystemTime;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::ticket_cards::{EntryText, StoredCard};
use super::{Store, millis, time};
use media::{TicketLimits, ViewerId};

/// The purpose of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    /// A player of the owner's.
    Device,
    /// A guest with a guest link.
    Guest,
    /// The owner's own play URLs.
    Owner,
}

impl TicketKind {
    fn as_str(self) -> &'static str {
        match self {
            TicketKind::Device => "device",
            TicketKind::Guest => "guest",
            TicketKind::Owner => "owner",
        }
    }
}

/// A stored ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTicket {
    /// The id that is part of the ticket's text.
    pub id: [u8; 8],
    /// Its purpose.
    pub kind: TicketKind,
    /// The owner's name for it.
    pub name: String,
    /// Its scope, in the form that the ticket has.
    pub scope: String,
    /// True if listings name streams instead of files.
    pub prefers_hls: bool,
    /// The number of the key that signed it.
    pub key: u8,
    /// Time of issue.
    pub made_at: SystemTime,
    /// Expiry, `None` if it does not expire.
    pub ends_at: Option<SystemTime>,
    /// Time of the last use, as of the last flush.
    pub last_used_at: Option<SystemTime>,
    /// The viewer whose history its plays belong to; `None` for a guest.
    pub viewer: Option<ViewerId>,
    /// Its limits.
    pub limits: TicketLimits,
    /// Visits so far, if they are limited.
    pub visits: u32,
}

/// Columns that [`read`] expects, and the table.
const COLUMNS: &str = "id, kind, name, scope, prefers_hls, key, made_at, ends_at, last_used_at, viewer, max_viewers, max_visits, visits, \
     original, bytes_per_s FROM ticket";

impl Store {
    /// Returns the keys that are not revoked, by number. The last one signs.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn ticket_keys(&self) -> anyhow::Result<Vec<(u8, [u8; 32])>> {
        let mut rows = self.ticket_key_rows().await?;
        if rows.is_empty() {
            let first = self.server_key("ticket").await?;
            sqlx::query(
                "INSERT INTO ticket_key (number, value, made_at) VALUES (0, $1, $2) ON CONFLICT (number) DO NOTHING",
            )
            .bind(first.as_slice())
            .bind(millis(SystemTime::now()))
            .execute(&self.pool)
            .await?;
            rows = self.ticket_key_rows().await?;
        }
        rows.iter()
            .map(|row| {
                let number = u8::try_from(row.try_get::<i64, _>("number")?)?;
                let value: Vec<u8> = row.try_get("value")?;
                let value = value
                    .try_into()
                    .map_err(|_| anyhow::anyhow!("a key of tickets has a wrong length"))?;
                Ok((number, value))
            })
            .collect()
    }

    async fn ticket_key_rows(&self) -> sqlx::Result<Vec<AnyRow>> {
        sqlx::query("SELECT number, value FROM ticket_key WHERE retired_at IS NULL ORDER BY number")
            .fetch_all(&self.pool)
            .await
    }

    /// Generates another key, which signs from now on. Returns `None` if all 256 numbers are used.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn add_ticket_key(&self) -> anyhow::Result<Option<(u8, [u8; 32])>> {
        let mut key = [0u8; 32];
        getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let numbers: Vec<i64> = sqlx::query_scalar(
            "INSERT INTO ticket_key (number, value, made_at) \
             SELECT MAX(number) + 1, $1, $2 FROM ticket_key HAVING MAX(number) < 255 RETURNING number",
        )
        .bind(key.as_slice())
        .bind(millis(SystemTime::now()))
        .fetch_all(&self.pool)
        .await?;
        Ok(match numbers.into_iter().next() {
            Some(number) => Some((u8::try_from(number)?, key)),
            None => None,
        })
    }

    /// Revokes every key but the one that signs, and every ticket that they signed, in one transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn revoke_ticket_keys(&self) -> anyhow::Result<()> {
        let now = millis(SystemTime::now());
        let mut transaction = self.begin().await?;
        sqlx::query(
            "UPDATE ticket_key SET retired_at = $1, value = NULL \
             WHERE retired_at IS NULL AND number < (SELECT MAX(number) FROM ticket_key)",
        )
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM ticket_card WHERE ticket IN (SELECT id FROM ticket JOIN ticket_key ON key = number \
             WHERE retired_at IS NOT NULL)",
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "UPDATE ticket SET withdrawn_at = $1, name = '', scope = '' WHERE withdrawn_at IS NULL \
             AND kind <> 'owner' AND key IN (SELECT number FROM ticket_key WHERE retired_at IS NOT NULL)",
        )
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Stores a ticket and the preview of its entry, in one transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn put_ticket(
        &self,
        ticket: &StoredTicket,
        card: Option<&StoredCard>,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO ticket (id, kind, name, scope, prefers_hls, key, made_at, ends_at, viewer, max_viewers, \
             max_visits, original, bytes_per_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(ticket.id.as_slice())
        .bind(ticket.kind.as_str())
        .bind(&ticket.name)
        .bind(&ticket.scope)
        .bind(i64::from(ticket.prefers_hls))
        .bind(i64::from(ticket.key))
        .bind(millis(ticket.made_at))
        .bind(ticket.ends_at.map(millis))
        .bind(ticket.viewer.map(|viewer| viewer.to_string()))
        .bind(ticket.limits.max_viewers.map(i64::from))
        .bind(ticket.limits.max_visits.map(i64::from))
        .bind(i64::from(!ticket.limits.without_originals))
        .bind(ticket.limits.bytes_per_s.map(i64::from))
        .execute(&mut *transaction)
        .await?;
        if let Some(card) = card {
            sqlx::query("INSERT INTO ticket_card (ticket, entry, picture) VALUES ($1, $2, $3)")
                .bind(ticket.id.as_slice())
                .bind(serde_json::to_string(&EntryText::of(&card.entry))?)
                .bind(card.picture.as_deref())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the tickets of devices and guests that are not revoked, the newest first.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn tickets(&self) -> anyhow::Result<Vec<StoredTicket>> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} WHERE withdrawn_at IS NULL AND kind <> 'owner' ORDER BY made_at DESC, id"
        )))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Counts a visit under a ticket. Returns false if there were `max_visits` before.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is counted then.
    pub async fn count_ticket_visit(&self, id: [u8; 8], max_visits: u32) -> anyhow::Result<bool> {
        let counted =
            sqlx::query("UPDATE ticket SET visits = visits + 1 WHERE id = $1 AND visits < $2")
                .bind(id.as_slice())
                .bind(i64::from(max_visits))
                .execute(&self.pool)
                .await?;
        Ok(counted.rows_affected() > 0)
    }

    /// Returns true if a ticket is a guest's. The owner's own ticket, and one that is not stored, is none.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn is_guest_ticket(&self, id: [u8; 8]) -> anyhow::Result<bool> {
        let kind: Option<String> = sqlx::query_scalar("SELECT kind FROM ticket WHERE id = $1")
            .bind(id.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        Ok(kind.as_deref() == Some(TicketKind::Guest.as_str()))
    }

    /// Returns the id of the owner's own ticket, `None` if it was never replaced.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn owner_ticket(&self) -> anyhow::Result<Option<[u8; 8]>> {
        let id: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT id FROM ticket WHERE kind = 'owner' AND withdrawn_at IS NULL ORDER BY made_at DESC LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await?;
        id.map(read_id).transpose()
    }

    /// Replaces the owner's own ticket and revokes the one before, in one transaction.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn put_owner_ticket(&self, fresh: [u8; 8], before: [u8; 8]) -> anyhow::Result<()> {
        let now = millis(SystemTime::now());
        let mut transaction = self.begin().await?;
        // The first ticket of an owner has no row yet, so revoking it inserts one.
        for (id, withdrawn_at) in [(before, Some(now)), (fresh, None)] {
            sqlx::query(
                "INSERT INTO ticket (id, kind, name, scope, prefers_hls, key, made_at, withdrawn_at) \
                 VALUES ($1, 'owner', '', '', 0, 0, $2, $3) \
                 ON CONFLICT (id) DO UPDATE SET withdrawn_at = excluded.withdrawn_at",
            )
            .bind(id.as_slice())
            .bind(now)
            .bind(withdrawn_at)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the ids of all revoked tickets.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn revoked_tickets(&self) -> anyhow::Result<Vec<[u8; 8]>> {
        let ids: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT id FROM ticket WHERE withdrawn_at IS NOT NULL")
                .fetch_all(&self.pool)
                .await?;
        ids.into_iter().map(read_id).collect()
    }

    /// Revokes a ticket and deletes its preview, in one transaction. Returns false if there is no such ticket.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn revoke_ticket(&self, id: [u8; 8]) -> anyhow::Result<bool> {
        let mut transaction = self.begin().await?;
        let revoked = sqlx::query(
            "UPDATE ticket SET withdrawn_at = $2, name = '', scope = '' \
             WHERE id = $1 AND withdrawn_at IS NULL AND kind <> 'owner'",
        )
        .bind(id.as_slice())
        .bind(millis(SystemTime::now()))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM ticket_card WHERE ticket IN (SELECT id FROM ticket WHERE id = $1 AND withdrawn_at IS NOT NULL)",
        )
        .bind(id.as_slice())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(revoked.rows_affected() > 0)
    }

    /// Stores the times of tickets' last uses, in one transaction. Ignores unknown ids.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn put_ticket_uses(
        &self,
        uses: impl IntoIterator<Item = ([u8; 8], SystemTime)>,
    ) -> anyhow::Result<()> {
        // Two servers that change rows in different orders would wait for each other.
        let mut transaction = self.begin_alone().await?;
        for (id, used_at) in uses {
            sqlx::query(
                "UPDATE ticket SET last_used_at = $2 WHERE id = $1 AND COALESCE(last_used_at, 0) < $2",
            )
            .bind(id.as_slice())
            .bind(millis(used_at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> anyhow::Result<StoredTicket> {
    let kind = match row.try_get("kind")? {
        "guest" => TicketKind::Guest,
        "owner" => TicketKind::Owner,
        _ => TicketKind::Device,
    };
    let viewer: Option<&str> = row.try_get("viewer")?;
    let max_viewers: Option<i64> = row.try_get("max_viewers")?;
    let max_visits: Option<i64> = row.try_get("max_visits")?;
    let bytes_per_s: Option<i64> = row.try_get("bytes_per_s")?;
    Ok(StoredTicket {
        id: read_id(row.try_get("id")?)?,
        kind,
        viewer: match kind {
            TicketKind::Guest => None,
            // Devices of before there were viewers are the owner's.
            _ => Some(viewer.and_then(ViewerId::parse).unwrap_or(ViewerId::OWNER)),
        },
        name: row.try_get("name")?,
        scope: row.try_get("scope")?,
        prefers_hls: row.try_get::<i64, _>("prefers_hls")? != 0,
        key: u8::try_from(row.try_get::<i64, _>("key")?)?,
        made_at: time(row.try_get("made_at")?),
        ends_at: row.try_get::<Option<i64>, _>("ends_at")?.map(time),
        last_used_at: row.try_get::<Option<i64>, _>("last_used_at")?.map(time),
        limits: TicketLimits {
            max_viewers: max_viewers.map(TryInto::try_into).transpose()?,
            max_visits: max_visits.map(TryInto::try_into).transpose()?,
            bytes_per_s: bytes_per_s.map(TryInto::try_into).transpose()?,
            without_originals: row.try_get::<i64, _>("original")? == 0,
        },
        visits: u32::try_from(row.try_get::<i64, _>("visits")?)?,
    })
}

fn read_id(bytes: Vec<u8>) -> anyhow::Result<[u8; 8]> {
    bytes
        .try_into()
        .map_err(|_| anyhow::anyhow!("the id of a ticket has a wrong length"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::store::test_state::{TestState, on_both_states};
    use media::{Entry, EntryKind, EntryPath, Place};

    on_both_states! {
        a_ticket_and_its_card_are_kept_until_it_is_withdrawn,
        keys_come_one_after_the_other_and_the_old_ones_go,
        the_owners_ticket_is_replaced,
    }

    fn ticket(id: u8, key: u8) -> StoredTicket {
        StoredTicket {
            id: [id; 8],
            kind: TicketKind::Guest,
            name: "Tablet".to_owned(),
            scope: "films/A film.mp4".to_owned(),
            prefers_hls: true,
            key,
            made_at: time(1_000 + i64::from(id)),
            ends_at: Some(time(9_000)),
            last_used_at: None,
            viewer: None,
            limits: TicketLimits {
                max_viewers: Some(2),
                max_visits: Some(3),
                bytes_per_s: Some(u32::MAX),
                without_originals: true,
            },
            visits: 0,
        }
    }

    fn card() -> StoredCard {
        StoredCard {
            entry: Entry {
                place: Place::parse("films").unwrap(),
                path: EntryPath::parse("/A film.mp4").unwrap(),
                name: "A film.mp4".to_owned(),
                kind: EntryKind::Video,
                size: 12,
                modified: DateTime::from_timestamp(5, 0),
                id: Some("1".to_owned()),
                content: None,
                duration_s: Some(66.5),
                width: Some(1920),
                height: Some(1080),
                has_thumbnail: true,
                tracks: Vec::new(),
                tags: Vec::new(),
            },
            picture: Some(vec![1, 2, 3]),
            is_lost: false,
        }
    }

    async fn a_ticket_and_its_card_are_kept_until_it_is_withdrawn(state: TestState) {
        let store = state.open().await;
        store
            .put_ticket(&ticket(1, 0), Some(&card()))
            .await
            .unwrap();
        store.put_ticket(&ticket(2, 0), None).await.unwrap();
        assert_eq!(store.tickets().await.unwrap(), [ticket(2, 0), ticket(1, 0)]);
        assert_eq!(store.ticket_card([1; 8]).await.unwrap(), Some(card()));
        assert_eq!(store.ticket_card([2; 8]).await.unwrap(), None);
        assert!(store.is_guest_ticket([1; 8]).await.unwrap());
        assert!(!store.is_guest_ticket([8; 8]).await.unwrap());
        store.mark_ticket_card([1; 8], true).await.unwrap();
        assert!(store.ticket_card([1; 8]).await.unwrap().unwrap().is_lost);

        let uses = [([1; 8], time(70)), ([1; 8], time(60)), ([7; 8], time(1))];
        store.put_ticket_uses(uses).await.unwrap();
        assert_eq!(
            store.tickets().await.unwrap()[1].last_used_at,
            Some(time(70))
        );

        for visit in 1..=4 {
            let is_counted = store.count_ticket_visit([1; 8], 3).await.unwrap();
            assert_eq!(is_counted, visit <= 3, "{visit}");
        }
        assert_eq!(store.tickets().await.unwrap()[1].visits, 3);

        assert!(store.revoke_ticket([1; 8]).await.unwrap());
        assert!(!store.revoke_ticket([1; 8]).await.unwrap());
        assert!(!store.revoke_ticket([9; 8]).await.unwrap());
        assert_eq!(store.tickets().await.unwrap(), [ticket(2, 0)]);
        assert_eq!(store.ticket_card([1; 8]).await.unwrap(), None);
        assert_eq!(store.revoked_tickets().await.unwrap(), [[1; 8]]);
    }

    async fn keys_come_one_after_the_other_and_the_old_ones_go(state: TestState) {
        let store = state.open().await;
        let first = store.server_key("ticket").await.unwrap();
        assert_eq!(store.ticket_keys().await.unwrap(), [(0, first)]);
        let second = store.add_ticket_key().await.unwrap().unwrap();
        assert_eq!(second.0, 1);
        assert_eq!(store.ticket_keys().await.unwrap(), [(0, first), second]);
        store
            .put_ticket(&ticket(1, 0), Some(&card()))
            .await
            .unwrap();
        store
            .put_ticket(&ticket(2, 1), Some(&card()))
            .await
            .unwrap();
        store.revoke_ticket_keys().await.unwrap();
        assert_eq!(store.ticket_keys().await.unwrap(), [second]);
        assert_eq!(store.tickets().await.unwrap(), [ticket(2, 1)]);
        assert_eq!(store.ticket_card([1; 8]).await.unwrap(), None);
        assert!(store.ticket_card([2; 8]).await.unwrap().is_some());
        for _ in 2..=255 {
            assert!(store.add_ticket_key().await.unwrap().is_some());
        }
        assert_eq!(store.add_ticket_key().await.unwrap(), None);
    }

    async fn the_owners_ticket_is_replaced(state: TestState) {
        let store = state.open().await;
        assert_eq!(store.owner_ticket().await.unwrap(), None);
        store.put_owner_ticket([1; 8], [0; 8]).await.unwrap();
        store.put_owner_ticket([2; 8], [1; 8]).await.unwrap();
        assert_eq!(store.owner_ticket().await.unwrap(), Some([2; 8]));
        let mut revoked = store.revoked_tickets().await.unwrap();
        revoked.sort();
        assert_eq!(revoked, [[0; 8], [1; 8]]);
        assert!(store.tickets().await.unwrap().is_empty());
        assert!(!store.revoke_ticket([2; 8]).await.unwrap());
    }
}
