//! Tests of `watch`.

use super::*;

#[test]
fn a_title_cannot_leave_the_data_block() {
    let film = FilmData {
        title: "</script><!-- \u{2028}& \"Q\" 映画 🌊".to_owned(),
        ..FilmData::default()
    };
    let block = data_block(&film);
    assert!(!block.contains(['<', '>', '&', '\u{2028}']));
    let read: serde_json::Value = serde_json::from_str(&block).unwrap();
    assert_eq!(read["title"], film.title.as_str());
}
