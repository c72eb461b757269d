//! Backup of the state as one file, also while a server runs on it, and its restore.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};

use super::migrations::MIGRATIONS;
use super::private_files::{make_private_dir, make_private_file};
use super::{STATE_FILE, Store};

/// Facts about a backup, for the operator.
#[derive(Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// Size of the file in bytes.
    pub size: u64,
    pub drives: i64,
    pub tickets: i64,
}

/// Copies the state in `data_dir` to the new file `target`. The copy is consistent while servers write
/// (`VACUUM INTO`, <https://sqlite.org/lang_vacuum.html>), and is readable by its owner only (0600).
///
/// # Errors
///
/// Fails if there is no state in `data_dir`, if `target` exists or if it cannot be written. No part of a file is
/// left then.
pub async fn back_up(data_dir: &Path, target: &Path) -> anyhow::Result<BackupSummary> {
    let file = data_dir.join(STATE_FILE);
    ensure!(
        file.is_file(),
        "there is no state in {}: no server ran with this data_dir",
        data_dir.display()
    );
    ensure!(
        !target.exists(),
        "{} exists already; a backup overwrites no file",
        target.display()
    );
    let partial = PartialFile::beside(target)?;
    let mut connection = open_read_only(&file).await?;
    let copied = sqlx::query("VACUUM INTO $1")
        .bind(partial.path_text()?)
        .execute(&mut connection)
        .await;
    connection.close().await.ok();
    copied.with_context(|| format!("{} cannot be written", target.display()))?;
    let summary = check(partial.path()).await?;
    partial.rename_to(target)?;
    Ok(summary)
}

/// Makes the backup `file` the state in `data_dir`, and brings its tables up to date.
///
/// # Errors
///
/// Fails if `data_dir` has a state already, or if `file` is damaged, no backup, or of a newer version. `data_dir`
/// has no state then, as before.
pub async fn restore(file: &Path, data_dir: &Path) -> anyhow::Result<BackupSummary> {
    let target = data_dir.join(STATE_FILE);
    ensure!(
        !target.exists(),
        "{} has a state already; stop the server and move {} away first",
        data_dir.display(),
        target.display()
    );
    let summary = check(file).await?;
    make_private_dir(data_dir)
        .with_context(|| format!("the data folder {} cannot be made", data_dir.display()))?;
    let partial = PartialFile::beside(&target)?;
    std::fs::copy(file, partial.path())
        .with_context(|| format!("{} cannot be written", target.display()))?;
    partial.rename_to(&target)?;
    Store::open(data_dir).await?.close().await;
    Ok(summary)
}

/// Checks that a file is a whole state of this version or an older one, and counts what it holds.
///
/// # Errors
///
/// Fails if it is not, in a sentence that names the file.
async fn check(file: &Path) -> anyhow::Result<BackupSummary> {
    let size = std::fs::metadata(file)
        .with_context(|| format!("{} cannot be read", file.display()))?
        .len();
    let no_backup = || {
        format!(
            "{} is no backup of Drive-In's state, or damaged",
            file.display()
        )
    };
    let mut connection = open_read_only(file).await.with_context(no_backup)?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await
        .with_context(no_backup)?;
    ensure!(found == "ok", no_backup());
    let newest: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut connection)
        .await
        .with_context(no_backup)?;
    let own = MIGRATIONS.last().map_or(0, |migration| migration.0);
    if newest > own {
        bail!(
            "{} is of a newer version of Drive-In: it has step {newest}, and the last of this version is {own}",
            file.display()
        );
    }
    let counts = "SELECT (SELECT COUNT(*) FROM drive_session), (SELECT COUNT(*) FROM ticket)";
    let row = sqlx::query(counts)
        .fetch_one(&mut connection)
        .await
        .with_context(no_backup)?;
    let summary = BackupSummary {
        size,
        drives: row.try_get(0)?,
        tickets: row.try_get(1)?,
    };
    connection.close().await.ok();
    Ok(summary)
}

async fn open_read_only(file: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    SqliteConnection::connect_with(&options).await
}

/// A file under a name of its own until it is whole. Dropping it deletes it.
pub(super) struct PartialFile {
    path: std::path::PathBuf,
}

impl PartialFile {
    /// Makes an empty private file in the folder of `target`.
    pub(super) fn beside(target: &Path) -> anyhow::Result<Self> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let path = target.with_file_name(name);
        let cannot = || format!("{} cannot be written", target.display());
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(cannot);
            }
            _ => {}
        }
        make_private_file(&path).with_context(cannot)?;
        Ok(PartialFile { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn path_text(&self) -> anyhow::Result<&str> {
        self.path
            .to_str()
            .with_context(|| format!("the name {} is not UTF-8", self.path.display()))
    }

    /// Writes the file to the disk, and gives it its name.
    pub(super) fn rename_to(&self, target: &Path) -> anyhow::Result<()> {
        let written = || -> std::io::Result<()> {
            std::fs::File::open(&self.path)?.sync_all()?;
            std::fs::rename(&self.path, target)?;
            let folder = target
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        written().with_context(|| format!("{} cannot be written", target.display()))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // Gone already once it has its name.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_backup_of_a_running_state_restores_what_it_held() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (data, other) = (dir.path().join("data"), dir.path().join("other"));
        let file = dir.path().join("backup.sqlite");
        let store = Store::open(&data).await.unwrap();
        let key = store.server_key("ticket").await.unwrap();
        let summary = back_up(&data, &file).await.unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!(
            (metadata.permissions().mode() & 0o777, metadata.len()),
            (0o600, summary.size)
        );
        store.server_key("later").await.unwrap();

        restore(&file, &other).await.unwrap();
        let restored = Store::open(&other).await.unwrap();
        assert_eq!(restored.server_key("ticket").await.unwrap(), key);
        let names: Vec<String> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("partial"))
            .collect();
        assert_eq!(names, Vec::<String>::new());
    }

    #[tokio::test]
    async fn neither_a_backup_nor_a_restore_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let (data, file) = (dir.path().join("data"), dir.path().join("backup.sqlite"));
        assert!(
            back_up(&data, &file).await.is_err(),
            "there is no state yet"
        );
        Store::open(&data).await.unwrap().close().await;
        std::fs::write(&file, "mine").unwrap();
        assert!(back_up(&data, &file).await.is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
        let before = std::fs::read(data.join(STATE_FILE)).unwrap();
        assert!(restore(&file, &data).await.is_err());
        assert_eq!(std::fs::read(data.join(STATE_FILE)).unwrap(), before);
    }

    #[tokio::test]
    async fn a_file_that_is_no_backup_leaves_no_state() {
        let dir = tempfile::tempdir().unwrap();
        let (data, file) = (dir.path().join("data"), dir.path().join("backup.sqlite"));
        Store::open(&data).await.unwrap().close().await;
        back_up(&data, &file).await.unwrap();
        let whole = std::fs::read(&file).unwrap();
        let cases: [(&str, Vec<u8>); 4] = [
            ("empty", Vec::new()),
            ("text", b"a text".to_vec()),
            ("cut", whole[..whole.len() / 2].to_vec()),
            ("missing", Vec::new()),
        ];
        for (name, bytes) in cases {
            let (case, target) = (
                dir.path().join(name),
                dir.path().join(format!("{name}-data")),
            );
            if name != "missing" {
                std::fs::write(&case, bytes).unwrap();
            }
            let refused = restore(&case, &target).await.unwrap_err();
            assert!(format!("{refused:#}").contains(name), "{refused:#}");
            assert!(!target.join(STATE_FILE).exists(), "{name}");
        }
    }
}
