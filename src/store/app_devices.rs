//! Apps that signed in: the app and the device behind a ticket, the ids of entries, favourites and settings.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Store, Viewer, time};
use media::{EntryPath, Place, ViewerId};

/// An app on a device. It has a ticket, which is listed and revoked like any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppDevice {
    /// The id of its ticket.
    pub ticket: [u8; 8],
    /// The name of the app.
    pub app: String,
    pub app_version: String,
    /// The name of the device.
    pub device: String,
    /// The app's own id of the device.
    pub device_id: String,
    /// The ticket that it signed in with; `None` for a password, a PIN or a code.
    pub parent: Option<[u8; 8]>,
    /// The scope of its ticket. A ticket for one film that was made for it has the same id, and another scope.
    pub scope: String,
}

/// The progress in one file.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FileProgress {
    /// The position in seconds; `None` if it was never watched.
    pub position_s: Option<f64>,
    /// The length in seconds that a player reported; `None` if it is not known.
    pub duration_s: Option<f64>,
    /// The mark of the viewer; `None` if the file is not marked.
    pub is_watched: Option<bool>,
    /// Time of the last report; `None` without any.
    pub at: Option<SystemTime>,
}

/// Entries in one statement.
const BATCH: usize = 500;

/// Limit of stored settings of one viewer.
const MAX_PREFERENCES: i64 = 200;

