//! Parses upstream replies as each call does, for fuzz targets and their corpora.

use serde::Deserialize;

use super::request;
use crate::cloudreve::client::{PageAt, PageQuery};
use crate::cloudreve::drive::entries;
use crate::cloudreve::drive::hls;
use crate::cloudreve::drive::paging;
use crate::cloudreve::types::{
    Capacity, Envelope, File, Files, Share, ShareList, SignedIn, Thumb, TokenPair, UploadSession,
    Urls, User,
};
use crate::cloudreve::uri::UriRoot;
use media::{EntryPath, Order, Place, SortBy};

/// Parses `body` as each kind of reply. Entries from it have URIs that lead back to them.
pub fn read_json(body: &[u8]) {
    let events = request::events(body);
    let envelopes = serde_json::from_slice::<Envelope>(body).ok().into_iter();
    for envelope in envelopes.chain(events) {
        let data = &envelope.data;
        let _ = TokenPair::deserialize(data).is_ok();
        let _ = SignedIn::deserialize(data).is_ok();
        let _ = User::deserialize(data).is_ok();
        let _ = Capacity::deserialize(data).is_ok();
        let _ = Urls::deserialize(data).is_ok();
        let _ = Thumb::deserialize(data).is_ok();
        let _ = Share::deserialize(data).is_ok();
        let _ = ShareList::deserialize(data).is_ok();
        let _ = UploadSession::deserialize(data).is_ok();
        if let Ok(files) = Files::deserialize(data) {
            read_files(&files);
        }
    }
}

fn read_files(files: &Files) {
    let query = PageQuery {
        size: 50,
        sort: SortBy::Name,
        order: Order::Ascending,
        at: PageAt::First,
    };
    if let Some(next) = paging::next(&files.pagination, &query) {
        let back = paging::cursor_parts(&next.cursor());
        assert_eq!(back, Some((next.size, next.at)));
    }
    let (Ok(place), Ok(folder)) = (Place::parse("nas"), EntryPath::parse("/My folder")) else {
        return;
    };
    for file in files.files.iter().flatten() {
        let told = file.path.as_deref().and_then(|uri| UriRoot::My.path(uri));
        let listed = folder.join(&file.name).ok();
        assert!(listed.as_ref().is_none_or(|path| path.is_within(&folder)));
        for path in told
            .into_iter()
            .chain(listed)
            .filter(|path| !path.is_root())
        {
            read_file(&place, path, file);
        }
    }
}

fn read_file(place: &Place, path: EntryPath, file: &File) {
    assert_eq!(
        UriRoot::My.path(&UriRoot::My.uri(&path)).as_ref(),
        Some(&path)
    );
    let _ = entries::redirect(file);
    let entry = entries::entry(place, path, file, "mark");
    assert!(!entry.name.contains('/'));
    assert!(
        entry
            .duration_s
            .is_none_or(|seconds| seconds > 0.0 && seconds.is_finite())
    );
}

/// Parses `text` as the playlist of a film in pieces: every segment must be in the drive.
pub fn read_list(text: &str) {
    let Ok(list) = EntryPath::parse("/Films/A film/index.m3u8") else {
        return;
    };
    for uri in hls::variants(text).into_values().chain(text.lines()) {
        if let Some(path) = hls::beside(&list, uri) {
            assert!(
                !path.names().any(|name| matches!(name, "" | "." | "..")),
                "{path}"
            );
        }
    }
}
