//! Drives that were connected from a page, with the settings that were typed in there. Only the owner of the
//! state file can read them; no page shows them again.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::{Store, now_ms};
use media::Place;

/// A drive that was connected from a page.
#[derive(Debug)]
pub struct ConnectedDrive {
    /// The drive's name.
    pub name: Place,
    /// The kind, as it stands in the config.
    pub kind: String,
    /// Config keys and their values. Keys of the web session begin with `web.`.
    pub settings: BTreeMap<String, SecretString>,
}

/// The settings of a connected drive that are no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveSwitch {
    /// The drive's name.
    pub name: Place,
    /// The kind, as it stands in the config.
    pub kind: String,
    /// False if the drive is switched off.
    pub is_enabled: bool,
}

impl Store {
    /// Stores a drive. Replaces one of the same name.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_drive(&self, drive: &ConnectedDrive) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO connected_drive (name, kind, settings, connected_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings, \
             connected_at = excluded.connected_at",
        )
        .bind(drive.name.as_str())
        .bind(&drive.kind)
        .bind(settings_text(&drive.settings)?)
        .bind(now_ms())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the names of all connected drives, also of those that are switched off, in their order.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn drive_switches(&self) -> sqlx::Result<Vec<DriveSwitch>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT name, kind, is_enabled FROM connected_drive ORDER BY position IS NULL, position, connected_at, name",
        )
        .fetch_all(&self.pool)
        .await?;
        let parse = |(name, kind, is_enabled): (String, String, i64)| {
            Some(DriveSwitch {
                name: Place::parse(&name).ok()?,
                kind,
                is_enabled: is_enabled != 0,
            })
        };
        Ok(rows.into_iter().filter_map(parse).collect())
    }

    /// Switches a drive on or off, and gives it a position in the order of drives.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn change_drive(
        &self,
        name: &Place,
        is_enabled: Option<bool>,
        position: Option<i64>,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE connected_drive SET is_enabled = COALESCE($2, is_enabled), position = COALESCE($3, position) \
             WHERE name = $1",
        )
        .bind(name.as_str())
        .bind(is_enabled.map(i64::from))
        .bind(position)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives a drive another name, with its session, its uploads, its history and its share links.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written, or another drive has that name; nothing is changed then.
    pub async fn rename_drive(&self, from: &Place, to: &Place) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        for statement in [
            "UPDATE connected_drive SET name = $2 WHERE name = $1",
            // Rows that another drive of that name left behind give way.
            "DELETE FROM drive_session WHERE (drive = $2 AND EXISTS (SELECT 1 FROM drive_session WHERE drive = $1)) \
             OR (drive = $2 || '/web' AND EXISTS (SELECT 1 FROM drive_session WHERE drive = $1 || '/web'))",
            "UPDATE drive_session SET drive = $2 WHERE drive = $1",
            "UPDATE drive_session SET drive = $2 || '/web' WHERE drive = $1 || '/web'",
            "DELETE FROM upload_note WHERE drive = $2 AND key IN (SELECT key FROM upload_note WHERE drive = $1)",
            "UPDATE upload_note SET drive = $2 WHERE drive = $1",
            "DELETE FROM history WHERE place = $2 \
             AND (viewer, path) IN (SELECT viewer, path FROM history WHERE place = $1)",
            "UPDATE history SET place = $2 WHERE place = $1",
            "UPDATE opened_share SET drive = $2 WHERE drive = $1",
            "DELETE FROM folder_setting WHERE place = $2",
            "UPDATE folder_setting SET place = $2 WHERE place = $1",
            "UPDATE dav_lock SET place = $2 WHERE place = $1",
            "DELETE FROM dav_property WHERE place = $2 AND (path, namespace, name) IN \
             (SELECT path, namespace, name FROM dav_property WHERE place = $1)",
            "UPDATE dav_property SET place = $2 WHERE place = $1",
        ] {
            sqlx::query(statement)
                .bind(from.as_str())
                .bind(to.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Returns the drives that are switched on, in their order: by position, then as they were connected.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or holds settings that are not valid JSON.
    pub async fn connected_drives(&self) -> anyhow::Result<Vec<ConnectedDrive>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT name, kind, settings FROM connected_drive WHERE is_enabled = 1 \
             ORDER BY position IS NULL, position, connected_at, name",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(name, kind, settings)| {
                Ok(ConnectedDrive {
                    name: Place::parse(&name)?,
                    kind,
                    settings: parse_settings(&settings)?,
                })
            })
            .collect()
    }

    /// Returns a drive, also one that is switched off; `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read or holds settings that are not valid JSON.
    pub async fn connected_drive(&self, name: &Place) -> anyhow::Result<Option<ConnectedDrive>> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT kind, settings FROM connected_drive WHERE name = $1")
                .bind(name.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let Some((kind, settings)) = row else {
            return Ok(None);
        };
        Ok(Some(ConnectedDrive {
            name: name.clone(),
            kind,
            settings: parse_settings(&settings)?,
        }))
    }

    /// Replaces the settings of a drive, in one transaction. With `sessions_of`, the sessions that are stored under that name
    /// become those of the drive, in the place of its own.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn change_drive_settings(
        &self,
        drive: &ConnectedDrive,
        sessions_of: Option<&Place>,
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE connected_drive SET settings = $2 WHERE name = $1")
            .bind(drive.name.as_str())
            .bind(settings_text(&drive.settings)?)
            .execute(&mut *transaction)
            .await?;
        if let Some(other) = sessions_of {
            sqlx::query("DELETE FROM drive_session WHERE drive = $1 OR drive = $1 || '/web'")
                .bind(drive.name.as_str())
                .execute(&mut *transaction)
                .await?;
            for suffix in ["", "/web"] {
                sqlx::query("UPDATE drive_session SET drive = $1 WHERE drive = $2")
                    .bind(format!("{}{suffix}", drive.name))
                    .bind(format!("{other}{suffix}"))
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes a drive and its sessions, in one transaction. Returns false if there is no such drive.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is deleted then.
    pub async fn delete_drive(&self, name: &Place) -> anyhow::Result<bool> {
        let mut transaction = self.begin().await?;
        let deleted = sqlx::query("DELETE FROM connected_drive WHERE name = $1")
            .bind(name.as_str())
            .execute(&mut *transaction)
            .await?;
        if deleted.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM drive_session WHERE drive = $1 OR drive = $1 || '/web'")
            .bind(name.as_str())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM folder_setting WHERE place = $1")
            .bind(name.as_str())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn settings_text(settings: &BTreeMap<String, SecretString>) -> serde_json::Result<String> {
    let plain: BTreeMap<&str, &str> = settings
        .iter()
        .map(|(key, value)| (key.as_str(), value.expose_secret()))
        .collect();
    serde_json::to_string(&plain)
}

fn parse_settings(text: &str) -> serde_json::Result<BTreeMap<String, SecretString>> {
    let plain: BTreeMap<String, String> = serde_json::from_str(text)?;
    let secrets = plain.into_iter().map(|(key, value)| (key, value.into()));
    Ok(secrets.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::drives::SessionStore;

    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        a_connected_drive_is_kept_replaced_and_forgotten,
    }

    async fn a_connected_drive_is_kept_replaced_and_forgotten(state: TestState) {
        let store = state.open().await;
        let drive = |secret: &str| ConnectedDrive {
            name: Place::parse("films").unwrap(),
            kind: "terabox".into(),
            settings: [("client_id".to_owned(), secret.to_owned().into())].into(),
        };
        store.put_drive(&drive("one")).await.unwrap();
        store.put_drive(&drive("two")).await.unwrap();
        let kept = store.connected_drives().await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].settings["client_id"].expose_secret(), "two");
        assert!(
            !format!("{kept:?}").contains("two"),
            "settings do not print"
        );
        let films = kept[0].name.clone();
        let trial = Place::parse("~films").unwrap();
        store.drive_session(&films).save("old").await.unwrap();
        store.drive_session(&trial).save("new").await.unwrap();
        let changed = store.change_drive_settings(&drive("three"), None).await;
        changed.unwrap();
        let session = store.drive_session(&films).load().await.unwrap();
        assert_eq!(session.as_deref(), Some("old"));
        let changed = store
            .change_drive_settings(&drive("four"), Some(&trial))
            .await;
        changed.unwrap();
        let session = store.drive_session(&films).load().await.unwrap();
        assert_eq!(session.as_deref(), Some("new"));
        assert_eq!(store.drive_session(&trial).load().await.unwrap(), None);
        let read = store.connected_drive(&films).await.unwrap().unwrap();
        assert_eq!(read.settings["client_id"].expose_secret(), "four");
        assert!(store.connected_drive(&trial).await.unwrap().is_none());
        assert!(store.delete_drive(&kept[0].name).await.unwrap());
        assert!(!store.delete_drive(&kept[0].name).await.unwrap());
        assert!(store.connected_drives().await.unwrap().is_empty());
    }
}
