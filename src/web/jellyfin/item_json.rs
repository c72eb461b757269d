//! Items as Jellyfin's `BaseItemDto`. Fields without a value are left out, as that server does.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::ids::{ItemId, ItemIdentity};
use super::session::AppSession;
use crate::store::{FileProgress, ItemKind, LibraryItem, PictureFile, TitlePicture};
use crate::web::AppState;
use crate::web::error::Problem;
use drives::tags::SoundTags;
use media::{Entry, EntryKind, EntryPath, Place, plain_title, stem};

/// Units of time of that API in a second.
pub(super) const TICKS_PER_S: f64 = 10_000_000.0;

/// Percent from which a film counts as watched, as for pages.
const WATCHED_PERCENT: f64 = 92.0;

/// Time that the details of a recording wait for its tags.
const TAGS_TIMEOUT: Duration = Duration::from_millis(1500);

/// Writes items for one app.
pub(super) struct AppItemWriter<'a> {
    pub site: &'a AppState,
    pub session: &'a AppSession,
    favourites: HashSet<[u8; 16]>,
    progress: HashMap<(Place, EntryPath), FileProgress>,
    /// Tags of recordings, as far as they were read.
    sounds: HashMap<(Place, EntryPath), Arc<SoundTags>>,
}

impl<'a> AppItemWriter<'a> {
    /// Returns a writer that has read the favourites of the viewer.
    pub async fn new(site: &'a AppState, session: &'a AppSession) -> Result<Self, Problem> {
        let favourites = site.store.favourites(session.viewer.id).await;
        Ok(AppItemWriter {
            site,
            session,
            favourites: favourites?,
            progress: HashMap::new(),
            sounds: HashMap::new(),
        })
    }

    /// Reads the progress in entries that are about to be written, and stores their ids. The tags of a single recording are
    /// read, too.
    pub async fn prepare(&mut self, entries: &[Entry]) -> Result<(), Problem> {
        self.site.jellyfin.ids.remember(entries).await?;
        let mut paths: HashMap<Place, Vec<EntryPath>> = HashMap::new();
        for entry in entries.iter().filter(|entry| entry.kind.is_playable()) {
            paths
                .entry(entry.place.clone())
                .or_default()
                .push(entry.path.clone());
        }
        for (place, paths) in paths {
            let viewer = self.session.viewer.id;
            for (path, progress) in self
                .site
                .store
                .file_progress(&place, &paths, viewer)
                .await?
            {
                self.progress.insert((place.clone(), path), progress);
            }
        }
        for entry in entries.iter().filter(|it| it.kind == EntryKind::Audio) {
            let playback = &self.site.playback;
            let tags = match entries {
                [song] => {
                    let song = Arc::new(song.clone());
                    let read = timeout(TAGS_TIMEOUT, playback.sound_tags(&song)).await;
                    read.ok().and_then(Result::ok)
                }
                _ => playback.known_sound_tags(entry).await,
            };
            let key = (entry.place.clone(), entry.path.clone());
            self.sounds.extend(tags.map(|tags| (key, tags)));
        }
        Ok(())
    }

    /// Returns the id of an item.
    pub fn id(&self, node: &ItemIdentity) -> ItemId {
        self.site.jellyfin.ids.of(node)
    }

    /// Returns true if an item is a favourite of the viewer.
    pub fn is_favourite(&self, id: ItemId) -> bool {
        self.favourites.contains(&id.0)
    }

    /// Returns a view: a folder at the top.
    pub fn view(&self, node: &ItemIdentity, name: &str, collection: &str) -> Value {
        let id = self.id(node);
        json!({
            "Name": name,
            "SortName": name.to_lowercase(),
            "ServerId": self.site.jellyfin.server_id,
            "Id": id.to_string(),
            "Etag": id.to_string(),
            "ParentId": self.id(&ItemIdentity::Home).to_string(),
            "DisplayPreferencesId": id.to_string(),
            "Type": "CollectionFolder",
            "CollectionType": collection,
            "IsFolder": true,
            "CanDelete": false,
            "CanDownload": false,
            "PlayAccess": "Full",
            "LocationType": "FileSystem",
            "MediaType": "Unknown",
            "ImageTags": {},
            "BackdropImageTags": [],
            "UserData": self.user_data(id, None, false),
        })
    }

    /// Returns the folder of all views.
    pub fn home(&self) -> Value {
        let mut home = self.view(&ItemIdentity::Home, "Media Folders", "folders");
        home["Type"] = "UserRootFolder".into();
        if let Some(object) = home.as_object_mut() {
            object.remove("ParentId");
            object.remove("CollectionType");
        }
        home
    }

