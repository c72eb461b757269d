//! Tests of `browse`.

use super::urls::entity_of;

#[test]
fn an_address_names_its_content() {
    let url = "http://localhost:5212/api/v4/file/content/mxB6SM/0/clip%2012.mp4?sign=9A%3A1";
    assert_eq!(entity_of(url), Some("mxB6SM"));
    assert_eq!(entity_of("https://bucket.example.org/x?sign=1"), None);
}
