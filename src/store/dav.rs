//! Locks and properties of WebDAV clients.

use std::time::SystemTime;

use super::{Store, millis, now_ms};
use media::{EntryPath, Place};

/// A lock of a WebDAV client (RFC 4918 §6). All locks are write locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DavLock {
    /// Its URI, unique for all time.
    pub token: String,
    pub place: Place,
    pub path: EntryPath,
    /// True if everything below the path is locked, too.
    pub is_deep: bool,
    /// True if others may lock it, too.
    pub is_shared: bool,
    /// The element `DAV:owner` as XML; empty if there is none.
    pub owner: String,
    /// Seconds that are left of it.
    pub left_s: u64,
}

/// A property that a WebDAV client has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DavProperty {
    pub path: EntryPath,
    pub namespace: String,
    pub name: String,
    /// The whole element as XML.
    pub element: String,
}

/// A path that a request changes.
#[derive(Debug, Clone, Copy)]
pub struct ChangedPath<'a> {
    pub path: &'a EntryPath,
    /// True if everything below it is changed, too.
    pub is_deep: bool,
    /// True if the name is added or removed, which changes the folder that contains it (RFC 4918 §7.4).
    pub is_of_name: bool,
}

type LockRow = (String, String, String, i64, i64, String, i64);

impl DavLock {
    /// Returns true if the lock protects this path.
    pub fn covers(&self, path: &EntryPath) -> bool {
        self.path == *path || (self.is_deep && path.is_within(&self.path))
    }

    /// Returns true if the lock protects something that is changed.
    pub fn concerns(&self, change: &ChangedPath<'_>) -> bool {
        self.covers(change.path)
            || (change.is_deep && self.path.is_within(change.path))
            || (change.is_of_name && Some(&self.path) == change.path.parent().as_ref())
    }

    /// Returns true if both locks protect a path, and one of them allows no other.
    fn conflicts(&self, other: &DavLock) -> bool {
        let overlap = self.covers(&other.path) || other.covers(&self.path);
        overlap && !(self.is_shared && other.is_shared)
    }

    fn parse((token, place, path, is_deep, is_shared, owner, expires_at): LockRow) -> Option<Self> {
        let left_ms = u64::try_from(expires_at - now_ms()).ok()?;
        Some(DavLock {
            token,
            place: Place::parse(&place).ok()?,
            path: EntryPath::parse(&path).ok()?,
            is_deep: is_deep != 0,
            is_shared: is_shared != 0,
            owner,
            left_s: left_ms.div_ceil(1000),
        })
    }
}

