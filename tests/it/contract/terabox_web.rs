//! TeraBox through its web session alone: the same account in the same sandbox, by the website's calls.

use drives::DriveKind;
pub use drives::terabox::WEB_KIND as KIND;
use sandbox::{PlanChange, WebSessionFault};

use super::terabox::{self, Terabox};
use super::{Emulation, NAME, Tree, Trouble};
use crate::harness::*;

pub struct TeraboxWeb(Terabox);

/// Starts a sandbox of its own.
pub async fn emulation() -> TeraboxWeb {
    TeraboxWeb(terabox::emulation().await)
}

impl Emulation for TeraboxWeb {
    fn kind(&self) -> &'static DriveKind {
        &KIND
    }

    fn section(&self) -> String {
        web_session_section(&self.0.sandbox, NAME)
    }

    fn tree(&self) -> &Tree {
        self.0.tree()
    }

    fn trouble(&self, trouble: Trouble) {
        match trouble {
            Trouble::SignedOut => {
                self.0.sandbox.change_account(PlanChange {
                    web_session: Some(WebSessionFault::Ended),
                    ..PlanChange::default()
                });
            }
            other => self.0.trouble(other),
        }
    }

    fn heal(&self) {
        self.0.heal();
    }

    fn secrets(&self) -> Vec<String> {
        self.0.secrets()
    }
}
