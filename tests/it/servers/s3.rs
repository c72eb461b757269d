//! A bucket at moto, an S3 server in Python, or at s3s-fs, one in Rust over a folder. Moto verifies no signature: the proxy
//! in front does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::accepts;
use super::proxy::{self, FaultProxy};
use super::signature::Keys;
use crate::harness::*;

pub const ACCESS_KEY_ID: &str = "AKIADRIVEINTESTS";
pub const SECRET: &str = "tide-and-lantern-secret";

/// A value of `Authorization` that moto accepts: it lets no one without one at an object that exists.
const ANYONE: &str = "AWS4-HMAC-SHA256 Credential=ANYONE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// A bucket behind a proxy.
pub struct BucketServer {
    pub proxy: FaultProxy,
    pub bucket: String,
    store: ObjectStore,
}

/// The objects, without the proxy.
#[expect(clippy::large_enum_variant, reason = "one of them lives at a time")]
enum ObjectStore {
    /// The URL of moto.
    Moto(String),
    /// The folder that s3s-fs serves, and the server, which ends when this is dropped.
    Folder(TempDir, #[allow(dead_code)] Running),
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
    at_moto(None).await
}

/// Makes an empty bucket whose objects are read from another host, to which the service redirects.
pub async fn start_with_redirects() -> BucketServer {
    at_moto(Some(ANYONE.to_owned())).await
}

async fn at_moto(login: Option<String>) -> BucketServer {
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
        proxy: proxy::start(server.clone(), login, Some(keys)).await,
        bucket,
        store: ObjectStore::Moto(server),
    }
}

/// Makes an empty bucket at an s3s-fs of its own, which verifies signatures by itself.
pub async fn start_s3s_fs() -> BucketServer {
    let program = rust_server("s3s-fs").await;
    let folder = tempfile::tempdir().unwrap();
    let bucket = "films".to_owned();
    std::fs::create_dir(folder.path().join(&bucket)).unwrap();
    let port = free_port();
    let running = Program::new(&program)
        .args(["--access-key", ACCESS_KEY_ID, "--secret-key", SECRET])
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .arg_last(folder.path().to_str().unwrap())
        .spawn();
    accepts(port, "s3s-fs").await;
    BucketServer {
        proxy: proxy::start(format!("http://127.0.0.1:{port}"), None, None).await,
        bucket,
        store: ObjectStore::Folder(folder, running),
    }
}

impl BucketServer {
    /// Puts an object, without the proxy.
    pub async fn put(&self, key: &str, bytes: Vec<u8>) {
        match &self.store {
            ObjectStore::Moto(server) => {
                let url = format!("{server}/{}{}", self.bucket, encoded(key));
                let put = reqwest::Client::new().put(url).body(bytes);
                let put = put.header("authorization", ANYONE).send().await;
                assert!(put.unwrap().status().is_success(), "{key}");
            }
            ObjectStore::Folder(folder, _) => {
                let file = folder.path().join(&self.bucket).join(key);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, bytes).unwrap();
            }
        }
    }

    /// Returns the number of uploads in parts that are open at moto.
    pub async fn open_uploads(&self) -> usize {
        let ObjectStore::Moto(server) = &self.store else {
            panic!("only moto lists uploads");
        };
        let url = format!("{server}/{}?uploads", self.bucket);
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
