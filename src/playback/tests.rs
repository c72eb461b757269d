//! Tests of `playback`.

use super::*;

#[test]
fn another_content_is_another_key_with_or_without_a_name() {
    let entry = |content: Option<&str>, size, seconds| Entry {
        place: Place::parse("films").unwrap(),
        path: EntryPath::parse("/a.mp4").unwrap(),
        name: "a.mp4".to_owned(),
        kind: media::EntryKind::Video,
        size,
        modified: chrono::DateTime::from_timestamp(seconds, 0),
        id: Some("12".to_owned()),
        content: content.map(str::to_owned),
        duration_s: None,
        width: None,
        height: None,
        has_thumbnail: false,
        tracks: Vec::new(),
        tags: Vec::new(),
    };
    let key = |content, size, seconds| EntryKey::of(&entry(content, size, seconds));
    assert_eq!(key(Some("a"), 1, 1), key(Some("a"), 1, 2));
    assert_ne!(key(Some("a"), 1, 1), key(Some("b"), 1, 1));
    assert_eq!(key(None, 1, 1), key(None, 1, 1));
    assert_ne!(key(None, 1, 1), key(None, 2, 1));
    assert_ne!(key(None, 1, 1), key(None, 1, 2));
}
