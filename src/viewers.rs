//! The household: its viewers, in memory, and their rules.
//!
//! There is always the owner, who is the only viewer until another one is added. PINs are hashed and verified by `web`,
//! which also limits wrong ones.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::store::{Store, Viewer};
use media::{Place, ViewerId};

/// The viewers of the server. Clones share them.
#[derive(Clone)]
pub struct Viewers {
    store: Store,
    list: Arc<RwLock<Arc<[Arc<Viewer>]>>>,
}

/// The reason why viewers could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    /// There is no viewer of this id.
    #[error("there is no such viewer")]
    Unknown,
    /// The name, the colour or the places are not acceptable; the sentence says what is.
    #[error("{0}")]
    Invalid(&'static str),
    /// The state could not be written.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

/// Maximum number of viewers.
const MAX_VIEWERS: usize = 100;

/// Maximum length of a name, in characters.
const MAX_NAME_CHARS: usize = 60;

/// Maximum number of places that a viewer is limited to.
const MAX_PLACES: usize = 200;

/// Colours of new viewers, one after the other.
const COLOURS: [&str; 8] = [
    "#f2a65a", "#7bdff2", "#b2f7a2", "#f7aef8", "#ffd166", "#8093f1", "#ef798a", "#9be5c4",
];

impl Viewers {
    /// Loads the viewers.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn open(store: Store) -> anyhow::Result<Self> {
        let viewers = Viewers {
            store,
            list: Arc::new(RwLock::new(Arc::from([Arc::new(Viewer::new(
                ViewerId::OWNER,
                "Owner",
            ))]))),
        };
        viewers.reload().await?;
        Ok(viewers)
    }

    /// Loads the viewers again, which another process may have changed.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub async fn reload(&self) -> anyhow::Result<()> {
        let stored = self.store.viewers().await?;
        if !stored.is_empty() {
            *self.list.write() = stored.into_iter().map(Arc::new).collect();
        }
        Ok(())
    }

    /// Returns all viewers, the owner first.
    pub fn all(&self) -> Arc<[Arc<Viewer>]> {
        self.list.read().clone()
    }

    /// Returns the viewer of this id; `None` if there is none.
    pub fn get(&self, id: ViewerId) -> Option<Arc<Viewer>> {
        self.list.read().iter().find(|it| it.id == id).cloned()
    }

    /// Returns the owner.
    pub fn owner(&self) -> Arc<Viewer> {
        self.list.read()[0].clone()
    }

    /// Returns true if a browser has to choose who is watching: there are several viewers, or the owner has a PIN.
    pub fn must_choose(&self) -> bool {
        let viewers = self.list.read();
        viewers.len() > 1 || viewers[0].pin_hash.is_some()
    }

    /// Adds a viewer. Without a colour, it gets one.
    ///
    /// # Errors
    ///
    /// A value is not acceptable, or the state cannot be written.
    pub async fn add(
        &self,
        name: &str,
        colour: Option<&str>,
        pin_hash: Option<String>,
        places: Option<Vec<Place>>,
        openid: Option<String>,
    ) -> Result<Arc<Viewer>, ViewerError> {
        let count = self.all().len();
        if count >= MAX_VIEWERS {
            return Err(ViewerError::Invalid("There are too many viewers."));
        }
        let mut id = [0u8; 8];
        getrandom::fill(&mut id).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let viewer = Viewer {
            id: ViewerId::from_bytes(id),
            name: name.trim().to_owned(),
            colour: colour.unwrap_or(COLOURS[count % COLOURS.len()]).to_owned(),
            pin_hash,
            places,
            openid,
        };
        self.put(viewer).await
    }

    /// Stores a viewer that was changed.
    ///
    /// # Errors
    ///
    /// A value is not acceptable, or the state cannot be written.
    pub async fn put(&self, viewer: Viewer) -> Result<Arc<Viewer>, ViewerError> {
        check(&viewer)?;
        let others = self.all();
        let mut others = others.iter().filter(|other| other.id != viewer.id);
        let is_taken = |account: &str| others.any(|other| other.is_account(account));
        if viewer.openid.as_deref().is_some_and(is_taken) {
            return Err(ViewerError::Invalid("Another viewer has that account."));
        }
        self.store.put_viewer(&viewer).await?;
        self.reload().await?;
        self.get(viewer.id).ok_or(ViewerError::Unknown)
    }

    /// Deletes a viewer with all that belongs to it. Returns the ids of its tickets, which were revoked.
    ///
    /// # Errors
    ///
    /// There is no such viewer, it is the owner, or the state cannot be written.
    pub async fn delete(&self, id: ViewerId) -> Result<Vec<[u8; 8]>, ViewerError> {
        if id == ViewerId::OWNER {
            return Err(ViewerError::Invalid("The owner cannot be deleted."));
        }
        self.get(id).ok_or(ViewerError::Unknown)?;
        let tickets = self.store.delete_viewer(id).await?;
        self.reload().await?;
        Ok(tickets)
    }
}

