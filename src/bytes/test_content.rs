//! The content of films in tests.

use bytes::Bytes;

#[path = "../../tests/it/harness/content.rs"]
mod content_of_files;

/// Returns bytes that begin again after a million.
pub(super) fn content(length: usize) -> Bytes {
    content_of_files::file_content(length).into()
}
