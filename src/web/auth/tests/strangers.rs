//! Strangers: guesses, the set-up code, public IPs.

use axum::http::HeaderValue;
use secrecy::ExposeSecret;

use super::super::*;
use super::{ELSEWHERE, House, asking, door_over, knows, session, showing, signed_in};
use crate::store::test_state::TestState;
use crate::web::client::ClientInfo;

#[tokio::test]
async fn the_code_opens_once_and_a_chosen_password_takes_over() {
    let house = House::new();
    let door = house.door(None, "0.0.0.0:1").await;
    let code = door.set_up_code().unwrap().expose_secret().to_owned();
    assert_eq!(code.len(), 14);
    assert!(!knows(&door, &HeaderMap::new()).await);
    let first = signed_in(&door, &format!(" {code} ")).await.unwrap();
    assert!(door.set_up_code().is_none());
    assert_eq!(door.password_state(), PasswordState::CodeUsed);
    assert!(signed_in(&door, &code).await.is_none(), "a second time");
    assert!(knows(&door, &first).await);

    let choose = |current: &'static str, chosen: &'static str| {
        let headers = HeaderMap::new();
        let door = &door;
        async move {
            door.choose_password(&current.into(), chosen.into(), ELSEWHERE, &headers)
                .await
                .map(|cookie| showing(&cookie))
        }
    };
    let second = choose("", "open sesame").await.unwrap();
    assert!(!knows(&door, &first).await && knows(&door, &second).await);
    assert!(signed_in(&door, &code).await.is_none());
    assert!(signed_in(&door, "open sesame").await.is_some());
    assert!(choose("not it", "something else").await.is_err());
    let third = choose("open sesame", "something else").await.unwrap();
    assert!(!knows(&door, &second).await && knows(&door, &third).await);

    let door = house.door(None, "0.0.0.0:1").await;
    assert!(knows(&door, &third).await && door.set_up_code().is_none());
    let door = house.door(Some("from the config"), "0.0.0.0:1").await;
    assert!(!knows(&door, &third).await);
    assert!(signed_in(&door, "something else").await.is_none());
    let nobody = HeaderMap::new();
    let refused = door
        .choose_password(&"".into(), "other".into(), ELSEWHERE, &nobody)
        .await;
    assert!(refused.is_err(), "the configuration wins");
}

#[tokio::test]
async fn who_guesses_is_slowed_down_and_the_owner_stays_in() {
    let house = House::new();
    // A code is compared at once; a password would be hashed each time.
    let door = house.door(None, "0.0.0.0:1").await;
    let code = door.set_up_code().unwrap();
    for _ in 0..10 {
        let refused = door
            .sign_in(&"wrong".into(), ELSEWHERE, &HeaderMap::new())
            .await;
        assert!(matches!(refused, Err(AuthError::Wrong)));
    }
    let refused = door.sign_in(&code, ELSEWHERE, &HeaderMap::new()).await;
    assert!(matches!(refused, Err(AuthError::Wait(_))));
    let neighbour = ClientInfo {
        ip: "198.51.100.7".parse().unwrap(),
        ..ELSEWHERE
    };
    let cookie = door.sign_in(&code, neighbour, &HeaderMap::new()).await;
    assert!(knows(&door, &showing(&session(cookie.unwrap()))).await);
}

#[tokio::test]
async fn without_a_password_only_loopback_is_open() {
    let house = House::new();
    let open = house.door(None, "127.0.0.1:1").await;
    assert!(open.is_open_to(&HeaderMap::new()));
    let known = [
        "127.0.0.1:7373",
        "localhost",
        "LOCALHOST.:7373",
        "drive-in.localhost",
        "[::1]:7373",
        "192.168.1.5:7373",
    ];
    for host in known {
        assert!(open.answers_to(&asking(host)), "{host}");
        assert!(open.is_open_to(&asking(host)), "{host}");
    }
    for host in [
        "evil.example",
        "127.0.0.1.evil.example:7373",
        "localhost.evil.example",
        "",
        "a b",
    ] {
        assert!(!open.answers_to(&asking(host)), "{host:?}");
        assert!(!open.is_open_to(&asking(host)), "{host:?}");
    }
    // A proxy that is not announced reveals itself by its headers.
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("via", "1.1 proxy"),
    ] {
        let mut through = asking("127.0.0.1:7373");
        through.insert(name, HeaderValue::from_static(value));
        assert!(!open.answers_to(&through), "{name}");
        assert!(!open.is_open_to(&through), "{name}");
    }
    let locked = House::new().door(Some("x"), "127.0.0.1:1").await;
    assert!(locked.answers_to(&asking("films.example")));
    assert!(!locked.is_open_to(&asking("127.0.0.1")));
    let outside = House::new().door(None, "0.0.0.0:1").await;
    assert!(!outside.is_open_to(&HeaderMap::new()));
}

