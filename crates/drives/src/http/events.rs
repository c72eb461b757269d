//! Server-sent events (WHATWG HTML, section 9.2): a reply that goes on for as long as both sides like.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderMap};

use super::client::{Client, within};
use super::reply::{Reply, failure};
use crate::DriveError;

/// Upper limit for the bytes of one event.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// A reply to a request for events.
pub(crate) enum EventReply {
    /// Events.
    Events(EventStream),
    /// Another reply, which was read as a whole.
    Other(Reply),
}

/// A stream of events.
pub(crate) struct EventStream {
    response: reqwest::Response,
    received: Vec<u8>,
    operation: &'static str,
    silence_timeout: Duration,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Client {
    /// Requests a stream of events. A stream without a byte for `silence_timeout` ends with an error. A reply of
    /// another type is read up to `limit` bytes.
    pub(crate) async fn listen(
        &self,
        operation: &'static str,
        url: &str,
        headers: HeaderMap,
        silence_timeout: Duration,
        limit: usize,
    ) -> Result<EventReply, DriveError> {
        let address = self.admitted(operation, url)?;
        let work = async {
            let request = self.patient.get(address).headers(headers).send();
            let response = request.await.map_err(|error| failure(operation, error))?;
            let content_type = response.headers().get(CONTENT_TYPE);
            let is_events = content_type
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.starts_with("text/event-stream"));
            if is_events && response.status().is_success() {
                return Ok(EventReply::Events(EventStream {
                    response,
                    received: Vec::new(),
                    operation,
                    silence_timeout,
                }));
            }
            let reply = Reply::read(operation, response, url.to_owned(), limit).await?;
            Ok(EventReply::Other(reply))
        };
        within(silence_timeout, operation, work).await
    }
}

impl EventStream {
    /// Returns the next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, DriveError> {
        loop {
            if let Some(event) = take_event(&mut self.received) {
                return Ok(Some(event));
            }
            if self.received.len() > MAX_EVENT_BYTES {
                return Err(DriveError::failed(
                    self.operation,
                    "an event without an end",
                ));
            }
            let (operation, silence_timeout) = (self.operation, self.silence_timeout);
            let chunk = async {
                let chunk = self.response.chunk().await;
                chunk.map_err(|error| failure(operation, error))
            };
            match within(silence_timeout, operation, chunk).await? {
                Some(chunk) => self.received.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// Takes the first complete event from `received`; `None` if there is none yet.
fn take_event(received: &mut Vec<u8>) -> Option<Event> {
    let length = |end: &[u8]| {
        let at = received.windows(end.len()).position(|bytes| bytes == end);
        at.map(|at| at + end.len())
    };
    let end = [length(b"\n\n"), length(b"\r\n\r\n")]
        .into_iter()
        .flatten()
        .min()?;
    let frame: Vec<u8> = received.drain(..end).collect();
    let mut event = Event::default();
    for line in String::from_utf8_lossy(&frame).lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event.name = value.to_owned(),
            "data" if event.data.is_empty() => event.data = value.to_owned(),
            "data" => {
                event.data.push('\n');
                event.data.push_str(value);
            }
            _ => {}
        }
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_one_by_one_as_they_arrive() {
        let mut received =
            b"event:subscribed\ndata:<nil>\n\nevent: event\r\ndata: a\r\ndata:b\r\n\r\nevent:x"
                .to_vec();
        let event = |name: &str, data: &str| {
            Some(Event {
                name: name.to_owned(),
                data: data.to_owned(),
            })
        };
        assert_eq!(take_event(&mut received), event("subscribed", "<nil>"));
        assert_eq!(take_event(&mut received), event("event", "a\nb"));
        assert_eq!(take_event(&mut received), None);
        received.extend_from_slice(b"\n\n");
        assert_eq!(take_event(&mut received), event("x", ""));
    }
}