fn check(viewer: &Viewer) -> Result<(), ViewerError> {
    let name = viewer.name.chars();
    if !(1..=MAX_NAME_CHARS).contains(&name.clone().count()) || name.clone().any(char::is_control) {
        return Err(ViewerError::Invalid(
            "“name” must be 1 to 60 printable characters.",
        ));
    }
    if !is_colour(&viewer.colour) {
        return Err(ViewerError::Invalid(
            "“colour” is six hexadecimal digits after “#”, or the name of a colour.",
        ));
    }
    match viewer.openid.as_deref() {
        Some(_) if viewer.id == ViewerId::OWNER => {
            return Err(ViewerError::Invalid(
                "The accounts of the owner stand in the configuration, in auth.oidc.allowed.",
            ));
        }
        Some(account) if !is_account(account) => {
            return Err(ViewerError::Invalid(
                "“openid” is an account of the provider: its id (sub), or an email address.",
            ));
        }
        _ => {}
    }
    match &viewer.places {
        Some(_) if viewer.id == ViewerId::OWNER => {
            Err(ViewerError::Invalid("The owner sees every place."))
        }
        Some(places) if places.len() > MAX_PLACES => {
            Err(ViewerError::Invalid("These are too many places."))
        }
        _ => Ok(()),
    }
}

/// Returns true for what may be the id of an account (OpenID Connect Core 1.0, section 2: 255 characters at most).
fn is_account(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

/// Returns true for `#rgb`, `#rrggbb` and words of small letters, as CSS names colours.
fn is_colour(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(digits) => {
            [3, 6].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        }
        None => {
            (3..=24).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_lowercase())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn viewers_come_and_go_and_the_owner_stays() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let viewers = Viewers::open(store.clone()).await.unwrap();
        assert!(!viewers.must_choose());
        let films = vec![Place::parse("films").unwrap()];
        let added = viewers
            .add(" Ada ", None, None, Some(films), None)
            .await
            .unwrap();
        assert_eq!(
            (added.name.as_str(), added.colour.as_str()),
            ("Ada", COLOURS[1])
        );
        assert!(viewers.must_choose());
        assert_eq!(
            Viewers::open(store).await.unwrap().get(added.id),
            Some(added.clone())
        );
        assert!(matches!(
            viewers.delete(ViewerId::OWNER).await,
            Err(ViewerError::Invalid(_))
        ));
        viewers.delete(added.id).await.unwrap();
        assert!(matches!(
            viewers.delete(added.id).await,
            Err(ViewerError::Unknown)
        ));
        let by_email = |name: &'static str, email: &str| {
            let email = Some(email.to_owned());
            viewers.add(name, None, None, None, email)
        };
        by_email("Ben", "ben@example.org").await.unwrap();
        for taken in ["Ben@Example.org", " x", "", "a\nb"] {
            let refused = by_email("Eve", taken).await;
            assert!(matches!(refused, Err(ViewerError::Invalid(_))), "{taken}");
        }
        let of_owner = Viewer {
            openid: Some("x".to_owned()),
            ..Viewer::clone(&viewers.owner())
        };
        let refused = viewers.put(of_owner).await;
        assert!(matches!(refused, Err(ViewerError::Invalid(_))));
        let with_pin = Viewer {
            pin_hash: Some("x".to_owned()),
            ..Viewer::clone(&viewers.owner())
        };
        viewers.put(with_pin).await.unwrap();
        assert!(viewers.must_choose());
    }

    #[tokio::test]
    async fn values_that_a_page_could_not_show_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let viewers = Viewers::open(Store::open(dir.path()).await.unwrap())
            .await
            .unwrap();
        for (name, colour) in [
            ("", "#aabbcc"),
            ("a\nb", "#aabbcc"),
            ("a", "#aabbc"),
            ("a", "red;x"),
            ("a", "url(x)"),
        ] {
            let added = viewers.add(name, Some(colour), None, None, None).await;
            assert!(
                matches!(added, Err(ViewerError::Invalid(_))),
                "{name} {colour}"
            );
        }
        for colour in ["#abc", "#AABBCC", "teal"] {
            viewers
                .add("a", Some(colour), None, None, None)
                .await
                .unwrap();
        }
        let limited = Viewer {
            places: Some(Vec::new()),
            ..Viewer::clone(&viewers.owner())
        };
        assert!(matches!(
            viewers.put(limited).await,
            Err(ViewerError::Invalid(_))
        ));
    }
}
