//! One retry with a new token. ARCHITECTURE.md lists every other retry, with its owner.

use std::future::Future;
use std::sync::Arc;

use super::refresh::{RefreshSession, refresh_shared};
use crate::DriveError;

/// An access that belongs to one generation of tokens.
pub(crate) trait Generation {
    /// Returns which of the session's token pairs this is.
    fn generation(&self) -> u64;
}

/// Makes a call with a token, and once more with a new one if the answer says that the token is no good.
pub(crate) async fn retry_with_new_token<S, T, F>(
    session: &Arc<S>,
    access: S::Access,
    is_refused: impl Fn(&Result<T, DriveError>) -> bool,
    call: impl Fn(S::Access) -> F,
) -> Result<T, DriveError>
where
    S: RefreshSession,
    S::Access: Generation,
    F: Future<Output = Result<T, DriveError>>,
{
    let generation = access.generation();
    let answer = call(access).await;
    if !is_refused(&answer) {
        if answer.is_ok() {
            session.rounds().mark_accepted(generation);
        }
        return answer;
    }
    let access = refresh_shared(session, Some(generation)).await?;
    let generation = access.generation();
    let answer = call(access).await;
    if answer.is_ok() && !is_refused(&answer) {
        session.rounds().mark_accepted(generation);
    }
    answer
}
