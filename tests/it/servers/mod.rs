//! Real servers of WebDAV and S3, each over a folder or a bucket of its own, with a proxy in front that makes faults.
//!
//! - [`proxy`]: cuts, slowness, failures, refused sign-ins, redirects to another host
//! - [`webdav`]: rclone, Apache, nginx
//! - [`s3`]: moto, whose signatures the proxy verifies

pub mod proxy;
pub mod s3;
mod signature;
pub mod webdav;

use std::path::Path;
use std::time::{Duration, SystemTime};

use reqwest::Method;

use crate::harness::*;

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
