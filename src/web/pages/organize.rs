//! `/organize`: file operations on chosen entries, one form at a time. Each form is a page of its own; the
//! browser's script shows it in a dialog over the folder.

mod chooser;
mod operations;

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::Response;
use bytes::Bytes;

use super::first_look::{FirstLook, is_problem_missing, waiting};
use super::form_fields::FormFields;
use super::layout::PageLayout;
use super::own_shares::OwnShareRow;
use super::page_context::{NavItem, PageContext};
use super::rename_many::{self, FailedEntry};
use super::ticket_card::TicketCard;
use crate::library::Freshness;
use crate::web::AppState;
use crate::web::api::own_shares::PERIODS_DAYS;
use crate::web::error::Problem;
use drives::Capability;
use media::{EntryPath, Place};

use chooser::Chooser;

/// One form, or the result of an operation.
#[derive(Debug, Template)]
#[template(path = "organize.html")]
pub struct OrganizePage {
    pub layout: PageLayout,
    /// `Rename`, `Delete 3 entries?`
    pub title: String,
    /// Action URL of the forms.
    pub action: String,
    pub place: String,
    /// The chosen entries.
    pub chosen: Vec<ChosenEntry>,
    /// The failure of the last attempt.
    pub problem: Option<String>,
    /// The URL of the folder to return to.
    pub back: String,
    pub step: OrganizeStep,
}

/// A chosen entry.
#[derive(Debug, Clone)]
pub struct ChosenEntry {
    pub path: String,
    pub name: String,
}

/// The form that is shown.
#[derive(Debug)]
pub enum OrganizeStep {
    /// The choice of an operation.
    Menu {
        can_manage: bool,
        can_share: bool,
        more: MoreAbilities,
    },
    /// The tags of an entry: names, separated by commas.
    Tags { names: String },
    /// The name of a new archive.
    Pack { name: String },
    /// The folder that an archive is unpacked into.
    Unpack { to: String },
    /// Direct links to the files, and the files that have none.
    DirectLinks {
        links: Vec<(String, String)>,
        failures: Vec<FailedEntry>,
    },
    /// The new name.
    Rename { name: String },
    /// The target folder.
    Where(Chooser),
    /// The confirmation of a deletion.
    Delete,
    /// The name of a new folder, and its parent.
    Folder { at: String, name: String },
    /// The choice of files; `action` is the URL of the form.
    Upload { action: String },
    /// The lifetime of a share link, and its password.
    Share { periods: Vec<Period> },
    /// The form of a guest link to the chosen entries.
    GuestLink,
    /// The guest link that was made; `devices` is the page with all of them.
    GuestLinkMade { card: TicketCard, devices: String },
    /// The share link that was made.
    Shared { share: OwnShareRow, all: String },
    /// The entries for which the operation failed.
    Failed { failures: Vec<FailedEntry> },
}

/// Further operations that the drive has for the chosen entries.
#[derive(Debug, Default, Clone, Copy)]
pub struct MoreAbilities {
    pub can_tag: bool,
    pub can_link: bool,
    pub can_pack: bool,
    pub can_unpack: bool,
}

/// A lifetime of a share link.
#[derive(Debug, Clone)]
pub struct Period {
    pub days: u32,
    pub label: String,
    pub is_chosen: bool,
}

/// Shows a form.
pub(in crate::web) async fn show(context: PageContext, OriginalUri(uri): OriginalUri) -> Response {
    let fields = FormFields::read(uri.query().unwrap_or_default().as_bytes());
    let look = FirstLook::of(&uri);
    let page = async { Ok(answer(&context, &fields, false).await) };
    match look.content(page).await {
        Ok(page) => page,
        Err(late) if is_problem_missing(&late) => {
            waiting(&context, &look, &context.words("organize-files"))
        }
        Err(late) => context.problem(&late),
    }
}

