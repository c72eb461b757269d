//! The sign-in with a real OpenID provider (`oidc-provider` of npm), and every answer of it that must be refused.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::*;

on_both_states! {
    an_answer_belongs_to_the_browser_and_the_attempt,
    a_viewer_signs_in_by_its_account_and_is_nobody_else,
}

/// The public URL of the server: the provider gets its callback before the server has a port.
const PUBLIC: &str = "http://films.example/drive-in";

/// A server and a provider.
struct Sites {
    drivein: Drivein,
    provider: Running,
    issuer: String,
}

/// A browser at both of them.
struct Browser<'s> {
    sites: &'s Sites,
    client: Client,
    /// Cookies by site and name.
    cookies: BTreeMap<(bool, String), String>,
}

impl Sites {
    async fn start(allowed: &str) -> Self {
        need("node", "nodejs");
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "oidc-provider is missing: run `npm ci --ignore-scripts`"
        );
        let callback = format!("{PUBLIC}/login/openid/callback");
        let mut provider = Program::new("node")
            .args(["tests/js/openid/provider.mjs", &callback])
            .in_folder(folder)
            .spawn();
        let line = provider.line_with("issuer ").await;
        let issuer = line.trim_start_matches("issuer ").to_owned();
        let section = format!(
            "[auth.oidc]\nissuer = {issuer:?}\nclient_id = \"drive-in\"\nclient_secret = \"a secret: %+/\"\n\
             allowed = [{allowed}]\nname = \"our house\"\n"
        );
        let drivein = Drivein::setup()
            .public_url(PUBLIC)
            .password(PASSWORD)
            .sections(&section)
            .start()
            .await;
        Sites {
            drivein,
            provider,
            issuer,
        }
    }

    fn browser(&self) -> Browser<'_> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Browser {
            sites: self,
            client,
            cookies: BTreeMap::new(),
        }
    }

    /// Chooses the account that signs in next, and a fault of its ID token.
    async fn next(&self, account: &str, fault: &str) {
        let url = format!("{}/_test?account={account}&fault={fault}", self.issuer);
        let client = Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.unwrap();
    }
}

impl Browser<'_> {
    /// Requests a URL without following its redirect. URLs of the server are requested at its port.
    async fn get(&mut self, url: &str) -> reqwest::Response {
        let is_ours = url.starts_with(PUBLIC);
        let at = url.replace("http://films.example", &self.sites.drivein.url());
        let cookies = self
            .cookies
            .iter()
            .filter(|((ours, _), _)| *ours == is_ours);
        let cookies: Vec<String> = cookies
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let request = self.client.get(at).header("cookie", cookies.join("; "));
        let request = request.header("sec-fetch-site", "cross-site");
        let response = request.send().await.unwrap();
        for set in response.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies
                .insert((is_ours, name.to_owned()), value.to_owned());
        }
        response
    }

    /// Follows redirects from a URL up to the first that begins with `end`, or to a reply that does not redirect.
    async fn follow(&mut self, url: &str, end: &str) -> Result<String, (u16, String)> {
        let mut url = url.to_owned();
        for _ in 0..10 {
            let response = self.get(&url).await;
            let Some(location) = response.headers().get("location") else {
                let status = response.status().as_u16();
                return Err((status, response.text().await.unwrap()));
            };
            let base = Url::parse(&url).unwrap();
            url = base.join(location.to_str().unwrap()).unwrap().into();
            if url.starts_with(end) {
                return Ok(url);
            }
        }
        panic!("redirects without an end, the last to {url}");
    }

    /// Goes to the provider and back up to the callback, which is not requested.
    async fn callback(&mut self, next: &str) -> String {
        let begin = format!("{PUBLIC}/login/openid?next={next}");
        let callback = format!("{PUBLIC}/login/openid/callback");
        self.follow(&begin, &callback).await.expect("a callback")
    }

    /// Signs in. Returns where the server leads, or its refusal.
    async fn sign_in(&mut self, next: &str) -> Result<String, (u16, String)> {
        let callback = self.callback(next).await;
        self.follow(&callback, PUBLIC).await
    }

    async fn is_in(&mut self) -> bool {
        self.get(&format!("{PUBLIC}/status")).await.status() == 200
    }
}

