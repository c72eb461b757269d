//! WebDAV: a real server (rclone) behind a proxy that redirects reads to another host, as OpenList does.

use std::sync::atomic::Ordering;

use drives::DriveKind;
pub use drives::webdav::KIND;

use super::{Emulation, NAME, Tree, Trouble};
use crate::servers::proxy::{self, FaultProxy};
use crate::servers::webdav::{DavServer, Kind, PASSWORD, USER, login, start};
use crate::servers::write_films;

pub struct WebDav {
    server: DavServer,
    proxy: FaultProxy,
    tree: Tree,
}

pub async fn emulation() -> WebDav {
    on(Kind::Rclone, true).await
}

/// Starts a server of that kind. With `redirects`, reads are redirected to another host.
pub async fn on(kind: Kind, redirects: bool) -> WebDav {
    let server = start(kind).await;
    let (film, names) = write_films(&server.root());
    let host = format!("http://127.0.0.1:{}", server.port);
    let proxy = proxy::start(host, redirects.then(login), None).await;
    WebDav {
        server,
        proxy,
        tree: Tree {
            film: Some(("/Tidal Light.mp4".to_owned(), film)),
            folder: ("/Season 1 #1 & more".to_owned(), names),
            word: "tidal",
            ..Tree::default()
        },
    }
}

impl Drop for WebDav {
    fn drop(&mut self) {
        let leaks = self.proxy.faults.leaks.load(Ordering::SeqCst);
        assert!(
            leaks == 0 || std::thread::panicking(),
            "credentials went to the host of a redirect"
        );
    }
}

impl Emulation for WebDav {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        let host = format!("http://127.0.0.1:{}", self.server.port);
        let url = self.server.url.replace(&host, &self.proxy.url);
        format!(
            "[[drive]]\nname = {NAME:?}\nkind = \"webdav\"\nbase_url = {url:?}\nuser = {USER:?}\npassword = {PASSWORD:?}\n"
        )
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn trouble(&self, trouble: Trouble) {
        let faults = &self.proxy.faults;
        match trouble {
            Trouble::CutAfter(bytes) => faults.cut_after(bytes),
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
        self.proxy.faults.heal();
    }

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned(), login(), "/signed/".to_owned()]
    }
}
