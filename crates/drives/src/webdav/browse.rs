//! Folders and files: listed by PROPFIND, read by GET with ranges.

use std::sync::Arc;

use async_trait::async_trait;
use http::header::{AUTHORIZATION, LAST_MODIFIED, RANGE};
use http::{Method, StatusCode};
use moka::sync::Cache;
use url::Url;

use crate::folders::{Child, Folder, Folders};
use crate::http::{Client, Streamed, range, status};
use crate::json::count_odd;
use crate::webdav::WebDav;
use crate::webdav::multistatus::Resource;
use crate::webdav::server::{Depth, Server};
use crate::{DriveError, ErrorKind, Incoming, Origin, UpstreamPlaylist, Volume};
use media::{Entry, EntryKind, EntryPath, Listing, PageRequest, Place, Rendition};

/// The files of a drive.
pub(super) struct Tree {
    pub(super) server: Server,
    pub(super) folders: Folders,
    http: Arc<Client>,
    place: Place,
    /// Validators that GET returned first for a content, by the origin: they differ from those of PROPFIND at some
    /// servers, so a file is compared with itself.
    validators: Cache<String, Validators>,
}

/// The ETag and the time of a file as GET returns them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Validators {
    etag: Option<String>,
    modified: Option<String>,
}

impl Validators {
    /// Returns true if both replies have an ETag or a time, and these differ. An ETag may be weak, and left out here, for a
    /// second after a write.
    fn differs_from(&self, other: &Validators) -> bool {
        let differ = |one: &Option<String>, other: &Option<String>| {
            one.as_ref()
                .zip(other.as_ref())
                .is_some_and(|(a, b)| a != b)
        };
        differ(&self.etag, &other.etag) || differ(&self.modified, &other.modified)
    }
}

/// Contents whose validators are remembered.
const MAX_VALIDATORS: u64 = 10_000;

impl Tree {
    pub(super) fn new(place: Place, upstream: &str, http: Arc<Client>, server: Server) -> Self {
        Tree {
            server,
            folders: Folders::new(place.clone(), upstream),
            http,
            place,
            validators: Cache::new(MAX_VALIDATORS),
        }
    }

    /// Returns a folder, from the cache or from the server.
    pub(super) async fn folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Arc<Folder>, DriveError> {
        let read = || self.read_folder(operation, path);
        self.folders.folder(path, read).await
    }

    async fn read_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Vec<Child>, DriveError> {
        let url = self.server.url(operation, path, true).await?;
        let resources = self
            .server
            .propfind(operation, &url, Depth::Children)
            .await?;
        let own = self.server.decoded(operation, path).await?;
        children(operation, resources, &own)
    }

