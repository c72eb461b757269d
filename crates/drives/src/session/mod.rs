//! Sessions with an upstream: how tokens are refreshed and stored, once for all concurrent callers, and its clock.

mod refresh;
mod retry;
mod server_clock;
mod single_flight;
pub(crate) mod stored;

pub(crate) use refresh::{RefreshRounds, RefreshSession, detached, refresh_shared};
pub(crate) use retry::{Generation, retry_with_new_token};
pub(crate) use server_clock::ServerClock;
pub(crate) use single_flight::SingleFlight;