    /// Returns an entry of a drive. See `AppItemWriter::prepare`.
    pub fn entry(&self, entry: &Entry) -> Value {
        let node = ItemIdentity::Entry(entry.place.clone(), entry.path.clone());
        let is_root = self.session.ticket.scope.to_text() == entry_scope(entry);
        if entry.path.is_root() || is_root && entry.kind == EntryKind::Folder {
            return self.view(&node, &plain_title(&entry.name), "homevideos");
        }
        let id = self.id(&node);
        let is_folder = entry.kind == EntryKind::Folder;
        let parent = entry.path.parent().unwrap_or_else(EntryPath::root);
        let (kind, media) = entry_types(entry.kind);
        let key = (entry.place.clone(), entry.path.clone());
        let progress = self.progress.get(&key).copied().unwrap_or_default();
        let sound = self.sounds.get(&key).map(Arc::as_ref);
        let title = sound.and_then(|sound| sound.title.clone());
        let name = title.unwrap_or_else(|| shown_name(entry));
        let length_s = sound.and_then(|sound| sound.length_s);
        let length_s = entry.duration_s.or(progress.duration_s).or(length_s);
        let artist = sound.and_then(|sound| sound.artist.as_ref());
        let album_artist = sound.and_then(|sound| sound.album_artist.as_ref());
        without_nulls(json!({
            "Name": name,
            "SortName": name.to_lowercase(),
            "ServerId": self.site.jellyfin.server_id,
            "Id": id.to_string(),
            "Etag": id.to_string(),
            "DateCreated": entry.modified.map(date),
            "ParentId": self.id(&ItemIdentity::Entry(entry.place.clone(), parent)).to_string(),
            "Type": kind,
            "MediaType": media,
            "IsFolder": is_folder,
            "CanDelete": false,
            "CanDownload": entry.kind.is_playable(),
            "PlayAccess": "Full",
            "LocationType": "FileSystem",
            "VideoType": (entry.kind == EntryKind::Video).then_some("VideoFile"),
            "Container": (!is_folder).then(|| container(&entry.name)),
            "RunTimeTicks": length_s.map(ticks),
            "Album": sound.and_then(|sound| sound.album.as_ref()),
            "Artists": artist.map(|artist| [artist]),
            "AlbumArtist": album_artist.or(artist),
            "IndexNumber": sound.and_then(|sound| sound.track),
            "ParentIndexNumber": sound.and_then(|sound| sound.disc),
            "ProductionYear": sound.and_then(|sound| sound.year),
            "Genres": sound.and_then(|sound| sound.genre.as_ref()).map(|genre| [genre]),
            "Width": entry.width,
            "Height": entry.height,
            "IsHD": entry.height.map(|height| height >= 720),
            "EnableMediaSourceDisplay": entry.kind.is_playable().then_some(true),
            "DisplayPreferencesId": is_folder.then(|| id.to_string()),
            "ImageTags": self.image_tags(id, thumbnail(entry).as_ref()),
            "PrimaryImageAspectRatio": aspect_ratio(entry),
            "BackdropImageTags": [],
            "UserData": self.user_data(id, Some(progress), entry.kind.is_playable()),
        }))
    }

    /// Returns a title of the library.
    pub fn title(&self, item: &LibraryItem) -> Value {
        let id = self.id(&ItemIdentity::Title(item.id));
        let of = |title: i64| self.id(&ItemIdentity::Title(title)).to_string();
        let is_folder = matches!(item.kind, ItemKind::Series | ItemKind::Season);
        let is_playable = !is_folder;
        let (kind, view) = match item.kind {
            ItemKind::Film => ("Movie", ItemIdentity::Films),
            ItemKind::Series => ("Series", ItemIdentity::Series),
            ItemKind::Season => ("Season", ItemIdentity::Series),
            ItemKind::Episode => ("Episode", ItemIdentity::Series),
        };
        let parent = item.parent.map_or_else(|| self.id(&view).to_string(), of);
        let progress = FileProgress {
            position_s: item.position_s,
            duration_s: item.duration_s,
            is_watched: Some(item.is_watched),
            at: None,
        };
        let is_episode = item.kind == ItemKind::Episode;
        let name = plain_title(&item.title);
        let version = item.versions.first();
        let backdrop = item.backdrop.as_ref();
        without_nulls(json!({
            "Name": name,
            "SortName": name.to_lowercase(),
            "ServerId": self.site.jellyfin.server_id,
            "Id": id.to_string(),
            "Etag": id.to_string(),
            "ParentId": parent,
            "Type": kind,
            "MediaType": if is_playable { "Video" } else { "Unknown" },
            "IsFolder": is_folder,
            "IsMovie": (item.kind == ItemKind::Film).then_some(true),
            "IsSeries": (item.kind == ItemKind::Series).then_some(true),
            "CanDelete": false,
            "CanDownload": is_playable,
            "PlayAccess": "Full",
            "LocationType": "FileSystem",
            "VideoType": is_playable.then_some("VideoFile"),
            "Container": version.filter(|_| is_playable).map(|it| container(it.path.name())),
            "EnableMediaSourceDisplay": is_playable.then_some(true),
            "MediaSourceCount": is_playable.then_some(item.versions.len()).filter(|count| *count > 1),
            "Overview": item.overview,
            "CommunityRating": item.rating,
            "ProductionYear": item.year,
            "PremiereDate": item.aired.map(|day| format!("{day}T00:00:00.0000000Z")),
            "RunTimeTicks": item.duration_s.map(ticks),
            "SeriesId": item.series.map(of),
            "SeriesName": item.series_title,
            "SeasonId": item.parent.filter(|_| is_episode).map(of),
            "SeasonName": is_episode.then(|| season_name(item.season)),
            "IndexNumber": if is_episode { item.number } else { item.season },
            "IndexNumberEnd": item.last_number,
            "ParentIndexNumber": item.season.filter(|_| is_episode),
            "DisplayPreferencesId": is_folder.then(|| id.to_string()),
            "ImageTags": self.image_tags(id, item.poster.as_ref()),
            "BackdropImageTags": backdrop.map_or_else(Vec::new, |file| {
                vec![self.tag(id, "backdrop", &picture_version(file))]
            }),
            "UserData": self.user_data(id, Some(progress), is_playable),
        }))
    }

