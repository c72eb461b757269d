//! `/api/v1/drives/{drive}/reports`, `requests.csv`, `key` and `trial`: usage reports of a drive that
//! counts requests, regenerating its API key, and resolving a link on trial.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read, read_place};
use crate::governor::{SharedDrive, UsageReportCalls};
use crate::web::error::{COUNTS_NOTHING, Problem};
use crate::web::{AppState, MaybeQuery};
use drives::ReportKind;
use media::Place;

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ReportsJson {
    reports: Vec<ReportKindJson>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct ReportKindJson {
    id: &'static str,
    title: &'static str,
    /// The filters of the report, as query parameters.
    #[schema(value_type = Vec<String>)]
    parameters: &'static [&'static str],
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ReportJson {
    id: &'static str,
    title: &'static str,
    /// The report as the upstream returns it, without keys and media URLs.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct TrialJson {
    url: String,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct TriedJson {
    /// `{"files":[{"name","size","streams","original"}]}`
    #[serde(flatten)]
    #[schema(value_type = Object)]
    found: serde_json::Value,
}

/// Lists the reports of a drive.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/reports", tag = "account",
    params(("drive" = String, Path)), responses((status = 200, body = ReportsJson)))]
pub(in crate::web) async fn list(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<Json<ReportsJson>, Problem> {
    let drive = site.library.drive(&read_place(&drive)?)?;
    let kinds = usage_reports(&drive)?.reports();
    let reports = kinds.into_iter().map(|kind| ReportKindJson {
        id: kind.id,
        title: kind.title,
        parameters: kind.parameters,
    });
    Ok(Json(ReportsJson {
        reports: reports.collect(),
    }))
}

/// Returns one report.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/reports/{report}", tag = "account",
    params(("drive" = String, Path), ("report" = String, Path)), responses((status = 200, body = ReportJson)))]
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    Path((drive, report)): Path<(String, String)>,
    query: MaybeQuery<Vec<(String, String)>>,
) -> Result<Json<ReportJson>, Problem> {
    let place = read_place(&drive)?;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let (kind, data) = one(&site, &place, &report, &query).await?;
    Ok(Json(ReportJson {
        id: kind.id,
        title: kind.title,
        data,
    }))
}

/// Returns all requests as a table.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/requests.csv", tag = "account", params(("drive" = String, Path)),
    responses((status = 200, description = "A table (RFC 4180)", body = String, content_type = "text/csv")))]
pub(in crate::web) async fn requests(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<Response, Problem> {
    let place = read_place(&drive)?;
    let drive = site.library.drive(&place)?;
    let table = usage_reports(&drive)?.history_csv().await?;
    let about = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{place}-requests.csv\""),
        ),
    ];
    Ok((about, table).into_response())
}

/// Regenerates the drive's API key; the former one stops working.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/key", tag = "account", params(("drive" = String, Path)),
    responses((status = 204, description = "The new key is stored and in force")))]
pub(in crate::web) async fn renew_key(
    State(site): State<AppState>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    renew(&site, &read_place(&drive)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the content of a link, by a call that is not charged.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/trial", tag = "account", params(("drive" = String, Path)),
    request_body = TrialJson, responses((status = 200, body = TriedJson)))]
pub(in crate::web) async fn try_link(
    State(site): State<AppState>,
    Path(drive): Path<String>,
    body: MaybeJson<TrialJson>,
) -> Result<Json<TriedJson>, Problem> {
    let link = read(body)?.url;
    let found = tried(&site, &read_place(&drive)?, &link).await?;
    Ok(Json(TriedJson { found }))
}

/// Returns one report with its kind.
pub(in crate::web) async fn one(
    site: &AppState,
    place: &Place,
    report: &str,
    query: &[(String, String)],
) -> Result<(ReportKind, serde_json::Value), Problem> {
    let drive = site.library.drive(place)?;
    let reports = usage_reports(&drive)?;
    let kinds = reports.reports();
    let kind = kinds.into_iter().find(|kind| kind.id == report);
    let kind = kind.ok_or(Problem::NOT_FOUND)?;
    let data = reports.report(kind.id, query).await?;
    Ok((kind, data))
}

/// Regenerates the API key.
pub(in crate::web) async fn renew(site: &AppState, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    usage_reports(&drive)?.renew_key().await?;
    site.library.invalidate_place(place).await;
    Ok(())
}

/// Returns the content of a link, the first one if `text` contains several.
pub(in crate::web) async fn tried(
    site: &AppState,
    place: &Place,
    text: &str,
) -> Result<serde_json::Value, Problem> {
    let drive = site.library.drive(place)?;
    let reports = usage_reports(&drive)?;
    // A text without a link must not use up one of three trials a day.
    let link = site.shares.read_one(text).await?;
    Ok(reports.try_link(&link).await?)
}

fn usage_reports(drive: &SharedDrive) -> Result<UsageReportCalls<'_>, Problem> {
    let reports = drive.usage_reports();
    reports.ok_or(Problem::unsupported(&COUNTS_NOTHING))
}
