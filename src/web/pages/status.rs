//! How the drives and the server are.

use askama::Template;

use super::layout::Layout;
use super::{DriveCard, Fact};

/// `/status`
#[derive(Debug, Template)]
#[template(path = "status.html")]
pub struct StatusPage {
    pub layout: Layout,
    /// One sentence: `All 3 drives are ready.`
    pub summary: String,
    pub drives: Vec<DriveCard>,
    /// Version, uptime, cache counters, in groups.
    pub groups: Vec<FactGroup>,
}

/// Facts about one part of the server.
#[derive(Debug, Clone)]
pub struct FactGroup {
    /// `Server`, `Cache`.
    pub title: String,
    pub facts: Vec<Fact>,
}
