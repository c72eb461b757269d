//! `/organize/names`: new names for several entries. They are shown before anything is done, and taken back by one press.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;

use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::new_names::{EpisodeMarks, KnownTitle, NamingRule, new_name};
use super::page_context::{NavItem, PageContext};
use crate::library::Freshness;
use crate::store::ItemKind;
use crate::web::AppState;
use crate::web::api::files::{is_name, rename_one};
use crate::web::api::result_json::file_problem;
use crate::web::error::Problem;
use media::{EntryKind, EntryPath, Place};

/// The form with the rules, what it would do, or what was done.
#[derive(Debug, Template)]
#[template(path = "rename_many.html")]
pub struct RenameManyPage {
    pub layout: PageLayout,
    pub title: String,
    /// Action URL of the forms.
    pub action: String,
    pub place: String,
    /// The URL of the folder to return to.
    pub back: String,
    pub problem: Option<String>,
    /// The paths of the chosen entries.
    pub paths: Vec<String>,
    /// `replace`, `pattern` or `title`.
    pub rule: String,
    pub find: String,
    pub with: String,
    pub pattern: String,
    pub first: String,
    /// The new names; those that were given, if `is_done`.
    pub renames: Vec<NameChange>,
    /// True if they have these names now.
    pub is_done: bool,
    pub failures: Vec<FailedEntry>,
}

/// An entry for which an operation failed.
#[derive(Debug, Clone)]
pub struct FailedEntry {
    pub name: String,
    pub sentence: String,
}

/// One entry that gets another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameChange {
    pub path: String,
    pub old: String,
    pub new: String,
    /// The path under the new name.
    pub new_path: String,
}

/// Entries that are renamed at once: each is a call of the upstream while the browser waits.
const MAX_RENAMES: usize = 200;

/// Shows the form for the chosen entries of a selection.
pub(super) async fn show(
    context: &PageContext<'_>,
    fields: &FormFields,
    place: &Place,
) -> Response {
    match answer(context, fields, place).await {
        Ok(page) => context.answer(Ok(page)),
        Err(problem) => context.problem_at(&problem, Some(place)),
    }
}

/// Shows the form, shows the new names, or gives them.
pub(in crate::web) async fn apply(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let context = PageContext::new(&site, &headers);
    let fields = FormFields::read(&body);
    let place = match fields.place() {
        Ok(place) => place,
        Err(problem) => return context.problem(&problem),
    };
    show(&context, &fields, &place).await
}

async fn answer(
    context: &PageContext<'_>,
    fields: &FormFields,
    place: &Place,
) -> Result<RenameManyPage, Problem> {
    context.site.library.drive(place)?;
    let chosen = fields.chosen()?;
    if chosen.is_empty() {
        return Err(Problem::bad_request(
            "Nothing is chosen. Tick something first.",
        ));
    }
    if chosen.len() > MAX_RENAMES {
        return Err(Problem::bad_request(
            "These are too many at once. Choose 200 at most.",
        ));
    }
    let mut page = form(context, fields, place, &chosen);
    match (fields.one("now"), fields.one("rule")) {
        ("", "") => {}
        ("", rule) => {
            let rule = read_rule(fields, rule)?;
            page.renames = preview(context, place, &chosen, &rule).await;
            if page.renames.is_empty() {
                page.problem = Some(context.words("rename-many-no-change"));
            } else if has_a_name_twice(&page.renames) {
                page.problem = Some(context.words("rename-many-same-name"));
                page.renames.clear();
            }
        }
        _ => {
            let names: Vec<&str> = fields.all("name").collect();
            if names.len() != chosen.len() {
                return Err(Problem::bad_request("Each entry needs a name."));
            }
            give(context, place, &mut page, &chosen, &names).await;
        }
    }
    Ok(page)
}

fn form(
    context: &PageContext<'_>,
    fields: &FormFields,
    place: &Place,
    chosen: &[EntryPath],
) -> RenameManyPage {
    let title = {
        let entries = context.text("count-entries").with("count", chosen.len());
        context
            .text("organize-rename-what")
            .with("what", entries)
            .to_string()
    };
    let folder = chosen[0].parent().unwrap_or_else(EntryPath::root);
    let or = |name: &str, default: &str| match fields.one(name) {
        "" => default.to_owned(),
        typed => typed.to_owned(),
    };
    RenameManyPage {
        layout: context.layout(title.clone(), NavItem::None),
        title,
        action: context.site.urls.local("/organize/names"),
        place: place.to_string(),
        back: context.browse(place, &folder),
        problem: None,
        paths: chosen.iter().map(EntryPath::to_string).collect(),
        rule: or("rule", "title"),
        find: fields.one("find").to_owned(),
        with: fields.one("with").to_owned(),
        pattern: or("pattern", "{title} ({year})"),
        first: or("first", "1"),
        renames: Vec::new(),
        is_done: false,
        failures: Vec::new(),
    }
}

