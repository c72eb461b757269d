//! Parses a reply of the upstream as every call parses it, for fuzz targets and their corpora.

use super::types;
use crate::terabox::drive::entries;
use crate::terabox::drive::entries::ShownRoot;
use crate::terabox::types::{
    CallOutcome, Files, Links, OAuthTokens, QuotaInfo, TokenInfo, UserInfo, WrappedPlaylist,
};
use media::{EntryPath, Place};

/// Parses `body` as every kind of reply. Resulting entries must lie below the root of the drive.
pub fn read_json(body: &[u8]) {
    if let Some(outcome) = types::read::<CallOutcome>(body) {
        let _ = (outcome.code(), outcome.message().len());
    }
    let _ = types::read::<OAuthTokens>(body).is_some();
    let _ = types::read::<TokenInfo>(body).is_some();
    let _ = types::read::<UserInfo>(body).is_some();
    let _ = types::read::<QuotaInfo>(body).is_some();
    let _ = types::read::<WrappedPlaylist>(body).is_some();
    let _ = types::read::<Links>(body).map(Links::into_vec);
    let (Ok(place), Ok(folder)) = (Place::parse("films"), EntryPath::parse("/My folder")) else {
        return;
    };
    let root = ShownRoot::new(folder.clone());
    let files = types::read::<Files>(body).and_then(Files::into_parts);
    for file in files.into_iter().flat_map(|(files, _)| files) {
        let _ = file.thumbs.as_ref().and_then(|thumbs| thumbs.best());
        let path = file.path.0.as_deref().and_then(|path| root.local(path));
        let Some(path) = path.filter(|path| !path.is_root()) else {
            continue;
        };
        let upstream = root.upstream(&path);
        assert!(
            upstream == folder.as_str() || upstream.starts_with("/My folder/"),
            "{upstream:?} left its folder"
        );
        let entry = entries::entry(&place, path, &file);
        assert!(!entry.name.contains('/'));
    }
}
