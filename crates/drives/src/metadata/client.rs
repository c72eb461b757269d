//! The service's calls. Requests to the API are made one after the other with a pause between them, and none is made
//! while the service asks for a pause. Nothing is retried here.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};
use url::form_urlencoded::Serializer;

use super::matching::choose;
use super::types::{
    Configuration, Episode, Failure, ImageConfiguration, TitleDetails, TitleSearch,
};
use super::{MetadataPicture, MetadataSettings, PictureRole, SeasonFacts, TitleFacts, WantedTitle};
use crate::http::{Client, Reply};
use crate::{DriveError, ErrorKind, json};
use media::picture_type;

/// Shortest time between two requests. The service allows about forty in a second; a library has time.
const MIN_REQUEST_INTERVAL: Duration = Duration::from_millis(100);

/// Pause after "too many requests" without a time, and the longest that is obeyed.
const DEFAULT_PAUSE: Duration = Duration::from_secs(10);
const MAX_PAUSE: Duration = Duration::from_secs(3600);

/// Time for which the list of picture sizes is cached. It changes once in years.
const CONFIGURATION_TTL: Duration = Duration::from_secs(24 * 3600);

/// Largest reply of the API, and largest picture, in bytes.
const MAX_REPLY_BYTES: usize = 4 << 20;
const MAX_PICTURE_BYTES: usize = 8 << 20;

/// The language in which nearly all titles have texts.
const ENGLISH: &str = "en-US";

/// Longest key of version 3, which is sent in the query. A token of version 4 is a JWT, and is sent in a header.
const MAX_KEY_CHARS: usize = 64;

/// The client of the service.
pub struct MetadataClient {
    http: Arc<Client>,
    /// `https://api.themoviedb.org/3`
    base: String,
    key: SecretString,
    language: String,
    /// The time before which no request is made.
    next_request: Mutex<Instant>,
    configuration: Mutex<Option<(Instant, ImageConfiguration)>>,
}

impl MetadataClient {
    /// Creates a client. Makes no request.
    pub fn new(http: Arc<Client>, settings: MetadataSettings) -> Self {
        let base = settings.base_url.trim_end_matches('/');
        let base = base.strip_suffix("/3").unwrap_or(base);
        MetadataClient {
            http,
            base: format!("{base}/3"),
            key: settings.key,
            language: settings.language,
            next_request: Mutex::new(Instant::now()),
            configuration: Mutex::default(),
        }
    }

    /// Returns the language of titles and texts.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Looks for a film or a series. `None` if there is none, or none for certain.
    ///
    /// # Errors
    /// `signed_out` if the key is refused, `rate_limited` with a pause, and the errors of the connection.
    pub async fn find(&self, wanted: &WantedTitle) -> Result<Option<TitleFacts>, DriveError> {
        let Some(id) = self.search(wanted).await? else {
            return Ok(None);
        };
        let path = match wanted.is_series {
            true => format!("tv/{id}"),
            false => format!("movie/{id}"),
        };
        let Some(details) = self.details(&path, &self.language).await? else {
            return Ok(None);
        };
        let mut facts = details.facts();
        if facts.overview.is_none() && !self.is_english() {
            let english = self.details(&path, ENGLISH).await?;
            let english = english.map(TitleDetails::facts).unwrap_or_default();
            facts.overview = english.overview;
            facts.title = facts.title.or(english.title);
        }
        facts.id = id;
        Ok(Some(facts))
    }

