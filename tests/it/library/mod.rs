//! The drives of an owner: connected, searched, changed.
//!
//! - [`connecting`]: drives signed in to and out of, and links of one's own
//! - [`files`]: files taken in, renamed, moved, deleted
//! - [`film_page`]: the page of a film
//! - [`finding`]: search over drives of several kinds, one of them down
//! - [`titles`]: films and series by the names of files

mod connecting;
mod files;
mod film_page;
pub mod finding;
pub mod titles;
