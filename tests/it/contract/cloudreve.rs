//! Cloudreve, emulated by `tests/it/cloudreve`.

use drives::DriveKind;
pub use drives::cloudreve::KIND;

use super::{Emulation, Links, NAME, Tree, Trouble};
use crate::cloudreve::{FILM, PIECES, Site, stocked};

pub struct Cloudreve {
    site: Site,
    tree: Tree,
}

/// Starts a site with a film, some files, a film in pieces and three shares.
pub async fn emulation() -> Cloudreve {
    let site = stocked().await;
    let mut names = vec!["Extras".to_owned()];
    for number in 1..=11_i64 {
        let name = format!("Part {number} 100% ä.mp4");
        let path = format!("/Season 1 #1 & more/{name}");
        // Neither sizes nor times are in the order of the names.
        site.put(&path, vec![7; (number * 7 % 12) as usize * 1000]);
        site.changed_at(&path, 1_700_000_000 + (number * 5 % 12) * 3600);
        names.push(name);
    }
    site.folder("/Season 1 #1 & more/Extras");
    site.put("/Lent/Borrowed Light.mp4", site.bytes(FILM).unwrap());
    let lent = site.bytes(FILM).unwrap().to_vec();
    let locked = site.share("/Lent", Some("2rje2bdj"), None);
    let gone = site.share("/Lent", None, None);
    site.end_share(&gone);
    let tree = Tree {
        film: Some((FILM.to_owned(), lent.clone())),
        streaming: Some(PIECES.to_owned()),
        folder: ("/Season 1 #1 & more".to_owned(), names),
        word: "tidal",
        links: Links {
            open: Some((
                site.share("/Lent", None, None),
                "/Borrowed Light.mp4".to_owned(),
                lent,
            )),
            locked: Some((
                locked.strip_suffix("/2rje2bdj").unwrap().to_owned(),
                "2rje2bdj".to_owned(),
            )),
            gone: Some(gone),
        },
    };
    Cloudreve { site, tree }
}

impl Emulation for Cloudreve {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        self.site.section(NAME)
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn trouble(&self, trouble: Trouble) {
        match trouble {
            Trouble::CutAfter(bytes) => self.site.cut_after(bytes as usize),
            Trouble::IgnoresRanges => self.site.ignore_ranges(),
            Trouble::Expired => self.site.expire_addresses(),
            Trouble::Slow(ms) => self.site.slow(std::time::Duration::from_millis(ms)),
            Trouble::Broken => self.site.broken(),
            Trouble::SignedOut => self.site.change_password("another one"),
            Trouble::StaleToken => self.site.expire_access(),
            Trouble::PartRefused => self.site.refuse_chunk(0),
        }
    }

    fn heal(&self) {
        self.site.heal();
    }

    fn secrets(&self) -> Vec<String> {
        self.site.secrets()
    }
}
