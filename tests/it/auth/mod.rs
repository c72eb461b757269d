//! Requests and who may make them: sign-in, the access of each route, and requests that mean harm.
//!
//! - [`doors`]: sign-in, play URLs, and a server below a path
//! - [`gates`]: the access that each route requires
//! - [`attacks`]: hostile paths, hostile files, floods of requests

mod attacks;
mod doors;
mod gates;