    /// Returns the properties of an entry, requested anew.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub(super) async fn look(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Child, DriveError> {
        let as_file = self.server.url(operation, path, false).await?;
        let mut found = self
            .server
            .propfind(operation, &as_file, Depth::Itself)
            .await;
        // Apache redirects to the address of the folder.
        let is_redirect = |error: &DriveError| error.detail.starts_with("status 3");
        if found.as_ref().is_err_and(is_redirect) {
            let as_folder = self.server.url(operation, path, true).await?;
            found = self
                .server
                .propfind(operation, &as_folder, Depth::Itself)
                .await;
        }
        let resource = found?.into_iter().next();
        let resource = resource.ok_or_else(|| DriveError::not_found(operation, "no resource"))?;
        Ok(child(path.name().to_owned(), resource))
    }

    /// Returns an entry, requested anew, with its picture if its folder is known.
    pub(super) async fn entry(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Entry, DriveError> {
        let found = self.look(operation, path).await?;
        let mut entry = self.folders.entry(path, &found);
        if entry.kind == EntryKind::Video {
            entry.has_thumbnail = self.picture(path).await.is_some();
        }
        Ok(entry)
    }

    /// Returns the picture beside a film, if its folder is cached and has one.
    async fn picture(&self, film: &EntryPath) -> Option<(EntryPath, u64)> {
        let parent = film.parent()?;
        let folder = self.folders.cached(&parent).await?;
        let picture = folder.picture_of(film.name())?;
        Some((parent.join(&picture.name).ok()?, picture.size))
    }

    /// Returns the origin of a file. Its fragment, which is not sent, names the version.
    async fn origin(
        &self,
        operation: &'static str,
        path: &EntryPath,
        size: u64,
        content: Option<&str>,
    ) -> Result<Origin, DriveError> {
        let mut url = self.server.url(operation, path, false).await?;
        if let Some(content) = content {
            url.push('#');
            url.push_str(content);
        }
        Ok(Origin::new(url, None).with_length(size))
    }

    async fn get(&self, url: &str, from: u64, last: Option<u64>) -> Result<Streamed, DriveError> {
        const OPERATION: &str = "fetch";
        let mut is_retry = false;
        loop {
            let mut headers = self.server.headers(OPERATION, &Method::GET, url)?;
            if let Some(range) = range::header(from, last) {
                headers.insert(RANGE, range);
            }
            let has_login = headers.contains_key(AUTHORIZATION);
            let response = self.http.open(OPERATION, url, headers, &[]).await?;
            let is_challenge = has_login
                && response.status() == StatusCode::UNAUTHORIZED
                && self
                    .server
                    .is_challenge(OPERATION, response.status(), response.headers())?;
            if !is_challenge || is_retry {
                return Ok(response);
            }
            is_retry = true;
        }
    }

    /// Checks that a reply is of the content that the origin was made for.
    fn check_version(&self, origin: &Origin, response: &Streamed) -> Result<(), DriveError> {
        let text = |name| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let found = Validators {
            etag: range::strong_etag(response.headers()),
            modified: text(LAST_MODIFIED),
        };
        let key = origin.url().to_owned();
        let first = self.validators.get_with(key, || found.clone());
        match first.differs_from(&found) {
            true => Err(changed()),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Volume for WebDav {
    fn changes(&self) -> Option<tokio::sync::broadcast::Receiver<EntryPath>> {
        Some(self.tree.folders.changes())
    }

    async fn list(&self, path: &EntryPath, page: &PageRequest) -> Result<Listing, DriveError> {
        let folder = self.tree.folder("list", path).await?;
        self.tree.folders.page(path, &folder, page)
    }

    async fn stat(&self, path: &EntryPath) -> Result<Entry, DriveError> {
        if path.is_root() {
            self.tree.look("stat", path).await?;
            return Ok(Entry::root_of(&self.tree.place));
        }
        self.tree.entry("stat", path).await
    }

    async fn search(&self, query: &str, page: &PageRequest) -> Result<Listing, DriveError> {
        let read = |path: EntryPath| async move { self.tree.read_folder("search", &path).await };
        self.tree.folders.search(query, page, read).await
    }

    fn possible_renditions(&self, _entry: &Entry) -> Vec<Rendition> {
        Vec::new()
    }

    async fn playlist(
        &self,
        _entry: &Entry,
        _rendition: Rendition,
    ) -> Result<UpstreamPlaylist, DriveError> {
        let detail = "a WebDAV server makes no streams";
        Err(DriveError::unsupported("playlist", detail))
    }

    async fn original(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let content = entry.content.as_deref();
        self.tree
            .origin("original", &entry.path, entry.size, content)
            .await
    }

    async fn thumbnail(&self, entry: &Entry) -> Result<Origin, DriveError> {
        let picture = match entry.kind {
            EntryKind::Image => Some((entry.path.clone(), entry.size)),
            EntryKind::Video => self.tree.picture(&entry.path).await,
            _ => None,
        };
        let (path, size) =
            picture.ok_or_else(|| DriveError::not_found("thumbnail", "it has no picture"))?;
        self.tree.origin("thumbnail", &path, size, None).await
    }

    async fn fetch(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        const OPERATION: &str = "fetch";
        let url = origin.url();
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let response = self.tree.get(url, from, last).await?;
        let Some(part) = range::part(OPERATION, &response, from)? else {
            let (status, headers) = (response.status(), response.headers());
            let error = self.tree.server.error(OPERATION, status, headers);
            return Err(match status.as_u16() {
                // The whole is shorter than it was.
                416 => changed(),
                // The server itself refuses: a fresh origin would be the same.
                401 | 403 | 404 | 410 | 429 => error,
                _ => status::with_wait(
                    DriveError::new(status::kind_of_media(status), OPERATION, error.detail),
                    headers,
                    std::time::SystemTime::now(),
                ),
            });
        };
        if part.length.is_some() && origin.length().is_some() && part.length != origin.length() {
            return Err(match is_page(&response) {
                true => DriveError::failed(OPERATION, "a text instead of the file"),
                false => changed(),
            });
        }
        self.tree.check_version(origin, &response)?;
        Ok(range::incoming(OPERATION, response, part, None))
    }
}

/// Returns true if a reply is a page or JSON: some servers pass on the error of their storage with status 200.
fn is_page(response: &Streamed) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.contains("html") || value.contains("json"))
}

fn changed() -> DriveError {
    DriveError::new(ErrorKind::Gone, "fetch", "the file was changed meanwhile")
}

/// Returns the children of the folder whose decoded path is `own`, which may stand anywhere in the answer.
///
/// # Errors
/// `not_found` if the answer says that it is a file.
fn children(
    operation: &'static str,
    resources: Vec<Resource>,
    own: &str,
) -> Result<Vec<Child>, DriveError> {
    let located: Vec<(String, Resource)> = resources
        .into_iter()
        .filter_map(|resource| {
            let path = match resource.href.starts_with('/') {
                true => resource.href.clone(),
                false => Url::parse(&resource.href).ok()?.path().to_owned(),
            };
            // A name that is not UTF-8 cannot be asked for.
            let decoded = super::decode(path.trim_end_matches('/'));
            if decoded.is_none() {
                count_odd("a name that is not UTF-8");
            }
            Some((decoded?, resource))
        })
        .collect();
    let is_own = |path: &str| path == own;
    // Behind a proxy that strips a prefix, the server's own paths are others: the folder is the shortest.
    let folder = match located.iter().any(|(path, _)| is_own(path)) {
        true => own.to_owned(),
        false => {
            let paths = located.iter().map(|(path, _)| path);
            paths
                .min_by_key(|path| path.len())
                .cloned()
                .unwrap_or_default()
        }
    };
    let mut found = Vec::with_capacity(located.len());
    for (path, resource) in located {
        if path == folder {
            if !resource.is_folder {
                return Err(DriveError::not_found(operation, "it is not a folder"));
            }
            continue;
        }
        let name = path
            .strip_prefix(&folder)
            .and_then(|rest| rest.strip_prefix('/'));
        // A name that no path of ours can have is left out; the rest of the folder is shown.
        match name.filter(|name| {
            EntryPath::root()
                .join(name)
                .is_ok_and(|it| it.name() == *name)
        }) {
            Some(name) => found.push(child(name.to_owned(), resource)),
            None => count_odd("an unusable name"),
        }
    }
    Ok(found)
}

fn child(name: String, resource: Resource) -> Child {
    Child {
        name,
        is_folder: resource.is_folder,
        size: match resource.is_folder {
            true => 0,
            false => resource.size.unwrap_or(0),
        },
        modified: resource.modified,
        // That of a folder names no content.
        etag: resource.etag.filter(|_| !resource.is_folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(href: &str, is_folder: bool) -> Resource {
        Resource {
            href: href.to_owned(),
            is_folder,
            ..Resource::default()
        }
    }

    #[test]
    fn children_are_taken_by_their_addresses() {
        let names = |resources: Vec<Resource>, own: &str| {
            children("list", resources, own)
                .map(|found| found.into_iter().map(|it| it.name).collect::<Vec<_>>())
        };
        let answer = vec![
            resource("/dav/a%20b/caf%c3%a8.mp4", false),
            resource("/dav/a%20b/", true),
            resource("https://h:8080/dav/a%20b/100%25%20%231%3F.mp4", false),
            resource("/dav/a%20b/Sub/", true),
            resource("/dav/a%20b/%ff.mp4", false),
            resource("/dav/a%20b/..", true),
            resource("/dav/a%20b/deep/er.mp4", false),
            resource("/elsewhere", false),
        ];
        let expected = ["cafè.mp4", "100% #1?.mp4", "Sub"];
        assert_eq!(names(answer, "/dav/a b").unwrap(), expected);
        let behind_a_proxy = vec![resource("/a%20b/", true), resource("/a%20b/x.mp4", false)];
        assert_eq!(names(behind_a_proxy, "/dav/a b").unwrap(), ["x.mp4"]);
        let root = vec![resource("/", true), resource("/x.mp4", false)];
        assert_eq!(names(root, "").unwrap(), ["x.mp4"]);
        let file = vec![resource("/dav/x.mp4", false)];
        assert_eq!(
            names(file, "/dav/x.mp4").unwrap_err().kind,
            ErrorKind::NotFound
        );
    }
}
