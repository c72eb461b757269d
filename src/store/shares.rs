//! Opened share links: the link, the drive that opened it, and the time.

use chrono::{DateTime, Utc};

use super::Store;
use drives::{ShareLink, links};
use media::Place;

/// A share link that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedShare {
    /// The place under which it is browsed.
    pub place: Place,
    /// The link, with its password if it has one.
    pub link: ShareLink,
    /// The drive that opened it.
    pub drive: Place,
    /// Time of the last opening.
    pub opened_at: DateTime<Utc>,
}

type OpenedShareRow = (String, String, String, String, Option<String>, String, i64);

impl Store {
    /// Stores a share. Replaces an earlier row of the same place.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_share(&self, share: &OpenedShare) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO opened_share (place, kind, host, link_id, password, drive, opened_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (place) DO UPDATE SET kind = excluded.kind, host = excluded.host, \
             link_id = excluded.link_id, password = excluded.password, drive = excluded.drive, \
             opened_at = excluded.opened_at",
        )
        .bind(share.place.as_str())
        .bind(share.link.kind)
        .bind(&share.link.host)
        .bind(&share.link.id)
        .bind(&share.link.password)
        .bind(share.drive.as_str())
        .bind(share.opened_at.timestamp_millis())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Deletes a share.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn delete_share(&self, place: &Place) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM opened_share WHERE place = $1")
            .bind(place.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns all stored shares. Leaves out shares of an unknown kind, which a newer version may have stored.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn opened_shares(&self) -> anyhow::Result<Vec<OpenedShare>> {
        let rows: Vec<OpenedShareRow> = sqlx::query_as(
            "SELECT place, kind, host, link_id, password, drive, opened_at FROM opened_share",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }
}

fn read(
    (place, kind, host, id, password, drive, opened_at): OpenedShareRow,
) -> Option<OpenedShare> {
    Some(OpenedShare {
        place: Place::parse(&place).ok()?,
        link: ShareLink {
            kind: links::kind(&kind)?,
            host,
            id,
            password,
            path: None,
        },
        drive: Place::parse(&drive).ok()?,
        opened_at: DateTime::from_timestamp_millis(opened_at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        shares_are_remembered_replaced_and_forgotten,
    }

    async fn shares_are_remembered_replaced_and_forgotten(state: TestState) {
        let store = state.open().await;
        let place = Place::parse("~1CcI0dJJ2nzNs9rO6u23QAw").unwrap();
        let mut share = OpenedShare {
            place: place.clone(),
            link: ShareLink::of_place(&place).unwrap(),
            drive: Place::parse("films").unwrap(),
            opened_at: DateTime::from_timestamp_millis(1_709_280_000_123).unwrap(),
        };
        store.put_share(&share).await.unwrap();
        share.link.password = Some("w3xz".to_owned());
        store.put_share(&share).await.unwrap();
        assert_eq!(store.opened_shares().await.unwrap(), [share]);
        store.delete_share(&place).await.unwrap();
        assert_eq!(store.opened_shares().await.unwrap(), []);
    }
}
