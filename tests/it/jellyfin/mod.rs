//! Jellyfin's API for TV apps: signing in, looking, playing, reporting, and hostile apps. With real clients as well.

mod attacks;
mod clients;
mod details;
mod looking;
mod playing;
mod remote;
mod reporting;
mod signing_in;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;

const PASSWORD: &str = "open sesame";

/// An app, signed in or not.
#[derive(Clone)]
struct TvApp<'a> {
    drivein: &'a Drivein,
    /// `/jellyfin`, or empty for the root.
    base: &'static str,
    device: String,
    token: String,
    user: String,
}

impl<'a> TvApp<'a> {
    /// Returns an app that has not signed in.
    fn new(drivein: &'a Drivein, device: &str) -> Self {
        TvApp {
            drivein,
            base: "/jellyfin",
            device: device.to_owned(),
            token: String::new(),
            user: String::new(),
        }
    }

    /// Returns an app that the owner signed in on a device.
    async fn sign_in(drivein: &'a Drivein, device: &str) -> Self {
        TvApp::new(drivein, device)
            .with_password("owner", PASSWORD)
            .await
    }

    async fn with_password(self, name: &str, password: &str) -> Self {
        let body = json!({"Username": name, "Pw": password});
        let reply = self
            .post("/Users/AuthenticateByName", body)
            .await
            .expect(200);
        self.signed_in(&reply.json())
    }

    fn signed_in(self, result: &Value) -> Self {
        TvApp {
            token: result["AccessToken"].as_str().unwrap().to_owned(),
            user: result["User"]["Id"].as_str().unwrap().to_owned(),
            ..self
        }
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        let token = match self.token.as_str() {
            "" => String::new(),
            token => format!(", Token=\"{token}\""),
        };
        let header = format!(
            "MediaBrowser Client=\"Test%20app\", Device=\"{0}\", DeviceId=\"id-of-{0}\", Version=\"1.2\"{token}",
            self.device
        );
        let path = format!("{}{path}", self.base);
        self.drivein
            .ask(method, &path)
            .header("authorization", &header)
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).send().await
    }

    async fn json(&self, path: &str) -> Value {
        self.get(path).await.expect(200).json()
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask(Method::POST, path).json(&body).send().await
    }

    async fn items(&self, path: &str) -> Vec<Value> {
        self.json(path).await["Items"].as_array().unwrap().clone()
    }

    /// Returns the id of the view of a drive, or of the films or series.
    async fn view(&self, name: &str) -> String {
        let views = self.items("/UserViews").await;
        id(named(&views, name))
    }

    /// Returns the id of an item in a view.
    async fn item(&self, view: &str, name: &str) -> String {
        let view = self.view(view).await;
        let items = self.items(&format!("/Items?ParentId={view}")).await;
        id(named(&items, name))
    }

    async fn playback_info(&self, item: &str, body: Value) -> Value {
        let reply = self
            .post(&format!("/Items/{item}/PlaybackInfo"), body)
            .await;
        reply.expect(200).json()
    }
}

fn named<'v>(items: &'v [Value], name: &str) -> &'v Value {
    let found = items.iter().find(|item| item["Name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not among {:?}", names(items)))
}

fn names(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["Name"].as_str().unwrap())
        .collect()
}

fn id(item: &Value) -> String {
    item["Id"].as_str().unwrap().to_owned()
}

async fn house() -> Drivein {
    Drivein::setup().password(PASSWORD).start().await
}

/// Starts a server whose library has walked over films and series.
async fn library() -> Drivein {
    let drivein = Drivein::setup()
        .password(PASSWORD)
        .sandbox(sandbox::Options::with_films(sandbox::Films::BundledLibrary))
        .start()
        .await;
    let call = format!("library/walks/{DRIVE}");
    owners_api(&drivein, Method::POST, &call, Some(json!({})))
        .await
        .expect(202);
    let cookie = browser_cookie(&drivein).await;
    eventually(
        "the walk has ended",
        std::time::Duration::from_secs(60),
        async || {
            let ask = drivein.ask(Method::GET, &format!("/api/v1/{call}"));
            let state = ask.header("cookie", &cookie).send().await.json();
            (state["state"] == "done").then_some(())
        },
    )
    .await;
    drivein
}

/// Signs the owner in by a browser, and returns the cookie.
async fn browser_cookie(drivein: &Drivein) -> String {
    let reply = drivein
        .ask(Method::POST, "/login")
        .form(&[("password", PASSWORD), ("next", "/")])
        .expect(303)
        .await;
    reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

/// Makes a call of the owner's own API.
async fn owners_api(drivein: &Drivein, method: Method, call: &str, body: Option<Value>) -> Reply {
    let cookie = browser_cookie(drivein).await;
    let ask = drivein.ask(method, &format!("/api/v1/{call}"));
    let ask = ask.header("cookie", &cookie);
    match body {
        Some(body) => ask.json(&body).send().await,
        None => ask.send().await,
    }
}

/// Returns the films in the root of the drive.
async fn videos(app: &TvApp<'_>) -> Vec<Value> {
    let root = app.view(DRIVE).await;
    app.items(&format!("/Items?ParentId={root}&IncludeItemTypes=Video"))
        .await
}

/// Returns a film other than [`FILM`].
fn another_film(items: &[Value]) -> &Value {
    let mut items = items.iter();
    items.find(|item| item["Name"] != "Tidal Light").unwrap()
}
