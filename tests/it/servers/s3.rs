//! A bucket at moto, an S3 server in Python. It verifies no signature: the proxy in front does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;

use super::accepts;
use super::proxy::{self, FaultProxy};
use super::signature::Keys;
use crate::harness::*;

pub const ACCESS_KEY_ID: &str = "AKIADRIVEINTESTS";
pub const SECRET: &str = "tide-and-lantern-secret";

/// A bucket behind a proxy.
pub struct BucketServer {
    pub proxy: FaultProxy,
    pub bucket: String,
    /// The server itself, without the proxy.
    server: String,
}

/// One server for all tests; each has a bucket of its own. It ends with this process, whose end of a pipe it watches.
static SERVER: OnceCell<String> = OnceCell::const_new();
static BUCKETS: AtomicU32 = AtomicU32::new(0);

/// The server, which ends when its standard input does.
const MOTO: &str = "import os, sys, threading\n\
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n\
    from moto.server import main\n\
    main(['-H', '127.0.0.1', '-p', sys.argv[1]])\n";

async fn server() -> &'static str {
    SERVER
        .get_or_init(|| async {
            let python = python().await;
            let port = free_port();
            let child = std::process::Command::new(python)
                .args(["-c", MOTO, &port.to_string()])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            // Never dropped, so the pipe stays open until this process ends.
            std::mem::forget(child);
            accepts(port, "moto").await;
            format!("http://127.0.0.1:{port}")
        })
        .await
}

/// Makes an empty bucket.
pub async fn start() -> BucketServer {
    let server = server().await.to_owned();
    let number = BUCKETS.fetch_add(1, Ordering::SeqCst);
    let bucket = format!("films-{number}");
    let keys = Keys {
        id: ACCESS_KEY_ID.to_owned(),
        secret: SECRET.to_owned(),
    };
    let made = reqwest::Client::new()
        .put(format!("{server}/{bucket}"))
        .send()
        .await
        .unwrap();
    assert!(made.status().is_success(), "{made:?}");
    BucketServer {
        proxy: proxy::start(server.clone(), None, Some(keys)).await,
        bucket,
        server,
    }
}

impl BucketServer {
    /// Puts an object, without the proxy.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) {
        let url = format!("{}/{}{}", self.server, self.bucket, encoded(key));
        let put = reqwest::Client::new().put(url).body(bytes).send().await;
        assert!(put.unwrap().status().is_success(), "{key}");
    }

    /// Returns the numbers of objects and of uploads in parts that are open.
    pub async fn open_uploads(&self) -> usize {
        let url = format!("{}/{}?uploads", self.server, self.bucket);
        let reply = reqwest::Client::new().get(url).send().await.unwrap();
        let text = reply.text().await.unwrap();
        assert!(text.contains("ListMultipartUploadsResult"), "{text}");
        text.matches("<UploadId>").count()
    }

    /// Returns the `[[drive]]` section of a drive over the bucket, with some keys replaced.
    pub fn section(&self, name: &str, other: &[(&str, &str)]) -> String {
        let mut keys = BTreeMap::from([
            ("name", name),
            ("kind", "s3"),
            ("endpoint", &self.proxy.url),
            ("bucket", &self.bucket),
            ("access_key_id", ACCESS_KEY_ID),
            ("secret_access_key", SECRET),
        ]);
        keys.extend(other.iter().copied());
        let lines: String = keys
            .iter()
            .map(|(key, value)| format!("{key} = {value:?}\n"))
            .collect();
        format!("[[drive]]\n{lines}")
    }
}
