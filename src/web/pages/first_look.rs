//! The first look at a page: it comes at once with what is known, and reloads itself for what a slow drive has not
//! answered yet.
//!
//! Only the reload waits for the drive, for as long as any caller does, while the first page stays in the window. What
//! was begun for the first page goes on meanwhile (see [`single_flight`](crate::library)), so a drive is asked once.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use tokio::time::{Instant, timeout_at};

use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use drives::{DriveError, ErrorKind};

/// The time within which a page is answered.
const FIRST_LOOK_TIMEOUT: Duration = Duration::from_millis(1500);

/// The query of the reload.
const RELOAD_QUERY: &str = "waited=1";

/// The notice in the place of what has not arrived.
pub(super) const NOT_ANSWERED: &str =
    "The drive has not answered yet. This page looks again by itself.";

/// A page with nothing but its title.
#[derive(Debug, Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    layout: PageLayout,
    title: String,
    notice: &'static str,
}

/// One look at a page.
pub(super) struct FirstLook {
    /// The time at which the page is answered; `None` for the reload.
    deadline: Option<Instant>,
    /// The query of the reload, as a reference to the page itself.
    reload: String,
}

impl FirstLook {
    /// Returns the look that a request for `uri` is.
    pub fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let is_reload = query.split('&').any(|part| part == RELOAD_QUERY);
        FirstLook {
            deadline: (!is_reload).then(|| Instant::now() + FIRST_LOOK_TIMEOUT),
            reload: match query {
                "" => format!("?{RELOAD_QUERY}"),
                query => format!("?{query}&{RELOAD_QUERY}"),
            },
        }
    }

    /// Waits for a part of the page; `None` if it has not arrived in time.
    pub async fn wait<T>(&self, part: impl Future<Output = T>) -> Option<T> {
        match self.deadline {
            Some(deadline) => timeout_at(deadline, part).await.ok(),
            None => Some(part.await),
        }
    }

    /// Waits for the answer of a drive. One that has not arrived in time is an error that [`is_missing`] recognizes.
    pub async fn answer<T>(
        &self,
        answer: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        self.wait(answer).await.unwrap_or_else(|| {
            let error = DriveError::new(ErrorKind::UpstreamTimeout, "page", "no answer yet");
            Err(DriveError {
                sentence: Some(NOT_ANSWERED),
                ..error
            })
        })
    }

    /// Makes the browser load the page again.
    pub fn set_reload(&self, response: &mut Response) {
        if let Ok(value) = HeaderValue::from_str(&format!("1; url={}", self.reload)) {
            response.headers_mut().insert("refresh", value);
        }
    }
}

/// Returns the page in the place of one whose entry has not arrived.
pub(super) fn waiting(context: &PageContext<'_>, look: &FirstLook, title: &str) -> Response {
    let page = WaitingPage {
        layout: context.layout(title, NavItem::None),
        title: title.to_owned(),
        notice: NOT_ANSWERED,
    };
    let mut response = context.answer(Ok(page));
    look.set_reload(&mut response);
    response
}

/// Returns true for the error of an answer that has not arrived for the first look.
pub(super) fn is_missing(error: &DriveError) -> bool {
    error.sentence == Some(NOT_ANSWERED)
}

/// Returns true if an answer is such an error.
pub(super) fn is_answer_missing<T>(answer: &Result<T, DriveError>) -> bool {
    answer.as_ref().is_err_and(is_missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_look_is_answered_at_once_and_its_reload_waits() {
        let long = || tokio::time::sleep(Duration::from_secs(8));
        let first = FirstLook::of(&Uri::from_static("/browse/films?sort=size"));
        let began = Instant::now();
        assert_eq!(first.wait(long()).await, None);
        let never = std::future::pending::<Result<(), DriveError>>();
        assert!(is_missing(&first.answer(never).await.unwrap_err()));
        assert!(began.elapsed() <= FIRST_LOOK_TIMEOUT + Duration::from_millis(10));
        let mut response = Response::default();
        first.set_reload(&mut response);
        let reload = "1; url=?sort=size&waited=1";
        assert_eq!(response.headers()["refresh"], reload);
        let reload = FirstLook::of(&Uri::from_static("/browse/films?sort=size&waited=1"));
        assert_eq!(reload.wait(long()).await, Some(()));
    }
}
