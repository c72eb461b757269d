//! Folders and files: listed by PROPFIND, read by GET with ranges.

use http::header::{AUTHORIZATION, RANGE};
use http::{Method, StatusCode};
use url::Url;

use crate::folders::{Child, changed};
use crate::http::{Streamed, range, status};
use crate::json::count_odd;
use crate::webdav::WebDav;
use crate::webdav::multistatus::Resource;
use crate::webdav::server::Depth;
use crate::{DriveError, Incoming, Origin};
use media::EntryPath;

impl WebDav {
    pub(super) async fn list_folder(
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
    pub(super) async fn request_properties(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Child, DriveError> {
        let as_file = self.server.url(operation, path, false).await?;
        let mut found = self
            .server
            .propfind(operation, &as_file, Depth::Itself)
            .await;
        // Apache redirects to the URL of the folder.
        let is_redirect =
            |error: &DriveError| matches!(error.upstream_code, Some(code) if code / 100 == 3);
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

    /// Returns the origin of a file. Its fragment, which is not sent, names the version.
    pub(super) async fn origin_of(
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

    /// Opens an origin from a byte on.
    ///
    /// # Errors
    /// `gone` if the file is another one than the origin was made for.
    pub(super) async fn open(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        const OPERATION: &str = "fetch";
        let url = origin.url();
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let response = self.get(url, from, last).await?;
        let Some(part) = range::part(OPERATION, &response, from)? else {
            let (status, headers) = (response.status(), response.headers());
            let error = self.server.error(OPERATION, status, headers);
            return Err(match status.as_u16() {
                // The whole is shorter than it was.
                416 => changed(),
                // The server itself refuses: a fresh origin would be the same.
                401 | 403 | 404 | 410 | 429 => error,
                _ => DriveError {
                    kind: status::kind_of_media(status),
                    sentence: None,
                    ..error
                },
            });
        };
        if part.length.is_some() && origin.length().is_some() && part.length != origin.length() {
            return Err(match is_page(&response) {
                true => DriveError::failed(OPERATION, "a text instead of the file"),
                false => changed(),
            });
        }
        self.versions.check(origin, response.headers())?;
        Ok(range::incoming(OPERATION, response, part, None))
    }
}

/// Returns true if a reply is a page or JSON: some servers pass on the error of their storage with status 200.
fn is_page(response: &Streamed) -> bool {
    let content_type = response.headers().get(http::header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.contains("html") || value.contains("json"))
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
    use crate::ErrorKind;

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
