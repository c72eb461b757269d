//! TeraboxDL, emulated by a service that is written from its document.

use drives::DriveKind;
pub use drives::teraboxdl::KIND;

use super::{Emulation, Links, NAME, Tree, Trouble};
use crate::teraboxdl::service::{FILM, LINK, Service};

pub struct TeraboxDl {
    service: Service,
    tree: Tree,
}

/// Starts a service of its own.
pub async fn emulation() -> TeraboxDl {
    let service = Service::start().await;
    let links = Links {
        open: Some((
            LINK.to_owned(),
            FILM.to_owned(),
            service.original().to_vec(),
        )),
        ..Links::default()
    };
    let tree = Tree {
        links,
        ..Tree::default()
    };
    TeraboxDl { service, tree }
}

impl Emulation for TeraboxDl {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        self.service.section(NAME)
    }

    fn tree(&self) -> &Tree {
        &self.tree
    }

    fn trouble(&self, trouble: Trouble) {
        match trouble {
            Trouble::CutAfter(bytes) => self.service.standing().cut_after = Some(bytes as usize),
            Trouble::IgnoresRanges => self.service.standing().ignores_ranges = true,
            Trouble::Expired => self.service.expire(),
            Trouble::Slow(ms) => self.service.standing().slow_ms = ms,
            Trouble::Broken => self.service.standing().broken = true,
            Trouble::SignedOut => self.service.standing().is_active = false,
            Trouble::StaleToken | Trouble::PartRefused => {
                unreachable!("the service has neither tokens nor uploads")
            }
        }
    }

    fn heal(&self) {
        let mut standing = self.service.standing();
        standing.broken = false;
        standing.slow_ms = 0;
        standing.ignores_ranges = false;
    }

    fn secrets(&self) -> Vec<String> {
        self.service.secrets()
    }
}
