//! `/organize`: what is done with chosen entries, one question at a time. Each is a page of its own; the
//! browser's module shows it in a dialog over the folder.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::Utc;

use super::desk::{At, Desk};
use super::fields::Fields;
use super::human;
use super::layout::Layout;
use super::own_shares::ShareRow;
use crate::library::{FileOperation, Freshness};
use crate::web::Site;
use crate::web::api::files::{change, is_name, make_one_folder, rename_one};
use crate::web::api::own_shares::{PERIODS, make};
use crate::web::api::result_json::file_problem;
use crate::web::error::Problem;
use drives::{Capability, NewShare, Outcome};
use media::{EntryKind, EntryPath, PageRequest, Place};

/// One question, or what became of the deed.
#[derive(Debug, Template)]
#[template(path = "organize.html")]
pub struct OrganizePage {
    pub layout: Layout,
    /// `Rename`, `Delete 3 entries?`
    pub title: String,
    /// Where the forms post to.
    pub action: String,
    pub place: String,
    /// The entries that were chosen.
    pub chosen: Vec<Chosen>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
    /// The folder that one came from.
    pub back: String,
    pub step: Step,
}

/// An entry that was chosen.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub path: String,
    pub name: String,
}

/// What is asked.
#[derive(Debug)]
pub enum Step {
    /// What is to be done.
    Menu { can_manage: bool, can_share: bool },
    /// A new name.
    Rename { name: String },
    /// A folder to put them in.
    Where(Chooser),
    /// Whether they are really to go.
    Delete,
    /// A new folder's name, and the folder that it is made in.
    Folder { at: String, name: String },
    /// Files to be taken in; where the form posts to.
    Upload { action: String },
    /// How long a link lives, and whether it has a password.
    Share { periods: Vec<Period> },
    /// The link.
    Shared { share: ShareRow, all: String },
    /// What did not work.
    Failed { failures: Vec<Failure> },
}

/// A folder to put something into.
#[derive(Debug)]
pub struct Chooser {
    /// `copy` or `move`.
    pub what: &'static str,
    /// `Copy here`, `Move here`.
    pub label: &'static str,
    /// The folder that is open now.
    pub at: String,
    pub at_name: String,
    /// The way to it.
    pub above: Vec<Chosen>,
    pub folders: Vec<Chosen>,
    /// Whether there are more than are shown.
    pub is_cut: bool,
    /// Whether they lie here already.
    pub is_same: bool,
}

/// How long a link lives.
#[derive(Debug, Clone)]
pub struct Period {
    pub days: u32,
    pub label: String,
    pub is_chosen: bool,
}

/// An entry that something did not work with.
#[derive(Debug, Clone)]
pub struct Failure {
    pub name: String,
    pub sentence: String,
}

/// A question asked by a link.
pub(in crate::web) async fn show(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    answer(&desk, &fields, false).await
}

/// A question asked by a form, or the deed.
pub(in crate::web) async fn act(
    State(site): State<Site>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let desk = Desk::new(&site, &headers);
    let fields = Fields::read(&body);
    let is_deed = !fields.one("now").is_empty();
    answer(&desk, &fields, is_deed).await
}

async fn answer(desk: &Desk<'_>, fields: &Fields, is_deed: bool) -> Response {
    let place = match fields.place() {
        Ok(place) => place,
        Err(problem) => return desk.problem(&problem),
    };
    match Errand::read(desk, fields, &place).await {
        Ok(errand) if is_deed => errand.carry_out().await,
        Ok(errand) => errand.ask(None).await,
        Err(problem) => desk.problem_at(&problem, Some(&place)),
    }
}

/// What somebody wants to do.
struct Errand<'a> {
    desk: &'a Desk<'a>,
    fields: &'a Fields,
    place: Place,
    chosen: Vec<EntryPath>,
    /// The folder that one came from, or that is open in the chooser.
    at: EntryPath,
    /// The folder to return to.
    back: EntryPath,
}

impl<'a> Errand<'a> {
    async fn read(desk: &'a Desk<'a>, fields: &'a Fields, place: &Place) -> Result<Self, Problem> {
        desk.site.library.drive(place)?;
        let chosen = fields.chosen()?;
        let parent = chosen.first().and_then(EntryPath::parent);
        let at = match fields.one("at") {
            "" => parent.clone().unwrap_or_else(EntryPath::root),
            _ => fields.path("at")?,
        };
        Ok(Errand {
            desk,
            fields,
            place: place.clone(),
            back: parent.unwrap_or_else(|| at.clone()),
            chosen,
            at,
        })
    }

