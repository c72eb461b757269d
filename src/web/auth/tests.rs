//! The authenticator over a real state, without a network.

mod strangers;

use std::net::IpAddr;

use axum::http::{HeaderValue, header};
use data_encoding::BASE64;
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;
use crate::web::client::ClientInfo;

struct House {
    dir: TempDir,
}

impl House {
    fn new() -> Self {
        House {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Returns an authenticator after a start with this password.
    async fn door(&self, password: Option<&str>, listen: &str) -> Authenticator {
        self.door_at(password, listen, None).await
    }

    async fn door_at(
        &self,
        password: Option<&str>,
        listen: &str,
        url: Option<&str>,
    ) -> Authenticator {
        let store = Store::open(self.dir.path()).await.unwrap();
        door_over(store, password, listen, url).await
    }
}

async fn door_over(
    store: Store,
    password: Option<&str>,
    listen: &str,
    url: Option<&str>,
) -> Authenticator {
    let url = url.map(|url| Url::parse(url).unwrap());
    let settings = AuthSettings {
        password: password.map(Into::into),
        api_tokens: vec!["first-api-token-123".into(), "second-api-token-456".into()],
        totp: true,
        passkeys: true,
        openid: None,
        listen: listen.parse().unwrap(),
        key: store.server_key("session").await.unwrap(),
        public_url: url.as_ref(),
    };
    Authenticator::open(settings, store).await.unwrap()
}

const ELSEWHERE: ClientInfo = ClientInfo {
    ip: IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9)),
    is_https: false,
};

async fn signed_in(door: &Authenticator, password: &str) -> Option<HeaderMap> {
    let cookie = door
        .sign_in(&password.into(), ELSEWHERE, &HeaderMap::new())
        .await;
    cookie.ok().map(|step| showing(&session(step)))
}

fn session(step: PasswordAccepted) -> HeaderValue {
    match step {
        PasswordAccepted::Session(cookie) => cookie,
        PasswordAccepted::Code(_) => panic!("a code is required"),
    }
}

fn showing(cookie: &HeaderValue) -> HeaderMap {
    let pair = cookie.to_str().unwrap().split(';').next().unwrap();
    HeaderMap::from_iter([(
        header::COOKIE,
        HeaderValue::try_from(format!("other=1; {pair}")).unwrap(),
    )])
}

fn with(name: header::HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::try_from(value).unwrap())])
}

fn asking(host: &str) -> HeaderMap {
    with(header::HOST, host)
}

