//! `/organize`: file operations on chosen entries, one form at a time. Each form is a page of its own; the
//! browser's script shows it in a dialog over the folder.

use askama::Template;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::Utc;
use secrecy::SecretString;

use super::first_look::{FirstLook, is_problem_missing, waiting};
use super::form_fields::FormFields;
use super::guest_link::GuestLinkForm;
use super::layout::PageLayout;
use super::own_shares::OwnShareRow;
use super::page_context::{NavItem, PageContext};
use super::rename_many::{self, FailedEntry};
use super::ticket_card::TicketCard;
use crate::library::{FileOperation, Freshness};
use crate::playback::ticket::{MAX_SCOPE_PATHS, Scope};
use crate::web::AppState;
use crate::web::api::archives::{pack, unpack};
use crate::web::api::direct_links::make as direct_links;
use crate::web::api::files::{change, is_name, make_one_folder, rename_one, start_task};
use crate::web::api::own_shares::{PERIODS_DAYS, make};
use crate::web::api::result_json::file_problem;
use crate::web::api::tags::set as set_tags;
use crate::web::error::Problem;
use crate::web::tickets;
use drives::{Capability, NewShare, Outcome};
use media::{EntryKind, EntryPath, PageRequest, Place, Tag};

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

/// The choice of a target folder.
#[derive(Debug)]
pub struct Chooser {
    /// `copy` or `move`.
    pub what: &'static str,
    /// `Copy here`, `Move here`.
    pub label: String,
    /// The drive of the folder that is shown.
    pub drive: String,
    /// The other drives that entries can be copied or moved to; empty if this one takes no part in it.
    pub drives: Vec<String>,
    /// The path of the folder that is shown.
    pub at: String,
    pub at_name: String,
    /// The folders above it.
    pub above: Vec<ChosenEntry>,
    pub folders: Vec<ChosenEntry>,
    /// True if there are more folders than are shown.
    pub is_cut: bool,
    /// True if the entries are already in this folder.
    pub is_same: bool,
}

/// A lifetime of a share link.
#[derive(Debug, Clone)]
pub struct Period {
    pub days: u32,
    pub label: String,
    pub is_chosen: bool,
}

