//! Refusals of changes: a status, and for some of them a condition as XML (RFC 4918 §16).

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::store::StoreError;
use crate::web::error::Problem;

/// A refusal of a request.
pub(in crate::web::play::dav) enum DavRefusal {
    Problem(Box<Problem>),
    /// A lock is in the way; the URL is that of the locked entry.
    Locked(String),
}

impl From<Problem> for DavRefusal {
    fn from(problem: Problem) -> Self {
        DavRefusal::Problem(Box::new(problem))
    }
}

impl From<drives::DriveError> for DavRefusal {
    fn from(error: drives::DriveError) -> Self {
        files_problem(error).into()
    }
}

impl From<StoreError> for DavRefusal {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

impl IntoResponse for DavRefusal {
    fn into_response(self) -> Response {
        match self {
            DavRefusal::Problem(problem) => problem.for_players().into_response(),
            DavRefusal::Locked(href) => {
                let href = quick_xml::escape::escape(&*href);
                let body = format!(
                    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\">\
                     <D:lock-token-submitted><D:href>{href}</D:href></D:lock-token-submitted></D:error>\n"
                );
                (StatusCode::LOCKED, XML, body).into_response()
            }
        }
    }
}

pub(in crate::web::play::dav) const XML: [(HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];

pub(super) const fn refusal(status: StatusCode, sentence: &'static str) -> Problem {
    Problem {
        status,
        ..Problem::bad_request(sentence)
    }
}

pub(super) const NO_PARENT: Problem = refusal(
    StatusCode::CONFLICT,
    "The folder in which this would be is not there.",
);

pub(super) const IS_A_ROOT: Problem = refusal(
    StatusCode::FORBIDDEN,
    "A drive itself is neither made, moved, nor deleted here.",
);

pub(super) const IS_A_FOLDER: Problem = refusal(
    StatusCode::METHOD_NOT_ALLOWED,
    "There is a folder at this address, and no file.",
);

pub(super) const IS_THERE: Problem = refusal(
    StatusCode::METHOD_NOT_ALLOWED,
    "There is something at this address already.",
);

pub(super) const HAS_A_BODY: Problem = refusal(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "A folder is made without a body.",
);

pub(super) const IS_PARTIAL: Problem =
    Problem::bad_request("A part of a file cannot be put: send all of it.");

pub(super) const IS_ELSEWHERE: Problem = refusal(
    StatusCode::BAD_GATEWAY,
    "From one drive to another, files are copied and moved by the API: POST /api/v1/files/copy or move.",
);

pub(super) const IS_ITSELF: Problem = refusal(
    StatusCode::FORBIDDEN,
    "The source and the target contain each other.",
);

pub(super) const IS_FOREIGN: Problem = refusal(
    StatusCode::FORBIDDEN,
    "Files that an operating system keeps for itself are not taken here.",
);

fn files_problem(error: drives::DriveError) -> Problem {
    in_dav(crate::web::api::result_json::file_problem(error))
}

/// Returns a problem with the status that WebDAV clients expect.
pub(super) fn in_dav(problem: Problem) -> Problem {
    // 405 to MKCOL would mean that the folder is there (RFC 4918 §9.3.1), so 403 says that the drive cannot.
    match problem.status {
        StatusCode::UNPROCESSABLE_ENTITY => problem.forbidden(),
        _ => problem,
    }
}
