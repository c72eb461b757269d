//! `[library]`: the library of films and series.

use super::section::Section;

/// `[library]`: the library of films and series.
#[derive(Debug)]
pub struct LibraryConfig {
    /// True if the drives are walked for films and series.
    pub walk: bool,
}

impl LibraryConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let walk = !section.has("walk") || section.switch("walk");
        section.finish();
        LibraryConfig { walk }
    }
}
