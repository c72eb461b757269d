//! `/api/v1/drives/{drive}/reports`, `requests.csv`, `key` and `trial`: what a drive that counts the owner's requests
//! tells of them, another key for it, and a link tried without a request.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::files::{MaybeJson, read, read_place};
use crate::governor::{SharedDrive, UsageReportCalls};
use crate::web::error::{COUNTS_NOTHING, Problem};
use crate::web::{MaybeQuery, Site};
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
    /// What it can be narrowed by, as parameters of the query.
    #[schema(value_type = Vec<String>)]
    parameters: &'static [&'static str],
}

#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct ReportJson {
    id: &'static str,
    title: &'static str,
    /// As the upstream tells it, without keys and addresses of bytes.
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

/// The reports that a drive makes.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/reports", tag = "account",
    params(("drive" = String, Path)), responses((status = 200, body = ReportsJson)))]
pub(in crate::web) async fn list(
    State(site): State<Site>,
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

/// One report.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/reports/{report}", tag = "account",
    params(("drive" = String, Path), ("report" = String, Path)), responses((status = 200, body = ReportJson)))]
pub(in crate::web) async fn show(
    State(site): State<Site>,
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

/// Every request that was made, as a table.
#[utoipa::path(get, path = "/api/v1/drives/{drive}/requests.csv", tag = "account", params(("drive" = String, Path)),
    responses((status = 200, description = "A table (RFC 4180)", body = String, content_type = "text/csv")))]
pub(in crate::web) async fn requests(
    State(site): State<Site>,
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

/// Has another key made for the drive; the one in force ends.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/key", tag = "account", params(("drive" = String, Path)),
    responses((status = 204, description = "The new key is stored and in force")))]
pub(in crate::web) async fn renew_key(
    State(site): State<Site>,
    Path(drive): Path<String>,
) -> Result<StatusCode, Problem> {
    renew(&site, &read_place(&drive)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a link would hold, by a call that costs nothing.
#[utoipa::path(post, path = "/api/v1/drives/{drive}/trial", tag = "account", params(("drive" = String, Path)),
    request_body = TrialJson, responses((status = 200, body = TriedJson)))]
pub(in crate::web) async fn try_link(
    State(site): State<Site>,
    Path(drive): Path<String>,
    body: MaybeJson<TrialJson>,
) -> Result<Json<TriedJson>, Problem> {
    let link = read(body)?.url;
    let found = tried(&site, &read_place(&drive)?, &link).await?;
    Ok(Json(TriedJson { found }))
}

/// One report and which it is.
pub(in crate::web) async fn one(
    site: &Site,
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

/// Another key.
pub(in crate::web) async fn renew(site: &Site, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    usage_reports(&drive)?.renew_key().await?;
    site.library.invalidate_place(place).await;
    Ok(())
}

/// What a link would hold. Of a text, the first link is meant.
pub(in crate::web) async fn tried(
    site: &Site,
    place: &Place,
    text: &str,
) -> Result<serde_json::Value, Problem> {
    let drive = site.library.drive(place)?;
    let reports = usage_reports(&drive)?;
    // What is no link is not worth one of three questions a day.
    let link = site.shares.read_one(text).await?;
    Ok(reports.try_link(&link).await?)
}

fn usage_reports(drive: &SharedDrive) -> Result<UsageReportCalls<'_>, Problem> {
    let reports = drive.usage_reports();
    reports.ok_or(Problem::unsupported(&COUNTS_NOTHING))
}