fn read_rule(fields: &FormFields, rule: &str) -> Result<NamingRule, Problem> {
    match rule {
        "replace" => Ok(NamingRule::Replace {
            find: fields.one("find").to_owned(),
            with: fields.one("with").to_owned(),
        }),
        "pattern" => {
            Ok(NamingRule::Pattern {
                pattern: fields.one("pattern").to_owned(),
                first: fields.one("first").trim().parse().map_err(|_| {
                    Problem::bad_request("The first number is a number, such as 1.")
                })?,
            })
        }
        "title" => Ok(NamingRule::Title),
        _ => Err(Problem::bad_request("There is no such rule for names.")),
    }
}

/// Returns the entries whose names would change.
async fn preview(
    context: &PageContext<'_>,
    place: &Place,
    chosen: &[EntryPath],
    rule: &NamingRule,
) -> Vec<NameChange> {
    let mut renames = Vec::new();
    for (index, path) in chosen.iter().enumerate() {
        let library = &context.site.library;
        let entry = library.entry(place, path, Freshness::Cached).await;
        let is_folder = entry.is_ok_and(|entry| entry.kind == EntryKind::Folder);
        let known = match rule {
            NamingRule::Replace { .. } => KnownTitle::default(),
            _ => known_title(context, place, path).await,
        };
        let new = new_name(rule, path, is_folder, &known, index);
        if new != path.name() {
            renames.push(rename_of(path, &new));
        }
    }
    renames
}

/// Returns what the library knows about a file, or else what its name says.
async fn known_title(context: &PageContext<'_>, place: &Place, path: &EntryPath) -> KnownTitle {
    let (site, viewer) = (context.site, context.viewer());
    let item = match site.store.item_of_file(place, path).await {
        Ok(Some(id)) => site.store.library_item(id, viewer).await.ok().flatten(),
        _ => None,
    };
    let from_name = KnownTitle::of_path(path);
    match item {
        Some(item) if item.kind == ItemKind::Film => KnownTitle {
            title: item.title,
            year: item.year,
            episode: None,
        },
        Some(item) if item.kind == ItemKind::Episode => {
            let Some(number) = item.number else {
                return from_name;
            };
            let numbered = format!("Episode {number}");
            KnownTitle {
                title: item.series_title.unwrap_or(from_name.title),
                year: item.year,
                episode: Some(EpisodeMarks {
                    season: item.season,
                    number,
                    last: item.last_number,
                    title: Some(item.title).filter(|title| *title != numbered),
                }),
            }
        }
        _ => from_name,
    }
}

/// Renames the entries one after the other, and notes on the page what was done and what failed.
async fn give(
    context: &PageContext<'_>,
    place: &Place,
    page: &mut RenameManyPage,
    chosen: &[EntryPath],
    names: &[&str],
) {
    page.is_done = true;
    let mut pending: Vec<_> = chosen.iter().zip(names).collect();
    while !pending.is_empty() {
        // A name that another one of them still has is given after that one has changed.
        let is_free = |(path, name): &(&EntryPath, &&str)| {
            let new = rename_of(path, name).new_path;
            !pending.iter().any(|(other, _)| other.as_str() == new)
        };
        let next = pending.iter().position(is_free).unwrap_or(0);
        let (path, name) = pending.remove(next);
        let result = match is_name(name) {
            true => rename_one(context.site, place, path, name).await,
            false => Err(Problem::REFUSED_NAME),
        };
        let problem = match result {
            Ok(outcome) => outcome.result.err().map(file_problem),
            Err(problem) => Some(problem),
        };
        match problem {
            None => page.renames.push(rename_of(path, name)),
            Some(problem) => page.failures.push(FailedEntry {
                name: path.name().to_owned(),
                sentence: context.detail(&problem),
            }),
        }
    }
    page.title = match page.failures.is_empty() {
        true => context.words("rename-many-done"),
        false => context.words("common-not-everywhere"),
    };
}

fn rename_of(path: &EntryPath, new: &str) -> NameChange {
    let folder = path.parent().unwrap_or_else(EntryPath::root);
    NameChange {
        path: path.to_string(),
        old: path.name().to_owned(),
        new: new.to_owned(),
        new_path: folder
            .join(new)
            .map_or_else(|_| path.to_string(), |path| path.to_string()),
    }
}

fn has_a_name_twice(renames: &[NameChange]) -> bool {
    let mut seen = BTreeSet::new();
    renames.iter().any(|rename| !seen.insert(&rename.new_path))
}
