//! Sessions with an upstream: how tokens are refreshed and stored, once for all concurrent callers.

mod refresh;
mod retry;
mod single_flight;
pub(crate) mod stored;

pub(crate) use refresh::{RefreshSession, TokenRefresh, detached, refresh_shared};
pub(crate) use retry::{Generation, with_new_token};
pub(crate) use single_flight::SingleFlight;
