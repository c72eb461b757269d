//! Titles, texts, ratings and pictures of films and series from TMDB (<https://developer.themoviedb.org/reference>).
//!
//! - `client`: the service's calls, one at a time and paced, by the guarded HTTP client
//! - `matching`: which of the titles that were found is the one that was looked for; a doubtful one is none
//! - `types`: its JSON
//!
//! No picture is linked from where the service has it: callers fetch it here and serve it themselves.

mod client;
mod matching;
mod types;

use bytes::Bytes;
use chrono::NaiveDate;
use secrecy::SecretString;

pub use client::MetadataClient;

/// URL of the service, as documented.
pub const BASE_URL: &str = "https://api.themoviedb.org";

/// Settings made by the owner.
#[derive(Debug, Clone)]
pub struct MetadataSettings {
    /// The API, without a slash at its end; the version may be part of it.
    pub base_url: String,
    /// An API key (v3), or a read access token (v4).
    pub key: SecretString,
    /// The language of titles and texts: `en`, `de-AT`.
    pub language: String,
}

/// A title that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTitle {
    /// Its title, by the name of a file.
    pub title: String,
    /// Its year; `None` if the name has none.
    pub year: Option<u16>,
    /// True for a series.
    pub is_series: bool,
}

/// Facts about a film, a series or a season.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TitleFacts {
    /// The number at the service.
    pub id: u64,
    /// The title in the language of the settings.
    pub title: Option<String>,
    /// The year of release.
    pub year: Option<u16>,
    /// The description.
    pub overview: Option<String>,
    /// The rating from 0 to 10; `None` without votes.
    pub rating: Option<f64>,
    /// The length in minutes; `None` for series.
    pub runtime_min: Option<u32>,
    /// The name of the picture for a card.
    pub poster: Option<String>,
    /// The name of the large picture.
    pub backdrop: Option<String>,
}

/// Facts about a season and its episodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeasonFacts {
    /// Those of the season itself.
    pub season: TitleFacts,
    /// Those of its episodes.
    pub episodes: Vec<EpisodeFacts>,
}

/// Facts about an episode.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpisodeFacts {
    /// Its number in the season.
    pub number: u16,
    /// Its title.
    pub title: Option<String>,
    /// The description.
    pub overview: Option<String>,
    /// The date of the first broadcast.
    pub aired: Option<NaiveDate>,
    /// The rating from 0 to 10; `None` without votes.
    pub rating: Option<f64>,
    /// The name of its picture.
    pub still: Option<String>,
}

/// The role of a picture, which decides its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureRole {
    /// The upright picture of a film, a series or a season.
    Poster,
    /// The wide picture behind a title.
    Backdrop,
    /// The picture of an episode.
    Still,
}

/// A picture that was fetched.
#[derive(Debug, Clone)]
pub struct MetadataPicture {
    /// `image/jpeg`, `image/png` or `image/webp`, by its first bytes.
    pub content_type: &'static str,
    pub bytes: Bytes,
}
