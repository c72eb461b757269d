//! The drives of an owner: connected, searched, changed.
//!
//! - [`connecting`]: drives signed in to and out of, and links of one's own
//! - [`files`]: files taken in, renamed, moved, deleted
//! - [`film_page`]: the page of a film
//! - [`finding`]: search over drives of several kinds, one of them down
//! - [`home_page`]: its weight with ten thousand films
//! - [`titles`]: films and series by the names of files
//! - [`walks`]: walks over drives
//! - [`watch_page`]: what is below the player

pub mod connecting;
mod files;
mod film_page;
pub mod finding;
mod home_page;
pub mod titles;
mod walks;
mod watch_page;
