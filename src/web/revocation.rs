//! Aborts a response body when the ticket under which it streams is revoked or expires.

use std::pin::pin;
use std::task::Poll;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};

use super::ticket_visits::VisitGuard;
use crate::playback::ticket::{Ticket, TicketSigner};

/// The error that ends an aborted body.
#[derive(Debug, thiserror::Error)]
#[error("the ticket is good no longer")]
struct Revoked;

/// Returns the response with a body that is aborted as soon as the ticket expires or is revoked, or its key
/// is: short of `Content-Length`, so that the client does not take it for complete. `visit` is dropped with the body.
pub(super) fn until_revoked(
    mut response: Response,
    signer: &TicketSigner,
    ticket: &Ticket,
    visit: VisitGuard,
) -> Response {
    if response.body().is_end_stream() {
        return response;
    }
    if let Some(length) = response.body().size_hint().exact() {
        // A body that is a stream no longer reports its length by itself.
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
    let ended = signer.wait_until_invalid(ticket);
    // The viewer is there until the body has been sent.
    let ended = async move {
        let _visit = visit;
        ended.await;
    };
    response.map(|body| Body::from_stream(until(body.into_data_stream(), ended)))
}

/// Returns the items of `body` until `ended` resolves; then an error, and nothing more.
fn until<B, T>(
    mut body: B,
    ended: impl Future<Output = ()> + Send + 'static,
) -> impl Stream<Item = Result<T, axum::Error>>
where
    B: Stream<Item = Result<T, axum::Error>> + Unpin,
{
    let mut ended = Some(Box::pin(ended));
    stream::poll_fn(move |context| {
        let Some(waiting) = ended.as_mut() else {
            return Poll::Ready(None);
        };
        if pin!(waiting).poll(context).is_ready() {
            ended = None;
            tracing::info!("a body ended short: its ticket is good no longer");
            return Poll::Ready(Some(Err(axum::Error::new(Revoked))));
        }
        body.poll_next_unpin(context)
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_body_breaks_off_while_it_waits() {
        let (end, ended) = oneshot::channel::<()>();
        let (more, mut chunks) = tokio::sync::mpsc::channel::<Result<u8, axum::Error>>(4);
        let body = Box::pin(stream::poll_fn(move |context| chunks.poll_recv(context)));
        let mut body = Box::pin(until(body, async move {
            let _ = ended.await;
        }));
        more.send(Ok(1)).await.unwrap();
        assert_eq!(body.next().await.unwrap().unwrap(), 1);
        let next = tokio::spawn(async move { (body.next().await, body.next().await.is_none()) });
        tokio::task::yield_now().await;
        end.send(()).unwrap();
        let (last, is_over) = next.await.unwrap();
        assert!(last.unwrap().is_err() && is_over);
    }

    #[tokio::test]
    async fn a_body_that_ends_by_itself_is_whole() {
        let body = stream::iter([Ok(1), Ok(2)]);
        let items: Vec<_> = until(body, std::future::pending()).collect().await;
        assert_eq!(
            items.into_iter().map(Result::unwrap).collect::<Vec<_>>(),
            [1, 2]
        );
    }
}
