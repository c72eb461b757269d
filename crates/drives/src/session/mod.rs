//! Sessions with an upstream: how tokens are refreshed and stored, once for all concurrent callers.

mod refresh;
pub(crate) mod stored;

pub(crate) use refresh::TokenRefresh;
