//! The uploads under way, for the list of tasks.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use drives::UploadProgress;
use media::{EntryPath, Place};

/// All uploads under way on this server. Clones share them.
#[derive(Clone, Default)]
pub(in crate::web) struct OpenUploads(Arc<Mutex<UploadsByNumber>>);

#[derive(Default)]
struct UploadsByNumber {
    last: u64,
    open: BTreeMap<u64, OpenUpload>,
}

/// An upload under way.
#[derive(Clone)]
pub(in crate::web) struct OpenUpload {
    pub place: Place,
    pub path: EntryPath,
    /// The announced size in bytes; `None` if it is not known.
    pub size: Option<u64>,
    pub progress: Arc<UploadProgress>,
    pub begun_at: DateTime<Utc>,
}

/// An upload in the list. Dropping it ends the upload there.
pub(in crate::web) struct OpenUploadGuard {
    uploads: OpenUploads,
    number: u64,
}

impl OpenUploads {
    /// Lists an upload until the guard is dropped.
    pub fn begin(
        &self,
        place: &Place,
        path: &EntryPath,
        size: Option<u64>,
        progress: &Arc<UploadProgress>,
    ) -> OpenUploadGuard {
        let mut uploads = self.0.lock();
        uploads.last += 1;
        let number = uploads.last;
        let upload = OpenUpload {
            place: place.clone(),
            path: path.clone(),
            size,
            progress: progress.clone(),
            begun_at: Utc::now(),
        };
        uploads.open.insert(number, upload);
        OpenUploadGuard {
            uploads: self.clone(),
            number,
        }
    }

    /// Returns the uploads with their numbers, the newest first.
    pub fn all(&self) -> Vec<(u64, OpenUpload)> {
        let uploads = self.0.lock();
        let open = uploads.open.iter().rev();
        open.map(|(number, upload)| (*number, upload.clone()))
            .collect()
    }
}

impl Drop for OpenUploadGuard {
    fn drop(&mut self) {
        self.uploads.0.lock().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_listed_until_it_ends() {
        let uploads = OpenUploads::default();
        let place = Place::parse("films").unwrap();
        let begin = |path: &str| {
            let path = EntryPath::parse(path).unwrap();
            uploads.begin(&place, &path, Some(5), &Arc::default())
        };
        let (first, second) = (begin("/a"), begin("/b"));
        let paths = || {
            let all = uploads.all().into_iter();
            all.map(|(_, upload)| upload.path.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(paths(), ["/b", "/a"]);
        drop(second);
        assert_eq!(paths(), ["/a"]);
        drop(first);
        assert!(paths().is_empty());
    }
}
