//! The account's session at the site: token calls, token refresh, and the stored form.

pub(crate) mod auth;
pub(crate) mod oauth;
pub(crate) mod stored;
pub(crate) mod tokens;
