//! S3: a real server (moto) behind a proxy that verifies signatures; s3s-fs, which verifies them itself.

use drives::DriveKind;
pub use drives::s3::KIND;

use super::{Emulation, NAME, Tree, Trouble};
use crate::servers::s3::{BucketServer, SECRET, start};
use crate::servers::write_films;

pub struct S3 {
    server: BucketServer,
    tree: Tree,
}

pub async fn emulation() -> S3 {
    on(start().await).await
}

/// Fills a bucket with a film and a folder. The service sets the times, so the files are put in an order of its own.
pub async fn on(server: BucketServer) -> S3 {
    let dir = tempfile::tempdir().unwrap();
    let (film, names) = write_films(dir.path());
    let (folder, key) = ("Season 1 #1 & more", "Tidal Light.mp4");
    server.put(key, film.clone()).await;
    server
        .put(&format!("{folder}/Extras/notes.txt"), vec![1])
        .await;
    let mut files: Vec<&String> = names.iter().filter(|name| *name != "Extras").collect();
    files.sort_by_key(|name| name.len() * 31 % 7);
    for name in files {
        let bytes = std::fs::read(dir.path().join(folder).join(name)).unwrap();
        server.put(&format!("{folder}/{name}"), bytes).await;
    }
    S3 {
        server,
        tree: Tree {
            film: Some((format!("/{key}"), film)),
            folder: (format!("/{folder}"), names),
            word: "tidal",
            ..Tree::default()
        },
    }
}

impl Emulation for S3 {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        self.server.section(NAME, &[])
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn trouble(&self, trouble: Trouble) {
        let faults = &self.server.proxy.faults;
        match trouble {
            Trouble::CutAfter(bytes) => faults.cut_after(bytes),
            // A URL is signed for each request, so that none can expire while it is in use.
            Trouble::Expired => faults.expire(),
            Trouble::Slow(ms) => faults.slow(ms),
            Trouble::Broken => faults.break_down(),
            Trouble::SignedOut => faults.sign_out(),
            Trouble::IgnoresRanges => faults.ignore_ranges(),
            // There is no token: each request carries the sign-in.
            Trouble::StaleToken => {}
            Trouble::PartRefused => faults.fail_method("PUT", 1),
        }
    }

    fn heal(&self) {
        self.server.proxy.faults.heal();
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned(), "X-Amz-Signature".to_owned()]
    }
}