    /// Returns a season of a series; `None` if the service has none of this number.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub async fn season(
        &self,
        series: u64,
        number: u16,
    ) -> Result<Option<SeasonFacts>, DriveError> {
        let path = format!("tv/{series}/season/{number}");
        let Some(mut details) = self.details(&path, &self.language).await? else {
            return Ok(None);
        };
        let episodes = std::mem::take(&mut details.episodes);
        Ok(Some(SeasonFacts {
            episodes: episodes.into_iter().filter_map(Episode::facts).collect(),
            season: details.facts(),
        }))
    }

    /// Fetches a picture in a size that fits its role.
    ///
    /// # Errors
    /// Those of [`find`](Self::find), `not_found`, and `upstream_failed` if it is no picture.
    pub async fn picture(
        &self,
        role: PictureRole,
        name: &str,
    ) -> Result<MetadataPicture, DriveError> {
        const OPERATION: &str = "metadata picture";
        let images = self.images().await?;
        // A service that was configured without TLS has its pictures there, too.
        let base = match self.base.starts_with("http:") && !images.base_url.is_empty() {
            true => &images.base_url,
            false => &images.secure_base_url,
        };
        let size = images.size(role);
        let url = format!("{}/{size}/{name}", base.trim_end_matches('/'));
        let reply = self
            .http
            .get_with(OPERATION, &url, HeaderMap::new(), &[], MAX_PICTURE_BYTES)
            .await?;
        check(OPERATION, &reply)?;
        let content_type = picture_type(&reply.body)
            .ok_or_else(|| DriveError::failed(OPERATION, "the reply is no picture"))?;
        Ok(MetadataPicture {
            content_type,
            bytes: reply.body,
        })
    }

    /// Returns the number of a title. It is searched for with its year first, since a search returns twenty titles, and
    /// in English too, since files often have English names.
    async fn search(&self, wanted: &WantedTitle) -> Result<Option<u64>, DriveError> {
        let (path, year_parameter) = match wanted.is_series {
            true => ("search/tv", "first_air_date_year"),
            false => ("search/movie", "year"),
        };
        let mut languages = vec![self.language.as_str()];
        if !self.is_english() {
            languages.push(ENGLISH);
        }
        for language in languages {
            let year = wanted.year.map(|year| year.to_string());
            let filters = match &year {
                Some(year) => vec![Some(year.as_str()), None],
                None => vec![None],
            };
            for filter in filters {
                let mut query = vec![
                    ("query", wanted.title.as_str()),
                    ("include_adult", "false"),
                    ("language", language),
                ];
                query.extend(filter.map(|year| (year_parameter, year)));
                let page: TitleSearch = self.call("metadata search", path, &query).await?;
                if let Some(found) = choose(&page.results, wanted) {
                    return Ok(Some(found.id));
                }
            }
        }
        Ok(None)
    }

    /// Returns the details at a path; `None` if there is nothing.
    async fn details(
        &self,
        path: &str,
        language: &str,
    ) -> Result<Option<TitleDetails>, DriveError> {
        let query = [("language", language)];
        match self.call("metadata details", path, &query).await {
            Ok(details) => Ok(Some(details)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_english(&self) -> bool {
        self.language.split('-').next() == Some("en")
    }

    /// Returns the URL and the sizes of pictures.
    async fn images(&self) -> Result<ImageConfiguration, DriveError> {
        let mut cached = self.configuration.lock().await;
        if let Some((at, images)) = &*cached
            && at.elapsed() < CONFIGURATION_TTL
        {
            return Ok(images.clone());
        }
        let found: Configuration = self
            .call("metadata configuration", "configuration", &[])
            .await?;
        *cached = Some((Instant::now(), found.images.clone()));
        Ok(found.images)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        let (url, headers) = self.request(operation, path, query)?;
        self.wait_for_turn().await;
        let reply = self
            .http
            .get_with(operation, &url, headers, &["api_key"], MAX_REPLY_BYTES)
            .await?;
        if let Err(error) = check(operation, &reply) {
            if let Some(pause) = error.retry_after {
                *self.next_request.lock().await = Instant::now() + pause;
            }
            return Err(error);
        }
        json::parse(&reply.body)
            .ok_or_else(|| DriveError::failed(operation, "the reply is not the documented JSON"))
    }

    /// Returns the URL and the headers of a call, with the key in one of them.
    fn request(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(String, HeaderMap), DriveError> {
        let key = self.key.expose_secret().trim();
        let mut headers = HeaderMap::new();
        let mut parameters = Serializer::new(String::new());
        parameters.extend_pairs(query);
        if key.len() > MAX_KEY_CHARS {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {key}"))
                .map_err(|_| refused(operation, "the token has characters that none has"))?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        } else {
            parameters.append_pair("api_key", key);
        }
        let url = format!("{}/{path}?{}", self.base, parameters.finish());
        Ok((url, headers))
    }

    /// Waits until a request may be made.
    async fn wait_for_turn(&self) {
        let at = {
            let mut next = self.next_request.lock().await;
            let at = (*next).max(Instant::now());
            *next = at + MIN_REQUEST_INTERVAL;
            at
        };
        sleep_until(at).await;
    }
}

impl ImageConfiguration {
    /// Returns the smallest size that fits a role, or the picture as it is.
    fn size(&self, role: PictureRole) -> &str {
        let (sizes, wanted) = match role {
            PictureRole::Poster => (&self.poster_sizes, 500),
            PictureRole::Backdrop => (&self.backdrop_sizes, 1280),
            PictureRole::Still => (&self.still_sizes, 300),
        };
        let width = |size: &&String| size.strip_prefix('w')?.parse::<u32>().ok();
        let fitting = sizes
            .iter()
            .filter(|size| width(size).is_some_and(|width| width >= wanted));
        fitting
            .min_by_key(width)
            .map_or("original", |size| size.as_str())
    }
}

/// Returns an error for a reply that is none of success.
fn check(operation: &'static str, reply: &Reply) -> Result<(), DriveError> {
    let status = reply.status.as_u16();
    let failure: Failure = match status {
        200 => return Ok(()),
        _ => json::parse(&reply.body).unwrap_or_default(),
    };
    let error = match status {
        401 => refused(operation, "the key was refused"),
        403 => DriveError::new(ErrorKind::Forbidden, operation, "the key may not do this"),
        404 => DriveError::not_found(operation, "there is no such title"),
        429 => {
            let wait = crate::http::retry_after(&reply.headers, SystemTime::now());
            let wait = wait.unwrap_or(DEFAULT_PAUSE).min(MAX_PAUSE);
            DriveError::new(ErrorKind::RateLimited, operation, "too many requests")
                .with_retry_after(wait)
        }
        400..=499 => DriveError::bad_request(operation, format!("status {status}")),
        _ => DriveError::failed(operation, format!("status {status}")),
    };
    Err(match failure.status_code {
        Some(code) => error.with_code(code),
        None => error,
    })
}

fn refused(operation: &'static str, detail: &str) -> DriveError {
    DriveError::new(ErrorKind::SignedOut, operation, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_fetched_in_the_smallest_size_that_fits() {
        let images = ImageConfiguration {
            poster_sizes: ["w92", "w342", "w500", "w780", "original"]
                .map(str::to_owned)
                .to_vec(),
            backdrop_sizes: ["w300", "original"].map(str::to_owned).to_vec(),
            ..ImageConfiguration::default()
        };
        assert_eq!(images.size(PictureRole::Poster), "w500");
        assert_eq!(images.size(PictureRole::Backdrop), "original");
        assert_eq!(images.size(PictureRole::Still), "original");
    }

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        assert_eq!(picture_type(&[0xff, 0xd8, 0xff, 0xe0]), Some("image/jpeg"));
        assert_eq!(picture_type(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture_type(b"<svg onload=alert(1)>"), None);
    }
}
