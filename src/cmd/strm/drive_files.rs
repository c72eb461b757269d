//! The files beside films on a drive, which a tree has copies of.

use anyhow::bail;
use futures_util::TryStreamExt;

use crate::governor::Governor;
use drives::{DriveError, VolumeCalls};
use media::{Entry, EntryKind, EntryPath, PageRequest, stem};

/// Largest file that is copied beside a film.
const MAX_SIDE_FILE_BYTES: u64 = 10 << 20;
/// Ends of the names of pictures that belong to a film or a folder.
const PICTURES: [&str; 7] = [
    "poster", "folder", "fanart", "banner", "thumb", "cover", "logo",
];

/// Returns true for a file that a media server reads beside films.
pub(super) fn is_beside_films(entry: &Entry) -> bool {
    if entry.size > MAX_SIDE_FILE_BYTES {
        return false;
    }
    let name = entry.name.to_lowercase();
    let is_picture = || PICTURES.iter().any(|end| stem(&name).ends_with(end));
    match entry.kind {
        EntryKind::Subtitle => true,
        EntryKind::Image => is_picture(),
        _ => name.ends_with(".nfo"),
    }
}

/// Returns all entries of a folder.
pub(super) async fn children(
    drive: &VolumeCalls<Governor>,
    folder: &EntryPath,
) -> Result<Vec<Entry>, DriveError> {
    let (mut page, mut entries) = (PageRequest::default(), Vec::new());
    loop {
        let listing = drive.list(folder, &page).await?;
        entries.extend(listing.entries);
        match listing.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(entries),
        }
    }
}

/// Reads a small file.
pub(super) async fn content(
    drive: &VolumeCalls<Governor>,
    entry: &Entry,
) -> anyhow::Result<Vec<u8>> {
    let origin = drive.original(entry).await?;
    let mut chunks = drive.fetch(&origin, 0, None).await?.chunks;
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > MAX_SIDE_FILE_BYTES {
            bail!("the file is larger than its folder says");
        }
    }
    Ok(bytes)
}
