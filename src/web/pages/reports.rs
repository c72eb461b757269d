//! `/account/{drive}/reports/{report}`: usage reports of a drive that counts requests, as lists and tables
//! with the upstream's own names; and the forms for the API key and for a trial.

use askama::Template;
use axum::extract::{Form, OriginalUri, Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use super::drive_path::DrivePath;
use super::first_look::{FirstLook, without_content};
use super::layout::PageLayout;
use super::page_context::{NavItem, PageContext};
use super::{Fact, TextLink};
use crate::governor::SharedDrive;
use crate::web::api::reports;
use crate::web::error::Problem;
use crate::web::{AppState, MaybeQuery};
use drives::ReportKind;
use media::Place;

/// The page of one report.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub struct ReportPage {
    pub layout: PageLayout,
    pub crumbs: Vec<TextLink>,
    pub title: String,
    /// The other reports.
    pub others: Vec<TextLink>,
    /// Action URL of the form that filters it.
    pub action: String,
    /// The filters.
    pub filters: Vec<Filter>,
    pub facts: Vec<Fact>,
    pub tables: Vec<ReportTable>,
    /// All requests as a CSV file.
    pub csv: Option<String>,
}

/// A filter of a report.
#[derive(Debug, Clone)]
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

/// A table of a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportTable {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The usage panel of the account page.
#[derive(Debug, Clone)]
pub struct UsagePanel {
    pub reports: Vec<TextLink>,
    /// All requests as a CSV file.
    pub csv: String,
    /// Action URL of the form that regenerates the API key.
    pub renew_key: String,
    /// Action URL of the form that tries a link.
    pub try_link: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct TrialForm {
    link: String,
}

/// Maximum number of rows and columns of a table; the CSV file has all of them.
const MAX_ROWS: usize = 200;
const MAX_COLUMNS: usize = 12;

/// Returns the panel; `None` for drives that count no requests.
pub(super) fn panel(context: &PageContext, drive: &SharedDrive) -> Option<UsagePanel> {
    let site = &context.site;
    let kinds = drive.usage_reports()?.reports();
    let here = site.urls.account(drive.place());
    Some(UsagePanel {
        reports: links(context, &here, &kinds),
        csv: csv(site, drive.place()),
        renew_key: format!("{here}/key"),
        try_link: format!("{here}/trial"),
    })
}

/// Shows a report.
pub(in crate::web) async fn show(
    context: PageContext,
    Path((drive, report)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    query: MaybeQuery<Vec<(String, String)>>,
) -> Response {
    let site = &context.site;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let Ok(place) = Place::parse(&drive) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let look = FirstLook::of(&uri);
    let content = reports::one(site, &place, &report, &query);
    match look.content(content).await {
        Ok((kind, data)) => context.answer(Ok(page(&context, &place, kind, &query, &data))),
        Err(problem) => {
            let title = context.words("report-report");
            without_content(&context, &look, &place, &title, &problem)
        }
    }
}

/// Regenerates the API key, and redirects to the account.
pub(in crate::web) async fn renew_key(
    context: PageContext,
    DrivePath(place): DrivePath,
) -> Response {
    let site = &context.site;
    match reports::renew(site, &place).await {
        Ok(()) => Redirect::to(&site.urls.account(&place)).into_response(),
        Err(problem) => context.problem(&problem),
    }
}

/// Shows the content of a link, tried without a charge.
pub(in crate::web) async fn try_link(
    context: PageContext,
    DrivePath(place): DrivePath,
    Form(form): Form<TrialForm>,
) -> Response {
    let site = &context.site;
    match reports::tried(site, &place, &form.link).await {
        Ok(found) => {
            let (facts, tables) = laid_out(&found);
            context.answer(Ok(ReportPage {
                layout: context.layout(context.text("report-link-tried"), NavItem::None),
                crumbs: crumbs(site, &place),
                title: context.words("report-what-the-link-holds"),
                others: Vec::new(),
                action: String::new(),
                filters: Vec::new(),
                facts,
                tables,
                csv: None,
            }))
        }
        Err(problem) => context.problem(&problem),
    }
}

fn page(
    context: &PageContext,
    place: &Place,
    kind: ReportKind,
    query: &[(String, String)],
    data: &Value,
) -> ReportPage {
    let here = context.site.urls.account(place);
    let kinds = context.site.library.drive(place).ok();
    let kinds = kinds.as_ref().and_then(|drive| drive.usage_reports());
    let mut kinds = kinds.map_or(Vec::new(), |accounting| accounting.reports());
    kinds.retain(|other| other.id != kind.id);
    let (facts, tables) = laid_out(data);
    let asked = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name);
        found.map_or(String::new(), |(_, value)| value.clone())
    };
    ReportPage {
        layout: context.layout(context.language.sentence(kind.title), NavItem::None),
        crumbs: crumbs(&context.site, place),
        title: context.language.sentence(kind.title).into_owned(),
        others: links(context, &here, &kinds),
        action: format!("{here}/reports/{}", kind.id),
        filters: kind
            .parameters
            .iter()
            .map(|name| Filter {
                name,
                label: label(name),
                value: asked(name),
            })
            .collect(),
        facts,
        tables,
        csv: Some(csv(&context.site, place)),
    }
}

