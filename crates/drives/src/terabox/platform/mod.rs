//! The session of an application of the Open Platform: its token calls, the refresh of tokens, and its stored form.

pub(crate) mod auth;
pub(crate) mod stored;
pub(crate) mod tokens;
