//! Tickets: encoding, forgery, expiry and revocation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;

use super::*;

fn signer() -> TicketSigner {
    TicketSigner::new(&[7; 32])
}

fn within(place: &str, path: &str) -> Scope {
    Scope::Within(
        Place::parse(place).unwrap(),
        EntryPath::parse(path).unwrap(),
    )
}

fn several(paths: &[(&str, &str)]) -> Scope {
    let paths = paths.iter().map(|(place, path)| {
        let path = EntryPath::parse(path).unwrap();
        (Place::parse(place).unwrap(), path)
    });
    Scope::of_paths(paths.collect())
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn ticket(scope: Scope) -> Ticket {
    Ticket::new(TicketId([9; 8]), scope)
}

#[test]
fn a_ticket_is_read_as_it_was_signed_until_it_ends() {
    let scopes = [
        Scope::Everything,
        within("films", "/"),
        within("films", "/映画 🌊/a?b#c.mp4"),
        within("~1abc", "/x"),
        several(&[
            ("films", "/"),
            ("nas", "/a\u{2028}b/c.mp4"),
            ("films", "/x"),
        ]),
    ];
    let limits = [
        TicketLimits::default(),
        TicketLimits {
            max_viewers: Some(u16::MAX),
            ..TicketLimits::default()
        },
        TicketLimits {
            max_visits: Some(1),
            without_originals: true,
            bytes_per_s: Some(1_000_000),
            ..TicketLimits::default()
        },
    ];
    let changed = signer();
    changed.add_key(1, &[8; 32]);
    for (signer, key) in [(signer(), 0), (changed, 1)] {
        for scope in &scopes {
            for (index, (ends_at, prefers_hls)) in
                [(None, false), (Some(at(2_000)), false), (None, true)]
                    .into_iter()
                    .enumerate()
            {
                let ticket = Ticket {
                    prefers_hls,
                    key,
                    limits: limits[index],
                    ..ticket(scope.clone()).until(ends_at)
                };
                let (text, signed_with) = signer.sign(&ticket);
                assert_eq!(signed_with, key);
                assert!(
                    text.bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
                    "{text}"
                );
                assert_eq!(signer.verify(&text, at(1_999)), Ok(ticket));
                let later = signer.verify(&text, at(2_000));
                assert_eq!(later.is_ok(), ends_at.is_none());
                assert_eq!(
                    TicketSigner::new(&[9; 32]).verify(&text, at(0)),
                    Err(TicketError::Invalid)
                );
            }
        }
    }
}

#[test]
fn a_viewers_scope_is_the_part_in_its_places() {
    let place = |name: &str| Place::parse(name).unwrap();
    let places = [place("films"), place("nas")];
    let root = EntryPath::root();
    let own = Scope::Everything.limited_to(&places);
    assert!(own.covers(&place("films"), &root) && !own.covers(&place("other"), &root));
    let folder = within("films", "/a");
    assert_eq!(folder.clone().limited_to(&places), folder);
    for none in [folder.limited_to(&places[1..]), own.clone().limited_to(&[])] {
        assert_eq!(none, Scope::Places(Vec::new()));
    }
    assert_eq!(
        own.clone().limited_to(&places[1..]),
        Scope::Places(vec![place("nas")])
    );
    // It is never read from a ticket, where it would mean something else.
    assert_eq!(Scope::from_text(&own.to_text()), None);
    let viewer = ViewerId::from_bytes([5; 8]);
    let ticket = signer().verify(&signer().own(viewer), at(0)).unwrap();
    assert_eq!((ticket.viewer, ticket.id), (viewer, OWNER));
}

#[test]
fn a_scope_covers_what_lies_below_and_nothing_beside() {
    let film = |place: &str, path: &str| {
        (
            Place::parse(place).unwrap(),
            EntryPath::parse(path).unwrap(),
        )
    };
    let cases = [
        (Scope::Everything, "films", "/a", true),
        (within("films", "/"), "films", "/a/b", true),
        (within("films", "/"), "nas", "/a/b", false),
        (within("films", "/a"), "films", "/a", true),
        (within("films", "/a"), "films", "/a/b", true),
        (within("films", "/a"), "films", "/ab", false),
        (within("films", "/a"), "films", "/", false),
    ];
    for (scope, place, path, covered) in cases {
        let (place, path) = film(place, path);
        assert_eq!(scope.covers(&place, &path), covered, "{scope:?} {path}");
    }
}

#[test]
fn several_paths_are_covered_each_and_limited_to_the_places_of_a_viewer() {
    let scope = several(&[("films", "/A"), ("nas", "/B"), ("nas", "/C")]);
    let covers = |scope: &Scope, place: &str, path: &str| {
        scope.covers(
            &Place::parse(place).unwrap(),
            &EntryPath::parse(path).unwrap(),
        )
    };
    for (place, path, is_covered) in [
        ("films", "/A", true),
        ("nas", "/B/x.mp4", true),
        ("films", "/B", false),
        ("nas", "/", false),
        ("nas", "/Bx", false),
    ] {
        assert_eq!(covers(&scope, place, path), is_covered, "{place}{path}");
    }
    let place = |name: &str| Place::parse(name).unwrap();
    let limited = |places: &[Place]| scope.clone().limited_to(places);
    assert_eq!(limited(&[place("films")]), within("films", "/A"));
    assert_eq!(
        limited(&[place("nas")]),
        several(&[("nas", "/B"), ("nas", "/C")])
    );
    assert!(!covers(&limited(&[place("x")]), "films", "/A"));
    // A scope of too many paths is none.
    let text = vec!["films/A"; MAX_SCOPE_PATHS + 1].join("\n");
    assert_eq!(Scope::from_text(&text), None);
}

#[test]
fn a_changed_key_leaves_what_was_signed_before_until_it_is_retired() {
    let signer = signer();
    let (old, own) = (signer.sign(&ticket(within("films", "/"))).0, signer.owner());
    signer.add_key(1, &[1; 32]);
    let new = signer.sign(&ticket(within("films", "/"))).0;
    assert_ne!(old, new);
    assert_ne!(own, signer.owner());
    for text in [&old, &own, &new] {
        assert!(signer.verify(text, at(0)).is_ok());
    }
    signer.revoke_old_keys();
    for text in [&old, &own] {
        assert_eq!(signer.verify(text, at(0)), Err(TicketError::Invalid));
    }
    assert!(signer.verify(&new, at(0)).is_ok());
    assert!(signer.verify(&signer.owner(), at(0)).is_ok());
}

#[test]
fn a_ticket_of_one_key_does_not_pass_for_one_of_another() {
    // The number of the key is signed, too.
    let first = TicketSigner::new(&[7; 32]);
    let second = TicketSigner::open(SignerState {
        keys: vec![(1, [7; 32])],
        revoked: Vec::new(),
        owner: OWNER,
    });
    let text = second.sign(&ticket(Scope::Everything)).0;
    assert!(first.verify(&text, at(0)).is_err());
    let text = first.sign(&ticket(Scope::Everything)).0;
    assert!(second.verify(&text, at(0)).is_err());
}

#[test]
fn the_owners_ticket_is_the_same_text_until_it_is_replaced() {
    let signer = signer();
    let before = signer.owner();
    assert_eq!(before, signer.owner());
    assert_eq!(signer.replace_owner(TicketId([4; 8])), OWNER);
    assert_ne!(before, signer.owner());
    assert_eq!(signer.verify(&before, at(0)), Err(TicketError::Revoked));
    assert!(signer.verify(&signer.owner(), at(0)).is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_told_when_a_ticket_is_good_no_longer() {
    let signer = signer();
    signer.add_key(1, &[1; 32]);
    let read = |ticket: &Ticket| {
        signer
            .verify(&signer.sign(ticket).0, SystemTime::now())
            .unwrap()
    };
    let other = Ticket::new(TicketId([1; 8]), Scope::Everything);
    let mut lasting = Box::pin(signer.wait_until_invalid(&read(&other)));
    let withdrawn = signer.wait_until_invalid(&read(&ticket(Scope::Everything)));
    signer.revoke([TicketId([9; 8])]);
    withdrawn.await;
    let hour = SystemTime::now() + Duration::from_secs(3600);
    signer
        .wait_until_invalid(&read(&other.clone().until(Some(hour))))
        .await;
    tokio::select! {
        biased;
        () = &mut lasting => panic!("that one is good"),
        () = std::future::ready(()) => {}
    }
    signer.add_key(2, &[2; 32]);
    signer.revoke_old_keys();
    lasting.await;
}

#[test]
fn uses_are_handed_over_once() {
    let signer = signer();
    signer.record_use(&ticket(Scope::Everything), at(5));
    signer.record_use(&ticket(Scope::Everything), at(6));
    assert_eq!(signer.last_use(TicketId([9; 8])), Some(at(6)));
    assert_eq!(signer.take_uses().len(), 1);
    assert_eq!(signer.take_uses().len(), 0);
}

#[test]
fn ids_are_written_and_read() {
    let id = TicketId([0, 1, 2, 3, 4, 5, 6, 255]);
    assert_eq!(id.to_string(), "00010203040506ff");
    assert_eq!(TicketId::parse("00010203040506ff"), Some(id));
    for bad in ["", "00", "00010203040506FF", "00010203040506ff00", "x"] {
        assert_eq!(TicketId::parse(bad), None, "{bad}");
    }
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Everything),
        ("~?[a-zA-Z0-9_-]{1,64}", "(/[^/\\p{Cc}]{1,40}){0,4}").prop_filter_map(
            "a path",
            |(place, path)| {
                Some(Scope::Within(
                    Place::parse(&place).ok()?,
                    EntryPath::parse(&path).ok()?,
                ))
            }
        ),
    ]
}

proptest! {
    #[test]
    fn whatever_is_signed_is_read(
        id in any::<[u8; 8]>(),
        scope in any_scope(),
        ends_at in proptest::option::of(1u64..10_000_000_000),
        prefers_hls in any::<bool>(),
        key in any::<u8>(),
        viewer in prop_oneof![Just([0; 8]), any::<[u8; 8]>()],
        max_viewers in proptest::option::of(1u16..),
        max_visits in proptest::option::of(1u32..),
        without_originals in any::<bool>(),
        bytes_per_s in proptest::option::of(any::<u32>()),
    ) {
        let signer = TicketSigner::open(SignerState { keys: vec![(key, [3; 32])], revoked: Vec::new(), owner: OWNER });
        let ticket = Ticket {
            id: TicketId(id), scope, ends_at: ends_at.map(at), prefers_hls, key, viewer: ViewerId::from_bytes(viewer),
            limits: TicketLimits { max_viewers, max_visits, bytes_per_s, without_originals },
        };
        prop_assert_eq!(signer.verify(&signer.sign(&ticket).0, at(0)), Ok(ticket));
    }

    #[test]
    fn an_altered_ticket_is_never_valid(byte in 0usize..60, flip in 1u8..=255, changed in any::<bool>()) {
        let signer = signer();
        if changed {
            signer.add_key(5, &[5; 32]);
        }
        let text = signer.sign(&Ticket::new(TicketId([1; 8]), within("films", "/a film.mp4")).until(Some(at(9_000)))).0;
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let byte = byte % bytes.len();
        bytes[byte] ^= flip;
        let altered = BASE64URL_NOPAD.encode(&bytes);
        prop_assert_eq!(signer.verify(&altered, at(0)), Err(TicketError::Invalid));
    }

    #[test]
    fn a_ticket_cut_or_lengthened_is_never_valid(cut in 0usize..80, more in "[A-Za-z0-9_-]{1,8}") {
        let text = signer().sign(&Ticket::new(TicketId([1; 8]), within("films", "/a film.mp4"))).0;
        let short = &text[..cut.min(text.len() - 1)];
        prop_assert!(signer().verify(short, at(0)).is_err());
        let long = format!("{text}{more}");
        prop_assert!(signer().verify(&long, at(0)).is_err());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        prop_assert!(signer().verify(&text, at(0)).is_err());
    }
}
