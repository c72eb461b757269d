//! Entries that wait for their second half: sign-ins in progress, codes of apps. Any server on the state can finish what another
//! one began.

use std::time::SystemTime;

use super::{Store, millis};

/// A kind of entries that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingKind {
    /// Sign-ins to drives by another device.
    DeviceSignIn,
    /// Sign-ins to drives on the site of the upstream.
    SiteSignIn,
    /// Codes that apps show.
    AppCode,
    /// Items that apps asked to play.
    PlaySession,
    /// The code by which an owner without a password comes in.
    SetUpCode,
    /// Attempts to sign in with a passkey that were completed.
    UsedPasskeyAttempt,
}

impl PendingKind {
    fn as_str(self) -> &'static str {
        match self {
            PendingKind::DeviceSignIn => "device_sign_in",
            PendingKind::SiteSignIn => "site_sign_in",
            PendingKind::AppCode => "app_code",
            PendingKind::PlaySession => "play_session",
            PendingKind::SetUpCode => "set_up_code",
            PendingKind::UsedPasskeyAttempt => "used_passkey_attempt",
        }
    }
}

impl Store {
    /// Stores an entry until `ends_at`, and removes those that have ended. Returns false if there is one of this id, which
    /// stays.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_pending(
        &self,
        kind: PendingKind,
        id: &str,
        body: &str,
        (now, ends_at): (SystemTime, SystemTime),
    ) -> sqlx::Result<bool> {
        sqlx::query("DELETE FROM pending WHERE ends_at <= $1")
            .bind(millis(now))
            .execute(&self.pool)
            .await?;
        let stored = sqlx::query(
            "INSERT INTO pending (kind, id, body, ends_at) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, id) DO NOTHING",
        )
        .bind(kind.as_str())
        .bind(id)
        .bind(body)
        .bind(millis(ends_at))
        .execute(&self.pool)
        .await?;
        Ok(stored.rows_affected() > 0)
    }

    /// Returns the text of an entry; `None` if there is none, or it has ended.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn pending(
        &self,
        kind: PendingKind,
        id: &str,
        now: SystemTime,
    ) -> sqlx::Result<Option<String>> {
        sqlx::query_scalar("SELECT body FROM pending WHERE kind = $1 AND id = $2 AND ends_at > $3")
            .bind(kind.as_str())
            .bind(id)
            .bind(millis(now))
            .fetch_optional(&self.pool)
            .await
    }

    /// Returns the ids and texts of all entries of a kind that have not ended, the one that ends first at the front.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn all_pending(
        &self,
        kind: PendingKind,
        now: SystemTime,
    ) -> sqlx::Result<Vec<(String, String)>> {
        sqlx::query_as(
            "SELECT id, body FROM pending WHERE kind = $1 AND ends_at > $2 ORDER BY ends_at, id",
        )
        .bind(kind.as_str())
        .bind(millis(now))
        .fetch_all(&self.pool)
        .await
    }

    /// Replaces the text of an entry if it is `before`. Returns false if it is another, or there is no such entry: one of
    /// two concurrent changes is made.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn replace_pending(
        &self,
        kind: PendingKind,
        id: &str,
        (before, after): (&str, &str),
    ) -> sqlx::Result<bool> {
        let replaced =
            sqlx::query("UPDATE pending SET body = $4 WHERE kind = $1 AND id = $2 AND body = $3")
                .bind(kind.as_str())
                .bind(id)
                .bind(before)
                .bind(after)
                .execute(&self.pool)
                .await?;
        Ok(replaced.rows_affected() > 0)
    }

    /// Removes an entry if its text is `body`. Returns false if it is another, or there is no such entry: one of two
    /// concurrent callers gets it.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn take_pending(
        &self,
        kind: PendingKind,
        id: &str,
        body: &str,
    ) -> sqlx::Result<bool> {
        let taken = sqlx::query("DELETE FROM pending WHERE kind = $1 AND id = $2 AND body = $3")
            .bind(kind.as_str())
            .bind(id)
            .bind(body)
            .execute(&self.pool)
            .await?;
        Ok(taken.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        what_one_server_began_another_one_finishes_once,
    }

    async fn what_one_server_began_another_one_finishes_once(state: TestState) {
        use PendingKind::{AppCode, SiteSignIn};
        let (one, other) = (state.open().await, state.open().await);
        let now = SystemTime::now();
        let until = (now, now + Duration::from_secs(60));
        assert!(one.put_pending(AppCode, "1", "new", until).await.unwrap());
        assert!(!other.put_pending(AppCode, "1", "x", until).await.unwrap());
        assert_eq!(other.pending(SiteSignIn, "1", now).await.unwrap(), None);
        let found = other.pending(AppCode, "1", now).await.unwrap();
        assert_eq!(found.as_deref(), Some("new"));
        let replace = async |store: &Store, after| {
            let replaced = store.replace_pending(AppCode, "1", ("new", after));
            replaced.await.unwrap()
        };
        assert!(replace(&other, "approved").await);
        assert!(!replace(&one, "other").await, "twice");
        let all = one.all_pending(AppCode, now).await.unwrap();
        assert_eq!(all, [("1".to_owned(), "approved".to_owned())]);
        assert!(!one.take_pending(AppCode, "1", "new").await.unwrap());
        assert!(one.take_pending(AppCode, "1", "approved").await.unwrap());
        assert!(!other.take_pending(AppCode, "1", "approved").await.unwrap());

        // It ends by itself, and its id is free again.
        one.put_pending(AppCode, "2", "", until).await.unwrap();
        let later = until.1;
        assert_eq!(other.pending(AppCode, "2", later).await.unwrap(), None);
        assert_eq!(other.all_pending(AppCode, later).await.unwrap(), []);
        let until = (later, later + Duration::from_secs(60));
        assert!(other.put_pending(AppCode, "2", "", until).await.unwrap());
    }
}
