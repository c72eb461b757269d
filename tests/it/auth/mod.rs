//! Authentication and authorization.
//!
//! - [`doors`]: authentication, at the root of a host and below a path
//! - [`gates`]: access to every route
//! - [`attacks`]: hostile clients

mod attacks;
mod doors;
mod gates;