    fn wish(&self) -> &str {
        self.fields.one("do")
    }

    fn site(&self) -> &'a Site {
        self.desk.site
    }

    /// The page that asks.
    async fn ask(&self, problem: Option<&Problem>) -> Response {
        let needs_entries = !matches!(self.wish(), "folder" | "upload");
        if needs_entries && self.chosen.is_empty() {
            let nothing = Problem::bad_request("Nothing is chosen. Tick something first.");
            return self.desk.problem_at(&nothing, Some(&self.place));
        }
        let what = self.what();
        let (title, step) = match self.wish() {
            "rename" if self.chosen.len() == 1 => {
                let name = match self.fields.one("name") {
                    "" => self.chosen[0].name(),
                    typed => typed,
                };
                let name = name.to_owned();
                (format!("Rename {what}"), Step::Rename { name })
            }
            "rename" => {
                let one = Problem::bad_request("One at a time gets another name. Tick just one.");
                return self.desk.problem_at(&one, Some(&self.place));
            }
            "copy" | "move" => match self.chooser().await {
                Ok(chooser) => (
                    match chooser.what {
                        "copy" => format!("Copy {what} to"),
                        _ => format!("Move {what} to"),
                    },
                    Step::Where(chooser),
                ),
                Err(problem) => return self.desk.problem_at(&problem, Some(&self.place)),
            },
            "delete" => (format!("Delete {what}?"), Step::Delete),
            "share" => (format!("Share {what}"), self.share_step()),
            "folder" => (
                "New folder".to_owned(),
                Step::Folder {
                    at: self.at.to_string(),
                    name: self.fields.one("name").to_owned(),
                },
            ),
            "upload" => (
                "Upload files".to_owned(),
                Step::Upload {
                    action: self
                        .site()
                        .addresses
                        .of_entry("upload", &self.place, &self.at),
                },
            ),
            _ => (
                what,
                Step::Menu {
                    can_manage: self.desk.has(&self.place, Capability::Manage),
                    can_share: self.desk.has(&self.place, Capability::Share),
                },
            ),
        };
        self.page(title, step, problem)
    }

    fn page(&self, title: String, step: Step, problem: Option<&Problem>) -> Response {
        let page = OrganizePage {
            layout: self.desk.layout(title.clone(), At::Elsewhere),
            title,
            action: self.site().addresses.local("/organize"),
            place: self.place.to_string(),
            chosen: self.chosen.iter().map(chosen).collect(),
            problem: problem.map(Problem::detail),
            back: self.desk.browse(&self.place, &self.back),
            step,
        };
        let mut response = self.desk.answer(Ok(page));
        if let Some(problem) = problem {
            *response.status_mut() = problem.status;
        }
        response
    }

    /// `“Tidal Light.mp4”`, `3 entries`
    fn what(&self) -> String {
        match self.chosen.as_slice() {
            [one] => format!("“{}”", one.name()),
            many => human::count(many.len(), "entry", "entries"),
        }
    }

    fn share_step(&self) -> Step {
        let wanted = self.fields.one("period").parse().unwrap_or(7);
        let periods = PERIODS.iter().map(|&days| Period {
            days,
            label: match days {
                0 => "For ever".to_owned(),
                days => human::count(days as usize, "day", "days"),
            },
            is_chosen: days == wanted,
        });
        Step::Share {
            periods: periods.collect(),
        }
    }

    async fn chooser(&self) -> Result<Chooser, Problem> {
        let request = PageRequest {
            limit: FOLDERS,
            ..PageRequest::default()
        };
        let listing = self
            .site()
            .library
            .listing(&self.place, &self.at, &request, Freshness::Cached)
            .await?;
        let folders = listing
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Folder)
            // A folder cannot be put into itself.
            .filter(|entry| !self.chosen.contains(&entry.path));
        let mut above: Vec<Chosen> = Vec::new();
        let mut folder = self.at.parent();
        while let Some(path) = folder {
            above.push(self.named(&path));
            folder = path.parent();
        }
        above.reverse();
        let (what, label) = match self.wish() {
            "copy" => ("copy", "Copy here"),
            _ => ("move", "Move here"),
        };
        Ok(Chooser {
            what,
            label,
            at: self.at.to_string(),
            at_name: self.named(&self.at).name,
            above,
            folders: folders.map(|entry| chosen(&entry.path)).collect(),
            is_cut: listing.next.is_some(),
            is_same: self
                .chosen
                .iter()
                .all(|path| path.parent().as_ref() == Some(&self.at)),
        })
    }

    fn named(&self, path: &EntryPath) -> Chosen {
        Chosen {
            path: path.to_string(),
            name: match path.is_root() {
                true => self.place.to_string(),
                false => path.name().to_owned(),
            },
        }
    }

    /// The deed; then back to the folder, or what did not work.
    async fn carry_out(mut self) -> Response {
        let outcome = match self.wish() {
            "share" => return self.share().await,
            "rename" => match self.chosen.as_slice() {
                [one] => rename_one(self.site(), &self.place, one, self.fields.one("name"))
                    .await
                    .map(|outcome| vec![outcome]),
                _ => return self.ask(None).await,
            },
            "folder" => self.make_folder().await,
            "copy" => self.change(FileOperation::Copy).await,
            "move" => self.change(FileOperation::Move).await,
            "delete" => self.change(FileOperation::Delete).await,
            _ => return self.ask(None).await,
        };
        let outcomes = match outcome {
            Ok(outcomes) => outcomes,
            Err(problem) => return self.ask(Some(&problem)).await,
        };
        let mut failed: Vec<(EntryPath, Problem)> = Vec::new();
        for Outcome { path, result } in outcomes {
            if let Err(error) = result {
                failed.push((path, file_problem(error)));
            }
        }
        match failed.as_slice() {
            [] => Redirect::to(&self.desk.browse(&self.place, &self.back)).into_response(),
            // The question once more, with what is wrong, where there is one answer to be changed.
            [(_, problem)] if matches!(self.wish(), "rename" | "folder") => {
                let problem = problem.clone();
                self.ask(Some(&problem)).await
            }
            _ => {
                let failures = failed.iter().map(|(path, problem)| Failure {
                    name: path.name().to_owned(),
                    sentence: problem.detail(),
                });
                let failures = failures.collect();
                self.chosen = failed.into_iter().map(|(path, _)| path).collect();
                let title = "That did not work everywhere".to_owned();
                self.page(title, Step::Failed { failures }, None)
            }
        }
    }

    async fn make_folder(&self) -> Result<Vec<Outcome>, Problem> {
        let name = self.fields.one("name").trim();
        if !is_name(name) {
            return Err(Problem::REFUSED_NAME);
        }
        let path = self.at.join(name).map_err(|_| Problem::REFUSED_NAME)?;
        let outcome = make_one_folder(self.site(), &self.place, path).await?;
        Ok(vec![outcome])
    }

    async fn change(&self, what: FileOperation) -> Result<Vec<Outcome>, Problem> {
        if self.chosen.is_empty() {
            return Err(Problem::bad_request(
                "Nothing is chosen. Tick something first.",
            ));
        }
        change(self.site(), &self.place, what, &self.chosen, &self.at).await
    }

    async fn share(&self) -> Response {
        let password = self.fields.one("password").trim();
        let share = NewShare {
            paths: self.chosen.clone(),
            period_days: self.fields.one("period").parse().unwrap_or(u32::MAX),
            password: (!password.is_empty()).then(|| password.to_owned()),
        };
        match make(self.site(), &self.place, &share).await {
            Ok(share) => {
                let row = ShareRow::of(self.desk, &self.place, &share, Utc::now());
                let all = self
                    .site()
                    .addresses
                    .local(&format!("/account/{}/shares", self.place));
                let title = "The link is ready".to_owned();
                self.page(title, Step::Shared { share: row, all }, None)
            }
            Err(problem) => self.ask(Some(&problem)).await,
        }
    }
}

/// Entries of a folder among which folders are looked for.
const FOLDERS: usize = 1_000;

fn chosen(path: &EntryPath) -> Chosen {
    Chosen {
        path: path.to_string(),
        name: path.name().to_owned(),
    }
}