/// Shows a form.
pub(in crate::web) async fn show(
    State(site): State<AppState>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let context = PageContext::new(&site, &headers);
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
pub(in crate::web) async fn apply(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let context = PageContext::new(&site, &headers);
    let fields = FormFields::read(&body);
    let is_confirmed = !fields.one("now").is_empty();
    answer(&context, &fields, is_confirmed).await
}

async fn answer(context: &PageContext<'_>, fields: &FormFields, is_confirmed: bool) -> Response {
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
    context: &'a PageContext<'a>,
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
        context: &'a PageContext<'a>,
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
        self.context.site
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

    async fn chooser(&self) -> Result<Chooser, Problem> {
        let request = PageRequest {
            limit: MAX_CHOOSER_ENTRIES,
            ..PageRequest::default()
        };
        let target = self.target()?;
        let is_here = target == self.place;
        let listing = self
            .site()
            .library
            .listing(&target, &self.at, &request, Freshness::Cached)
            .await?;
        let folders = listing
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Folder)
            // A folder cannot be put into itself.
            .filter(|entry| !is_here || !self.chosen.contains(&entry.path));
        let mut above: Vec<ChosenEntry> = Vec::new();
        let mut folder = self.at.parent();
        while let Some(path) = folder {
            above.push(named(&target, &path));
            folder = path.parent();
        }
        above.reverse();
        let (what, label) = match self.action() {
            "copy" => ("copy", "organize-copy-here"),
            _ => ("move", "organize-move-here"),
        };
        Ok(Chooser {
            what,
            label: self.context.words(label),
            at: self.at.to_string(),
            at_name: named(&target, &self.at).name,
            above,
            folders: folders.map(|entry| chosen(&entry.path)).collect(),
            is_cut: listing.next.is_some(),
            is_same: is_here
                && self
                    .chosen
                    .iter()
                    .all(|path| path.parent().as_ref() == Some(&self.at)),
            drives: self.other_drives(&target),
            drive: target.to_string(),
        })
    }

    /// Returns the drive that entries are copied or moved to.
    fn target(&self) -> Result<Place, Problem> {
        match self.fields.one("drive") {
            "" => Ok(self.place.clone()),
            drive => Place::parse(drive).map_err(|_| Problem::NOT_FOUND),
        }
    }

    /// Returns the names of the drives that take files, apart from `target`, if files can be read here.
    fn other_drives(&self, target: &Place) -> Vec<String> {
        if !self.context.has(&self.place, Capability::Original) {
            return Vec::new();
        }
        let drives = self.site().library.drives();
        let takes = drives.iter().filter(|drive| {
            let is_own = *drive.place() == self.place;
            drive.place() != target
                && (is_own || (drive.upload().is_some() && drive.manage().is_some()))
        });
        takes.map(|drive| drive.place().to_string()).collect()
    }

    /// Executes the operation, then redirects to the folder, or shows the failures.
    async fn execute(mut self) -> Response {
        let outcome = match self.action() {
            "share" => return self.share().await,
            "guest" => return self.guest_link().await,
            "direct" => return self.direct_links().await,
            "tags" | "pack" | "unpack" => return self.ask_drive().await,
            "rename" => match self.chosen.as_slice() {
                [one] => rename_one(self.site(), &self.place, one, self.fields.one("name"))
                    .await
                    .map(|outcome| vec![outcome]),
                _ => return self.ask(None).await,
            },
            "folder" => self.make_folder().await,
            "copy" | "move" => {
                let what = match self.action() {
                    "copy" => FileOperation::Copy,
                    _ => FileOperation::Move,
                };
                match self.target() {
                    Ok(target) if target != self.place => return self.send_to(what, &target).await,
                    Ok(_) => self.change(what).await,
                    Err(problem) => Err(problem),
                }
            }
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
            [] => Redirect::to(&self.context.browse(&self.place, &self.back)).into_response(),
            // A failure that another input may solve: the form again, with the problem.
            [(_, problem)] if matches!(self.action(), "rename" | "folder") => {
                let problem = problem.clone();
                self.ask(Some(&problem)).await
            }
            _ => {
                let failures = failed.iter().map(|(path, problem)| FailedEntry {
                    name: path.name().to_owned(),
                    sentence: self.context.detail(problem),
                });
                let failures = failures.collect();
                self.chosen = failed.into_iter().map(|(path, _)| path).collect();
                let title = self.context.words("common-not-everywhere");
                self.page(title, OrganizeStep::Failed { failures }, None)
            }
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

    /// Sets tags, or starts a task of the drive.
    async fn ask_drive(self) -> Response {
        let (site, place) = (self.site(), &self.place);
        let archives = format!("{}/archives", site.urls.account(place));
        let done = match (self.action(), self.chosen.as_slice()) {
            ("tags", [one]) => {
                let names = self.fields.one("tags").split(',');
                let tags: Vec<Tag> = names.filter_map(|name| Tag::parse(name, None)).collect();
                let set = set_tags(site, place, one, &tags).await;
                set.map(|_| self.context.browse(place, &self.back))
            }
            ("unpack", [one]) => match self.fields.path("to") {
                Ok(to) => {
                    let password = SecretString::from(self.fields.one("password"));
                    let task = unpack(site, place, one, &to, Some(&password)).await;
                    task.map(|_| archives)
                }
                Err(problem) => Err(problem),
            },
            ("pack", chosen) => match self.at.join(self.fields.one("name").trim()) {
                Ok(archive) => {
                    let task = pack(site, place, chosen, &archive).await;
                    task.map(|_| archives)
                }
                Err(_) => Err(Problem::REFUSED_NAME),
            },
            _ => return self.ask(None).await,
        };
        match done {
            Ok(next) => Redirect::to(&next).into_response(),
            Err(problem) => self.ask(Some(&problem)).await,
        }
    }

    async fn direct_links(self) -> Response {
        let made = match direct_links(self.site(), &self.place, &self.chosen).await {
            Ok(made) => made,
            Err(problem) => return self.context.problem_at(&problem, Some(&self.place)),
        };
        let (mut links, mut failures) = (Vec::new(), Vec::new());
        for link in made {
            let name = link.path.name().to_owned();
            match link.result {
                Ok(url) => links.push((name, url)),
                Err(error) => failures.push(FailedEntry {
                    name,
                    sentence: self.context.detail(&Problem::from(error)),
                }),
            }
        }
        let title = match links.is_empty() {
            true => self.context.words("organize-no-direct-links"),
            false => self.context.words("organize-direct-links-ready"),
        };
        self.page(title, OrganizeStep::DirectLinks { links, failures }, None)
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

    /// Starts a task that copies or moves the entries to another drive, and leads to the tasks.
    async fn send_to(&self, what: FileOperation, target: &Place) -> Response {
        let from = (&self.place, self.chosen.as_slice());
        match start_task(self.site(), what, from, (target, &self.at)).await {
            Ok(_) => Redirect::to(&self.site().urls.local("/tasks")).into_response(),
            Err(problem) => self.ask(Some(&problem)).await,
        }
    }

    /// Makes one guest link to the chosen entries.
    async fn guest_link(&self) -> Response {
        if self.chosen.is_empty() {
            return self.ask(None).await;
        }
        if self.chosen.len() > MAX_SCOPE_PATHS {
            let problem =
                Problem::bad_request("These are too many for one link. Choose 100 at most.");
            return self.ask(Some(&problem)).await;
        }
        let chosen = self.chosen.iter();
        let scope = chosen.map(|path| (self.place.clone(), path.clone()));
        let scope = Scope::of_paths(scope.collect());
        let form = GuestLinkForm::of_fields(self.fields);
        let made = match form.ticket(scope, self.context.viewer().id, &self.subject()) {
            Ok(wanted) => tickets::make(self.site(), wanted).await,
            Err(problem) => Err(problem),
        };
        match made {
            Ok(made) => {
                let card = TicketCard::of(self.context, &made);
                let devices = self.site().urls.local("/devices");
                let title = self.context.words("organize-link-ready");
                self.page(title, OrganizeStep::GuestLinkMade { card, devices }, None)
            }
            Err(problem) => self.ask(Some(&problem)).await,
        }
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
                let row = OwnShareRow::of(self.context, &self.place, &share, Utc::now());
                let all = self
                    .site()
                    .urls
                    .local(&format!("/account/{}/shares", self.place));
                let title = self.context.words("organize-link-ready");
                self.page(title, OrganizeStep::Shared { share: row, all }, None)
            }
            Err(problem) => self.ask(Some(&problem)).await,
        }
    }
}

/// Maximum number of entries of a folder that are searched for its folders.
const MAX_CHOOSER_ENTRIES: usize = 1_000;

/// Endings of the names of archives that sites unpack.
const ARCHIVES: [&str; 7] = [".zip", ".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".tar.bz2"];

fn named(place: &Place, path: &EntryPath) -> ChosenEntry {
    ChosenEntry {
        path: path.to_string(),
        name: match path.is_root() {
            true => place.to_string(),
            false => path.name().to_owned(),
        },
    }
}

fn chosen(path: &EntryPath) -> ChosenEntry {
    ChosenEntry {
        path: path.to_string(),
        name: path.name().to_owned(),
    }
}
