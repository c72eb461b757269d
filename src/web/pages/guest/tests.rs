//! Tests of `guest`.

use super::*;

#[test]
fn what_is_asked_for_of_an_entry() {
    let cases = [
        ("films", "/", GuestResource::Page),
        ("films/card.jpg", "/", GuestResource::Card),
        ("films/a%20b/c.mp4", "/a b/c.mp4", GuestResource::Page),
        ("films/a/c.mp4/card.jpg", "/a/c.mp4", GuestResource::Card),
        (
            "films/a/c.mp4/oembed.json",
            "/a/c.mp4",
            GuestResource::OEmbed,
        ),
        ("films/a/xcard.jpg", "/a/xcard.jpg", GuestResource::Page),
    ];
    for (location, path, part) in cases {
        let (_, found, of) = read(location).unwrap();
        assert_eq!((found.as_str(), of), (path, part), "{location}");
    }
    for bad in ["card.jpg", "films/..", "films/%2e%2e/card.jpg", "a%2Fb/x"] {
        assert!(read(bad).is_none(), "{bad}");
    }
}
