//! Stored sessions and shares: JSON in a [`SessionStore`], durable before it is used.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{DriveError, SessionStore, SessionStoreError};

/// Loads the value that was saved last; `None` if there is none, or if it cannot be parsed as `T`.
pub(crate) async fn load<T: DeserializeOwned>(
    operation: &'static str,
    store: &dyn SessionStore,
) -> Result<Option<T>, DriveError> {
    let text = store.load().await.map_err(unusable(operation))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Saves `value`, replacing the one before.
pub(crate) async fn save(
    operation: &'static str,
    store: &dyn SessionStore,
    value: &impl Serialize,
) -> Result<(), DriveError> {
    let text = serde_json::json!(value).to_string();
    store.save(&text).await.map_err(unusable(operation))
}

/// Returns the error of an operation that could not read or write the program's state.
pub(crate) fn unusable(operation: &'static str) -> impl Fn(SessionStoreError) -> DriveError {
    move |error| {
        DriveError::failed(operation, error.to_string())
            .with_sentence("This server could not read or write its own state.")
    }
}
