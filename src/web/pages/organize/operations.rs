//! The operations themselves, after the visitor has confirmed a form.

use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use secrecy::SecretString;

use super::{OrganizeRequest, OrganizeStep};
use crate::library::FileOperation;
use crate::playback::ticket::{MAX_SCOPE_PATHS, Scope};
use crate::web::api::archives::{pack, unpack};
use crate::web::api::direct_links::make as direct_links;
use crate::web::api::files::{change, is_name, make_one_folder, rename_one, start_task};
use crate::web::api::own_shares::make;
use crate::web::api::result_json::file_problem;
use crate::web::api::tags::set as set_tags;
use crate::web::error::Problem;
use crate::web::pages::guest_link::GuestLinkForm;
use crate::web::pages::own_shares::OwnShareRow;
use crate::web::pages::rename_many::FailedEntry;
use crate::web::pages::ticket_card::TicketCard;
use crate::web::tickets;
use drives::{NewShare, Outcome};
use media::{EntryPath, Place, Tag};

impl OrganizeRequest<'_> {
    /// Executes the operation, then redirects to the folder, or shows the failures.
    pub(super) async fn execute(mut self) -> Response {
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
