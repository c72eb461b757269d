//! Drives that were connected from a page, with the settings that were typed in there. The file that
//! holds them can be read by its owner only; a page never shows them again.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::{Store, now_ms};
use media::Place;

/// A drive as it was connected.
#[derive(Debug)]
pub struct ConnectedDrive {
    /// Its name.
    pub name: Place,
    /// The kind, as it stands in the config.
    pub kind: String,
    /// Its keys and their values; `web.` stands before those of its web session.
    pub settings: BTreeMap<String, SecretString>,
}

impl Store {
    /// Keeps a drive, in the place of one of that name.
    pub async fn keep_drive(&self, drive: &ConnectedDrive) -> anyhow::Result<()> {
        let plain: BTreeMap<&str, &str> = drive
            .settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.expose_secret()))
            .collect();
        sqlx::query(
            "INSERT INTO connected_drive (name, kind, settings, connected_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings, \
             connected_at = excluded.connected_at",
        )
        .bind(drive.name.as_str())
        .bind(&drive.kind)
        .bind(serde_json::to_string(&plain)?)
        .bind(now_ms())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Every drive that is kept, in the order of connecting.
    pub async fn connected_drives(&self) -> anyhow::Result<Vec<ConnectedDrive>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT name, kind, settings FROM connected_drive ORDER BY connected_at, name",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(name, kind, settings)| {
                let plain: BTreeMap<String, String> = serde_json::from_str(&settings)?;
                Ok(ConnectedDrive {
                    name: Place::parse(&name)?,
                    kind,
                    settings: plain
                        .into_iter()
                        .map(|(key, value)| (key, value.into()))
                        .collect(),
                })
            })
            .collect()
    }

    /// Forgets a drive and its session. Says whether there was one.
    pub async fn forget_drive(&self, name: &Place) -> anyhow::Result<bool> {
        let gone = sqlx::query("DELETE FROM connected_drive WHERE name = $1")
            .bind(name.as_str())
            .execute(&self.pool)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM drive_session WHERE drive = $1 OR drive = $1 || '/web'")
            .bind(name.as_str())
            .execute(&self.pool)
            .await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connected_drive_is_kept_replaced_and_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let drive = |secret: &str| ConnectedDrive {
            name: Place::parse("films").unwrap(),
            kind: "terabox".into(),
            settings: [("client_id".to_owned(), secret.to_owned().into())].into(),
        };
        store.keep_drive(&drive("one")).await.unwrap();
        store.keep_drive(&drive("two")).await.unwrap();
        let kept = store.connected_drives().await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].settings["client_id"].expose_secret(), "two");
        assert!(
            !format!("{kept:?}").contains("two"),
            "settings do not print"
        );
        assert!(store.forget_drive(&kept[0].name).await.unwrap());
        assert!(!store.forget_drive(&kept[0].name).await.unwrap());
        assert!(store.connected_drives().await.unwrap().is_empty());
    }
}
