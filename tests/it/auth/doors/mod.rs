//! Access, at the root of a host and below a path.
//!
//! - [`sign_in`]: the password and its cookie, tokens for programs
//! - [`play`]: tickets in play URLs, the gateway
//! - [`openid`]: an OpenID provider in place of the password
//! - [`second_factor`]: codes of an authenticator app beside the password
//! - [`below`]: below a path, and the files beside the pages

mod below;
mod openid;
mod play;
mod second_factor;
mod sign_in;

use reqwest::Method;

use crate::harness::*;

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

async fn locked() -> Drivein {
    Drivein::setup()
        .password(PASSWORD)
        .api_token(TOKEN)
        .start()
        .await
}

impl Drivein {
    async fn with_token(&self, path: &str) -> Reply {
        let bearer = format!("Bearer {TOKEN}");
        self.ask(Method::GET, path)
            .header("authorization", &bearer)
            .send()
            .await
    }

    async fn with_cookie(&self, path: &str, cookie: &str) -> Reply {
        self.ask(Method::GET, path)
            .header("cookie", cookie)
            .send()
            .await
    }

    /// Submits the form and returns the cookie.
    async fn signed_in(&self, next: &str) -> (String, String) {
        let reply = self
            .ask(Method::POST, "/login")
            .form(&[("password", PASSWORD), ("next", next)])
            .expect(303)
            .await;
        let cookie = reply.header("set-cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite="),
            "{cookie}"
        );
        let pair = cookie.split(';').next().unwrap().to_owned();
        (pair, reply.header("location").to_owned())
    }

    async fn play_with_token(&self, path: &str) -> String {
        let entry = self
            .with_token(&format!("/api/v1/entries/{DRIVE}{}", encoded(path)))
            .await
            .expect(200);
        self.local(entry.json()["entry"]["play"]["original"].as_str().unwrap())
    }
}
