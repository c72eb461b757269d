//! The second factor of the password: set up, asked for, used once, guessed slowly, and switched off.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64;
use serde_json::json;
use totp_rs::{Builder, Secret};

use super::*;

on_both_states! {
    the_password_needs_a_code_that_works_once,
    a_recovery_code_works_once_and_new_ones_replace_the_others,
    wrong_codes_are_slowed_though_the_password_is_right,
    the_password_alone_opens_neither_webdav_nor_the_api_nor_an_app,
    nothing_is_switched_on_without_the_password_and_a_code,
}

/// An owner whose password has a second factor.
struct Locked {
    drivein: Drivein,
    secret: String,
    recovery_codes: Vec<String>,
    /// The cookie of the session that set it up.
    cookie: String,
}

impl Locked {
    async fn start() -> Self {
        let drivein = locked().await;
        let (cookie, _) = drivein.signed_in("/").await;
        let page = drivein.with_cookie(PAGE, &cookie).await.expect(200);
        assert_eq!(page.header("cache-control"), "no-store");
        let page = page.text();
        assert!(page.contains("src=\"data:image/svg+xml;base64,"));
        let secret = between(&page, "name=\"secret\" value=\"", "\"").to_owned();
        let made = set_up(&drivein, &cookie, PASSWORD, &secret, &code(&secret, 0)).await;
        let made = made.expect(200);
        let fresh = cookie_pair(&made, "drivein_session");
        let page = made.text();
        let list = between(&page, "<ul class=\"recovery-codes\">", "</ul>");
        let recovery_codes: Vec<String> = list
            .split("<code>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect();
        assert_eq!(recovery_codes.len(), 10);
        // Sessions that began with the password alone have ended.
        drivein.with_cookie("/status", &cookie).await.expect(303);
        drivein.with_cookie("/status", &fresh).await.expect(200);
        Locked {
            drivein,
            secret,
            recovery_codes,
            cookie: fresh,
        }
    }

    /// Gives the password, and returns the cookie of the second step.
    async fn password(&self) -> String {
        let reply = self
            .drivein
            .ask(Method::POST, "/login")
            .form(&[("password", PASSWORD), ("next", "/status")])
            .expect(303)
            .await;
        assert_eq!(reply.header("location"), "/login/code?next=%2Fstatus");
        let cookie = cookie_pair(&reply, "drivein_password");
        self.drivein
            .with_cookie("/status", &cookie)
            .await
            .expect(303);
        cookie
    }

    async fn give(&self, cookie: &str, code: &str) -> Reply {
        self.drivein
            .ask(Method::POST, "/login/code")
            .header("cookie", cookie)
            .form(&[("code", code), ("next", "/status")])
            .send()
            .await
    }

    async fn change(&self, act: &str, password: &str, code: &str) -> Reply {
        self.drivein
            .ask(Method::POST, "/sessions/second-factor/change")
            .header("cookie", &self.cookie)
            .form(&[("act", act), ("password", password), ("code", code)])
            .send()
            .await
    }

    async fn by_basic(&self, path: &str, password: &str) -> Reply {
        let pair = BASE64.encode(format!("kodi:{password}").as_bytes());
        self.drivein
            .ask(Method::from_bytes(b"PROPFIND").unwrap(), path)
            .header("authorization", &format!("Basic {pair}"))
            .header("depth", "0")
            .send()
            .await
    }
}

const PAGE: &str = "/sessions/second-factor";

async fn set_up(
    drivein: &Drivein,
    cookie: &str,
    password: &str,
    secret: &str,
    code: &str,
) -> Reply {
    drivein
        .ask(Method::POST, PAGE)
        .header("cookie", cookie)
        .form(&[("password", password), ("secret", secret), ("code", code)])
        .send()
        .await
}

/// Returns the code of an app, some steps from now.
fn code(secret: &str, steps: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let at = now.as_secs().checked_add_signed(steps * 30).unwrap();
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("owner")
        .build()
        .unwrap();
    totp.generate(at).to_string()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

fn cookie_pair(reply: &Reply, name: &str) -> String {
    let set = reply.header("set-cookie");
    assert!(set.starts_with(name) && set.contains("HttpOnly"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

async fn the_password_needs_a_code_that_works_once() {
    let owner = Locked::start().await;
    let cookie = owner.password().await;
    let form = owner.drivein.with_cookie("/login/code", &cookie).await;
    assert!(form.expect(200).text().contains("name=\"code\""));
    // The code that confirmed the app, once more.
    let used = code(&owner.secret, 0);
    let refused = owner.give(&cookie, &used).await.expect(403).text();
    assert!(refused.contains("was used before"), "{refused}");
    // The next one is good already.
    let next = code(&owner.secret, 1);
    let reply = owner.give(&cookie, &next).await.expect(303);
    assert_eq!(reply.header("location"), "/status");
    let session = cookie_pair(&reply, "drivein_session");
    owner
        .drivein
        .with_cookie("/status", &session)
        .await
        .expect(200);
    let cookie = owner.password().await;
    owner.give(&cookie, &next).await.expect(403);
    // Without the password, no code is compared.
    let without = owner.give("other=1", &code(&owner.secret, 1)).await;
    let without = without.expect(303);
    assert_eq!(without.header("location"), "/login?next=%2Fstatus");
    let forged = owner
        .give("drivein_password=AAAAAAAAAAAAAAAA", "000000")
        .await;
    forged.expect(303);
}

async fn a_recovery_code_works_once_and_new_ones_replace_the_others() {
    let owner = Locked::start().await;
    let cookie = owner.password().await;
    let typed = owner.recovery_codes[0].to_uppercase().replace('-', " ");
    owner.give(&cookie, &typed).await.expect(303);
    let cookie = owner.password().await;
    owner.give(&cookie, &typed).await.expect(403);
    let page = owner.drivein.with_cookie(PAGE, &owner.cookie).await;
    assert!(page.expect(200).text().contains("codes left: 9."));
    let made = owner
        .change("codes", PASSWORD, &owner.recovery_codes[1])
        .await
        .expect(200)
        .text();
    assert_eq!(made.matches("<li><code>").count(), 10);
    owner
        .give(&cookie, &owner.recovery_codes[2])
        .await
        .expect(403);
}

async fn wrong_codes_are_slowed_though_the_password_is_right() {
    let owner = Locked::start().await;
    let mut wrong = 0;
    let refused = loop {
        let cookie = owner.password().await;
        let reply = owner.give(&cookie, "no such code").await;
        if reply.status == 429 {
            break reply;
        }
        reply.expect(403);
        wrong += 1;
    };
    assert_eq!(wrong, 5);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 31);
    // A right code waits, too.
    let cookie = owner.password().await;
    owner
        .give(&cookie, &code(&owner.secret, 1))
        .await
        .expect(429);
}

async fn the_password_alone_opens_neither_webdav_nor_the_api_nor_an_app() {
    let owner = Locked::start().await;
    owner.by_basic("/dav/", PASSWORD).await.expect(401);
    owner.by_basic("/dav/", TOKEN).await.expect(207);
    let pair = BASE64.encode(format!("kodi:{PASSWORD}").as_bytes());
    let api = owner
        .drivein
        .ask(Method::GET, "/api/v1/drives")
        .header("authorization", &format!("Basic {pair}"));
    api.expect(401).await;
    owner.drivein.with_token("/api/v1/drives").await.expect(200);
    let by_name = || {
        owner
            .drivein
            .ask(Method::POST, "/jellyfin/Users/AuthenticateByName")
            .json(&json!({ "Username": "owner", "Pw": PASSWORD }))
            .send()
    };
    by_name().await.expect(401);
    let off = owner.change("off", "another word", &owner.recovery_codes[0]);
    off.await.expect(403);
    let off = owner.change("off", PASSWORD, "000-000").await;
    off.expect(403);
    let off = owner.change("off", PASSWORD, &owner.recovery_codes[0]);
    off.await.expect(303);
    owner.by_basic("/dav/", PASSWORD).await.expect(207);
    by_name().await.expect(200);
    owner.drivein.signed_in("/").await;
}

async fn nothing_is_switched_on_without_the_password_and_a_code() {
    let drivein = locked().await;
    let (cookie, _) = drivein.signed_in("/").await;
    let page = drivein.with_cookie(PAGE, &cookie).await.expect(200).text();
    let secret = between(&page, "name=\"secret\" value=\"", "\"");
    for (password, secret, code, status) in [
        ("another word", secret, code(secret, 0), 403),
        (PASSWORD, secret, "123".to_owned(), 403),
        (PASSWORD, secret, code(secret, 9), 403),
        (PASSWORD, "AAAA", "123456".to_owned(), 400),
        (PASSWORD, "not base 32!", "123456".to_owned(), 400),
    ] {
        set_up(&drivein, &cookie, password, secret, &code)
            .await
            .expect(status);
    }
    drivein.signed_in("/").await;
    // Without a password there is nothing to add to.
    let open = Drivein::start().await;
    let page = open.get(PAGE).await.expect(200).text();
    assert!(!page.contains("name=\"secret\""), "{page}");
}
