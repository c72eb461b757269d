//! Errors of sending a film to a player.

use drives::DriveError;

/// The reason why a player did not open a film.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The configuration has no player of that name.
    #[error("there is no such player")]
    UnknownPlayer,
    /// The player refuses the configured user and password.
    #[error("the player refuses our user and password")]
    Unauthorized,
    /// The player is unreachable, or another program answers.
    #[error("the player does not answer")]
    Unreachable(#[source] DriveError),
    /// The player answered with an error.
    #[error("the player would not open it (code {code})")]
    Refused {
        /// The player's error code.
        code: i64,
    },
}
