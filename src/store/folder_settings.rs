//! Notes of folders, and the names that they hide.

use super::Store;
use media::{EntryPath, Place};

/// The settings of one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSetting {
    pub place: Place,
    pub path: EntryPath,
    /// Plain text that is shown above the folder's list; may be empty.
    pub note: String,
    /// Patterns of names that are hidden in it and below.
    pub hidden: Vec<String>,
}

impl FolderSetting {
    /// Returns the settings of a folder that has none.
    pub fn empty(place: &Place, path: &EntryPath) -> Self {
        FolderSetting {
            place: place.clone(),
            path: path.clone(),
            note: String::new(),
            hidden: Vec::new(),
        }
    }
}

impl Store {
    /// Returns the settings of all folders that have some.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn folder_settings(&self) -> sqlx::Result<Vec<FolderSetting>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT place, path, note, hidden FROM folder_setting ORDER BY place, path",
        )
        .fetch_all(&self.pool)
        .await?;
        let parse = |(place, path, note, hidden): (String, String, String, String)| {
            Some(FolderSetting {
                place: Place::parse(&place).ok()?,
                path: EntryPath::parse(&path).ok()?,
                note,
                hidden: hidden.lines().map(str::to_owned).collect(),
            })
        };
        Ok(rows.into_iter().filter_map(parse).collect())
    }

    /// Stores the settings of a folder. Empty ones are deleted.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_folder_setting(&self, setting: &FolderSetting) -> sqlx::Result<()> {
        let (place, path) = (setting.place.as_str(), setting.path.as_str());
        if setting.note.is_empty() && setting.hidden.is_empty() {
            sqlx::query("DELETE FROM folder_setting WHERE place = $1 AND path = $2")
                .bind(place)
                .bind(path)
                .execute(&self.pool)
                .await?;
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO folder_setting (place, path, note, hidden) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (place, path) DO UPDATE SET note = excluded.note, hidden = excluded.hidden",
        )
        .bind(place)
        .bind(path)
        .bind(&setting.note)
        .bind(setting.hidden.join("\n"))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes the settings of a folder and of those below follow it to another path. Returns true if there were some.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn move_folder_settings(
        &self,
        place: &Place,
        from: &EntryPath,
        to: &EntryPath,
    ) -> sqlx::Result<bool> {
        let below = format!("{from}/");
        let mut transaction = self.begin().await?;
        sqlx::query(
            "DELETE FROM folder_setting WHERE place = $1 AND path IN (SELECT $3 || substr(path, length($2) + 1) \
             FROM folder_setting WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4))",
        )
        .bind(place.as_str())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(&below)
        .execute(&mut *transaction)
        .await?;
        let moved = sqlx::query(
            "UPDATE folder_setting SET path = $3 || substr(path, length($2) + 1) \
             WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4)",
        )
        .bind(place.as_str())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(&below)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(moved.rows_affected() > 0)
    }

    /// Deletes the settings of a folder and of those below. Returns true if there were some.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn forget_folder_settings(
        &self,
        place: &Place,
        path: &EntryPath,
    ) -> sqlx::Result<bool> {
        let deleted = sqlx::query(
            "DELETE FROM folder_setting WHERE place = $1 AND (path = $2 OR substr(path, 1, length($3)) = $3)",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(format!("{path}/"))
        .execute(&self.pool)
        .await?;
        Ok(deleted.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        settings_follow_their_folder_and_end_with_it,
    }

    async fn settings_follow_their_folder_and_end_with_it(state: TestState) {
        let store = state.open().await;
        let place = Place::parse("films").unwrap();
        let path = |text: &str| EntryPath::parse(text).unwrap();
        let setting = |at: &str| FolderSetting {
            note: format!("At {at}\nand more"),
            hidden: vec!["*.nfo".to_owned(), "@eaDir".to_owned()],
            ..FolderSetting::empty(&place, &path(at))
        };
        for at in ["/映画", "/映画/b", "/映画b", "/new/b"] {
            store.put_folder_setting(&setting(at)).await.unwrap();
        }
        let all = store.folder_settings().await.unwrap();
        assert!(all.contains(&setting("/映画/b")) && all.len() == 4);
        let (from, to) = (path("/映画"), path("/new"));
        let moved = store.move_folder_settings(&place, &from, &to).await;
        assert!(moved.unwrap());
        let paths = async || {
            let all = store.folder_settings().await.unwrap();
            let mut paths: Vec<_> = all.iter().map(|it| it.path.to_string()).collect();
            paths.sort_unstable();
            paths
        };
        assert_eq!(paths().await, ["/new", "/new/b", "/映画b"]);
        let moved = store.folder_settings().await.unwrap();
        let notes: Vec<_> = moved.iter().map(|it| it.note.as_str()).collect();
        assert!(notes.contains(&"At /映画/b\nand more"), "{notes:?}");
        assert!(
            store
                .forget_folder_settings(&place, &path("/new"))
                .await
                .unwrap()
        );
        assert!(
            !store
                .forget_folder_settings(&place, &path("/new"))
                .await
                .unwrap()
        );
        let empty = FolderSetting::empty(&place, &path("/映画b"));
        store.put_folder_setting(&empty).await.unwrap();
        assert!(paths().await.is_empty());
    }
}
