//! Makes folders; copies, moves, renames and deletes entries.
//!
//! S3 has no move: a move copies on the server's side, looks at the copy, and deletes the source then. An object of more
//! than 5 GiB is copied in parts.

use futures_util::{TryStreamExt, stream};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusty_s3::S3Action;
use rusty_s3::actions::{DeleteObjects, ObjectIdentifier};

use crate::folders::Child;
use crate::s3::S3;
use crate::s3::browse::PAGE_KEYS;
use crate::s3::bucket::{body_of, parse};
use crate::s3::types::{CopyPartResult, DeleteResult, ListedObject};
use crate::{DriveError, ErrorKind, Permits};
use media::EntryPath;

/// Largest object that one request copies (AWS: 5 GiB).
const MAX_COPY_BYTES: u64 = 5 << 30;
/// Bytes of a part of a larger one.
const COPY_PART_BYTES: u64 = 1 << 30;
/// Objects of a folder that are copied concurrently.
const MAX_CONCURRENT_COPIES: usize = 4;
/// Objects that are deleted by a request each, which every server has; more are deleted in batches.
const MAX_SINGLE_DELETES: usize = 4;
/// Characters of the source of a copy that are encoded; slashes stay.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// AWS: a key has at most 1,024 bytes.
const MAX_KEY_BYTES: usize = 1024;

impl S3 {
    /// Makes the marker of a folder: an empty object whose key ends with a slash.
    pub(super) async fn put_marker(
        &self,
        operation: &'static str,
        path: &EntryPath,
    ) -> Result<(), DriveError> {
        let key = self.bucket.prefix(path);
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let action = bucket.put_object(credentials, &key);
        let put = self.bucket.put(operation, &action, &[], 0, body_of(b""));
        put.await.map(drop)
    }

    /// Copies an entry to `target`, which is free.
    pub(super) async fn copy_entry(
        &self,
        operation: &'static str,
        (path, source): (&EntryPath, &Child),
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        if source.is_folder {
            return self.copy_folder(operation, path, target, permits).await;
        }
        let (from, to) = (self.bucket.key(path), self.bucket.key(target));
        self.copy_object(operation, (&from, source.size), &to, permits)
            .await?;
        // The source of a move is deleted then.
        let copy = permits
            .call(self.request_properties(operation, target))
            .await?;
        match copy.size == source.size {
            true => Ok(()),
            false => Err(DriveError::failed(operation, "the copy has another length")),
        }
    }

    async fn copy_folder(
        &self,
        operation: &'static str,
        path: &EntryPath,
        target: &EntryPath,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let (from, to) = (self.bucket.prefix(path), self.bucket.prefix(target));
        let objects = self.objects_below(operation, &from, permits).await?;
        stream::iter(objects.into_iter().map(Ok))
            .try_for_each_concurrent(MAX_CONCURRENT_COPIES, |object| {
                let (from, to) = (&from, &to);
                async move {
                    let rest = object.key.strip_prefix(from.as_str()).unwrap_or_default();
                    let target = format!("{to}{rest}");
                    let source = (object.key.as_str(), object.size.unwrap_or(0));
                    self.copy_object(operation, source, &target, permits).await
                }
            })
            .await
    }

