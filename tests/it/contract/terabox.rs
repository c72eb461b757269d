//! TeraBox, emulated by the sandbox over the bundled films.

use drives::DriveKind;
pub use drives::terabox::KIND;
use sandbox::{self, Effect, Fault, Sandbox};

use super::{Emulation, Links, NAME, Tree, Trouble};
use crate::harness::*;

pub struct Terabox {
    pub sandbox: Sandbox,
    pub tree: Tree,
}

/// Starts a sandbox of its own.
pub async fn emulation() -> Terabox {
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let film = sandbox.source(FILM, "original").await.unwrap().to_vec();
    let names = [
        "Waves & Wind.mp4",
        "Hills + Mist = Morning.mp4",
        "What's that; who's there?.mp4",
    ];
    let more = [
        "The \"Quiet\" Hour.mp4",
        "50% off, take #1.mp4",
        "already%20encoded%2Fname.mp4",
    ];
    let rest = [
        "Waves & Wind.en.srt",
        "Waves & Wind.mp3",
        "poster.jpg",
        "read me.txt",
        "Empty folder",
    ];
    let names = names.iter().chain(&more).chain(&rest);
    let links = sandbox.share_links();
    let link = |name: &str| links.iter().find(|link| link.name == name).unwrap().clone();
    let lent = sandbox
        .source("/2024-03 shared/Borrowed Light.mp4", "original")
        .await
        .unwrap()
        .to_vec();
    let locked = link("password");
    let tree = Tree {
        film: Some((FILM.to_owned(), film)),
        folder: (
            "/Nature & Light".to_owned(),
            names.map(|name| (*name).to_owned()).collect(),
        ),
        streaming: None,
        word: "tidal",
        links: Links {
            open: Some((link("film").url, "/Borrowed Light.mp4".to_owned(), lent)),
            locked: Some((locked.url, locked.password.unwrap())),
            gone: Some(link("cancelled").url),
        },
    };
    Terabox { sandbox, tree }
}

impl Emulation for Terabox {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        terabox_section(&self.sandbox, NAME)
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn trouble(&self, trouble: Trouble) {
        let everywhere = |effect: Effect| self.sandbox.fault(Fault::on("*", effect));
        match trouble {
            Trouble::CutAfter(bytes) => {
                let cut = Fault::on("original", Effect::cut_after(bytes));
                self.sandbox.fault(cut.times(1));
            }
            Trouble::IgnoresRanges => {
                let ignored = Effect::ignore_range();
                self.sandbox.fault(Fault::on("original", ignored));
            }
            Trouble::Expired => self.sandbox.expire_urls(),
            Trouble::Slow(ms) => {
                everywhere(Effect::latency(ms));
            }
            Trouble::Broken => {
                everywhere(Effect::status(500));
            }
            Trouble::SignedOut => {
                self.sandbox.expire_tokens();
                self.sandbox.expire_refresh_tokens();
            }
            Trouble::StaleToken => self.sandbox.expire_tokens(),
            Trouble::PartRefused => {
                let refused = Fault::on("superfile2", Effect::status(500));
                self.sandbox.fault(refused.times(1));
            }
        }
    }

    fn heal(&self) {
        self.sandbox.heal();
    }

    fn secrets(&self) -> Vec<String> {
        forbidden_words(&self.sandbox)
    }
}
