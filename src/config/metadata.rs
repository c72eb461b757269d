//! `[metadata]`: titles, texts and pictures of films and series from TMDB.

use secrecy::SecretString;
use url::Url;

use super::section::Section;
use drives::metadata::{BASE_URL, MetadataSettings};

/// `[metadata]`: titles, texts and pictures of films and series from TMDB.
#[derive(Debug)]
pub struct MetadataConfig {
    /// The settings; `None` without a key: nothing is asked for.
    pub service: Option<MetadataSettings>,
}

impl MetadataConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let key: Option<SecretString> = section.secret("tmdb_api_key", "tmdb_api_key_file");
        let language = section.checked(
            "language",
            "a language such as \"en\", \"de\" or \"pt-BR\"",
            |text| is_language(text).then(|| text.to_owned()),
        );
        let base_url = section.checked("tmdb_base_url", "an http or https address", |text| {
            let url = Url::parse(text).ok()?;
            let is_plain = matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none();
            is_plain.then(|| text.trim_end_matches('/').to_owned())
        });
        section.finish();
        let key = key.filter(|key| {
            use secrecy::ExposeSecret;
            !key.expose_secret().trim().is_empty()
        });
        MetadataConfig {
            service: key.map(|key| MetadataSettings {
                base_url: base_url.unwrap_or_else(|| BASE_URL.to_owned()),
                key,
                language: language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
            }),
        }
    }
}

const DEFAULT_LANGUAGE: &str = "en";

/// Returns true for a language of two or three letters, with a region or without (RFC 5646).
fn is_language(text: &str) -> bool {
    let (language, region) = match text.split_once('-') {
        Some((language, region)) => (language, Some(region)),
        None => (text, None),
    };
    let is_word = |word: &str| {
        (2..=3).contains(&word.len()) && word.bytes().all(|it| it.is_ascii_alphabetic())
    };
    is_word(language) && region.is_none_or(is_word)
}
