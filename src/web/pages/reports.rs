//! `/account/{drive}/reports/{report}`: what a drive that counts the owner's requests tells of them, as facts and
//! tables, whatever the upstream calls them; and the forms beside them.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::Value;

use super::desk::{At, Desk};
use super::layout::Layout;
use super::{Fact, Link, account};
use crate::governor::SharedDrive;
use crate::web::api::reports;
use crate::web::error::Problem;
use crate::web::{MaybeQuery, Site};
use drives::ReportKind;
use media::Place;

/// One report.
#[derive(Debug, Template)]
#[template(path = "report.html")]
pub struct ReportPage {
    pub layout: Layout,
    pub crumbs: Vec<Link>,
    pub title: String,
    /// The other reports.
    pub others: Vec<Link>,
    /// Where it is asked for again, narrowed.
    pub action: String,
    /// What it can be narrowed by.
    pub filters: Vec<Filter>,
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
    /// Everything as a file.
    pub csv: Option<String>,
}

/// A field by which a report is narrowed.
#[derive(Debug, Clone)]
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

/// Rows of the same kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// What the account's page says of the owner's use of a drive.
#[derive(Debug, Clone)]
pub struct UsePanel {
    pub reports: Vec<Link>,
    /// Every request as a file.
    pub csv: String,
    /// Where another key is asked for.
    pub renew_key: String,
    /// Where a link is tried.
    pub try_link: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct TrialForm {
    link: String,
}

/// Rows of a table that are shown; the file has all of them.
const ROWS: usize = 200;
const COLUMNS: usize = 12;

/// The panel; `None` for drives that count nothing.
pub(super) fn panel(site: &Site, drive: &SharedDrive) -> Option<UsePanel> {
    let kinds = drive.usage_reports()?.reports();
    let here = account::here(site, drive.place());
    Some(UsePanel {
        reports: links(&here, &kinds),
        csv: csv(site, drive.place()),
        renew_key: format!("{here}/key"),
        try_link: format!("{here}/trial"),
    })
}

/// A report.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    Path((drive, report)): Path<(String, String)>,
    query: MaybeQuery<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match reports::one(&site, &place, &report, &query).await {
        Ok((kind, data)) => desk.answer(Ok(page(&desk, &place, kind, &query, &data))),
        Err(problem) => desk.problem(&problem),
    }
}

/// Another key, and back to the account.
pub(in crate::web) async fn renew_key(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match reports::renew(&site, &place).await {
        Ok(()) => Redirect::to(&account::here(&site, &place)).into_response(),
        Err(problem) => desk.problem(&problem),
    }
}

/// What a link would hold.
pub(in crate::web) async fn try_link(
    State(site): State<Site>,
    Path(drive): Path<String>,
    headers: HeaderMap,
    Form(form): Form<TrialForm>,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let Ok(place) = Place::parse(&drive) else {
        return desk.problem(&Problem::NOT_FOUND);
    };
    match reports::tried(&site, &place, &form.link).await {
        Ok(found) => {
            let (facts, tables) = laid_out(&found);
            desk.answer(Ok(ReportPage {
                layout: desk.layout("A link, tried", At::Elsewhere),
                crumbs: crumbs(&site, &place),
                title: "What the link holds".to_owned(),
                others: Vec::new(),
                action: String::new(),
                filters: Vec::new(),
                facts,
                tables,
                csv: None,
            }))
        }
        Err(problem) => desk.problem(&problem),
    }
}

fn page(
    desk: &Desk<'_>,
    place: &Place,
    kind: ReportKind,
    query: &[(String, String)],
    data: &Value,
) -> ReportPage {
    let here = account::here(desk.site, place);
    let kinds = desk.site.library.drive(place).ok();
    let kinds = kinds.as_ref().and_then(|drive| drive.usage_reports());
    let mut kinds = kinds.map_or(Vec::new(), |accounting| accounting.reports());
    kinds.retain(|other| other.id != kind.id);
    let (facts, tables) = laid_out(data);
    let asked = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name);
        found.map_or(String::new(), |(_, value)| value.clone())
    };
    ReportPage {
        layout: desk.layout(kind.title, At::Elsewhere),
        crumbs: crumbs(desk.site, place),
        title: kind.title.to_owned(),
        others: links(&here, &kinds),
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
        csv: Some(csv(desk.site, place)),
    }
}

fn crumbs(site: &Site, place: &Place) -> Vec<Link> {
    vec![Link {
        label: place.to_string(),
        href: account::here(site, place),
    }]
}

fn links(here: &str, kinds: &[ReportKind]) -> Vec<Link> {
    let link = |kind: &ReportKind| Link {
        label: kind.title.to_owned(),
        href: format!("{here}/reports/{}", kind.id),
    };
    kinds.iter().map(link).collect()
}

fn csv(site: &Site, place: &Place) -> String {
    let path = format!("/api/v1/drives/{place}/requests.csv");
    site.addresses.local(&path)
}

/// A reply as facts and tables: single values by their names, lists of things as tables.
fn laid_out(data: &Value) -> (Vec<Fact>, Vec<Table>) {
    let (mut facts, mut tables) = (Vec::new(), Vec::new());
    lay_out(data, "", &mut facts, &mut tables);
    (facts, tables)
}

fn lay_out(value: &Value, name: &str, facts: &mut Vec<Fact>, tables: &mut Vec<Table>) {
    match value {
        Value::Object(fields) => {
            for (field, inner) in fields {
                // That it went well is not worth a line.
                if name.is_empty() && matches!(field.as_str(), "status" | "success" | "errno") {
                    continue;
                }
                // What wraps everything says nothing.
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

fn table(name: &str, items: &[Value]) -> Table {
    let mut names: Vec<&String> = Vec::new();
    for fields in items.iter().take(ROWS).filter_map(Value::as_object) {
        for name in fields.keys() {
            if !names.contains(&name) && names.len() < COLUMNS {
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
    Table {
        title: label(name),
        columns: names.iter().map(|name| label(name)).collect(),
        rows: items.iter().take(ROWS).map(row).collect(),
    }
}

fn fact(name: &str, value: String) -> Fact {
    Fact {
        name: label(name),
        value,
    }
}

/// A value in words.
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

/// `requests_today` as `Requests today`.
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
