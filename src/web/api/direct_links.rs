//! `/api/v1/drives/{drive}/direct-links`: URLs at the drive that hand out a file's bytes without a sign-in.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use super::files::{BAD_PATH, MaybeJson, read, read_place};
use super::result_json::ProblemJson;
use crate::web::AppState;
use crate::web::error::{HAS_NO_DIRECT_LINKS, Problem};
use drives::{DirectLink, DriveError, ErrorKind};
use media::{EntryPath, Place};

/// The files that get a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = DirectLinkPaths)]
pub(in crate::web) struct DirectLinkPathsJson {
    paths: Vec<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = DirectLinks)]
pub(in crate::web) struct DirectLinksJson {
    results: Vec<DirectLinkJson>,
}

/// The link of one file, or the reason why it has none.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = DirectLink)]
struct DirectLinkJson {
    #[schema(value_type = String)]
    path: EntryPath,
    ok: bool,
    /// A URL of the drive, which needs no sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemJson>,
}

/// Makes direct links to files.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/direct-links", tag = "direct_links",
    params(("drive" = String, Path)), request_body = DirectLinkPathsJson,
    responses((status = 200, description = "One result per path", body = DirectLinksJson)))]
pub(in crate::web) async fn create(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<DirectLinkPathsJson>,
) -> Result<Json<DirectLinksJson>, Problem> {
    let place = read_place(&drive)?;
    let paths = read(body)?.paths;
    let paths = paths.iter().map(|path| EntryPath::parse(path).ok());
    let paths: Vec<EntryPath> = paths.collect::<Option<_>>().ok_or(BAD_PATH)?;
    let links = make(&site, &place, &paths).await?;
    let results = links.into_iter().map(DirectLinkJson::from).collect();
    Ok(Json(DirectLinksJson { results }))
}

impl From<DirectLink> for DirectLinkJson {
    fn from(link: DirectLink) -> Self {
        let (url, problem) = match link.result {
            Ok(url) => (Some(url), None),
            Err(error) => (None, Some(ProblemJson::from(&link_problem(error)))),
        };
        DirectLinkJson {
            path: link.path,
            ok: url.is_some(),
            url,
            problem,
        }
    }
}

/// Makes direct links. Also used by pages.
pub(in crate::web) async fn make(
    site: &AppState,
    place: &Place,
    paths: &[EntryPath],
) -> Result<Vec<DirectLink>, Problem> {
    let drive = site.library.drive(place)?;
    let links = drive.direct_links().ok_or(NO_LINKS)?;
    if paths.is_empty() || paths.iter().any(EntryPath::is_root) {
        return Err(Problem::bad_request("“paths” names files."));
    }
    links.make(paths).await.map_err(link_problem)
}

fn link_problem(error: DriveError) -> Problem {
    match error.kind {
        ErrorKind::Unsupported => Problem::from(error).with_words(&HAS_NO_DIRECT_LINKS),
        _ => Problem::from(error),
    }
}

const NO_LINKS: Problem = Problem::unsupported(&HAS_NO_DIRECT_LINKS);
