//! The JSON of results per path, and of problems inside of a successful reply.

use axum::http::HeaderMap;
use serde::Serialize;

use super::{EntryJson, EntryWriter};
use crate::web::AppState;
use crate::web::error::{CANNOT_MANAGE, Problem, ProblemCode};
use drives::{DriveError, ErrorKind, Outcome, RestoreOutcome};
use media::EntryPath;

/// A problem inside of a reply; as a reply of its own it is a problem document with the same texts.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ProblemJson {
    #[schema(value_type = String)]
    pub code: ProblemCode,
    pub title: &'static str,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<UpstreamJson>,
}

/// The upstream's own error.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct UpstreamJson {
    pub errno: i64,
}

impl From<&Problem> for ProblemJson {
    fn from(problem: &Problem) -> Self {
        ProblemJson {
            code: problem.code,
            title: problem.words().title,
            detail: problem.detail(),
            upstream: problem.upstream_errno.map(|errno| UpstreamJson { errno }),
        }
    }
}

/// `Result` of the API.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ResultJson {
    /// The requested id, for calls that take ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The requested path; the root if an id has none.
    #[schema(value_type = String)]
    pub path: EntryPath,
    pub ok: bool,
    /// The entry as it is now; missing if it no longer exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemJson>,
}

/// One result per path, in the order of the request.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Results {
    pub results: Vec<ResultJson>,
}

impl Results {
    /// Converts outcomes for a client with these headers.
    pub fn of(site: &AppState, headers: &HeaderMap, outcomes: Vec<Outcome>) -> Self {
        let writer = EntryWriter::new(site, headers);
        let results = outcomes
            .into_iter()
            .map(|outcome| ResultJson::of(&writer, None, outcome))
            .collect();
        Results { results }
    }
}

impl ResultJson {
    /// Converts the outcome for a restored entry, for a client with these headers.
    pub fn of_restored(site: &AppState, headers: &HeaderMap, outcome: RestoreOutcome) -> Self {
        let writer = EntryWriter::new(site, headers);
        let path = outcome.path.unwrap_or(EntryPath::root());
        let result = outcome.result;
        ResultJson::of(&writer, Some(outcome.id), Outcome { path, result })
    }

    fn of(writer: &EntryWriter<'_>, id: Option<String>, outcome: Outcome) -> Self {
        let (entry, problem) = match outcome.result {
            Ok(entry) => (entry.map(|entry| writer.write(&entry)), None),
            Err(error) => (None, Some(ProblemJson::from(&file_problem(error)))),
        };
        ResultJson {
            id,
            path: outcome.path,
            ok: problem.is_none(),
            entry,
            problem,
        }
    }
}

/// Maps an error of a file operation to a problem; the general texts are about films.
pub(in crate::web) fn file_problem(error: DriveError) -> Problem {
    let kind = error.kind;
    let problem = Problem::from(error);
    match kind {
        ErrorKind::Unsupported => problem.with_words(&CANNOT_MANAGE),
        _ => problem,
    }
}

/// Returns true if an error concerns one path, and not the drive as a whole.
pub(in crate::web) fn is_about_a_path(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::Gone
            | ErrorKind::Forbidden
            | ErrorKind::Conflict
            | ErrorKind::RefusedName
            | ErrorKind::NoSpace
            | ErrorKind::PlanRequired
            | ErrorKind::Unsupported
            | ErrorKind::BadRequest
    )
}