/// Shows a form, or executes the operation.
pub(in crate::web) async fn apply(context: PageContext, body: Bytes) -> Response {
    let fields = FormFields::read(&body);
    let is_confirmed = !fields.one("now").is_empty();
    answer(&context, &fields, is_confirmed).await
}

async fn answer(context: &PageContext, fields: &FormFields, is_confirmed: bool) -> Response {
    let place = match fields.place() {
        Ok(place) => place,
        Err(problem) => return context.problem(&problem),
    };
    match OrganizeRequest::read(context, fields, &place).await {
        Ok(request) if is_confirmed => request.execute().await,
        Ok(request) => request.ask(None).await,
        Err(problem) => context.problem_at(&problem, Some(&place)),
    }
}

/// One request to this page.
struct OrganizeRequest<'a> {
    context: &'a PageContext,
    fields: &'a FormFields,
    place: Place,
    chosen: Vec<EntryPath>,
    /// The folder that the visitor came from, or that the chooser shows.
    at: EntryPath,
    /// The folder to return to.
    back: EntryPath,
}

impl<'a> OrganizeRequest<'a> {
    async fn read(
        context: &'a PageContext,
        fields: &'a FormFields,
        place: &Place,
    ) -> Result<Self, Problem> {
        context.site.library.drive(place)?;
        let chosen = fields.chosen()?;
        let parent = chosen.first().and_then(EntryPath::parent);
        let at = match fields.one("at") {
            "" => parent.clone().unwrap_or_else(EntryPath::root),
            _ => fields.path("at")?,
        };
        Ok(OrganizeRequest {
            context,
            fields,
            place: place.clone(),
            back: parent.unwrap_or_else(|| at.clone()),
            chosen,
            at,
        })
    }

    fn action(&self) -> &str {
        self.fields.one("do")
    }

