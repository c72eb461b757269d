//! The service's reports on the owner's use of it, redacted for display.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{TeraboxDl, address_of, redact};
use crate::{DriveError, ReportKind, ShareLink, UsageReports};

/// Read-only client endpoints, and the list of plans.
const REPORTS: &[(ReportKind, &str)] = &[
    (report("account", "Account", &[]), "/client/account/info"),
    (report("dashboard", "Dashboard", &[]), "/client/dashboard"),
    (
        report("usage", "Usage by day", &["days", "start_date", "end_date"]),
        "/client/usage/analytics",
    ),
    (
        report(
            "requests",
            "Request history",
            &[
                "page",
                "per_page",
                "status",
                "search",
                "start_date",
                "end_date",
            ],
        ),
        "/client/request-history",
    ),
    (
        report("activity", "Recent activity", &["limit"]),
        "/client/realtime-activity",
    ),
    (report("plans", "Plans", &[]), "/api/plans"),
];

const fn report(
    id: &'static str,
    title: &'static str,
    parameters: &'static [&'static str],
) -> ReportKind {
    ReportKind {
        id,
        title,
        parameters,
    }
}

#[async_trait]
impl UsageReports for TeraboxDl {
    fn reports(&self) -> Vec<ReportKind> {
        REPORTS.iter().map(|(kind, _)| *kind).collect()
    }

    async fn report(&self, id: &str, query: &[(String, String)]) -> Result<Value, DriveError> {
        let operation = "report";
        let known = REPORTS.iter().find(|(kind, _)| kind.id == id);
        let (kind, path) =
            known.ok_or_else(|| DriveError::not_found(operation, "no report of that name"))?;
        let mut query = query.to_vec();
        query.retain(|(name, value)| {
            kind.parameters.contains(&name.as_str()) && !value.trim().is_empty()
        });
        let mut told = self.api.ask(operation, path, &query).await?;
        redact::value(&mut told, &self.api.keys.keys().await?);
        Ok(told)
    }

    async fn history_csv(&self) -> Result<Bytes, DriveError> {
        let text = self.api.export().await?;
        let text = String::from_utf8_lossy(&text);
        let keys = self.api.keys.keys().await?;
        Ok(redact::text(&text, &keys).into_owned().into())
    }

    async fn renew_key(&self) -> Result<(), DriveError> {
        self.api.regenerate().await
    }

    async fn try_link(&self, link: &ShareLink) -> Result<Value, DriveError> {
        let answer = self.api.trial(&address_of(link)).await?;
        let files = answer.found.items.iter().map(|item| {
            json!({
                "name": item.name,
                "size": item.size,
                "streams": item.stream_url.is_some(),
                "original": item.direct_link.is_some() || item.stream_download_url.is_some(),
            })
        });
        Ok(json!({ "files": files.collect::<Vec<_>>() }))
    }
}