impl Store {
    /// Returns the locks of a place that have not expired.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn dav_locks(&self, place: &Place) -> sqlx::Result<Vec<DavLock>> {
        let rows: Vec<LockRow> = sqlx::query_as(
            "SELECT token, place, path, is_deep, is_shared, owner, expires_at FROM dav_lock \
             WHERE place = $1 AND expires_at > $2 ORDER BY path, token",
        )
        .bind(place.as_str())
        .bind(now_ms())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(DavLock::parse).collect())
    }

    /// Stores a lock, unless another one conflicts with it: that one is returned then.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn add_dav_lock(
        &self,
        lock: &DavLock,
        ends_at: SystemTime,
    ) -> sqlx::Result<Option<DavLock>> {
        // No other lock may be added in between.
        let mut transaction = self.begin_alone().await?;
        sqlx::query("DELETE FROM dav_lock WHERE expires_at <= $1")
            .bind(now_ms())
            .execute(&mut *transaction)
            .await?;
        let rows: Vec<LockRow> = sqlx::query_as(
            "SELECT token, place, path, is_deep, is_shared, owner, expires_at FROM dav_lock WHERE place = $1",
        )
        .bind(lock.place.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let mut others = rows.into_iter().filter_map(DavLock::parse);
        if let Some(other) = others.find(|other| lock.conflicts(other)) {
            return Ok(Some(other));
        }
        sqlx::query(
            "INSERT INTO dav_lock (token, place, path, is_deep, is_shared, owner, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&lock.token)
        .bind(lock.place.as_str())
        .bind(lock.path.as_str())
        .bind(i64::from(lock.is_deep))
        .bind(i64::from(lock.is_shared))
        .bind(&lock.owner)
        .bind(millis(ends_at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(None)
    }

    /// Extends a lock.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn extend_dav_lock(&self, token: &str, ends_at: SystemTime) -> sqlx::Result<()> {
        sqlx::query("UPDATE dav_lock SET expires_at = $2 WHERE token = $1")
            .bind(token)
            .bind(millis(ends_at))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes a lock.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn remove_dav_lock(&self, token: &str) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM dav_lock WHERE token = $1")
            .bind(token)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Returns the properties of an entry, and those of the entries in it if it is a folder and `with_children`.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn dav_properties(
        &self,
        place: &Place,
        path: &EntryPath,
        with_children: bool,
    ) -> sqlx::Result<Vec<DavProperty>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT path, namespace, name, element FROM dav_property \
             WHERE place = $1 AND (path = $2 OR ($3 = 1 AND folder = $2)) ORDER BY path, namespace, name",
        )
        .bind(place.as_str())
        .bind(path.as_str())
        .bind(i64::from(with_children))
        .fetch_all(&self.pool)
        .await?;
        let parse = |(path, namespace, name, element): (String, String, String, String)| {
            Some(DavProperty {
                path: EntryPath::parse(&path).ok()?,
                namespace,
                name,
                element,
            })
        };
        Ok(rows.into_iter().filter_map(parse).collect())
    }

    /// Sets properties of one entry, and removes others, all or none.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn change_dav_properties(
        &self,
        place: &Place,
        changes: &[(DavProperty, bool)],
    ) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        for (property, is_set) in changes {
            let folder = property.path.parent().unwrap_or_else(EntryPath::root);
            let statement = match is_set {
                true => {
                    "INSERT INTO dav_property (place, path, folder, namespace, name, element) \
                     VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (place, path, namespace, name) DO UPDATE SET element = excluded.element"
                }
                false => {
                    "DELETE FROM dav_property WHERE place = $1 AND path = $2 AND folder = $3 \
                     AND namespace = $4 AND name = $5 AND $6 = $6"
                }
            };
            sqlx::query(statement)
                .bind(place.as_str())
                .bind(property.path.as_str())
                .bind(folder.as_str())
                .bind(&property.namespace)
                .bind(&property.name)
                .bind(&property.element)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Copies the properties of an entry, and those of all entries below it, to another path.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn copy_dav_properties(
        &self,
        place: &Place,
        from: &EntryPath,
        to: &EntryPath,
    ) -> sqlx::Result<()> {
        // The folder of the entry itself is that of the new path; of those below it, it moves along.
        let folder = to.parent().unwrap_or_else(EntryPath::root);
        sqlx::query(
            "INSERT INTO dav_property (place, path, folder, namespace, name, element) \
             SELECT place, $3 || substr(path, length($2) + 1), \
                    CASE path WHEN $2 THEN $5 ELSE $3 || substr(folder, length($2) + 1) END, \
                    namespace, name, element FROM dav_property \
             WHERE place = $1 AND (path = $2 OR substr(path, 1, length($4)) = $4) \
             ON CONFLICT (place, path, namespace, name) DO UPDATE SET folder = excluded.folder, element = excluded.element",
        )
        .bind(place.as_str())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(format!("{from}/"))
        .bind(folder.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes the properties and the locks of an entry and of all entries below it, after it was deleted or moved.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn forget_dav(&self, place: &Place, path: &EntryPath) -> sqlx::Result<()> {
        for statement in [
            "DELETE FROM dav_property WHERE place = $1 AND (path = $2 OR substr(path, 1, length($3)) = $3)",
            "DELETE FROM dav_lock WHERE place = $1 AND (path = $2 OR substr(path, 1, length($3)) = $3)",
        ] {
            sqlx::query(statement)
                .bind(place.as_str())
                .bind(path.as_str())
                .bind(format!("{path}/"))
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