#[tokio::test]
async fn who_comes_through_the_public_address_needs_the_code() {
    let house = House::new();
    let url = Some("https://Films.example/drive-in");
    let door = house.door_at(None, "127.0.0.1:1", url).await;
    assert!(door.is_open_to(&asking("127.0.0.1:1")));
    assert!(door.answers_to(&asking("films.example")));
    let mut through = asking("127.0.0.1:1");
    through.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
    for headers in [asking("films.example"), asking("192.168.1.5"), through] {
        assert!(!door.is_open_to(&headers), "{headers:?}");
    }
    assert!(!door.answers_to(&asking("evil.example")));
    let code = door.set_up_code().unwrap();
    let cookie = door.sign_in(&code, ELSEWHERE, &HeaderMap::new()).await;
    assert!(
        session(cookie.unwrap())
            .to_str()
            .unwrap()
            .contains("Secure")
    );
    // Clients on the machine still need none, until there is a password.
    assert!(door.is_open_to(&asking("127.0.0.1:1")));

    let here = House::new();
    let here = here.door_at(None, "127.0.0.1:1", Some("http://localhost:7373/"));
    assert!(here.await.set_up_code().is_none());
}

#[tokio::test]
async fn two_servers_have_one_set_up_code_which_opens_one_of_them_once() {
    let state = TestState::postgres().await;
    let one = door_over(state.open().await, None, "0.0.0.0:1", None).await;
    let other = door_over(state.open().await, None, "0.0.0.0:2", None).await;
    let code = one.set_up_code().unwrap().expose_secret().to_owned();
    let same = other.set_up_code().unwrap();
    assert_eq!(same.expose_secret(), code);
    let session = signed_in(&other, &code).await.unwrap();
    assert!(knows(&one, &session).await);
    assert!(signed_in(&one, &code).await.is_none(), "a second time");
    // One that starts now has another code.
    let third = door_over(state.open().await, None, "0.0.0.0:3", None).await;
    let fresh = third.set_up_code().unwrap().expose_secret().to_owned();
    assert_ne!(fresh, code);
    assert!(signed_in(&third, &fresh).await.is_some());
}

#[tokio::test]
async fn pins_and_answers_of_passkeys_are_not_tried_again_at_another_server() {
    let state = TestState::postgres().await;
    let one = door_over(state.open().await, None, "127.0.0.1:1", None).await;
    let other = door_over(state.open().await, None, "127.0.0.1:2", None).await;
    // It is no hash of any PIN, and is refused at once.
    for number in 0..10 {
        let door = [&one, &other][number % 2];
        let refused = door.check_pin("".into(), "", ELSEWHERE.ip).await;
        assert!(matches!(refused, Err(AuthError::Wrong)), "{number}");
    }
    for door in [&one, &other] {
        let refused = door.check_pin("".into(), "", ELSEWHERE.ip).await;
        assert!(matches!(refused, Err(AuthError::Wait(_))), "{refused:?}");
    }

    let attempt = showing(&one.attempt_cookie(b'a', b"attempt", ELSEWHERE));
    let wrong_kind = one.take_attempt_of(b'r', &attempt).await;
    assert!(matches!(wrong_kind, Err(PasskeyError::NotBegun)));
    let taken = other.take_attempt_of(b'a', &attempt).await.unwrap();
    assert_eq!(taken, b"attempt");
    let third = door_over(state.open().await, None, "127.0.0.1:3", None).await;
    for door in [&other, &third] {
        let again = door.take_attempt_of(b'a', &attempt).await;
        assert!(matches!(again, Err(PasskeyError::NotBegun)));
    }
}
