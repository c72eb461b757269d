//! Stored sessions and shares: JSON in a [`SessionStore`], durable before it is used.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{DriveError, SessionStore, SessionStoreError};

/// Loads what was saved last; `None` where nothing was, or nothing that can be read as `T`.
pub(crate) async fn load<T: DeserializeOwned>(
    operation: &'static str,
    store: &dyn SessionStore,
) -> Result<Option<T>, DriveError> {
    let text = store.load().await.map_err(unusable(operation))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Saves `value` in the place of what was there.
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
