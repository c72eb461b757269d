//! The service's JSON. Films have titles and release dates, series have names and first air dates; both are read into
//! the same types.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::{EpisodeFacts, TitleFacts};
use crate::json::{elements, odd_is_absent};

/// A page of search results (`search/movie`, `search/tv`).
#[derive(Debug, Default, Deserialize)]
pub(super) struct TitleSearch {
    #[serde(default, deserialize_with = "elements")]
    pub results: Vec<Candidate>,
}

/// A search result.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Candidate {
    pub id: u64,
    #[serde(alias = "name")]
    pub title: String,
    #[serde(alias = "original_name", deserialize_with = "odd_is_absent")]
    pub original_title: Option<String>,
    #[serde(alias = "first_air_date", deserialize_with = "odd_is_absent")]
    pub release_date: Option<String>,
}

impl Candidate {
    /// Returns the year of release; `None` if it has no date.
    pub fn year(&self) -> Option<u16> {
        year(self.release_date.as_deref())
    }
}

/// The details of a film, a series or a season (`movie/{id}`, `tv/{id}`, `tv/{id}/season/{n}`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TitleDetails {
    pub id: u64,
    #[serde(alias = "name", deserialize_with = "odd_is_absent")]
    pub title: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub overview: Option<String>,
    #[serde(
        alias = "first_air_date",
        alias = "air_date",
        deserialize_with = "odd_is_absent"
    )]
    pub release_date: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub runtime: Option<u32>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub vote_average: Option<f64>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub vote_count: Option<u64>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub poster_path: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    pub backdrop_path: Option<String>,
    #[serde(deserialize_with = "elements")]
    pub episodes: Vec<Episode>,
}

/// An episode of a season.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Episode {
    #[serde(deserialize_with = "odd_is_absent")]
    episode_number: Option<u16>,
    #[serde(deserialize_with = "odd_is_absent")]
    name: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    overview: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    air_date: Option<String>,
    #[serde(deserialize_with = "odd_is_absent")]
    vote_average: Option<f64>,
    #[serde(deserialize_with = "odd_is_absent")]
    vote_count: Option<u64>,
    #[serde(deserialize_with = "odd_is_absent")]
    still_path: Option<String>,
}

/// `configuration`
#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    pub images: ImageConfiguration,
}

/// The URL of pictures, and the sizes of which there are some.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ImageConfiguration {
    pub base_url: String,
    pub secure_base_url: String,
    pub poster_sizes: Vec<String>,
    pub backdrop_sizes: Vec<String>,
    pub still_sizes: Vec<String>,
}

/// An error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    #[serde(deserialize_with = "odd_is_absent")]
    pub status_code: Option<i64>,
}

/// Characters of a title and of an overview that are kept.
const MAX_TITLE_CHARS: usize = 300;
const MAX_OVERVIEW_CHARS: usize = 4_000;

impl TitleDetails {
    /// Returns the facts in our terms.
    pub fn facts(self) -> TitleFacts {
        TitleFacts {
            id: self.id,
            title: text(self.title, MAX_TITLE_CHARS),
            year: year(self.release_date.as_deref()),
            overview: text(self.overview, MAX_OVERVIEW_CHARS),
            rating: rating(self.vote_average, self.vote_count),
            runtime_min: self.runtime.filter(|minutes| *minutes > 0),
            poster: picture_name(self.poster_path),
            backdrop: picture_name(self.backdrop_path),
        }
    }
}

impl Episode {
    /// Returns the facts in our terms; `None` without a number.
    pub fn facts(self) -> Option<EpisodeFacts> {
        Some(EpisodeFacts {
            number: self.episode_number?,
            title: text(self.name, MAX_TITLE_CHARS),
            overview: text(self.overview, MAX_OVERVIEW_CHARS),
            aired: self.air_date.and_then(|date| date.parse().ok()),
            rating: rating(self.vote_average, self.vote_count),
            still: picture_name(self.still_path),
        })
    }
}

fn text(text: Option<String>, most: usize) -> Option<String> {
    let short: String = text?.trim().chars().take(most).collect();
    (!short.is_empty()).then_some(short)
}

fn year(date: Option<&str>) -> Option<u16> {
    let date: NaiveDate = date?.parse().ok()?;
    u16::try_from(date.year()).ok()
}

fn rating(average: Option<f64>, votes: Option<u64>) -> Option<f64> {
    average.filter(|average| votes != Some(0) && (0.1..=10.0).contains(average))
}

/// Returns the name of a picture from its path: `abc.jpg` for `/abc.jpg`. `None` for anything else.
fn picture_name(path: Option<String>) -> Option<String> {
    let path = path?;
    let name = path.strip_prefix('/')?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_name =
        (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_plain);
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn films_and_series_are_read_into_the_same_facts() {
        let film = br#"{"id":603,"title":"The Matrix","overview":" A hacker. ","release_date":"1999-03-31",
            "runtime":136,"vote_average":8.2,"vote_count":9,"poster_path":"/p.jpg","backdrop_path":null,"adult":false}"#;
        let film: TitleDetails = crate::json::parse(film).unwrap();
        let expected = TitleFacts {
            id: 603,
            title: Some("The Matrix".to_owned()),
            year: Some(1999),
            overview: Some("A hacker.".to_owned()),
            rating: Some(8.2),
            runtime_min: Some(136),
            poster: Some("p.jpg".to_owned()),
            backdrop: None,
        };
        assert_eq!(film.facts(), expected);
        let series = br#"{"id":1,"name":"Dark","first_air_date":"2017-12-01","overview":"","vote_average":0.0,
            "vote_count":0,"seasons":[]}"#;
        let series: TitleDetails = crate::json::parse(series).unwrap();
        let expected = TitleFacts {
            id: 1,
            title: Some("Dark".to_owned()),
            year: Some(2017),
            ..TitleFacts::default()
        };
        assert_eq!(series.facts(), expected);
    }

    #[test]
    fn an_odd_field_costs_nothing_but_itself() {
        let season =
            br#"{"id":1,"name":7,"episodes":[{"episode_number":1,"name":"One","air_date":"soon"},
            {"name":"no number"}, 5]}"#;
        let season: TitleDetails = crate::json::parse(season).unwrap();
        assert_eq!(season.title, None);
        let episodes: Vec<EpisodeFacts> = season
            .episodes
            .into_iter()
            .filter_map(Episode::facts)
            .collect();
        assert_eq!(episodes.len(), 1);
        assert_eq!(
            (episodes[0].title.as_deref(), episodes[0].aired),
            (Some("One"), None)
        );
    }

    #[test]
    fn only_plain_names_of_pictures_are_taken() {
        let name = |path: &str| picture_name(Some(path.to_owned()));
        assert_eq!(name("/a-B_1.jpg").as_deref(), Some("a-B_1.jpg"));
        for path in [
            "a.jpg",
            "/../a.jpg",
            "/a/b.jpg",
            "//h/a.jpg",
            "/",
            "/a?b",
            "/.a",
            "/ä.jpg",
        ] {
            assert_eq!(name(path), None, "{path}");
        }
    }
}
