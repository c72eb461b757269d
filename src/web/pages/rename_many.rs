//! `/organize/names`: new names for several entries. They are shown before anything is done, and taken back by one press.

mod preview;

use std::collections::{BTreeSet, VecDeque};

use askama::Template;
use axum::response::Response;
use bytes::Bytes;

use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::new_names::NamingRule;
use super::page_context::{NavItem, PageContext};
use crate::library::{FileOperation, Freshness};
use crate::web::AppState;
use crate::web::api::files::{change, is_name, rename_one};
use crate::web::api::move_one::move_one;
use crate::web::api::result_json::file_problem;
use crate::web::error::Problem;
use media::{EntryPath, PageRequest, Place};

use preview::preview;

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
    /// `title`, `folders`, `replace` or `pattern`.
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
    /// The new name, or the new path from the folder on.
    pub new: String,
    /// The new name as the form sends it: one in the same folder, or a whole path.
    pub name: String,
    /// The same of the old name.
    pub former: String,
    /// The whole new path.
    pub new_path: String,
}

/// The value of the button that takes the new names back.
const UNDO: &str = "undo";

/// Entries that are renamed at once: each is a call of the upstream while the browser waits.
const MAX_RENAMES: usize = 200;

/// Shows the form for the chosen entries of a selection.
pub(super) async fn show(context: &PageContext, fields: &FormFields, place: &Place) -> Response {
    match answer(context, fields, place).await {
        Ok(page) => context.answer(Ok(page)),
        Err(problem) => context.problem_at(&problem, Some(place)),
    }
}

/// Shows the form, shows the new names, or gives them.
pub(in crate::web) async fn apply(context: PageContext, body: Bytes) -> Response {
    let fields = FormFields::read(&body);
    let place = match fields.place() {
        Ok(place) => place,
        Err(problem) => return context.problem(&problem),
    };
    show(&context, &fields, &place).await
}

async fn answer(
    context: &PageContext,
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
            if fields.one("now") == UNDO {
                remove_left(context, place, &chosen).await;
            }
        }
    }
    Ok(page)
}

fn form(
    context: &PageContext,
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
        "folders" => Ok(NamingRule::Folders),
        _ => Err(Problem::bad_request("There is no such rule for names.")),
    }
}

/// Renames and moves the entries one after the other, and notes on the page what was done and what failed.
async fn give(
    context: &PageContext,
    place: &Place,
    page: &mut RenameManyPage,
    chosen: &[EntryPath],
    names: &[&str],
) {
    page.is_done = true;
    let mut pending: Vec<(&EntryPath, Option<EntryPath>)> = chosen
        .iter()
        .zip(names)
        .map(|(path, name)| (path, target_of(path, name)))
        .collect();
    while !pending.is_empty() {
        // A name that another one of them still has is given after that one has changed.
        let is_free = |(_, target): &(&EntryPath, Option<EntryPath>)| {
            let mut others = pending.iter();
            !others.any(|(other, _)| Some(*other) == target.as_ref())
        };
        let next = pending.iter().position(is_free).unwrap_or(0);
        let (path, target) = pending.remove(next);
        let done = match &target {
            Some(target) => give_one(&context.site, place, path, target).await,
            None => Err(Problem::REFUSED_NAME),
        };
        match (done, target) {
            (Ok(()), Some(target)) => page.renames.push(rename_of(path, &target)),
            (Err(problem), _) => page.failures.push(FailedEntry {
                name: path.name().to_owned(),
                sentence: context.detail(&problem),
            }),
            (Ok(()), None) => {}
        }
    }
    page.title = match page.failures.is_empty() {
        true => context.words("rename-many-done"),
        false => context.words("common-not-everywhere"),
    };
}

/// Returns the new path of an entry: `name` is one in its folder, or a whole path. `None` if it is neither.
fn target_of(path: &EntryPath, name: &str) -> Option<EntryPath> {
    let name = name.trim();
    if name.starts_with('/') {
        let target = EntryPath::parse(name).ok()?;
        return (target.as_str() == name && !target.is_root()).then_some(target);
    }
    let folder = path.parent().unwrap_or_else(EntryPath::root);
    folder.join(name).ok().filter(|_| is_name(name))
}

/// Gives an entry its new path. Folders that are missing are made.
async fn give_one(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    target: &EntryPath,
) -> Result<(), Problem> {
    let outcome = match path.parent() == target.parent() {
        true => rename_one(site, place, path, target.name()).await?,
        false => move_one(site, place, path, target).await?,
    };
    outcome.result.map(drop).map_err(file_problem)
}

/// Deletes the folders from which an undo has moved entries away, if nothing is left in them.
async fn remove_left(context: &PageContext, place: &Place, chosen: &[EntryPath]) {
    let mut left: Vec<EntryPath> = chosen.iter().filter_map(EntryPath::parent).collect();
    left.sort_by_key(|folder| std::cmp::Reverse(folder.names().count()));
    left.dedup();
    let mut next = left.into_iter().collect::<VecDeque<_>>();
    while let Some(folder) = next.pop_front() {
        let page = PageRequest::default();
        let library = &context.site.library;
        let listed = library.listing_with_hidden(place, &folder, &page, Freshness::Fresh);
        let is_empty = listed
            .await
            .is_ok_and(|it| it.entries.is_empty() && it.next.is_none());
        if folder.is_root() || !is_empty {
            continue;
        }
        let paths = std::slice::from_ref(&folder);
        let (what, root) = (FileOperation::Delete, EntryPath::root());
        if change(&context.site, place, what, paths, &root)
            .await
            .is_ok()
        {
            next.extend(folder.parent());
        }
    }
}

fn rename_of(path: &EntryPath, target: &EntryPath) -> NameChange {
    let folder = path.parent().unwrap_or_else(EntryPath::root);
    let is_here = target.parent().as_ref() == Some(&folder);
    let below = target.as_str().strip_prefix(folder.as_str());
    let below = below.map(|below| below.trim_start_matches('/'));
    NameChange {
        path: path.to_string(),
        old: path.name().to_owned(),
        new: match (is_here, below) {
            (true, _) => target.name().to_owned(),
            (false, Some(below)) if target.is_within(&folder) => below.to_owned(),
            _ => target.to_string(),
        },
        name: match is_here {
            true => target.name().to_owned(),
            false => target.to_string(),
        },
        former: match is_here {
            true => path.name().to_owned(),
            false => path.to_string(),
        },
        new_path: target.to_string(),
    }
}

fn has_a_name_twice(renames: &[NameChange]) -> bool {
    let mut seen = BTreeSet::new();
    renames.iter().any(|rename| !seen.insert(&rename.new_path))
}
