//! `Result` of the API: what became of one path of a call that takes several.

use serde::Serialize;

use super::{EntryJson, EntryWriter};
use crate::drives::Outcome;
use crate::media::EntryPath;
use crate::web::error::Problem;

/// `{"results": […]}`, one for each path, in the order of the call.
#[derive(Debug, Serialize)]
pub(in crate::web) struct Results {
    results: Vec<ResultJson>,
}

#[derive(Debug, Serialize)]
struct ResultJson {
    path: EntryPath,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<EntryJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ResultProblem>,
}

/// What went wrong with one path; the same words as in a problem document.
#[derive(Debug, Serialize)]
struct ResultProblem {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
}

impl Results {
    /// Outcomes for one viewer.
    pub fn of(outcomes: Vec<Outcome>, writer: &EntryWriter<'_>) -> Self {
        let results = outcomes.into_iter().map(|outcome| match outcome.result {
            Ok(entry) => ResultJson {
                path: outcome.path,
                ok: true,
                entry: entry.map(|entry| writer.write(&entry)),
                problem: None,
            },
            Err(error) => {
                let problem = Problem::from(error);
                ResultJson {
                    path: outcome.path,
                    ok: false,
                    entry: None,
                    problem: Some(ResultProblem {
                        code: problem.code,
                        title: problem.words().title,
                        detail: problem.sentence(),
                    }),
                }
            }
        });
        Results {
            results: results.collect(),
        }
    }
}