impl Store {
    /// Stores the app behind a ticket.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_app_device(&self, device: &AppDevice) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO app_device (ticket, app, app_version, device, device_id, parent) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (ticket) DO UPDATE SET \
             app_version = excluded.app_version, device = excluded.device",
        )
        .bind(device.ticket.as_slice())
        .bind(&device.app)
        .bind(&device.app_version)
        .bind(&device.device)
        .bind(&device.device_id)
        .bind(device.parent.map(|id| id.to_vec()))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the app behind a ticket; `None` for a ticket that no app signed in for, or that was revoked.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn app_device(&self, ticket: [u8; 8]) -> anyhow::Result<Option<AppDevice>> {
        let row = sqlx::query(
            "SELECT d.*, t.scope FROM app_device d JOIN ticket t ON t.id = d.ticket \
             WHERE d.ticket = $1 AND t.withdrawn_at IS NULL",
        )
        .bind(ticket.as_slice())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// Returns the apps whose tickets are valid, the newest first; with `device_id`, those on that device.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn app_devices(&self, device_id: Option<&str>) -> anyhow::Result<Vec<AppDevice>> {
        let rows = sqlx::query(
            "SELECT d.*, t.scope FROM app_device d JOIN ticket t ON t.id = d.ticket \
             WHERE t.withdrawn_at IS NULL AND ($1 IS NULL OR d.device_id = $1) ORDER BY t.made_at DESC",
        )
        .bind(device_id)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Returns the tickets of the apps that signed in with a ticket.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn apps_of_ticket(&self, parent: [u8; 8]) -> anyhow::Result<Vec<[u8; 8]>> {
        let ids: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT ticket FROM app_device JOIN ticket ON id = ticket WHERE parent = $1 AND withdrawn_at IS NULL",
        )
        .bind(parent.as_slice())
        .fetch_all(&self.pool)
        .await?;
        ids.into_iter().map(ticket_id).collect()
    }

    /// Stores the ids of entries.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_app_items(
        &self,
        items: &[([u8; 16], Place, EntryPath)],
    ) -> anyhow::Result<()> {
        let mut transaction = self.begin().await?;
        for (id, place, path) in items {
            sqlx::query(
                "INSERT INTO app_item (id, place, path) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(id.as_slice())
            .bind(place.as_str())
            .bind(path.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the entry of an id; `None` if the id was never given out.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn app_item(&self, id: [u8; 16]) -> anyhow::Result<Option<(Place, EntryPath)>> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT place, path FROM app_item WHERE id = $1")
                .bind(id.as_slice())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(place, path)| Ok((Place::parse(&place)?, EntryPath::parse(&path)?)))
            .transpose()
    }

    /// Returns the favourites of a viewer.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn favourites(&self, viewer: ViewerId) -> anyhow::Result<HashSet<[u8; 16]>> {
        let ids: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT id FROM app_favourite WHERE viewer = $1")
                .bind(viewer.to_string())
                .fetch_all(&self.pool)
                .await?;
        Ok(ids
            .into_iter()
            .filter_map(|id| id.try_into().ok())
            .collect())
    }

    /// Adds or removes a favourite of a viewer.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn set_favourite(
        &self,
        viewer: ViewerId,
        id: [u8; 16],
        is_favourite: bool,
    ) -> anyhow::Result<()> {
        let statement = match is_favourite {
            true => "INSERT INTO app_favourite (viewer, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            false => "DELETE FROM app_favourite WHERE viewer = $1 AND id = $2",
        };
        sqlx::query(statement)
            .bind(viewer.to_string())
            .bind(id.as_slice())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the settings that an app stored; `None` if it stored none.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn app_preference(
        &self,
        viewer: ViewerId,
        app: &str,
        id: &str,
    ) -> anyhow::Result<Option<String>> {
        Ok(sqlx::query_scalar(
            "SELECT value FROM app_preference WHERE viewer = $1 AND app = $2 AND id = $3",
        )
        .bind(viewer.to_string())
        .bind(app)
        .bind(id)
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Stores the settings of an app. Further ones than [`MAX_PREFERENCES`] are not stored.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_app_preference(
        &self,
        viewer: ViewerId,
        app: &str,
        id: &str,
        value: &str,
    ) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO app_preference (viewer, app, id, value) SELECT $1, $2, $3, $4 \
             WHERE (SELECT COUNT(*) FROM app_preference WHERE viewer = $1) < $5 \
             OR EXISTS (SELECT 1 FROM app_preference WHERE viewer = $1 AND app = $2 AND id = $3) \
             ON CONFLICT (viewer, app, id) DO UPDATE SET value = excluded.value",
        )
        .bind(viewer.to_string())
        .bind(app)
        .bind(id)
        .bind(value)
        .bind(MAX_PREFERENCES)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the progress of a viewer in files of one place; files without any are left out.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn file_progress(
        &self,
        place: &Place,
        paths: &[EntryPath],
        viewer: ViewerId,
    ) -> anyhow::Result<HashMap<EntryPath, FileProgress>> {
        let mut found = HashMap::new();
        for some in paths.chunks(BATCH) {
            let names: Vec<&str> = some.iter().map(EntryPath::as_str).collect();
            let rows = sqlx::query(
                "SELECT w.value AS path, h.position_s, h.duration_s, h.updated_at, m.is_watched \
                 FROM json_each($2) w \
                 LEFT JOIN history h ON h.viewer = $3 AND h.place = $1 AND h.path = w.value \
                 LEFT JOIN library_file f ON f.place = $1 AND f.path = w.value AND f.gone_at IS NULL \
                 LEFT JOIN library_mark m ON m.item = f.item AND m.viewer = $3 \
                 WHERE h.position_s IS NOT NULL OR m.is_watched IS NOT NULL",
            )
            .bind(place.as_str())
            .bind(serde_json::to_string(&names)?)
            .bind(viewer.to_string())
            .fetch_all(&self.pool)
            .await?;
            for row in &rows {
                let mark: Option<i64> = row.try_get("is_watched")?;
                let progress = FileProgress {
                    position_s: row.try_get("position_s")?,
                    duration_s: row
                        .try_get::<Option<f64>, _>("duration_s")?
                        .filter(|seconds| *seconds > 0.0),
                    is_watched: mark.map(|mark| mark != 0),
                    at: row.try_get::<Option<i64>, _>("updated_at")?.map(time),
                };
                found.insert(EntryPath::parse(row.try_get("path")?)?, progress);
            }
        }
        Ok(found)
    }

    /// Returns the number of present items of these kinds that a viewer may see.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn library_count(
        &self,
        kinds: &[super::ItemKind],
        viewer: &Viewer,
    ) -> anyhow::Result<usize> {
        let kinds: Vec<String> = kinds
            .iter()
            .map(|kind| format!("'{}'", kind.as_str()))
            .collect();
        let sql = format!(
            "SELECT COUNT(*) FROM library_item i WHERE i.kind IN ({}) AND i.is_present = 1 AND {}",
            kinds.join(", "),
            viewer.sql_of_item("i")
        );
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&self.pool)
            .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

fn read(row: &AnyRow) -> anyhow::Result<AppDevice> {
    let parent: Option<Vec<u8>> = row.try_get("parent")?;
    Ok(AppDevice {
        ticket: ticket_id(row.try_get("ticket")?)?,
        app: row.try_get("app")?,
        app_version: row.try_get("app_version")?,
        device: row.try_get("device")?,
        device_id: row.try_get("device_id")?,
        parent: parent.map(ticket_id).transpose()?,
        scope: row.try_get("scope")?,
    })
}

fn ticket_id(bytes: Vec<u8>) -> anyhow::Result<[u8; 8]> {
    bytes
        .try_into()
        .map_err(|_| anyhow::anyhow!("the id of a ticket has a wrong length"))
}
