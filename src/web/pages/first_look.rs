//! The first look at a page: it comes at once with what is known, and reloads itself for what a slow drive has not
//! answered yet.
//!
//! Only the reload waits for the drive, as long as a person would, while the first page stays in the window. What
//! was begun for the first page goes on meanwhile (see [`single_flight`](crate::library)), so a drive is asked once.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, Uri};
use axum::response::Response;
use tokio::time::{Instant, timeout_at};

use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use crate::web::error::{Problem, of_kind};
use drives::{DriveError, ErrorKind};
use media::Place;

/// The time within which a page is answered.
const FIRST_LOOK_TIMEOUT: Duration = Duration::from_millis(1500);

/// The time that a page waits for a part without which it is of use. Most drives answer in less.
const BRIEF_TIMEOUT: Duration = Duration::from_millis(400);

/// The time within which a reload and the answer to a form are answered. A little longer than the library waits for a
/// drive, whose error says more.
const PAGE_TIMEOUT: Duration = Duration::from_secs(9);

/// The time after which the page of a drive that did not answer looks again.
const RETRY_AFTER: Duration = Duration::from_secs(3);

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
    notice: String,
}

/// One look at a page.
#[derive(Debug, Clone)]
pub(super) struct FirstLook {
    /// The time at which the page is answered, whatever has arrived.
    deadline: Instant,
    /// The query of the reload, as a reference to the page itself; `None` for the reload and the answer to a form.
    reload: Option<String>,
}

impl FirstLook {
    /// Returns the look that a request for `uri` is.
    pub fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let is_reload = query.split('&').any(|part| part == RELOAD_QUERY);
        if is_reload {
            return FirstLook::of_form();
        }
        FirstLook {
            deadline: Instant::now() + FIRST_LOOK_TIMEOUT,
            reload: Some(match query {
                "" => format!("?{RELOAD_QUERY}"),
                query => format!("?{query}&{RELOAD_QUERY}"),
            }),
        }
    }

    /// Returns the look at the answer to a form, which is not loaded again.
    pub fn of_form() -> Self {
        FirstLook {
            deadline: Instant::now() + PAGE_TIMEOUT,
            reload: None,
        }
    }

    /// Waits for a part of the page; `None` if it has not arrived in time.
    pub async fn wait<T>(&self, part: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.deadline, part).await.ok()
    }

    /// Waits for a part without which the page is of use, too: briefly for the first look. `None` if it has not arrived
    /// in time.
    pub async fn wait_briefly<T>(&self, part: impl Future<Output = T>) -> Option<T> {
        let brief = Instant::now() + BRIEF_TIMEOUT;
        let deadline = match self.reload {
            Some(_) => self.deadline.min(brief),
            None => self.deadline,
        };
        timeout_at(deadline, part).await.ok()
    }

    /// Waits for the answer of a drive. One that has not arrived for the first look is an error that [`is_missing`]
    /// recognizes.
    pub async fn answer<T>(
        &self,
        answer: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        self.wait(answer).await.unwrap_or_else(|| {
            let error = DriveError::timeout("page", "no answer yet");
            Err(DriveError {
                sentence: self.late_sentence(),
                ..error
            })
        })
    }

    /// Waits for the content of a page without which there is none. If it has not arrived, [`without_content`] makes
    /// the page of the problem.
    pub async fn content<T>(
        &self,
        content: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let content = self.wait(content).await;
        content.unwrap_or_else(|| Err(self.late_problem()))
    }

    /// Returns the problem of content that has not arrived in time.
    pub fn late_problem(&self) -> Problem {
        Problem {
            sentence: self.late_sentence(),
            retry_after: Some(RETRY_AFTER),
            ..of_kind(ErrorKind::UpstreamTimeout)
        }
    }

    /// Returns the sentence about a drive that has not answered a search in time.
    pub fn late_words(&self, context: &PageContext, place: &Place) -> String {
        let id = match self.reload {
            Some(_) => "search-place-not-answered-yet",
            None => "search-place-did-not-answer",
        };
        context.text(id).with("place", place.as_str()).into()
    }

    /// Returns the time that is left.
    pub fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Returns the sentence about what has not arrived in time; `None` for the general one, if the page is not loaded
    /// again.
    fn late_sentence(&self) -> Option<&'static str> {
        self.reload.is_some().then_some(NOT_ANSWERED)
    }

    /// Makes the browser load the page again.
    pub fn set_reload(&self, response: &mut Response) {
        if let Some(reload) = &self.reload
            && let Ok(value) = HeaderValue::from_str(&format!("1; url={reload}"))
        {
            response.headers_mut().insert("refresh", value);
        }
    }
}

/// Returns the page in the place of one whose entry has not arrived.
pub(super) fn waiting(context: &PageContext, look: &FirstLook, title: &str) -> Response {
    let page = WaitingPage {
        layout: context.layout(title, NavItem::None),
        title: title.to_owned(),
        notice: context.language.sentence(NOT_ANSWERED).into_owned(),
    };
    let mut response = context.answer(Ok(page));
    look.set_reload(&mut response);
    response
}

/// Returns the page in the place of one whose content did not arrive, or was refused.
pub(super) fn without_content(
    context: &PageContext,
    look: &FirstLook,
    place: &Place,
    title: &str,
    problem: &Problem,
) -> Response {
    match is_problem_missing(problem) {
        true => waiting(context, look, title),
        false => context.problem_at(problem, Some(place)),
    }
}

/// Returns true for the error of an answer that has not arrived for the first look.
pub(super) fn is_missing(error: &DriveError) -> bool {
    error.sentence == Some(NOT_ANSWERED)
}

/// Returns true for the problem that was made of such an error.
pub(super) fn is_problem_missing(problem: &Problem) -> bool {
    problem.sentence == Some(NOT_ANSWERED)
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
        let never = std::future::pending::<Result<(), Problem>>();
        assert!(is_problem_missing(&first.content(never).await.unwrap_err()));
        assert!(began.elapsed() <= FIRST_LOOK_TIMEOUT + Duration::from_millis(10));
        let mut response = Response::default();
        first.set_reload(&mut response);
        let reload = "1; url=?sort=size&waited=1";
        assert_eq!(response.headers()["refresh"], reload);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reload_and_the_answer_to_a_form_wait_as_long_as_people_and_are_the_last() {
        let reload = FirstLook::of(&Uri::from_static("/browse/films?sort=size&waited=1"));
        let soon = tokio::time::sleep(Duration::from_secs(7));
        assert_eq!(reload.wait(soon).await, Some(()));
        for look in [reload, FirstLook::of_form()] {
            let never = std::future::pending::<Result<(), DriveError>>();
            let error = look.answer(never).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::UpstreamTimeout);
            assert!(!is_missing(&error));
            let never = std::future::pending::<Result<(), Problem>>();
            let problem = look.content(never).await.unwrap_err();
            assert!(problem.status.is_server_error() && !is_problem_missing(&problem));
            let mut response = Response::default();
            look.set_reload(&mut response);
            assert!(response.headers().is_empty());
        }
    }
}
