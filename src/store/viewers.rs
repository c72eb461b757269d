//! The viewers of the household. All that belongs to one is deleted with it.

use std::fmt;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, now_ms};
use media::{Place, ViewerId};

/// A member of the household, with a history, marks and languages of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The id.
    pub id: ViewerId,
    /// The name on the page that asks who is watching.
    pub name: String,
    /// The colour beside the name: `#rrggbb`.
    pub colour: String,
    /// The PIN as an argon2 hash; `None` if the viewer has none.
    pub pin_hash: Option<String>,
    /// The places that the viewer is limited to; `None` for all.
    pub places: Option<Vec<Place>>,
    /// The account of the OpenID provider by which the viewer signs in: its id (`sub`), or a verified email address;
    /// `None` without one.
    pub openid: Option<String>,
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Viewer({}, {:?}, {:?})", self.id, self.name, self.places)
    }
}

impl Viewer {
    /// Returns a viewer of this id without a PIN and without a limit.
    pub fn new(id: ViewerId, name: &str) -> Self {
        Viewer {
            id,
            name: name.to_owned(),
            colour: "#f2a65a".to_owned(),
            pin_hash: None,
            places: None,
            openid: None,
        }
    }

    /// Returns true if the viewer signs in by the account of this id (`sub`) or email address.
    pub fn is_account(&self, name: &str) -> bool {
        let own = self.openid.as_deref();
        own.is_some_and(|own| match own.contains('@') {
            true => own.eq_ignore_ascii_case(name),
            false => own == name,
        })
    }

    /// Returns true if the viewer may see a place.
    pub fn may_see(&self, place: &Place) -> bool {
        self.places
            .as_ref()
            .is_none_or(|places| places.contains(place))
    }

    /// Returns the condition of SQL that a column with a place is one of the viewer's.
    pub(super) fn sql_of_place(&self, column: &str) -> String {
        match &self.places {
            None => "1 = 1".to_owned(),
            // A place is letters, digits, `-`, `_` and `~`.
            Some(places) => {
                let names: Vec<String> = places.iter().map(|place| format!("'{place}'")).collect();
                format!("{column} IN ({})", names.join(", "))
            }
        }
    }

    /// Returns the condition of SQL that a row of `library_item` has a file in one of the viewer's places.
    pub(super) fn sql_of_item(&self, item: &str) -> String {
        if self.places.is_none() {
            return "1 = 1".to_owned();
        }
        let place = self.sql_of_place("seen_file.place");
        let below = |column: &str| {
            format!(
                "EXISTS (SELECT 1 FROM library_item seen_item JOIN library_file seen_file ON seen_file.item = seen_item.id \
                 WHERE seen_item.{column} = {item}.id AND seen_file.gone_at IS NULL AND {place})"
            )
        };
        format!(
            "CASE {item}.kind WHEN 'series' THEN {} WHEN 'season' THEN {} ELSE EXISTS (SELECT 1 FROM library_file seen_file \
             WHERE seen_file.item = {item}.id AND seen_file.gone_at IS NULL AND {place}) END",
            below("series"),
            below("parent")
        )
    }
}

