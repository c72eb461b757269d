//! The stream of events: each change that is made elsewhere, with paths below the root that are not percent-encoded.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Asked, Site, World, envelope};

/// The events of a site.
#[derive(Default)]
pub struct Events {
    /// Open streams, each with the id of its client.
    listeners: Vec<(String, mpsc::UnboundedSender<Bytes>)>,
    /// Clients that have listened before.
    known: Vec<String>,
    is_missing: bool,
}

impl Site {
    /// Makes the site one of a version before 4.11, which has no events.
    pub fn has_no_events(&self) {
        self.world().events.is_missing = true;
    }

    /// Counts the open streams of events.
    pub fn listeners(&self) -> usize {
        let mut world = self.world();
        let listeners = &mut world.events.listeners;
        listeners.retain(|(_, sender)| !sender.is_closed());
        listeners.len()
    }

    /// Ends every open stream.
    pub fn cut_events(&self) {
        self.world().events.listeners.clear();
    }

    /// Tells every listener of a change.
    pub fn tell_change(&self, kind: &str, from: &str, to: &str) {
        let change = json!({"type": kind, "file_id": "abc", "from": from, "to": to});
        let frame = format!("event:event\ndata:{change}\n\n");
        let mut world = self.world();
        world
            .events
            .listeners
            .retain(|(_, sender)| sender.send(frame.clone().into()).is_ok());
    }
}

impl World {
    pub fn listen(&mut self, asked: &Asked, is_owner: bool) -> Response {
        if self.events.is_missing {
            return super::routes::no_such_call();
        }
        let client = asked.headers.get("x-cr-client-id");
        let client = client.and_then(|id| id.to_str().ok()).unwrap_or_default();
        let is_uuid = client.len() == 36 && client.matches('-').count() == 4;
        if !is_owner || !is_uuid {
            let code = if is_owner { 40001 } else { 401 };
            return envelope(Err((code, Value::Null)));
        }
        let is_known = self.events.known.iter().any(|known| known == client);
        let first = if is_known { "resumed" } else { "subscribed" };
        self.events.known.push(client.to_owned());
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let _ = sender.send(format!("event:{first}\ndata:<nil>\n\n").into());
        self.events.listeners.push((client.to_owned(), sender));
        let body = Body::from_stream(stream::poll_fn(move |context| {
            let frame = receiver.poll_recv(context);
            frame.map(|frame: Option<Bytes>| frame.map(Ok::<_, Infallible>))
        }));
        let headers = [(header::CONTENT_TYPE, "text/event-stream;charset=utf-8")];
        (headers, body).into_response()
    }
}