fn crumbs(site: &AppState, place: &Place) -> Vec<TextLink> {
    vec![TextLink {
        label: place.to_string(),
        href: site.urls.account(place),
    }]
}

fn links(context: &PageContext, here: &str, kinds: &[ReportKind]) -> Vec<TextLink> {
    let link = |kind: &ReportKind| TextLink {
        label: context.language.sentence(kind.title).into_owned(),
        href: format!("{here}/reports/{}", kind.id),
    };
    kinds.iter().map(link).collect()
}

fn csv(site: &AppState, place: &Place) -> String {
    let path = format!("/api/v1/drives/{place}/requests.csv");
    site.urls.local(&path)
}

/// Converts JSON: single values become facts, lists of objects become tables.
fn laid_out(data: &Value) -> (Vec<Fact>, Vec<ReportTable>) {
    let (mut facts, mut tables) = (Vec::new(), Vec::new());
    lay_out(data, "", &mut facts, &mut tables);
    (facts, tables)
}

fn lay_out(value: &Value, name: &str, facts: &mut Vec<Fact>, tables: &mut Vec<ReportTable>) {
    match value {
        Value::Object(fields) => {
            for (field, inner) in fields {
                // A success status is not worth a line.
                if name.is_empty() && matches!(field.as_str(), "status" | "success" | "errno") {
                    continue;
                }
                // The name of a wrapper object says nothing.
                let is_wrapping = name.is_empty() && field == "data";
                let field = if is_wrapping { "" } else { field };
                lay_out(inner, field, facts, tables);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            tables.push(table(name, items));
        }
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(plain).collect();
            facts.push(fact(name, words.join(", ")));
        }
        single => facts.push(fact(name, plain(single))),
    }
}

fn table(name: &str, items: &[Value]) -> ReportTable {
    let mut names: Vec<&String> = Vec::new();
    for fields in items.iter().take(MAX_ROWS).filter_map(Value::as_object) {
        for name in fields.keys() {
            if !names.contains(&name) && names.len() < MAX_COLUMNS {
                names.push(name);
            }
        }
    }
    let row = |item: &Value| {
        let cells = names
            .iter()
            .map(|name| item.get(name).map_or(String::new(), plain));
        cells.collect::<Vec<_>>()
    };
    ReportTable {
        title: label(name),
        columns: names.iter().map(|name| label(name)).collect(),
        rows: items.iter().take(MAX_ROWS).map(row).collect(),
    }
}

fn fact(name: &str, value: String) -> Fact {
    Fact {
        name: label(name),
        value,
    }
}

/// Formats a value.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let pairs = fields.iter();
            let pairs = pairs.map(|(name, value)| format!("{}: {}", label(name), plain(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Formats a name: `requests_today` as `Requests today`.
fn label(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_told_becomes_facts_and_tables() {
        let (facts, tables) = laid_out(&json!({
            "status": "success",
            "data": {
                "requests_today": 12,
                "plan": {"name": "Starter", "is_active": true},
                "days": [{"date": "2026-01-01", "count": 3}, {"date": "2026-01-02", "note": null}],
                "tags": ["a", "b"],
            },
        }));
        let mut told: Vec<(&str, &str)> = facts
            .iter()
            .map(|fact| (fact.name.as_str(), fact.value.as_str()))
            .collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("Is active", "yes"),
                ("Name", "Starter"),
                ("Requests today", "12"),
                ("Tags", "a, b")
            ]
        );
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].title, "Days");
        assert_eq!(tables[0].rows.len(), 2);
        assert!(tables[0].columns.contains(&"Date".to_owned()));
    }
}
