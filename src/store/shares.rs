//! Which share links were opened, by which drive and when.

use chrono::{DateTime, Utc};

use super::Store;
use drives::{ShareLink, links};
use media::Place;

/// A share link that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedShare {
    /// The place that it became.
    pub place: Place,
    /// The link, with the password that it was opened with.
    pub link: ShareLink,
    /// The drive that opened it.
    pub drive: Place,
    /// When it was opened last.
    pub opened_at: DateTime<Utc>,
}

type Row = (String, String, String, String, Option<String>, String, i64);

impl Store {
    /// Remembers a share, in the place of what was remembered of it before.
    pub async fn remember_share(&self, share: &OpenedShare) -> anyhow::Result<()> {
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

    /// Forgets a share.
    pub async fn forget_share(&self, place: &Place) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM opened_share WHERE place = $1")
            .bind(place.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Every share that is remembered; those of a kind that this version does not know are left out.
    pub async fn opened_shares(&self) -> anyhow::Result<Vec<OpenedShare>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT place, kind, host, link_id, password, drive, opened_at FROM opened_share",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(read).collect())
    }
}

fn read((place, kind, host, id, password, drive, opened_at): Row) -> Option<OpenedShare> {
    Some(OpenedShare {
        place: Place::parse(&place).ok()?,
        link: ShareLink {
            kind: links::kind(&kind)?,
            host,
            id,
            password,
        },
        drive: Place::parse(&drive).ok()?,
        opened_at: DateTime::from_timestamp_millis(opened_at)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shares_are_remembered_replaced_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let place = Place::parse("~1CcI0dJJ2nzNs9rO6u23QAw").unwrap();
        let mut share = OpenedShare {
            place: place.clone(),
            link: ShareLink::of_place(&place).unwrap(),
            drive: Place::parse("films").unwrap(),
            opened_at: DateTime::from_timestamp_millis(1_709_280_000_123).unwrap(),
        };
        store.remember_share(&share).await.unwrap();
        share.link.password = Some("w3xz".to_owned());
        store.remember_share(&share).await.unwrap();
        assert_eq!(store.opened_shares().await.unwrap(), [share]);
        store.forget_share(&place).await.unwrap();
        assert_eq!(store.opened_shares().await.unwrap(), []);
    }
}
