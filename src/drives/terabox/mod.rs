//! TeraBox by its Open Platform.

mod config;
pub use config::TeraboxConfig;
