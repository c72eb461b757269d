//! TeraboxDL through the whole program: links opened by a paid service, its allowance, its refusals, its
//! reports.
//!
//! - [`service`]: the service, emulated from its document
//! - [`links`]: links that are opened, in both shapes, renewed during playback, and after a restart
//! - [`refusals`]: a wrong secret, a clock that is off, an allowance that is used up
//! - [`slowness`]: a service that answers slowly, for pages, API clients and players
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

/// Starts a server with this drive alone.
async fn program(service: &Service) -> Drivein {
    let setup = Drivein::setup().no_drive().forgetful();
    let mut drivein = setup.drives(&service.section(NAME)).start().await;
    drivein.keep_secret(service.secrets());
    drivein
}

/// Starts the service, and a server with it alone.
async fn service_and_program() -> (Service, Drivein) {
    let service = Service::start().await;
    let drivein = program(&service).await;
    (service, drivein)
}

async fn ask_to_open(drivein: &Drivein, link: &str) -> Reply {
    drivein.post("shares/open", json!({ "url": link })).await
}

/// Opens a link. Returns its place.
async fn open(drivein: &Drivein, link: &str) -> String {
    let opened = ask_to_open(drivein, link).await.expect(200).json();
    opened["place"].as_str().unwrap().to_owned()
}

async fn entry(drivein: &Drivein, place: &str, path: &str) -> Value {
    let call = format!("entries/{place}{}", encoded(path));
    drivein.api(&call).await["entry"].clone()
}

/// Returns the play URL of a file, as a path.
async fn play(drivein: &Drivein, place: &str, path: &str) -> String {
    let entry = entry(drivein, place, path).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}
