//! The session of an application of the Open Platform: its token calls, how tokens are refreshed, what is stored.

pub(crate) mod auth;
pub(crate) mod stored;
pub(crate) mod tokens;
