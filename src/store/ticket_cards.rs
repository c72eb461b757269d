//! What is remembered of what a ticket was made for: the entry as it was then, and its picture, so that an address can be
//! shown without asking anybody.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::Store;
use media::{Entry, EntryKind, EntryPath, Place};

/// What is remembered of the entry that a ticket was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCard {
    /// The entry as it was then.
    pub entry: Entry,
    /// The card's picture, a JPEG; `None` where there was none.
    pub picture: Option<Vec<u8>>,
    /// Whether the entry was found to be gone or locked since.
    pub is_lost: bool,
}

/// An entry, written down.
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
        })
    }
}

impl Store {
    /// What is remembered of the entry that a ticket was made for.
    pub async fn ticket_card(&self, id: [u8; 8]) -> anyhow::Result<Option<StoredCard>> {
        let row = sqlx::query("SELECT entry, picture, lost FROM ticket_card WHERE ticket = $1")
            .bind(id.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let entry: EntryText = serde_json::from_str(row.try_get("entry")?)?;
        let (picture, is_lost) = (row.try_get("picture")?, row.try_get("lost")?);
        Ok(entry.into_entry().map(|entry| StoredCard {
            entry,
            picture,
            is_lost,
        }))
    }

    /// Remembers whether the entry of a ticket was found to be gone or locked.
    pub async fn mark_ticket_card(&self, id: [u8; 8], is_lost: bool) -> anyhow::Result<()> {
        sqlx::query("UPDATE ticket_card SET lost = $2 WHERE ticket = $1")
            .bind(id.as_slice())
            .bind(is_lost)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