#[tokio::test]
async fn the_owner_signs_in_by_sub_or_verified_email_and_returns_to_the_page() {
    let sites = Sites::start("\"owner-1\", \"MAILBOX@example.org\"").await;
    let page = sites
        .browser()
        .get(&format!("{PUBLIC}/login?next=%2Fstatus"))
        .await;
    let page = page.text().await.unwrap();
    assert!(page.contains("Sign in with our house"), "{page}");
    assert!(page.contains("/drive-in/login/openid?next=%2Fstatus"));
    assert_eq!(page.matches("name=\"password\"").count(), 1);
    for account in ["owner-1", "mailbox-2"] {
        sites.next(account, "").await;
        let mut browser = sites.browser();
        let to = browser.sign_in("%2Fbrowse%2Ffilms%3Fsort%3Dsize").await;
        assert_eq!(to.unwrap(), format!("{PUBLIC}/browse/films?sort=size"));
        assert!(browser.is_in().await, "{account}");
        // The answer is good for one attempt.
        let attempt = (true, "drivein_openid".to_owned());
        assert_eq!(browser.cookies[&attempt], "");
    }
    // An address of another site is not where a sign-in leads.
    sites.next("owner-1", "").await;
    let to = sites.browser().sign_in("%2F%2Fevil.example%2F").await;
    assert_eq!(to.unwrap(), format!("{PUBLIC}/"));
}

