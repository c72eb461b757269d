//! Faults of uploads on their way: a body that is cut, a redirect, a token that ends between two chunks, a session whose
//! opening waits.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::sync::Semaphore;

use super::{Shared, Site, World};

/// Target of redirects: the metadata service of cloud machines, which the client must not call.
const FORBIDDEN_HOST: &str = "http://169.254.169.254/latest/meta-data";

impl Site {
    /// Cuts the connection of the next chunk after so many bytes of its body.
    pub fn cut_chunk_after(&self, bytes: usize) {
        self.world().trouble.cut_chunk_after = Some(bytes);
    }

    /// Returns true if a chunk is still to be cut.
    pub fn has_cut_to_make(&self) -> bool {
        self.world().trouble.cut_chunk_after.is_some()
    }

    /// Answers the chunk with that number in its URL with a redirect to a host that may not be called.
    pub fn redirect_chunk(&self, number: usize) {
        self.world().trouble.redirected_chunk = Some(number);
    }

    /// Expires every access token before the chunk of that number, from 0, is taken.
    pub fn expire_access_at_chunk(&self, number: usize) {
        self.world().trouble.token_ends_at_chunk = Some(number);
    }

    /// Has every opening of an upload wait for [`Site::release_sessions`].
    pub fn hold_sessions(&self) {
        self.world().session_gate = Some(Arc::new(Semaphore::new(0)));
    }

    pub fn release_sessions(&self) {
        if let Some(gate) = self.world().session_gate.take() {
            gate.close();
        }
    }
}

impl World {
    /// Returns the redirect of a chunk; `None` if it is taken.
    pub fn redirect_of(&self, number: Option<usize>) -> Option<Response> {
        let is_redirected = number.is_some() && number == self.trouble.redirected_chunk;
        let to = [(header::LOCATION, FORBIDDEN_HOST)];
        is_redirected.then(|| (StatusCode::TEMPORARY_REDIRECT, to).into_response())
    }
}

/// Reads a body; `None` if it is that of a chunk and the connection is to be cut.
pub async fn read_body(world: &Shared, body: Body, is_chunk: bool) -> Option<Bytes> {
    let cut_after = match is_chunk {
        true => world.lock().unwrap().trouble.cut_chunk_after.take(),
        false => None,
    };
    let Some(cut_after) = cut_after else {
        let whole = axum::body::to_bytes(body, 64 << 20).await;
        return Some(whole.unwrap_or_default());
    };
    let (mut pieces, mut read) = (body.into_data_stream(), 0);
    while read < cut_after
        && let Some(Ok(piece)) = pieces.next().await
    {
        read += piece.len();
    }
    None
}