    fn image_tags(&self, id: ItemId, picture: Option<&TitlePicture>) -> Value {
        picture.map_or_else(
            || json!({}),
            |picture| json!({"Primary": self.tag(id, "primary", &picture_version(picture))}),
        )
    }

    fn tag(&self, id: ItemId, role: &str, version: &str) -> String {
        self.site.jellyfin.ids.picture_tag(id, role, version)
    }

    /// Returns the viewer's data of an item.
    pub fn user_data(
        &self,
        id: ItemId,
        progress: Option<FileProgress>,
        is_playable: bool,
    ) -> Value {
        let progress = progress.unwrap_or_default();
        let percent = progress
            .position_s
            .zip(progress.duration_s)
            .map(|(at, length)| (at / length * 100.0).clamp(0.0, 100.0));
        let is_at_end = percent.is_some_and(|percent| percent >= WATCHED_PERCENT);
        let is_played = progress.is_watched.unwrap_or(is_at_end);
        // A film that was watched to its end begins anew.
        let position = progress
            .position_s
            .filter(|_| is_playable && !is_at_end)
            .unwrap_or_default();
        without_nulls(json!({
            "PlaybackPositionTicks": ticks(position),
            "PlayedPercentage": percent.filter(|_| is_playable && !is_at_end),
            "PlayCount": i32::from(is_played),
            "IsFavorite": self.is_favourite(id),
            "LastPlayedDate": progress.at.map(|at| date(at.into())),
            "Played": is_played,
            "Key": id.to_string(),
            "ItemId": id.to_string(),
        }))
    }
}

/// Returns the text of the scope of an entry.
fn entry_scope(entry: &Entry) -> String {
    crate::playback::ticket::Scope::Within(entry.place.clone(), entry.path.clone()).to_text()
}

/// Returns the name of an entry as it is shown: of a file without its extension.
pub(super) fn shown_name(entry: &Entry) -> String {
    match entry.kind {
        EntryKind::Folder => plain_title(&entry.name),
        _ => plain_title(stem(&entry.name)),
    }
}

fn entry_types(kind: EntryKind) -> (&'static str, &'static str) {
    match kind {
        EntryKind::Video => ("Video", "Video"),
        EntryKind::Audio => ("Audio", "Audio"),
        EntryKind::Image => ("Photo", "Photo"),
        EntryKind::Folder | EntryKind::Subtitle | EntryKind::Other => ("Folder", "Unknown"),
    }
}

/// Returns the picture of an entry; `None` if it has none.
pub(super) fn thumbnail(entry: &Entry) -> Option<TitlePicture> {
    entry.has_thumbnail.then(|| {
        TitlePicture::File(PictureFile {
            place: entry.place.clone(),
            path: entry.path.clone(),
            is_thumbnail: true,
        })
    })
}

fn picture_version(picture: &TitlePicture) -> String {
    match picture {
        TitlePicture::File(file) => format!("{}{}", file.place, file.path),
        TitlePicture::Metadata(picture) => picture.name.clone(),
    }
}

fn season_name(season: Option<u16>) -> String {
    match season {
        Some(0) => "Specials".to_owned(),
        Some(number) => format!("Season {number}"),
        None => "Season Unknown".to_owned(),
    }
}

fn aspect_ratio(entry: &Entry) -> Option<f64> {
    let (width, height) = entry.width.zip(entry.height)?;
    (entry.has_thumbnail && height > 0).then(|| f64::from(width) / f64::from(height))
}

/// Returns the name of a container, by the extension of a file's name.
pub(super) fn container(name: &str) -> String {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.to_ascii_lowercase()
}

/// Converts seconds to ticks.
pub(super) fn ticks(seconds: f64) -> i64 {
    (seconds.max(0.0) * TICKS_PER_S).round() as i64
}

/// Returns a time as that API writes it.
pub(super) fn date(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S.%6f0Z").to_string()
}

/// Removes the fields without a value, at the first level.
pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, field| !field.is_null());
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_that_server_writes_them() {
        let time = DateTime::from_timestamp(1_700_000_000, 120_000_000).unwrap();
        assert_eq!(date(time), "2023-11-14T22:13:20.1200000Z");
        assert_eq!(ticks(1.5), 15_000_000);
        assert_eq!(ticks(-1.0), 0);
        assert_eq!(without_nulls(json!({"A": null, "B": 1})), json!({"B": 1}));
        assert_eq!(container("A.film.MKV"), "mkv");
    }
}
