//! The JSON of a recording's tags.

use drives::tags::SoundTags;
use serde::Serialize;

/// The tags of a recording. What a file does not say is absent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct SoundJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Several artists are separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album_artist: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disc: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
    /// Its length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    length_s: Option<f64>,
    /// True if a picture is embedded, which is then the thumbnail.
    has_picture: bool,
}

impl SoundJson {
    /// Returns the JSON of tags.
    pub fn of(tags: &SoundTags) -> Self {
        let tags = tags.clone();
        SoundJson {
            title: tags.title,
            artist: tags.artist,
            album: tags.album,
            album_artist: tags.album_artist,
            year: tags.year,
            track: tags.track,
            disc: tags.disc,
            genre: tags.genre,
            length_s: tags.length_s,
            has_picture: tags.has_picture,
        }
    }
}
