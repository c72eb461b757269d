//! `GET /api/v1/drives`: the owner's drives and how they are.

use axum::Json;
use axum::extract::State;
use futures_util::future::join_all;
use serde::Serialize;

use crate::drives::{Capability, DriveError, ErrorKind, Quota, SharedDrive};
use crate::media::Place;
use crate::web::Site;
use crate::web::error::Problem;

#[derive(Serialize)]
pub(in crate::web) struct Drives {
    drives: Vec<DriveJson>,
}

#[derive(Serialize)]
struct DriveJson {
    name: Place,
    kind: &'static str,
    state: &'static str,
    capabilities: Vec<Capability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<Quota>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemJson>,
}

#[derive(Serialize)]
struct AccountJson {
    id: String,
    name: String,
    /// Upstream addresses are never handed out; pictures of owners are not fetched yet.
    avatar_url: Option<String>,
    plan: Option<String>,
}

#[derive(Serialize)]
struct ProblemJson {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
}

/// All drives; those that fail say why, and the others still answer.
pub(in crate::web) async fn list(State(site): State<Site>) -> Json<Drives> {
    let drives = join_all(
        site.library
            .drives()
            .iter()
            .map(|drive| describe(&site, drive)),
    )
    .await;
    Json(Drives { drives })
}

async fn describe(site: &Site, drive: &SharedDrive) -> DriveJson {
    let mut json = DriveJson {
        name: drive.place().clone(),
        kind: drive.kind(),
        state: "ready",
        capabilities: drive.capabilities().to_vec(),
        account: None,
        quota: None,
        problem: None,
    };
    match site.library.account(drive.place()).await {
        Ok(account) => {
            json.quota = account.quota;
            json.account = Some(AccountJson {
                id: account.id.clone(),
                name: account.name.clone(),
                avatar_url: None,
                plan: account.plan.clone(),
            });
        }
        Err(error) => {
            json.state = state_of(&error);
            let problem = Problem::from(error);
            json.problem = Some(ProblemJson {
                code: problem.code,
                title: problem.words().title,
                detail: problem.sentence(),
            });
        }
    }
    json
}

/// The word for a drive whose account could not be asked.
pub(in crate::web) fn state_of(error: &DriveError) -> &'static str {
    if error.kind == ErrorKind::SignedOut {
        "signed_out"
    } else {
        "failed"
    }
}