#[tokio::test]
async fn other_accounts_are_refused_in_words() {
    let sites = Sites::start("\"owner-1\", \"mailbox@example.org\"").await;
    for (account, words) in [
        ("guest-4", "does not list it"),
        ("nameless-5", "does not list it"),
        ("mallory-3", "has not verified the email address"),
        ("", "has not agreed"),
    ] {
        sites.next(account, "").await;
        let mut browser = sites.browser();
        let (status, page) = browser.sign_in("%2F").await.unwrap_err();
        assert_eq!(status, 403, "{account}");
        assert!(page.contains(words), "{account}: {page}");
        assert!(!browser.is_in().await, "{account}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_refused() {
    let sites = Sites::start("\"owner-1\"").await;
    // A token that is signed again without a fault is taken: the faults are what is refused.
    sites.next("owner-1", "none").await;
    assert!(sites.browser().sign_in("%2F").await.is_ok());
    for fault in [
        "nonce",
        "no_nonce",
        "expired",
        "audience",
        "issuer",
        "signature",
        "unsigned",
    ] {
        sites.next("owner-1", fault).await;
        let mut browser = sites.browser();
        let (status, page) = browser.sign_in("%2F").await.expect_err(fault);
        assert_eq!(status, 403, "{fault}");
        assert!(
            page.contains("is not valid for this sign-in"),
            "{fault}: {page}"
        );
        assert!(!browser.is_in().await, "{fault}");
    }
}

async fn an_answer_belongs_to_the_browser_and_the_attempt() {
    let sites = Sites::start("\"owner-1\"").await;
    sites.next("owner-1", "").await;
    let mut owner = sites.browser();
    let callback = owner.callback("%2F").await;
    // Another browser, with and without an attempt of its own.
    let mut other = sites.browser();
    let refused = other.follow(&callback, PUBLIC).await.unwrap_err();
    assert!(refused.1.contains("was not begun in this browser"));
    other.callback("%2F").await;
    let refused = other.follow(&callback, PUBLIC).await.unwrap_err();
    assert!(refused.1.contains("was not begun in this browser"));
    // Another issuer's answer, a code that was never issued, a cookie that was changed.
    let mixed = callback.replace("iss=http", "iss=https");
    assert_ne!(mixed, callback);
    let refused = owner.follow(&mixed, PUBLIC).await.unwrap_err();
    assert!(refused.1.contains("is not valid"));
    let guessed = callback.replace("code=", "code=x");
    let refused = owner.follow(&guessed, PUBLIC).await.unwrap_err();
    assert!(refused.1.contains("has not agreed"));
    let kept = owner.cookies.clone();
    let attempt = owner.cookies.get_mut(&(true, "drivein_openid".to_owned()));
    attempt.unwrap().push_str("AAAA");
    let refused = owner.follow(&callback, PUBLIC).await.unwrap_err();
    assert!(refused.1.contains("was not begun in this browser"));
    owner.cookies = kept;
    assert!(owner.follow(&callback, PUBLIC).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_is_away_or_private_is_reported() {
    let sites = Sites::start("\"owner-1\"").await;
    sites.provider.kill().await;
    let page = sites
        .drivein
        .get("/drive-in/login/openid")
        .await
        .expect(403);
    assert!(page.text().contains("does not answer as it should"));
    // The guard decides about the address, as for every upstream.
    let section =
        "[auth.oidc]\nissuer = \"http://127.0.0.2:1\"\nclient_id = \"a\"\nallowed = [\"b\"]\n";
    let private = Drivein::setup().password(PASSWORD).sections(section);
    let page = private.start().await.get("/login/openid").await.expect(403);
    assert!(page.text().contains("does not answer as it should"));
    locked().await.get("/login/openid").await.expect(404);
}

async fn a_viewer_signs_in_by_its_account_and_is_nobody_else() {
    let sites = Sites::start("\"owner-1\"").await;
    sites.next("owner-1", "").await;
    let mut owner = sites.browser();
    owner.sign_in("%2F").await.unwrap();
    let call = async |method: Method, call: &str, body: Value| {
        let ask = sites
            .drivein
            .ask(method, &format!("/drive-in/api/v1/{call}"));
        ask.basic("me", PASSWORD).json(&body).send().await
    };
    let ada = json!({"name": "Ada", "places": ["films"], "openid": "MAILBOX@example.org"});
    let ada = call(Method::POST, "viewers", ada).await.expect(201).json();
    assert_eq!(ada["openid"], "MAILBOX@example.org");
    let ada = ada["id"].as_str().unwrap().to_owned();
    let ben = json!({"name": "Ben", "openid": "nameless-5"});
    call(Method::POST, "viewers", ben).await.expect(201);
    let taken = json!({"name": "Eve", "openid": "mailbox@example.org"});
    call(Method::POST, "viewers", taken).await.expect(400);

    // The address must be verified, and every other account is refused as before.
    for (account, words) in [
        ("mallory-3", "has not verified the email address"),
        ("guest-4", "does not list it"),
    ] {
        sites.next(account, "").await;
        let (status, page) = sites.browser().sign_in("%2F").await.unwrap_err();
        assert_eq!(status, 403, "{account}");
        assert!(page.contains(words), "{account}: {page}");
    }
    for (account, name, can_status) in [("mailbox-2", "Ada", 403), ("nameless-5", "Ben", 200)] {
        sites.next(account, "").await;
        let mut browser = sites.browser();
        let to = browser.sign_in("%2Fbrowse%2Ffilms").await;
        assert_eq!(to.unwrap(), format!("{PUBLIC}/browse/films"), "{account}");
        let mut get = async |path: &str| {
            let reply = browser.get(&format!("{PUBLIC}{path}")).await;
            (reply.status().as_u16(), reply.text().await.unwrap())
        };
        // No choice is asked for, and none is given.
        let (status, page) = get("/browse/films").await;
        assert_eq!(status, 200, "{account}");
        assert!(page.contains(&format!("{name} is watching")), "{page}");
        let (status, page) = get("/viewers/choose").await;
        assert_eq!(status, 403);
        assert!(page.contains("is for one viewer"), "{page}");
        assert_eq!(get("/status").await.0, can_status, "{account}");
        for of_owner in [
            "/viewers",
            "/sessions",
            "/devices",
            "/drives",
            "/connect",
            "/account/films",
            "/api/v1/tokens",
            "/api/v1/tickets",
            "/api/v1/viewers?viewer=owner",
        ] {
            assert_eq!(get(of_owner).await.0, 403, "{account}: {of_owner}");
        }
        let (_, viewers) = get("/api/v1/viewers").await;
        assert!(!viewers.contains("openid"), "{viewers}");
    }

    // Without its account, a viewer's sessions end at once; the owner's goes on.
    sites.next("mailbox-2", "").await;
    let mut browser = sites.browser();
    browser.sign_in("%2F").await.unwrap();
    let home = format!("{PUBLIC}/browse/films");
    assert_eq!(browser.get(&home).await.status(), 200);
    let unlink = json!({"openid": null});
    call(Method::PATCH, &format!("viewers/{ada}"), unlink)
        .await
        .expect(200);
    assert_eq!(browser.get(&home).await.status(), 303);
    assert!(browser.sign_in("%2F").await.is_err());
    assert_eq!(
        owner
            .get(&format!("{PUBLIC}/api/v1/viewers"))
            .await
            .status(),
        200
    );
}