impl Store {
    /// Returns all viewers, the owner first, then in the order of their creation.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn viewers(&self) -> anyhow::Result<Vec<Viewer>> {
        let rows = sqlx::query(
            "SELECT id, name, colour, pin_hash, places, openid FROM viewer ORDER BY id <> 'owner', created_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Adds a viewer, or changes the one of this id.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn put_viewer(&self, viewer: &Viewer) -> anyhow::Result<()> {
        let places = match &viewer.places {
            Some(places) => Some(serde_json::to_string(places)?),
            None => None,
        };
        sqlx::query(
            "INSERT INTO viewer (id, name, colour, pin_hash, places, created_at, openid) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, colour = excluded.colour, \
             pin_hash = excluded.pin_hash, places = excluded.places, openid = excluded.openid",
        )
        .bind(viewer.id.to_string())
        .bind(&viewer.name)
        .bind(&viewer.colour)
        .bind(&viewer.pin_hash)
        .bind(places)
        .bind(now_ms())
        .bind(&viewer.openid)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Revokes the sessions that are for this viewer alone.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written.
    pub async fn revoke_viewer_sessions(&self, id: ViewerId) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM owner_session WHERE viewer = $1")
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Deletes a viewer with its history, marks and tokens, and revokes its tickets, in one transaction. Returns the ids
    /// of the tickets.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be written; nothing is changed then.
    pub async fn delete_viewer(&self, id: ViewerId) -> anyhow::Result<Vec<[u8; 8]>> {
        let mut transaction = self.begin().await?;
        for statement in [
            "DELETE FROM viewer WHERE id = $1",
            "DELETE FROM history WHERE viewer = $1",
            "DELETE FROM library_mark WHERE viewer = $1",
            "DELETE FROM api_token WHERE viewer = $1",
            "DELETE FROM owner_session WHERE viewer = $1",
            "DELETE FROM app_favourite WHERE viewer = $1",
            "DELETE FROM app_preference WHERE viewer = $1",
            "DELETE FROM ticket_card WHERE ticket IN (SELECT id FROM ticket WHERE viewer = $1)",
        ] {
            sqlx::query(statement)
                .bind(id.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        let tickets: Vec<Vec<u8>> = sqlx::query_scalar(
            "UPDATE ticket SET withdrawn_at = $2, name = '', scope = '' \
             WHERE viewer = $1 AND withdrawn_at IS NULL RETURNING id",
        )
        .bind(id.to_string())
        .bind(now_ms())
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(tickets
            .into_iter()
            .filter_map(|id| id.try_into().ok())
            .collect())
    }
}

fn read(row: &AnyRow) -> anyhow::Result<Viewer> {
    let id: &str = row.try_get("id")?;
    let places: Option<&str> = row.try_get("places")?;
    let places = match places {
        None => None,
        Some(text) => {
            let names: Vec<String> = serde_json::from_str(text)?;
            let places = names.iter().filter_map(|name| Place::parse(name).ok());
            Some(places.collect())
        }
    };
    Ok(Viewer {
        id: ViewerId::parse(id).ok_or_else(|| anyhow::anyhow!("a viewer has the id “{id}”"))?,
        name: row.try_get("name")?,
        colour: row.try_get("colour")?,
        pin_hash: row.try_get("pin_hash")?,
        places,
        openid: row.try_get("openid")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::test_state::{TestState, on_both_states};
    use media::EntryPath;

    on_both_states! {
        a_viewer_is_stored_and_takes_its_history_along,
    }

    async fn a_viewer_is_stored_and_takes_its_history_along(state: TestState) {
        let store = state.open().await;
        let owner = store.viewers().await.unwrap();
        assert_eq!(owner.len(), 1);
        assert_eq!(
            (owner[0].id, owner[0].places.clone()),
            (ViewerId::OWNER, None)
        );
        let films = Place::parse("films").unwrap();
        let child = Viewer {
            pin_hash: Some("$argon2id$…".to_owned()),
            places: Some(vec![films.clone()]),
            openid: Some("ada@example.org".to_owned()),
            ..Viewer::new(ViewerId::from_bytes([7; 8]), "Ada")
        };
        store.put_viewer(&child).await.unwrap();
        assert_eq!(store.viewers().await.unwrap()[1], child);
        assert!(!format!("{child:?}").contains("argon"));
        let path = EntryPath::parse("/a.mkv").unwrap();
        for viewer in [ViewerId::OWNER, child.id] {
            store
                .note_position(viewer, &films, &path, 20.0, 100.0)
                .await
                .unwrap();
        }
        assert!(store.delete_viewer(child.id).await.unwrap().is_empty());
        assert_eq!(store.viewers().await.unwrap(), owner);
        assert_eq!(store.history(child.id, 9).await.unwrap(), []);
        assert_eq!(store.history(ViewerId::OWNER, 9).await.unwrap().len(), 1);
    }
}
