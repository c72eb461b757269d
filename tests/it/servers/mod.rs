//! Real servers of WebDAV and S3, each over a folder or a bucket of its own, with a proxy in front that makes faults.
//!
//! - [`proxy`]: cuts, slowness, failures, refused sign-ins, redirects to another host
//! - [`webdav`]: rclone, Apache, nginx, dufs
//! - [`s3`]: moto, whose signatures the proxy verifies, and s3s-fs
//! - [`large`]: answers of a hundred thousand entries, made up

pub mod large;
pub mod proxy;
pub mod s3;
mod signature;
pub mod webdav;

use std::path::Path;
use std::time::{Duration, SystemTime};

use reqwest::Method;

use crate::harness::*;
use proxy::FaultProxy;

/// Uploads to a call of the API, such as `content/dav/film.mp4`.
pub async fn put(drivein: &Drivein, call: &str, body: Vec<u8>) -> Reply {
    let address = format!("/api/v1/{call}");
    drivein.ask(Method::PUT, &address).body(body).send().await
}

/// Returns all names in a folder, page by page.
pub async fn names_in(drivein: &Drivein, place: &str, folder: &str) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = format!("entries/{place}{}?limit=500{cursor}", encoded(folder));
        let page = drivein.api(&call).await;
        let children = page["children"].as_array().unwrap().iter();
        names.extend(children.map(|child| child["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded_name(next)),
            None => return names,
        }
    }
}

/// A server over a WebDAV server and a bucket, each with the same film.
pub struct Remote {
    pub drivein: Drivein,
    pub film: Vec<u8>,
    pub dav: FaultProxy,
    pub bucket: s3::BucketServer,
    _dav_server: webdav::DavServer,
}

impl Remote {
    /// Starts rclone behind a proxy that redirects reads, as the drive `dav`, and moto, as the drive `bucket`.
    pub async fn start() -> Self {
        let dav_server = webdav::start(webdav::Kind::Rclone).await;
        let (film, _) = write_films(&dav_server.root());
        let host = format!("http://127.0.0.1:{}", dav_server.port);
        let dav = proxy::start(host, Some(webdav::login()), None).await;
        let bucket = s3::start().await;
        bucket.put(&FILM[1..], film.clone()).await;
        let sections = format!(
            "{}{}",
            webdav::section(&dav.url, webdav::PASSWORD),
            bucket.section("bucket", &[])
        );
        let setup = Drivein::setup().no_drive();
        Remote {
            drivein: setup.drives(&sections).start().await,
            film,
            dav,
            bucket,
            _dav_server: dav_server,
        }
    }

    /// The names of its drives.
    pub const DRIVES: [&str; 2] = ["dav", "bucket"];

    /// Returns the proxy in front of a drive's server.
    pub fn proxy(&self, drive: &str) -> &FaultProxy {
        match drive {
            "dav" => &self.dav,
            _ => &self.bucket.proxy,
        }
    }

    /// Redirects the reads of both drives to a URL.
    pub fn redirect_to(&self, url: &str) {
        for drive in Remote::DRIVES {
            self.proxy(drive).faults.redirect_to(url);
        }
    }

    /// Returns a play URL of the film of a drive.
    pub async fn play(&self, drive: &str) -> String {
        let entry = self
            .drivein
            .api(&format!("entries/{drive}{}", encoded(FILM)))
            .await;
        entry["entry"]["play"]["original"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// Waits until a server accepts connections.
async fn accepts(port: u16, name: &str) {
    let connect = async {
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), connect).await;
    assert!(waited.is_ok(), "{name} does not listen");
}

/// Writes the files that the contract suite needs: a film, and a folder of eleven files and a folder, whose sizes and
/// times are in another order than their names.
pub fn write_films(root: &Path) -> (Vec<u8>, Vec<String>) {
    let folder = root.join("Season 1 #1 & more");
    std::fs::create_dir_all(folder.join("Extras")).unwrap();
    std::fs::write(folder.join("Extras/notes.txt"), "notes").unwrap();
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/tidal-light/original.mp4"
    );
    let film = std::fs::read(sample).unwrap();
    std::fs::write(root.join("Tidal Light.mp4"), &film).unwrap();
    let mut names = vec!["Extras".to_owned()];
    for number in 1..=11_u64 {
        let name = format!("Part {number} 100% ä.mp4");
        let file = std::fs::File::create(folder.join(&name)).unwrap();
        file.set_len((number * 7 % 12) * 1000).unwrap();
        let seconds = 1_700_000_000 + (number * 5 % 12) * 3600;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
        names.push(name);
    }
    (film, names)
}
