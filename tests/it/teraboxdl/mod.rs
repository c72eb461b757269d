//! TeraboxDL through the whole program: links opened by a paid service, its allowance, its refusals, its reports.
//!
//! - [`service`]: the service, played from its document
//! - [`links`]: what is opened, in both shapes, renewed in mid-play, and after a restart
//! - [`refusals`]: a wrong secret, a clock that is off, an allowance that is used up
//! - [`slowness`]: a service that takes its time, to pages, programs and players
//! - [`reports`]: the service's usage reports, and a new key

mod links;
mod refusals;
mod reports;
pub mod service;
mod slowness;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::*;
use service::Service;

/// The name of the drive.
const NAME: &str = "resolver";

/// A server with this drive alone.
async fn program(service: &Service) -> Drivein {
    let setup = Drivein::setup().no_drive().forgetful();
    let mut drivein = setup.drives(&service.section(NAME)).start().await;
    drivein.keep_secret(service.secrets());
    drivein
}

async fn ask_to_open(drivein: &Drivein, link: &str) -> Reply {
    drivein
        .call(Method::POST, "shares/open", json!({ "url": link }))
        .await
}

/// Opens a link; answers with its place.
async fn open(drivein: &Drivein, link: &str) -> String {
    let opened = ask_to_open(drivein, link).await.expect(200).json();
    opened["place"].as_str().unwrap().to_owned()
}

async fn entry(drivein: &Drivein, place: &str, path: &str) -> Value {
    let call = format!("entries/{place}{}", encoded(path));
    drivein.api(&call).await["entry"].clone()
}

/// The play address of a file, from the root of the host.
async fn play(drivein: &Drivein, place: &str, path: &str) -> String {
    let entry = entry(drivein, place, path).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}