async fn knows(door: &Authenticator, headers: &HeaderMap) -> bool {
    door.caller(headers, ELSEWHERE).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_outlives_the_server_and_ends_with_the_password() {
    let house = House::new();
    let door = house.door(Some("open sesame"), "0.0.0.0:1").await;
    assert!(signed_in(&door, "open sesam").await.is_none());
    let headers = signed_in(&door, "open sesame").await.unwrap();
    assert!(knows(&door, &headers).await);
    assert!(!knows(&door, &HeaderMap::new()).await);

    let door = house.door(Some("open sesame"), "0.0.0.0:1").await;
    assert!(knows(&door, &headers).await, "after a restart");
    let hash = door.store.owner_password().await.unwrap().unwrap().hash;
    let door = house.door(Some("another word"), "0.0.0.0:1").await;
    assert!(!knows(&door, &headers).await, "after another password");
    let door = house.door(Some("open sesame"), "0.0.0.0:1").await;
    assert!(!knows(&door, &headers).await, "for good");

    // The hash itself may be configured, too, and is no password.
    let door = house.door(Some(&hash), "0.0.0.0:1").await;
    assert!(signed_in(&door, &hash).await.is_none());
    let headers = signed_in(&door, "open sesame").await.unwrap();
    let door = house.door(Some(&hash), "0.0.0.0:1").await;
    assert!(knows(&door, &headers).await);
    let door = house.door(None, "0.0.0.0:1").await;
    assert!(!knows(&door, &headers).await, "without a password");
}

#[tokio::test]
async fn sessions_end_one_by_one_and_all_together() {
    let house = House::new();
    let door = house.door(Some("open sesame"), "127.0.0.1:1").await;
    let tv = signed_in(&door, "open sesame").await.unwrap();
    let phone = signed_in(&door, "open sesame").await.unwrap();
    let desk = signed_in(&door, "open sesame").await.unwrap();
    for headers in [&tv, &phone, &desk] {
        assert!(knows(&door, headers).await);
    }
    let Some(Caller::Session(of_tv)) = door.caller(&tv, ELSEWHERE).await.unwrap() else {
        panic!("a session");
    };
    assert_eq!(door.sessions().await.unwrap().len(), 3);
    assert!(
        door.revoke_session_by_id(&session_id(&of_tv))
            .await
            .unwrap()
    );
    assert!(
        !door
            .revoke_session_by_id(&session_id(&of_tv))
            .await
            .unwrap()
    );
    assert!(!knows(&door, &tv).await && knows(&door, &phone).await);
    let gone = door.sign_out(&phone, ELSEWHERE).await.unwrap();
    assert!(gone.to_str().unwrap().contains("Max-Age=0"));
    assert!(!knows(&door, &phone).await && knows(&door, &desk).await);
    door.revoke_all_sessions().await.unwrap();
    assert!(!knows(&door, &desk).await);
}

#[tokio::test]
async fn a_cookie_is_secure_where_a_trusted_proxy_came_by_https() {
    let house = House::new();
    let door = house.door(Some("open sesame"), "127.0.0.1:1").await;
    for is_https in [false, true] {
        let client = ClientInfo {
            is_https,
            ..ELSEWHERE
        };
        let cookie = door
            .sign_in(&"open sesame".into(), client, &HeaderMap::new())
            .await
            .unwrap();
        let cookie = session(cookie);
        assert_eq!(cookie.to_str().unwrap().contains("; Secure"), is_https);
    }
}

#[tokio::test]
async fn tokens_are_known_by_their_whole_text_and_open_what_they_say() {
    let house = House::new();
    let door = house.door(Some("open sesame"), "127.0.0.1:1").await;
    let bearer = |value: &str| with(header::AUTHORIZATION, value);
    assert!(knows(&door, &bearer("Bearer second-api-token-456")).await);
    assert!(knows(&door, &bearer("bearer first-api-token-123")).await);
    for wrong in [
        "Bearer first-api-token-12",
        "Bearer ",
        "Basic first-api-token-123",
        "first-api-token-123",
    ] {
        assert!(!knows(&door, &bearer(wrong)).await, "{wrong}");
    }

    let (token, text) = door
        .make_token("Kodi", TokenScope::Watch, None)
        .await
        .unwrap();
    let headers = bearer(&format!("Bearer {}", text.expose_secret()));
    let caller = door.caller(&headers, ELSEWHERE).await.unwrap().unwrap();
    assert!(caller.may(TokenScope::Watch) && !caller.may(TokenScope::Change));
    let listed = door.api_tokens().await.unwrap();
    assert!(listed[0].last_used_at.is_some() && listed[0].name == "Kodi");
    assert_ne!(listed[0].hash.as_slice(), text.expose_secret().as_bytes());
    assert!(door.revoke_token(&token.id).await.unwrap());
    assert!(!knows(&door, &headers).await, "at once");
    assert!(!door.revoke_token(&token.id).await.unwrap());
}

#[tokio::test]
async fn players_come_in_with_any_name_and_the_password_or_a_token() {
    let house = House::new();
    let door = house.door(Some("open: sésame"), "127.0.0.1:1").await;
    let (_, token) = door
        .make_token("TV", TokenScope::Change, None)
        .await
        .unwrap();
    let basic = |text: &str| {
        with(
            header::AUTHORIZATION,
            &format!("Basic {}", BASE64.encode(text.as_bytes())),
        )
    };
    for (text, is_known) in [
        ("owner:open: sésame".to_owned(), true),
        (":open: sésame".to_owned(), true),
        (format!("kodi:{}", token.expose_secret()), true),
        ("x:first-api-token-123".to_owned(), true),
        ("owner:open sesame".to_owned(), false),
        ("owner:".to_owned(), false),
        ("owner".to_owned(), false),
    ] {
        let found = door.authenticate(&basic(&text), ELSEWHERE).await.unwrap();
        assert_eq!(found.is_some(), is_known, "{text}");
    }
    // A password verified a moment ago costs no attempt and no hash.
    let known = basic("x:open: sésame");
    for _ in 0..50 {
        assert!(
            door.authenticate(&known, ELSEWHERE)
                .await
                .unwrap()
                .is_some()
        );
    }
    let headers = with(header::AUTHORIZATION, "Basic %%%");
    assert!(
        door.authenticate(&headers, ELSEWHERE)
            .await
            .unwrap()
            .is_none()
    );
}

/// Returns an authenticator whose owner chose this password on a page.
async fn chosen(house: &House, password: &'static str) -> Authenticator {
    let door = house.door(None, "0.0.0.0:1").await;
    let code = door.set_up_code().unwrap();
    let nobody = HeaderMap::new();
    door.sign_in(&code, ELSEWHERE, &nobody).await.unwrap();
    let none = "".into();
    let choice = door.choose_password(&none, password.into(), ELSEWHERE, &nobody);
    choice.await.unwrap();
    door
}

#[tokio::test]
async fn another_password_ends_what_the_one_before_has_opened_or_is_about_to() {
    let house = House::new();
    let door = chosen(&house, "the first one").await;
    let basic = |password: &str| {
        let pair = BASE64.encode(format!("kodi:{password}").as_bytes());
        with(header::AUTHORIZATION, &format!("Basic {pair}"))
    };
    let first = basic("the first one");
    assert!(
        door.authenticate(&first, ELSEWHERE)
            .await
            .unwrap()
            .is_some()
    );
    let before = door.mode();
    let AuthMode::Password(hash) = &*before else {
        panic!("a password");
    };
    let compared = door.password_cache_key(&"the first one".into(), hash);

    // A sign-in that compares the first password while the second is being chosen.
    let nobody = HeaderMap::new();
    let word = "the first one".into();
    let late = door.sign_in(&word, ELSEWHERE, &nobody);
    let mut late = std::pin::pin!(late);
    while !door.attempts.has_failed(ELSEWHERE.ip) {
        tokio::select! {
            biased;
            _ = &mut late => panic!("it has not compared anything"),
            () = tokio::task::yield_now() => {}
        }
    }
    let elsewhere = ClientInfo {
        ip: "198.51.100.7".parse().unwrap(),
        ..ELSEWHERE
    };
    let choice = door.choose_password(&word, "the second one".into(), elsewhere, &nobody);
    let fresh = showing(&choice.await.unwrap());
    assert!(matches!(late.await, Err(AuthError::Wrong)));
    assert_eq!(door.sessions().await.unwrap().len(), 1);
    assert!(knows(&door, &fresh).await);

    // A player whose password was verified just before, and is cached just after.
    door.password_cache.insert(compared, ()).await;
    assert!(
        door.authenticate(&first, ELSEWHERE)
            .await
            .unwrap()
            .is_none()
    );
    let second = basic("the second one");
    assert!(
        door.authenticate(&second, ELSEWHERE)
            .await
            .unwrap()
            .is_some()
    );
}

#[test]
fn of_basic_credentials_the_password_counts_and_the_name_does_not() {
    let password = |value: &str| {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        basic_password(&headers).map(|password| password.expose_secret().to_owned())
    };
    let encoded = |pair: &str| format!("Basic {}", BASE64.encode(pair.as_bytes()));
    assert_eq!(password(&encoded("kodi:a:b")).as_deref(), Some("a:b"));
    assert_eq!(password(&encoded(":pässword")).as_deref(), Some("pässword"));
    assert_eq!(password("basic a29kaTp4").as_deref(), Some("x"));
    for bad in ["Bearer x", "Basic", "Basic !", &encoded("no colon")] {
        assert_eq!(password(bad), None, "{bad}");
    }
}

#[tokio::test]
async fn an_owner_without_the_app_gets_in_by_the_configuration() {
    let house = House::new();
    let door = house.door(Some("open sesame"), "127.0.0.1:1").await;
    let totp = crate::store::OwnerTotp {
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        last_step: 1,
    };
    door.store.set_owner_totp(&totp, &[]).await.unwrap();
    assert!(!door.needs_code(), "another process set it up");
    door.reload_second_factor().await.unwrap();
    assert!(door.needs_code());

    let settings = |totp| AuthSettings {
        password: Some("open sesame".into()),
        api_tokens: Vec::new(),
        totp,
        passkeys: true,
        openid: None,
        listen: "127.0.0.1:1".parse().unwrap(),
        key: [7; 32],
        public_url: None,
    };
    let store = door.store.clone();
    let door = Authenticator::open(settings(true), store.clone()).await;
    assert!(door.unwrap().needs_code(), "after a restart");
    let door = Authenticator::open(settings(false), store.clone()).await;
    let door = door.unwrap();
    assert_eq!(door.second_factor_state(), SecondFactorState::NotOffered);
    assert!(signed_in(&door, "open sesame").await.is_some());
    let door = Authenticator::open(settings(true), store).await;
    assert!(!door.unwrap().needs_code(), "it was removed for good");
}

#[test]
fn the_password_cookie_ends_and_belongs_to_the_password() {
    let cookies = Cookies::new(&[7; 32], "");
    let now = SystemTime::now();
    let headers = showing(&cookies.set_password("hash", now, true));
    assert!(cookies.has_password(&headers, "hash", now));
    assert!(!cookies.has_password(&headers, "another", now));
    let later = now + Duration::from_secs(301);
    assert!(!cookies.has_password(&headers, "hash", later));
    let other = Cookies::new(&[8; 32], "");
    assert!(!other.has_password(&headers, "hash", now));
}
