//! The least pace of request bodies: a body that is sent a byte at a time does not occupy a handler for hours.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

/// The least pace in bytes per second, over the time for which the server waits for the client: an upload that waits
/// for a disk or an upstream is not slow.
const MIN_BYTES_PER_S: u64 = 256;

/// The time of waiting after which a body is judged. A phone may have no network for as long.
const JUDGED_WAIT: Duration = Duration::from_secs(30);

/// The error that ends a body.
#[derive(Debug, thiserror::Error)]
#[error("the request body is sent too slowly")]
struct TooSlow;

/// Gives the body of a request a least pace.
pub(super) async fn enforce(request: Request, next: Next) -> Response {
    next.run(request.map(|body| Body::new(PacedBody::new(body))))
        .await
}

/// A body with a least pace.
struct PacedBody {
    body: Body,
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl PacedBody {
    fn new(body: Body) -> Self {
        PacedBody {
            body,
            bytes: 0,
            waited: Duration::ZERO,
            waiting_since: None,
        }
    }

    /// Records that bytes have arrived. Returns true if all of them were too slow.
    fn is_too_slow(&mut self, bytes: u64) -> bool {
        self.bytes += bytes;
        if let Some(since) = self.waiting_since.take() {
            self.waited += since.elapsed();
        }
        self.waited >= JUDGED_WAIT && self.bytes < self.waited.as_secs() * MIN_BYTES_PER_S
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Pending => {
                self.waiting_since.get_or_insert_with(Instant::now);
            }
            Poll::Ready(Some(Ok(part))) => {
                let bytes = part.data_ref().map_or(0, Bytes::len);
                if self.is_too_slow(bytes as u64) {
                    return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
                }
            }
            Poll::Ready(_) => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};
    use tokio::time::sleep;

    use super::*;

    /// A body of so many chunks at an interval.
    fn body(chunk: usize, interval: Duration, chunks: usize) -> PacedBody {
        let chunks = stream::iter(0..chunks).then(move |_| async move {
            sleep(interval).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; chunk]))
        });
        PacedBody::new(Body::from_stream(chunks))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_sent_a_byte_a_second_ends_and_a_slow_upload_does_not() {
        let began = Instant::now();
        let second = Duration::from_secs(1);
        let dripping = Body::new(body(1, second, 65_000));
        assert!(axum::body::to_bytes(dripping, usize::MAX).await.is_err());
        assert!(began.elapsed() < JUDGED_WAIT + 2 * second);
        let slow = Body::new(body(1000, second, 300));
        let slow = axum::body::to_bytes(slow, usize::MAX).await.unwrap();
        assert_eq!(slow.len(), 300_000);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_the_server_does_not_read_does_not_count() {
        let mut body = Body::new(body(1, Duration::from_millis(1), 3)).into_data_stream();
        for _ in 0..3 {
            sleep(10 * JUDGED_WAIT).await;
            assert!(body.next().await.unwrap().is_ok());
        }
        assert!(body.next().await.is_none());
    }
}