    /// Returns every object below a prefix, the marker of the folder included.
    async fn objects_below(
        &self,
        operation: &'static str,
        prefix: &str,
        permits: Permits<'_>,
    ) -> Result<Vec<ListedObject>, DriveError> {
        let mut objects = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.page_of_keys(operation, prefix, (true, PAGE_KEYS), token.as_deref());
            let list = permits.call(page).await?;
            let below = list.contents.into_iter();
            objects.extend(below.filter(|object| object.key.starts_with(prefix)));
            match list.next_continuation_token.filter(|_| list.is_truncated) {
                Some(next) if token.as_ref() != Some(&next) => token = Some(next),
                _ => return Ok(objects),
            }
        }
    }

    /// Copies an object on the server's side.
    async fn copy_object(
        &self,
        operation: &'static str,
        (from, size): (&str, u64),
        to: &str,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let source = format!("/{}/{from}", bucket.name());
        let source = utf8_percent_encode(&source, RESERVED).to_string();
        if size > MAX_COPY_BYTES {
            return self
                .copy_parts(operation, (&source, size), to, permits)
                .await;
        }
        let mut action = bucket.put_object(credentials, to);
        action
            .headers_mut()
            .insert("x-amz-copy-source", source.clone());
        let headers = [("x-amz-copy-source", source)];
        let call = self
            .bucket
            .call(operation, Method::PUT, &action, &headers, None);
        permits.call(call).await.map(drop)
    }

    async fn copy_parts(
        &self,
        operation: &'static str,
        (source, size): (&str, u64),
        to: &str,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let (bucket, credentials) = self.bucket.signer(operation)?;
        let id = permits.call(self.begin_parts(operation, to)).await?;
        let copy = async {
            let mut receipts = Vec::new();
            let starts = (0..size.div_ceil(COPY_PART_BYTES)).map(|part| part * COPY_PART_BYTES);
            for (number, from) in (1_u16..).zip(starts) {
                let last = (from + COPY_PART_BYTES).min(size) - 1;
                let headers = [
                    ("x-amz-copy-source", source.to_owned()),
                    ("x-amz-copy-source-range", format!("bytes={from}-{last}")),
                ];
                let mut action = bucket.upload_part(credentials, to, number, &id);
                for (name, value) in &headers {
                    action.headers_mut().insert(*name, value.clone());
                }
                let call = self
                    .bucket
                    .call(operation, Method::PUT, &action, &headers, None);
                let reply = permits.call(call).await?;
                let part: CopyPartResult = parse(operation, "CopyPartResult", &reply.body)?;
                receipts.push(part.etag.unwrap_or_default());
            }
            let complete = self.complete_parts(operation, to, &id, &receipts);
            permits.call(complete).await
        };
        let result = copy.await;
        if result.is_err() {
            self.abort_parts(operation, to, &id, permits).await;
        }
        result
    }

    /// Deletes an entry, a folder with everything in it.
    pub(super) async fn delete_entry(
        &self,
        operation: &'static str,
        path: &EntryPath,
        found: &Child,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let keys: Vec<ObjectIdentifier> = match found.is_folder {
            true => {
                let prefix = self.bucket.prefix(path);
                let objects = self.objects_below(operation, &prefix, permits).await?;
                let keys = objects.into_iter().map(|object| object.key);
                // The marker may not be listed.
                let mut keys: Vec<String> = keys.chain(std::iter::once(prefix)).collect();
                keys.sort_unstable();
                keys.dedup();
                keys.into_iter().map(ObjectIdentifier::new).collect()
            }
            false => vec![ObjectIdentifier::new(self.bucket.key(path))],
        };
        let (bucket, credentials) = self.bucket.signer(operation)?;
        if keys.len() <= MAX_SINGLE_DELETES {
            for object in &keys {
                let action = bucket.delete_object(credentials, &object.key);
                let call = self
                    .bucket
                    .call(operation, Method::DELETE, &action, &[], None);
                permits.call(call).await?;
            }
        }
        let batched = if keys.len() > MAX_SINGLE_DELETES {
            &keys[..]
        } else {
            &[]
        };
        for batch in batched.chunks(PAGE_KEYS) {
            let mut action = DeleteObjects::new(bucket, credentials, batch.iter());
            action.set_quiet(true);
            let (body, md5) = action.clone().body_with_md5();
            action.headers_mut().insert("content-md5", md5.clone());
            let headers = [("content-md5", md5)];
            let call = self
                .bucket
                .call(operation, Method::POST, &action, &headers, Some(body));
            let reply = permits.call(call).await?;
            let result: DeleteResult = parse(operation, "DeleteResult", &reply.body)?;
            if let Some(error) = result.errors.first() {
                let kind = match error.code.as_str() {
                    "AccessDenied" => ErrorKind::Forbidden,
                    _ => ErrorKind::UpstreamFailed,
                };
                let detail = format!("{} objects stayed", result.errors.len());
                return Err(DriveError::new(kind, operation, detail)
                    .with_sentence("The service did not delete everything."));
            }
        }
        Ok(())
    }

    /// Returns the path of a new name in a folder.
    ///
    /// # Errors
    /// `refused_name` for a name with a slash, and for a key that is too long.
    pub(super) fn name_in(
        &self,
        operation: &'static str,
        folder: &EntryPath,
        name: &str,
    ) -> Result<EntryPath, DriveError> {
        let path = folder.join(name).ok().filter(|path| path.name() == name);
        path.filter(|path| self.bucket.key(path).len() < MAX_KEY_BYTES)
            .ok_or_else(|| {
                DriveError::new(ErrorKind::RefusedName, operation, "a name of another form")
                    .with_sentence(
                        "A name on this drive has no / in it, and its whole path has at most 1,024 bytes.",
                    )
            })
    }
}
