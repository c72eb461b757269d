//! Named tickets: scope, last use, revocation. The keys that sign tickets are in `ticket_keys`, previews of a ticket's entry in
//! `ticket_cards`.
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
mod tests;
