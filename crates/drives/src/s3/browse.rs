//! Folders and objects: listed by ListObjectsV2, read by GET with ranges.

use chrono::SubsecRound;
use http::Method;
use http::header::{CONTENT_LENGTH, ETAG, HeaderMap, LAST_MODIFIED, RANGE};
use percent_encoding::percent_decode_str;
use rusty_s3::S3Action;

use crate::folders::{Child, changed};
use crate::http::{range, read_up_to, status};
use crate::json::count_odd;
use crate::s3::S3;
use crate::s3::bucket::{SECRETS, parse};
use crate::s3::types::ObjectList;
use crate::{DriveError, ErrorKind, Incoming, Origin};
use media::EntryPath;

/// Keys of one request. Some servers return all of them if more are asked for.
pub(super) const PAGE_KEYS: usize = 1000;
/// Entries of one folder.
const MAX_CHILDREN: usize = 200_000;
/// Bytes of an error in the place of an object.
const MAX_ERROR_BYTES: usize = 64 << 10;
/// Prefix of an origin; the key and the version follow. It is signed when it is fetched.
const ORIGIN: &str = "s3:";

impl S3 {
    /// Requests one page of keys. With `is_flat`, of everything below the prefix; otherwise keys end at the next
    /// slash.
    pub(super) async fn page_of_keys(
        &self,
        operation: &'static str,
        prefix: &str,
        (is_flat, max_keys): (bool, usize),
        token: Option<&str>,
    ) -> Result<ObjectList, DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let mut action = bucket.list_objects_v2(credentials);
        // Servers disagree about blanks and plus signs in encoded keys. Unencoded, they are plain XML text.
        action.query_mut().remove("encoding-type");
        action.with_prefix(prefix);
        action.with_max_keys(max_keys);
        if !is_flat {
            action.with_delimiter("/");
        }
        if let Some(token) = token {
            action.with_continuation_token(token);
        }
        let reply = self
            .bucket
            .call(operation, Method::GET, &action, &[], None)
            .await?;
        let mut list: ObjectList = parse(operation, "ListBucketResult", &reply.body)?;
        if list.encoding_type.as_deref() == Some("url") {
            let objects = list.contents.iter_mut().map(|object| &mut object.key);
            let prefixes = list.common_prefixes.iter_mut().map(|it| &mut it.prefix);
            for key in objects.chain(prefixes) {
                // Blanks are `+` or `%20`; a plus is `%2B`.
                let spaced = key.replace('+', " ");
                *key = percent_decode_str(&spaced).decode_utf8_lossy().into_owned();
            }
        }
        Ok(list)
    }

    pub(super) async fn list_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Vec<Child>, DriveError> {
        let prefix = self.bucket.prefix(path);
        let mut children = Vec::new();
        let mut is_there = path.is_root();
        let mut token: Option<String> = None;
        loop {
            let limits = (false, PAGE_KEYS);
            let page = self.page_of_keys(operation, &prefix, limits, token.as_deref());
            let list = page.await?;
            is_there |= !list.contents.is_empty() || !list.common_prefixes.is_empty();
            children.extend(children_of(&list, &prefix));
            if children.len() > MAX_CHILDREN {
                return Err(DriveError::failed(
                    operation,
                    "the folder has too many entries",
                ));
            }
            match list.next_continuation_token.filter(|_| list.is_truncated) {
                // A token that repeats would go on for ever.
                Some(next) if token.as_ref() != Some(&next) => token = Some(next),
                _ => break,
            }
        }
        match is_there {
            true => Ok(children),
            false => Err(DriveError::not_found(operation, "no key has this prefix")),
        }
    }

    /// Checks that a folder exists, by one key in it.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub(super) async fn look_into(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<(), DriveError> {
        let prefix = self.bucket.prefix(path);
        let list = self
            .page_of_keys(operation, &prefix, (true, 1), None)
            .await?;
        match path.is_root() || !list.contents.is_empty() || !list.common_prefixes.is_empty() {
            true => Ok(()),
            false => Err(DriveError::not_found(operation, "no key has this prefix")),
        }
    }

    /// Returns an object's size, time and ETag, or that it is a folder.
    ///
    /// # Errors
    /// `not_found` if there is neither.
    pub(super) async fn request_properties(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<Child, DriveError> {
        let folder = Child {
            name: path.name().to_owned(),
            is_folder: true,
            size: 0,
            modified: None,
            etag: None,
        };
        if path.is_root() {
            self.look_into(operation, path).await?;
            return Ok(folder);
        }
        let key = self.bucket.key(path);
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let action = bucket.head_object(credentials, &key);
        match self
            .bucket
            .call(operation, Method::HEAD, &action, &[], None)
            .await
        {
            Ok(reply) => Ok(object(path.name(), &reply.headers)),
            // A HEAD has no code in a body: a missing object may be a folder.
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.look_into(operation, path).await.map(|()| folder)
            }
            // A server over a file system may fail at a HEAD of a folder (s3s-fs: 500).
            Err(error) if error.kind == ErrorKind::UpstreamFailed => {
                match self.look_into(operation, path).await {
                    Err(other) if other.kind == ErrorKind::NotFound => Err(error),
                    found => found.map(|()| folder),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the origin of an object, which is signed when it is fetched.
    pub(super) fn origin_of(&self, path: &EntryPath, size: u64, content: Option<&str>) -> Origin {
        let key = self.bucket.key(path);
        let content = content.unwrap_or_default();
        Origin::new(format!("{ORIGIN}{content}:{key}"), None).with_length(size)
    }

    /// Opens an origin from a byte on.
    ///
    /// # Errors
    /// `gone` if the object is another one than the origin was made for.
    pub(super) async fn open(
        &self,
        origin: &Origin,
        from: u64,
        last: Option<u64>,
    ) -> Result<Incoming, DriveError> {
        const OPERATION: &str = "fetch";
        let (_, key) = origin
            .url()
            .strip_prefix(ORIGIN)
            .and_then(|rest| rest.split_once(':'))
            .ok_or_else(|| DriveError::failed(OPERATION, "not an origin of ours"))?;
        let url = self.bucket.object_url(OPERATION, key)?;
        let mut headers = HeaderMap::new();
        if let Some(range) = range::header(from, last) {
            headers.insert(RANGE, range);
        }
        let mut response = self
            .bucket
            .http
            .open(OPERATION, url.as_str(), headers, &SECRETS)
            .await?;
        let Some(part) = range::part(OPERATION, &response, from)? else {
            let (status, headers) = (response.status(), response.headers().clone());
            if status.as_u16() == 416 {
                return Err(changed());
            }
            let (body, _) = read_up_to(OPERATION, &mut response, MAX_ERROR_BYTES).await?;
            let error = self.bucket.error(OPERATION, status, &headers, &body);
            // Another signature may be accepted where a storage behind a redirect refused.
            return Err(match error.kind {
                ErrorKind::Forbidden => DriveError {
                    kind: status::kind_of_media(status),
                    ..error
                },
                _ => error,
            });
        };
        if part.length.is_some() && origin.length().is_some() && part.length != origin.length() {
            return Err(changed());
        }
        self.versions.check(origin, response.headers())?;
        Ok(range::incoming(OPERATION, response, part, None))
    }
}

/// Returns the children that a page of keys names, below `prefix`.
fn children_of(list: &ObjectList, prefix: &str) -> Vec<Child> {
    let is_usable = |name: &&str| {
        let path = EntryPath::root().join(name);
        let is_usable = path.is_ok_and(|path| path.name() == *name);
        if !is_usable && !name.is_empty() {
            count_odd("an unusable name");
        }
        !name.is_empty() && is_usable
    };
    let folders = list.common_prefixes.iter().filter_map(|common| {
        let name = common.prefix.strip_prefix(prefix)?.trim_end_matches('/');
        is_usable(&name).then(|| Child {
            name: name.to_owned(),
            is_folder: true,
            size: 0,
            modified: None,
            etag: None,
        })
    });
    let objects = list.contents.iter().filter_map(|object| {
        // A key that ends with a slash marks a folder; the folder itself is one of its keys.
        let name = object.key.strip_prefix(prefix)?;
        is_usable(&name).then(|| Child {
            name: name.to_owned(),
            is_folder: false,
            size: object.size.unwrap_or(0),
            // Lists have milliseconds, the header of one object has full seconds.
            modified: object.last_modified.map(|time| time.trunc_subsecs(0)),
            etag: object.etag(),
        })
    });
    folders.chain(objects).collect()
}

/// Returns the object that the headers of a HEAD describe.
fn object(name: &str, headers: &HeaderMap) -> Child {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    Child {
        name: name.to_owned(),
        is_folder: false,
        size: text(CONTENT_LENGTH)
            .and_then(|length| length.parse().ok())
            .unwrap_or(0),
        modified: text(LAST_MODIFIED)
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .map(Into::into),
        etag: text(ETAG)
            .filter(|etag| !matches!(*etag, "" | "\"\""))
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_with_and_without_slashes() {
        let text = "<ListBucketResult><Contents><Key>films/</Key></Contents><Contents><Key>films/a.mp4</Key>\
            <Size>7</Size></Contents><CommonPrefixes><Prefix>films/many</Prefix></CommonPrefixes><CommonPrefixes>\
            <Prefix>films/more/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>films//</Prefix></CommonPrefixes>\
            <Contents><Key>films/..</Key></Contents></ListBucketResult>";
        let list = parse("list", "ListBucketResult", text.as_bytes()).unwrap();
        let found = children_of(&list, "films/");
        let names: Vec<(&str, bool)> = found
            .iter()
            .map(|child| (child.name.as_str(), child.is_folder))
            .collect();
        assert_eq!(names, [("many", true), ("more", true), ("a.mp4", false)]);
    }

    #[test]
    fn one_bad_element_costs_no_other() {
        let text = b"<ListBucketResult><Contents><Key>a.mp4</Key><Size>many</Size><LastModified>soon</LastModified>\
            </Contents><Contents><Key>caf\xe9.mp4</Key><Size>1</Size></Contents><Contents><Size>2</Size></Contents>\
            <Contents><Key>z.mp4</Key><Size>3</Size></Contents></ListBucketResult>";
        let before = crate::odd_elements();
        let list = parse("list", "ListBucketResult", text).unwrap();
        let found = children_of(&list, "");
        let found: Vec<(&str, u64)> = found
            .iter()
            .map(|child| (child.name.as_str(), child.size))
            .collect();
        assert_eq!(found, [("a.mp4", 0), ("caf\u{fffd}.mp4", 1), ("z.mp4", 3)]);
        assert!(crate::odd_elements() - before >= 3);
    }
}
