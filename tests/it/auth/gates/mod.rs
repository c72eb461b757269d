//! Access to every route: none for a stranger, within its scope for a token, full for the owner, whose sessions
//! can be seen and revoked.
//!
//! - [`walk`]: every route of the program, as the router itself lists them
//! - [`keys`]: sessions and tokens, shown and revoked
//! - [`strangers`]: forms of other sites, unknown host names, guesses, the first visit

mod keys;
mod strangers;
mod walk;

use reqwest::Method;
use serde_json::json;

use crate::harness::*;

const PASSWORD: &str = "open sesame";
const TOKEN: &str = "a-token-of-sixteen-letters";

/// A browser that keeps its cookie.
struct Browser<'a> {
    drivein: &'a Drivein,
    cookie: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(drivein: &'a Drivein, agent: &str) -> Self {
        let reply = drivein
            .ask(Method::POST, "/login")
            .header("user-agent", agent)
            .form(&[("password", PASSWORD), ("next", "/")])
            .expect(303)
            .await;
        let cookie = reply.header("set-cookie").split(';').next().unwrap();
        Self {
            drivein,
            cookie: cookie.to_owned(),
        }
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        self.drivein
            .ask(method, path)
            .header("cookie", &self.cookie)
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.ask(Method::POST, path).form(form).send().await
    }
}

const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
const TV: &str =
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0.4606.128 Safari/537.36";
