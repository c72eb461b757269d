//! Stored previews of guest tickets: the entry at the time of issue and its picture. A chat preview is
//! answered from them without an upstream call.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::Store;
use media::{Entry, EntryKind, EntryPath, Place};

/// Stored preview of the entry that a ticket was issued for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCard {
    /// The entry at the time of issue.
    pub entry: Entry,
    /// The card's picture as JPEG, `None` if the entry had none.
    pub picture: Option<Vec<u8>>,
    /// True if the entry was found to be gone or locked since.
    pub is_lost: bool,
}

/// Serialized form of an entry.
#[derive(Serialize, Deserialize)]
pub(super) struct EntryText {
    place: String,
    path: String,
    name: String,
    kind: EntryKind,
    size: u64,
    modified: Option<DateTime<Utc>>,
    id: Option<String>,
    content: Option<String>,
    duration_s: Option<f64>,
    width: Option<u32>,
    height: Option<u32>,
    has_thumbnail: bool,
}

impl EntryText {
    pub(super) fn of(entry: &Entry) -> Self {
        EntryText {
            place: entry.place.to_string(),
            path: entry.path.to_string(),
            name: entry.name.clone(),
            kind: entry.kind,
            size: entry.size,
            modified: entry.modified,
            id: entry.id.clone(),
            content: entry.content.clone(),
            duration_s: entry.duration_s,
            width: entry.width,
            height: entry.height,
            has_thumbnail: entry.has_thumbnail,
        }
    }

    fn into_entry(self) -> Option<Entry> {
        Some(Entry {
            place: Place::parse(&self.place).ok()?,
            path: EntryPath::parse(&self.path).ok()?,
            name: self.name,
            kind: self.kind,
            size: self.size,
            modified: self.modified,
            id: self.id,
            content: self.content,
            duration_s: self.duration_s,
            width: self.width,
            height: self.height,
            has_thumbnail: self.has_thumbnail,
            tracks: Vec::new(),
            tags: Vec::new(),
        })
    }
}

impl Store {
    /// Returns the preview of a ticket, `None` if it has none.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or the stored entry is not valid JSON.
    pub async fn ticket_card(&self, id: [u8; 8]) -> anyhow::Result<Option<StoredCard>> {
        let row = sqlx::query("SELECT entry, picture, lost FROM ticket_card WHERE ticket = $1")
            .bind(id.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let entry: EntryText = serde_json::from_str(row.try_get("entry")?)?;
        let (picture, is_lost) = (row.try_get("picture")?, row.try_get::<i64, _>("lost")? != 0);
        Ok(entry.into_entry().map(|entry| StoredCard {
            entry,
            picture,
            is_lost,
        }))
    }

    /// Marks whether the entry of a ticket is gone or locked.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn mark_ticket_card(&self, id: [u8; 8], is_lost: bool) -> anyhow::Result<()> {
        sqlx::query("UPDATE ticket_card SET lost = $2 WHERE ticket = $1")
            .bind(id.as_slice())
            .bind(i64::from(is_lost))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
