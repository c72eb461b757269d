//! The kinds of drive that there are, and the most that each can do.
//!
//! What one drive of a kind can do may be less: it tells by [`crate::Drive::capabilities`]. The table in
//! ARCHITECTURE.md is made of this one, and the contract suite holds each kind to it.

use crate::{Capability, cloudreve, local, terabox, teraboxdl};

/// A way to have a drive.
#[derive(Debug, PartialEq, Eq)]
pub struct DriveKind {
    /// The kind as it stands in the config. Two ways of one kind may have the same.
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// What drives of this kind can do, and what that takes beyond the drive itself (`with ffmpeg`).
    pub abilities: &'static [(Capability, Option<&'static str>)],
}

/// Every kind, in the order of the table.
pub static KINDS: &[&DriveKind] = &[
    &terabox::KIND,
    &terabox::WEB_KIND,
    &cloudreve::KIND,
    &teraboxdl::KIND,
    &local::KIND,
];

impl DriveKind {
    /// Everything that such a drive can do at most.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.abilities.iter().map(|(ability, _)| *ability).collect()
    }

    /// The same without what this drive lacks.
    pub fn capabilities_without(&self, missing: &[Capability]) -> Vec<Capability> {
        let mut capabilities = self.capabilities();
        capabilities.retain(|ability| !missing.contains(ability));
        capabilities
    }

    /// The kind of that name in the config; the first, where several go by it.
    pub fn named(kind: &str) -> Option<&'static DriveKind> {
        KINDS.iter().copied().find(|known| known.kind == kind)
    }
}
