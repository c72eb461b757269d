//! The uploads under way, for the list of tasks.

use std::collections::{BTreeMap, VecDeque};
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
    /// Number, bytes received and success of those that have ended, the newest last.
    ended: VecDeque<(u64, u64, bool)>,
}

/// Uploads whose end is remembered for listeners.
const MAX_ENDED: usize = 256;

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
    is_successful: bool,
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
            is_successful: false,
        }
    }

    /// Returns the number of uploads under way.
    pub fn count(&self) -> usize {
        self.0.lock().open.len()
    }

    /// Returns true if the upload with this progress is under way.
    pub fn has(&self, progress: &Arc<UploadProgress>) -> bool {
        let uploads = self.0.lock();
        let mut open = uploads.open.values();
        open.any(|upload| Arc::ptr_eq(&upload.progress, progress))
    }

    /// Returns true if an upload has ended, and the drive has the file.
    pub fn was_successful(&self, number: u64) -> bool {
        let ended = self.end_of(number);
        ended.is_some_and(|(.., is_successful)| is_successful)
    }

    /// Returns the bytes that have arrived of an upload that has ended; `None` if its end is not remembered.
    pub fn received(&self, number: u64) -> Option<u64> {
        self.end_of(number).map(|(_, received, _)| received)
    }

    fn end_of(&self, number: u64) -> Option<(u64, u64, bool)> {
        let uploads = self.0.lock();
        uploads.ended.iter().find(|end| end.0 == number).copied()
    }

    /// Returns the uploads with their numbers, the newest first.
    pub fn all(&self) -> Vec<(u64, OpenUpload)> {
        let uploads = self.0.lock();
        let open = uploads.open.iter().rev();
        open.map(|(number, upload)| (*number, upload.clone()))
            .collect()
    }
}

impl OpenUploadGuard {
    /// Ends an upload that was successful.
    pub fn succeed(mut self) {
        self.is_successful = true;
    }
}

impl Drop for OpenUploadGuard {
    fn drop(&mut self) {
        let mut uploads = self.uploads.0.lock();
        let Some(upload) = uploads.open.remove(&self.number) else {
            return;
        };
        let end = (self.number, upload.progress.received(), self.is_successful);
        uploads.ended.push_back(end);
        if uploads.ended.len() > MAX_ENDED {
            uploads.ended.pop_front();
        }
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
        assert_eq!(uploads.count(), 2);
        drop(second);
        assert_eq!(paths(), ["/a"]);
        first.succeed();
        assert!(paths().is_empty());
        assert_eq!(
            [1, 2, 3].map(|number| uploads.was_successful(number)),
            [true, false, false]
        );
        assert_eq!(
            [1, 3].map(|number| uploads.received(number)),
            [Some(0), None]
        );
    }
}
