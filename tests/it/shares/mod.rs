//! Share links: opened, asked for their password, browsed and played like any drive, stored, saved.

mod gateway;
mod locked;
mod opened;
mod pages;
mod remembered;
mod saved;

use reqwest::Method;
use sandbox::{Effect, NamedLink};
use serde_json::{Value, json};

use crate::harness::*;

/// Returns the sandbox's share of that name.
fn share(drivein: &Drivein, name: &str) -> NamedLink {
    let links = drivein.sandbox.share_links();
    links.into_iter().find(|link| link.name == name).unwrap()
}

/// Requests to open a link, and returns the reply, successful or not.
async fn ask_to_open(drivein: &Drivein, url: &str, password: Option<&str>) -> Reply {
    let mut body = json!({"url": url});
    if let Some(password) = password {
        body["password"] = json!(password);
    }
    let ask = drivein.ask(Method::POST, "/api/v1/shares/open");
    ask.json(&body).send().await
}

/// Opens the share of that name with its password. Returns its place.
async fn open(drivein: &Drivein, name: &str) -> String {
    let link = share(drivein, name);
    let reply = ask_to_open(drivein, &link.url, link.password.as_deref()).await;
    let opened = reply.expect(200).json();
    opened["place"].as_str().unwrap().to_owned()
}

/// Returns an entry of a place from the API.
async fn entry_of(drivein: &Drivein, place: &str, path: &str) -> Value {
    drivein
        .api(&format!("entries/{place}{}", encoded(path)))
        .await
}

/// Returns the play URL of an entry of a place, as a path.
async fn play_of(drivein: &Drivein, place: &str, path: &str) -> String {
    let entry = entry_of(drivein, place, path).await;
    drivein.local(entry["entry"]["play"]["original"].as_str().unwrap())
}

/// Returns the names of the children in a reply of the API.
fn names(reply: &Value) -> Vec<String> {
    let children = reply["children"].as_array().unwrap();
    let name = |child: &Value| child["name"].as_str().unwrap().to_owned();
    children.iter().map(name).collect()
}

/// Returns the number of upstream calls about shares.
fn share_calls(drivein: &Drivein) -> u64 {
    sandbox::ROUTES
        .iter()
        .filter(|route| route.starts_with("share_") || **route == "shorturlinfo")
        .map(|route| drivein.sandbox.count(route))
        .sum()
}
