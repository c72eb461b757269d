//! The tables of the library: films, series, seasons and episodes, the files of each, and what was watched.
//!
//! Items are found by the names of files (`media::ReleaseName`); no media is read. An item keeps its id when its file is
//! renamed or moved: the file is recognised by its identity (the drive's id of it, or its content).

mod intros;
mod item_pictures;
mod marks;
mod metadata;
mod naming;
mod pages;
mod presence;
mod progress;
mod record;
mod renames;
mod resume;
mod walks;

use chrono::NaiveDate;
use sqlx::Row;
use sqlx::any::AnyRow;

use drives::metadata::PictureRole;
use media::{EntryPath, Place};

pub use intros::Intro;
pub use metadata::DueItem;
pub use pages::{ItemPage, ItemQuery, ItemSort};
pub use record::SeenFolder;
pub use walks::{WalkState, WalkStatus};

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    Film,
    Series,
    Season,
    Episode,
}

impl ItemKind {
    /// Returns the lower-case word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Film => "film",
            ItemKind::Series => "series",
            ItemKind::Season => "season",
            ItemKind::Episode => "episode",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "series" => ItemKind::Series,
            "season" => ItemKind::Season,
            "episode" => ItemKind::Episode,
            _ => ItemKind::Film,
        }
    }
}

/// A film, a series, a season or an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct LibraryItem {
    /// The id, stable over renames of its files.
    pub id: i64,
    /// Its kind.
    pub kind: ItemKind,
    /// The season of an episode, the series of a season; `None` for films and series.
    pub parent: Option<i64>,
    /// The series of a season or an episode; `None` for films and series.
    pub series: Option<i64>,
    /// The title of a film or series; of an episode its own, or `Episode 3`.
    pub title: String,
    /// The title of the series of a season or an episode; `None` for films and series.
    pub series_title: Option<String>,
    /// The year of release; `None` if it is not known.
    pub year: Option<u16>,
    /// The number of the season, 0 for specials; `None` for films and series.
    pub season: Option<u16>,
    /// The number of the episode; `None` for an episode that is named by its date.
    pub number: Option<u16>,
    /// The last number of a file with several episodes; `None` for a file with one.
    pub last_number: Option<u16>,
    /// The date of the broadcast; `None` if it is not known.
    pub aired: Option<NaiveDate>,
    /// The description; `None` if there is none.
    pub overview: Option<String>,
    /// The rating from 0 to 10; `None` if it is not known.
    pub rating: Option<f64>,
    /// The length of a film in minutes by the metadata service; `None` if it is not known.
    pub runtime_min: Option<u16>,
    /// The files of a film or an episode, the best first.
    pub versions: Vec<ItemVersion>,
    /// The picture for a card; `None` if there is none.
    pub poster: Option<TitlePicture>,
    /// The large picture; `None` if there is none.
    pub backdrop: Option<TitlePicture>,
    /// True if it was watched; of a season or series, if all episodes were, specials aside.
    pub is_watched: bool,
    /// The position in seconds; `None` if it was not begun.
    pub position_s: Option<f64>,
    /// The length in seconds; `None` if it is not known.
    pub duration_s: Option<f64>,
    /// True if the files beside it were read.
    pub has_read_side_files: bool,
}

impl LibraryItem {
    /// Returns the position in full percent of the length; `None` if it was not begun, or the length is not known.
    pub fn percent(&self) -> Option<u8> {
        let length = self.duration_s.filter(|length| *length > 0.0)?;
        Some((self.position_s? / length * 100.0).clamp(0.0, 100.0) as u8)
    }
}

/// One file of a film or an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemVersion {
    /// The drive that holds it.
    pub place: Place,
    /// Its path inside of the place.
    pub path: EntryPath,
    /// Distinguishes versions: `1080p`, `Director's Cut`; `None` if the name has no such part.
    pub label: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// True if the upstream has a thumbnail.
    pub has_thumbnail: bool,
    /// Length in seconds, if known.
    pub duration_s: Option<f64>,
}

/// A picture of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitlePicture {
    /// A file on a drive.
    File(PictureFile),
    /// A picture of the metadata service.
    Metadata(MetadataPictureName),
}

/// A picture of the metadata service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataPictureName {
    pub role: PictureRole,
    /// Its name at the service.
    pub name: String,
}

/// A picture on a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFile {
    /// The drive that holds it.
    pub place: Place,
    /// The path of a picture, or of the film whose thumbnail it is.
    pub path: EntryPath,
    /// True if the path is that of a film.
    pub is_thumbnail: bool,
}

/// The details of an item that the files beside it contain.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemDetails {
    /// The title; `None` leaves the one of the name.
    pub title: Option<String>,
    /// The year; `None` leaves the one of the name.
    pub year: Option<u16>,
    /// The description; `None` if there is none.
    pub overview: Option<String>,
    /// The date of the broadcast; `None` leaves the one of the name.
    pub aired: Option<NaiveDate>,
    /// The rating from 0 to 10; `None` if there is none.
    pub rating: Option<f64>,
}

/// The columns that [`item`] expects, of the table `i` with the series `s`.
const COLUMNS: &str = "i.id, i.kind, i.parent, i.series, i.title, s.title AS series_title, \
    COALESCE(i.year, s.year) AS year, i.season, i.number, i.last_number, i.aired, i.overview, i.rating, i.side_files_at";

const FROM: &str = "library_item i LEFT JOIN library_item s ON s.id = i.series";

fn item(row: &AnyRow) -> LibraryItem {
    let number = |column: &str| {
        let value: Option<i64> = row.get(column);
        value.and_then(|value| u16::try_from(value).ok())
    };
    let aired: Option<&str> = row.get("aired");
    LibraryItem {
        id: row.get("id"),
        kind: ItemKind::parse(row.get("kind")),
        parent: row.get("parent"),
        series: row.get("series"),
        title: row.get("title"),
        series_title: row.get("series_title"),
        year: number("year"),
        season: number("season"),
        number: number("number"),
        last_number: number("last_number"),
        aired: aired.and_then(|aired| aired.parse().ok()),
        overview: row.get("overview"),
        rating: row.get("rating"),
        runtime_min: None,
        versions: Vec::new(),
        poster: None,
        backdrop: None,
        is_watched: false,
        position_s: None,
        duration_s: None,
        has_read_side_files: row.get::<Option<i64>, _>("side_files_at").is_some(),
    }
}

/// Returns a JSON array of ids, for `json_each`.
fn json(ids: impl IntoIterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    format!("[{}]", ids.join(","))
}

#[cfg(test)]
mod tests;
