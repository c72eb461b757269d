//! Tests of `changes`.

use super::*;

#[test]
fn the_files_of_operating_systems_are_known_by_their_names() {
    for name in [
        "._Film.mp4",
        ".DS_Store",
        ".ds_store",
        "Thumbs.db",
        "desktop.ini",
    ] {
        assert!(is_foreign(name), "{name}");
    }
    for name in ["Film.mp4", ".hidden", "_Film.mp4", "desktop.ini.mp4"] {
        assert!(!is_foreign(name), "{name}");
    }
}
