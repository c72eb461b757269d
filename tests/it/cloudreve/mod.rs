//! A site that runs Cloudreve: its peculiarities, through the whole program. The behaviour that it has in
//! common with every drive is tested in `contract`.
//!
//! - [`server`]: the emulated site · [`sessions`]: passwords, second factors, tokens that expire
//! - [`browsing`]: pages, and the number of calls that they take
//! - [`playing`]: originals, films in pieces, signatures that expire · [`shares`]: of others, and of the owner
//! - [`changes`]: batches · [`uploads`]: to the site and to its storage providers · [`upload_faults`]: on their way
//! - [`pages`]: connected from a page, and in a browser

mod browsing;
mod changes;
mod pages;
mod playing;
mod server;
mod sessions;
mod shares;
mod upload_faults;
mod uploads;

use serde_json::Value;

pub use server::Site;

use crate::harness::*;

/// A film at the root: 66 s.
pub const FILM: &str = "/Tidal Light.mp4";
/// A film that was uploaded in pieces.
pub const PIECES: &str = "/In pieces/index.m3u8";
/// The drive's name in all tests here.
const NAS: &str = "nas";

/// Starts a site with a film as a file, and the same in pieces.
pub async fn stocked() -> Site {
    let site = Site::start().await;
    site.put(
        FILM,
        &include_bytes!("../../../samples/tidal-light/original.mp4")[..],
    );
    site.tell(
        FILM,
        &[
            ("stream:duration", "66.000000"),
            ("stream:stream_0_video_width", "1920"),
            ("stream:stream_0_video_height", "1080"),
        ],
    );
    let (list, pieces) = pieces();
    site.put(PIECES, list);
    for (name, bytes) in pieces {
        site.put(&format!("/In pieces/{name}"), bytes);
    }
    site
}

/// Returns a playlist of pieces beside it, and the pieces.
fn pieces() -> (String, Vec<(String, Vec<u8>)>) {
    let film: Value =
        serde_json::from_str(include_str!("../../../samples/tidal-light/film.json")).unwrap();
    let stream = &include_bytes!("../../../samples/tidal-light/720.ts")[..];
    let mut list = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n".to_owned();
    let mut pieces = Vec::new();
    let segments = film["renditions"]["720"]["segments"].as_array().unwrap();
    for (number, segment) in segments.iter().enumerate() {
        let part = |index: usize| segment[index].as_u64().unwrap() as usize;
        let name = format!("piece {number}.ts");
        list.push_str(&format!(
            "#EXTINF:{},\n{}\n",
            segment[2],
            encoded_name(&name)
        ));
        pieces.push((name, stream[part(0)..part(0) + part(1)].to_vec()));
    }
    list.push_str("#EXT-X-ENDLIST\n");
    (list, pieces)
}

/// Starts a stocked site, and a server with it alone.
async fn stocked_and_served() -> (Site, Drivein) {
    let site = stocked().await;
    let drivein = server(&site).await;
    (site, drivein)
}

/// Starts a server with the site alone, signed in by its password.
async fn server(site: &Site) -> Drivein {
    server_with(site, &site.section(NAS)).await
}

/// Starts a server with the sections of a config.
async fn server_with(site: &Site, sections: &str) -> Drivein {
    let setup = Drivein::setup().no_drive().forgetful();
    let mut drivein = setup.drives(sections).start().await;
    drivein.keep_secret(site.secrets());
    drivein
}

/// Returns the drive's state from the API.
async fn drive(drivein: &Drivein) -> Value {
    drivein.api("drives").await["drives"][0].clone()
}

/// Returns an entry from the API.
async fn entry(drivein: &Drivein, place: &str, path: &str) -> Value {
    let call = format!("entries/{place}{}", encoded(path));
    drivein.api(&call).await["entry"].clone()
}

/// Returns the play URL of an entry, as a path.
async fn play(drivein: &Drivein, place: &str, path: &str) -> String {
    let entry = entry(drivein, place, path).await;
    drivein.local(entry["play"]["original"].as_str().unwrap())
}