    fn site(&self) -> &'a AppState {
        &self.context.site
    }

    /// Shows the form.
    async fn ask(&self, problem: Option<&Problem>) -> Response {
        let needs_entries = !matches!(self.action(), "folder" | "upload");
        if needs_entries && self.chosen.is_empty() {
            let nothing = Problem::bad_request("Nothing is chosen. Tick something first.");
            return self.context.problem_at(&nothing, Some(&self.place));
        }
        let what = self.subject();
        let titled = |id: &str| self.context.text(id).with("what", &what).to_string();
        let (title, step) = match self.action() {
            "rename" if self.chosen.len() == 1 => {
                let name = match self.fields.one("name") {
                    "" => self.chosen[0].name(),
                    typed => typed,
                };
                let name = name.to_owned();
                (
                    titled("organize-rename-what"),
                    OrganizeStep::Rename { name },
                )
            }
            "rename" => return rename_many::show(self.context, self.fields, &self.place).await,
            "copy" | "move" => match self.chooser().await {
                Ok(chooser) => (
                    match chooser.what {
                        "copy" => titled("organize-copy-what-to"),
                        _ => titled("organize-move-what-to"),
                    },
                    OrganizeStep::Where(chooser),
                ),
                Err(problem) => return self.context.problem_at(&problem, Some(&self.place)),
            },
            "delete" => (titled("organize-delete-what"), OrganizeStep::Delete),
            "share" => (titled("organize-share-what"), self.share_step()),
            "guest" => (
                titled("organize-guest-link-to-what"),
                OrganizeStep::GuestLink,
            ),
            "tags" if self.chosen.len() == 1 => match self.tag_names().await {
                Ok(names) => (
                    titled("organize-tags-of-what"),
                    OrganizeStep::Tags { names },
                ),
                Err(problem) => return self.context.problem_at(&problem, Some(&self.place)),
            },
            "pack" => (titled("organize-pack-what"), self.pack_step()),
            "unpack" if self.chosen.len() == 1 => {
                let to = match self.fields.one("to") {
                    "" => self.chosen[0]
                        .as_str()
                        .rsplit_once('.')
                        .map_or("/", |(stem, _)| stem),
                    typed => typed,
                };
                let to = to.to_owned();
                (titled("organize-unpack-what"), OrganizeStep::Unpack { to })
            }
            "folder" => (
                self.context.words("browse-new-folder"),
                OrganizeStep::Folder {
                    at: self.at.to_string(),
                    name: self.fields.one("name").to_owned(),
                },
            ),
            "upload" => (
                self.context.words("organize-upload-files"),
                OrganizeStep::Upload {
                    action: self.site().urls.of_entry("upload", &self.place, &self.at),
                },
            ),
            _ => (
                what,
                OrganizeStep::Menu {
                    can_manage: self.context.has(&self.place, Capability::Manage),
                    can_share: self.context.has(&self.place, Capability::Share),
                    more: self.more(),
                },
            ),
        };
        self.page(title, step, problem)
    }

    fn page(&self, title: String, step: OrganizeStep, problem: Option<&Problem>) -> Response {
        let page = OrganizePage {
            layout: self.context.layout(title.clone(), NavItem::None),
            title,
            action: self.site().urls.local("/organize"),
            place: self.place.to_string(),
            chosen: self.chosen.iter().map(chosen).collect(),
            problem: problem.map(|problem| self.context.detail(problem)),
            back: self.context.browse(&self.place, &self.back),
            step,
        };
        let mut response = self.context.answer(Ok(page));
        if let Some(problem) = problem {
            *response.status_mut() = problem.status;
        }
        response
    }

    /// Returns the entries as text: `“Tidal Light.mp4”`, `3 entries`.
    fn subject(&self) -> String {
        match self.chosen.as_slice() {
            [one] => {
                let text = self.context.text("organize-quoted-name");
                text.with("name", one.name()).into()
            }
            many => {
                let text = self.context.text("count-entries");
                text.with("count", many.len()).into()
            }
        }
    }

    fn share_step(&self) -> OrganizeStep {
        let wanted = self.fields.one("period").parse().unwrap_or(7);
        let periods = PERIODS_DAYS.iter().map(|&days| Period {
            days,
            label: match days {
                0 => self.context.words("organize-for-ever"),
                days => self.context.text("count-days").with("count", days).into(),
            },
            is_chosen: days == wanted,
        });
        OrganizeStep::Share {
            periods: periods.collect(),
        }
    }

    fn more(&self) -> MoreAbilities {
        let has = |ability| self.context.has(&self.place, ability);
        let is_archive = |path: &EntryPath| {
            let name = path.name().to_ascii_lowercase();
            ARCHIVES.iter().any(|ending| name.ends_with(ending))
        };
        MoreAbilities {
            can_tag: has(Capability::Tags) && self.chosen.len() == 1,
            can_link: has(Capability::DirectLinks),
            can_pack: has(Capability::Archives),
            can_unpack: has(Capability::Archives)
                && matches!(self.chosen.as_slice(), [one] if is_archive(one)),
        }
    }

    /// Returns the names of the tags of the chosen entry, or those that were typed.
    async fn tag_names(&self) -> Result<String, Problem> {
        let typed = self.fields.one("tags");
        if !typed.is_empty() {
            return Ok(typed.to_owned());
        }
        let library = &self.site().library;
        let entry = library.entry(&self.place, &self.chosen[0], Freshness::Cached);
        let names: Vec<String> = entry
            .await?
            .tags
            .iter()
            .map(|tag| tag.name.clone())
            .collect();
        Ok(names.join(", "))
    }

    fn pack_step(&self) -> OrganizeStep {
        let first = self.chosen.first().map_or("archive", EntryPath::name);
        let name = match self.fields.one("name") {
            "" => format!("{}.zip", media::stem(first)),
            typed => typed.to_owned(),
        };
        OrganizeStep::Pack { name }
    }
}

/// Endings of the names of archives that sites unpack.
const ARCHIVES: [&str; 7] = [".zip", ".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".tar.bz2"];

fn chosen(path: &EntryPath) -> ChosenEntry {
    ChosenEntry {
        path: path.to_string(),
        name: path.name().to_owned(),
    }
}
