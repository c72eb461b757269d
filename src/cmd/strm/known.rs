//! The description and the picture that the library has of a film, for one without files of its own: an NFO file as Kodi
//! and Jellyfin read it, and a picture of the metadata service that was shown before.

use std::fmt::Write;
use std::sync::Arc;

use quick_xml::escape::escape;

use crate::store::{ItemKind, LibraryItem, Store, TitlePicture, Viewer};
use crate::viewers::Viewers;
use media::Entry;

/// The library, as its owner sees it.
pub(super) struct KnownTitles {
    store: Store,
    owner: Arc<Viewer>,
}

/// The files that are made for a film: the end of each name behind that of the film, and its content.
pub(super) type MadeFiles = Vec<(String, Vec<u8>)>;

impl KnownTitles {
    /// Opens the library of a state.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub(super) async fn open(store: &Store) -> anyhow::Result<Self> {
        let owner = Viewers::open(store.clone()).await?.owner();
        Ok(KnownTitles {
            store: store.clone(),
            owner,
        })
    }

    /// Returns the files for a film; none if the library has no more than its name.
    ///
    /// # Errors
    ///
    /// Fails if the state cannot be read.
    pub(super) async fn files(&self, film: &Entry) -> anyhow::Result<MadeFiles> {
        let Some(id) = self.store.item_of_file(&film.place, &film.path).await? else {
            return Ok(MadeFiles::new());
        };
        let item = self.store.library_item(id, &self.owner).await?;
        let Some(item) = item else {
            return Ok(MadeFiles::new());
        };
        let mut files = MadeFiles::new();
        if let Some(nfo) = description(&item) {
            files.push((".nfo".to_owned(), nfo.into_bytes()));
        }
        let end = match item.kind {
            ItemKind::Episode => "thumb",
            _ => "poster",
        };
        if let Some(TitlePicture::Metadata(picture)) = &item.poster
            && let Some((content_type, image)) = self.store.metadata_picture(&picture.name).await?
        {
            let extension = match content_type.as_str() {
                "image/png" => "png",
                "image/webp" => "webp",
                _ => "jpg",
            };
            files.push((format!("-{end}.{extension}"), image));
        }
        Ok(files)
    }
}

/// Returns the NFO file of a film or an episode; `None` if only its name is known.
fn description(item: &LibraryItem) -> Option<String> {
    let plot = item.overview.as_deref()?;
    let (root, series) = match item.kind {
        ItemKind::Film => ("movie", None),
        ItemKind::Episode => ("episodedetails", item.series_title.as_deref()),
        ItemKind::Series | ItemKind::Season => return None,
    };
    let number = |number: Option<u16>| number.map(|number| number.to_string());
    let values = [
        ("title", Some(item.title.clone())),
        ("showtitle", series.map(str::to_owned)),
        ("season", number(item.season)),
        ("episode", number(item.number)),
        ("aired", item.aired.map(|date| date.to_string())),
        ("year", number(item.year)),
        ("plot", Some(plot.to_owned())),
        ("rating", item.rating.map(|rating| rating.to_string())),
        ("runtime", number(item.runtime_min)),
    ];
    let mut text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root}>\n");
    for (name, value) in values {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  <{name}>{}</{name}>", escape(value.as_str()));
        }
    }
    let _ = writeln!(text, "</{root}>");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::parse_description;
    use crate::store::{ItemDetails, SeenFolder};
    use media::{EntryKind, EntryPath, Place};

    #[tokio::test]
    async fn a_film_gets_the_description_that_the_library_has() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_at(None, folder.path()).await.unwrap();
        let place = Place::parse("films").unwrap();
        let bare = |path: &str| {
            let path = EntryPath::parse(path).unwrap();
            Entry::bare(&place, &path, EntryKind::Video)
        };
        let films = [
            bare("/The Ferry (1998).mp4"),
            bare("/Show/Show.S01E02.mkv"),
            bare("/Boat (2001).mp4"),
        ];
        for film in &films {
            let seen = SeenFolder {
                place: &place,
                folder: &film.path.parent().unwrap(),
                entries: std::slice::from_ref(film),
                is_complete: false,
            };
            store.record_folder(seen).await.unwrap();
        }
        for film in &films[..2] {
            let id = store.item_of_file(&place, &film.path).await.unwrap();
            let details = ItemDetails {
                title: Some("Die Fähre & mehr".to_owned()),
                overview: Some("A <river>.".to_owned()),
                rating: Some(7.4),
                ..ItemDetails::default()
            };
            store.store_details(id.unwrap(), &details).await.unwrap();
        }
        let known = KnownTitles::open(&store).await.unwrap();
        for (film, root) in films.iter().zip(["<movie>", "<episodedetails>"]) {
            let files = known.files(film).await.unwrap();
            assert_eq!(files.len(), 1);
            assert_eq!(files[0].0, ".nfo");
            let text = String::from_utf8(files[0].1.clone()).unwrap();
            assert!(text.contains(root), "{text}");
            let read = parse_description(text.as_bytes()).unwrap();
            assert_eq!(read.title.as_deref(), Some("Die Fähre & mehr"));
            assert_eq!(read.overview.as_deref(), Some("A <river>."));
            assert_eq!(read.rating, Some(7.4));
        }
        assert!(known.files(&films[2]).await.unwrap().is_empty());
    }
}
