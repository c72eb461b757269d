//! `POST /api/v1/files/…` and `POST /api/v1/folders`: copies, moves, renames and deletes entries, and makes
//! folders. There is one result per path: a failure of one does not affect the others.

mod follow;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::result_json::{Results, file_problem, is_about_a_path};
use super::tasks::StartedTaskJson;
use crate::library::FileOperation;
use crate::store::{StoredTask, TaskKind};
use crate::web::AppState;
use crate::web::error::{CANNOT_MANAGE, CANNOT_UPLOAD, Problem};
use crate::web::write_locks::{check_locks, whole};
use drives::{Capability, DriveError, Outcome};
use media::{Entry, EntryPath, Place};

pub(super) use follow::follow;
use follow::{adopt_settings, note};

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Transfer)]
pub(in crate::web) struct TransferJson {
    place: String,
    paths: Vec<String>,
    to: Destination,
}

/// A folder.
#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct Destination {
    pub place: String,
    pub path: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
pub(in crate::web) struct NewName {
    place: String,
    path: String,
    name: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = Chosen)]
pub(in crate::web) struct ChosenJson {
    place: String,
    paths: Vec<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = NewFolder)]
pub(in crate::web) struct NewFolderJson {
    place: String,
    path: String,
}

/// The body of a call, or axum's rejection.
pub(super) type MaybeJson<T> = Result<Json<T>, JsonRejection>;

/// Copies entries into a folder. A folder of another place is filled by a task.
#[utoipa::path(post, path = "/api/v1/files/copy", tag = "files", request_body = TransferJson,
    responses((status = 200, description = "One result per path", body = Results),
        (status = 202, description = "The task that copies to another place", body = StartedTaskJson)))]
pub(in crate::web) async fn copy(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<TransferJson>,
) -> Result<Response, Problem> {
    transfer(&site, &headers, FileOperation::Copy, read(body)?).await
}

/// Moves entries into a folder. A folder of another place is filled by a task.
#[utoipa::path(post, path = "/api/v1/files/move", tag = "files", request_body = TransferJson,
    responses((status = 200, description = "One result per path", body = Results),
        (status = 202, description = "The task that moves to another place", body = StartedTaskJson)))]
pub(in crate::web) async fn relocate(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<TransferJson>,
) -> Result<Response, Problem> {
    transfer(&site, &headers, FileOperation::Move, read(body)?).await
}

/// Deletes entries, folders with their content.
#[utoipa::path(post, path = "/api/v1/files/delete", tag = "files", request_body = ChosenJson,
    responses((status = 200, description = "One result per path", body = Results)))]
pub(in crate::web) async fn delete(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<ChosenJson>,
) -> Result<Json<Results>, Problem> {
    let chosen = read(body)?;
    let place = read_place(&chosen.place)?;
    let paths = read_paths(&chosen.paths)?;
    let outcomes = change(
        &site,
        &place,
        FileOperation::Delete,
        &paths,
        &EntryPath::root(),
    )
    .await?;
    Ok(Json(Results::of(&site, &headers, outcomes)))
}

/// Renames an entry within its folder.
#[utoipa::path(post, path = "/api/v1/files/rename", tag = "files", request_body = NewName,
    responses((status = 200, description = "One result", body = Results)))]
pub(in crate::web) async fn rename(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<NewName>,
) -> Result<Json<Results>, Problem> {
    let NewName { place, path, name } = read(body)?;
    let (place, path) = (read_place(&place)?, read_entry_path(&path)?);
    let outcome = rename_one(&site, &place, &path, &name).await?;
    Ok(Json(Results::of(&site, &headers, vec![outcome])))
}

/// Makes a folder.
#[utoipa::path(post, path = "/api/v1/folders", tag = "files", request_body = NewFolderJson,
    responses((status = 200, description = "One result", body = Results)))]
pub(in crate::web) async fn make_folder(
    State(site): State<AppState>,
    headers: HeaderMap,
    body: MaybeJson<NewFolderJson>,
) -> Result<Json<Results>, Problem> {
    let NewFolderJson { place, path } = read(body)?;
    let (place, path) = (read_place(&place)?, read_entry_path(&path)?);
    let outcome = make_one_folder(&site, &place, path).await?;
    Ok(Json(Results::of(&site, &headers, vec![outcome])))
}

async fn transfer(
    site: &AppState,
    headers: &HeaderMap,
    what: FileOperation,
    body: TransferJson,
) -> Result<Response, Problem> {
    let place = read_place(&body.place)?;
    let paths = read_paths(&body.paths)?;
    let to = EntryPath::parse(&body.to.path).map_err(|_| BAD_PATH)?;
    if body.to.place != body.place {
        let target = read_place(&body.to.place)?;
        let task = start_task(site, what, (&place, &paths), (&target, &to)).await?;
        return Ok((
            StatusCode::ACCEPTED,
            Json(StartedTaskJson { task: task.into() }),
        )
            .into_response());
    }
    let outcomes = change(site, &place, what, &paths, &to).await?;
    Ok(Json(Results::of(site, headers, outcomes)).into_response())
}

/// Starts a task that copies or moves entries to another place. Also used by pages.
pub(in crate::web) async fn start_task(
    site: &AppState,
    what: FileOperation,
    from: (&Place, &[EntryPath]),
    to: (&Place, &EntryPath),
) -> Result<StoredTask, Problem> {
    let source = site.library.drive(from.0)?;
    if !source.capabilities().contains(&Capability::Original) {
        return Err(Problem::unsupported(&CANNOT_MANAGE));
    }
    let kind = match what {
        FileOperation::Move => TaskKind::Move,
        _ => TaskKind::Copy,
    };
    if kind == TaskKind::Move {
        needs_management(site, from.0)?;
    }
    needs_management(site, to.0)?;
    if site.library.drive(to.0)?.upload().is_none() {
        return Err(Problem::unsupported(&CANNOT_UPLOAD));
    }
    if kind == TaskKind::Move {
        let leaving: Vec<_> = from.1.iter().map(whole).collect();
        check_locks(site, from.0, &leaving).await?;
    }
    let targets = from.1.iter().filter_map(|path| to.1.join(path.name()).ok());
    let targets: Vec<_> = targets.collect();
    let arriving: Vec<_> = targets.iter().map(whole).collect();
    check_locks(site, to.0, &arriving).await?;
    let task = site.tasks.add(kind, from, to).await?;
    task.ok_or(Problem::INTERNAL)
}

/// Copies, moves or deletes entries; the watch history follows them. Also used by pages.
pub(in crate::web) async fn change(
    site: &AppState,
    place: &Place,
    what: FileOperation,
    paths: &[EntryPath],
    to: &EntryPath,
) -> Result<Vec<Outcome>, Problem> {
    let mut targets = Vec::new();
    if what != FileOperation::Delete {
        targets.extend(paths.iter().filter_map(|path| to.join(path.name()).ok()));
    }
    let from = paths.iter().filter(|_| what != FileOperation::Copy);
    let changes: Vec<_> = from.chain(&targets).map(whole).collect();
    check_locks(site, place, &changes).await?;
    change_past_locks(site, place, what, paths, to).await
}

/// Copies, moves or deletes entries without a look at locks, which the caller has checked. Used by WebDAV.
pub(in crate::web) async fn change_past_locks(
    site: &AppState,
    place: &Place,
    what: FileOperation,
    paths: &[EntryPath],
    to: &EntryPath,
) -> Result<Vec<Outcome>, Problem> {
    needs_management(site, place)?;
    let into_itself = |path: &EntryPath| what != FileOperation::Delete && to.is_within(path);
    if paths.iter().any(into_itself) {
        return Err(Problem::bad_request("A folder cannot be put into itself."));
    }
    let outcomes = site
        .library
        .change(place, what, paths, to)
        .await
        .map_err(file_problem)?;
    for outcome in &outcomes {
        let Ok(now) = &outcome.result else { continue };
        match (what, now) {
            (FileOperation::Move, Some(entry)) => follow(site, place, &outcome.path, entry).await,
            (FileOperation::Move, None) => {
                if let Ok(there) = to.join(outcome.path.name()) {
                    let store = &site.store;
                    let moved = store.move_folder_settings(place, &outcome.path, &there);
                    adopt_settings(site, moved.await).await;
                    note(site.store.move_history(place, &outcome.path, &there).await);
                }
            }
            (FileOperation::Delete, _) => {
                let ended = site.store.forget_folder_settings(place, &outcome.path);
                adopt_settings(site, ended.await).await;
                note(site.store.delete_history(place, &outcome.path).await)
            }
            (FileOperation::Copy, _) => {}
        }
    }
    Ok(outcomes)
}

/// Copies or moves one entry to a path that is free; the watch history follows a move. Used by WebDAV.
pub(in crate::web) async fn transfer_as(
    site: &AppState,
    place: &Place,
    what: FileOperation,
    from: &EntryPath,
    to: &EntryPath,
) -> Result<(), Problem> {
    let moves = what == FileOperation::Move;
    let done = match moves {
        true => site.library.move_as(place, from, to).await,
        false => site.library.copy_as(place, from, to).await,
    };
    let entry = done.map_err(file_problem)?;
    if moves {
        follow(site, place, from, &entry).await;
    }
    Ok(())
}

/// Renames one entry. Also used by pages.
pub(in crate::web) async fn rename_one(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
    name: &str,
) -> Result<Outcome, Problem> {
    needs_management(site, place)?;
    let name = name.trim();
    if !is_name(name) {
        return Err(Problem::REFUSED_NAME);
    }
    check_locks(site, place, &[whole(path)]).await?;
    let renamed = site.library.rename(place, path, name).await;
    if let Ok(entry) = &renamed {
        follow(site, place, path, entry).await;
    }
    one(path.clone(), renamed)
}

/// Makes one folder. Also used by pages.
pub(in crate::web) async fn make_one_folder(
    site: &AppState,
    place: &Place,
    path: EntryPath,
) -> Result<Outcome, Problem> {
    check_locks(site, place, &[whole(&path)]).await?;
    make_folder_past_locks(site, place, path).await
}

/// Makes one folder without a look at locks, which the caller has checked. Used by WebDAV.
pub(in crate::web) async fn make_folder_past_locks(
    site: &AppState,
    place: &Place,
    path: EntryPath,
) -> Result<Outcome, Problem> {
    needs_management(site, place)?;
    let made = site.library.make_folder(place, &path).await;
    one(path, made)
}

/// Returns the outcome of one path, or the problem of the call as a whole.
pub(super) fn one(path: EntryPath, result: Result<Entry, DriveError>) -> Result<Outcome, Problem> {
    match result {
        Err(error) if !is_about_a_path(error.kind) => Err(file_problem(error)),
        result => Ok(Outcome {
            path,
            result: result.map(Some),
        }),
    }
}

pub(super) fn needs_management(site: &AppState, place: &Place) -> Result<(), Problem> {
    let drive = site.library.drive(place)?;
    match drive.manage() {
        Some(_) => Ok(()),
        None => Err(Problem::unsupported(&CANNOT_MANAGE)),
    }
}

/// Returns true if this can be one name in a folder. Further restrictions are reported by the drive.
pub(in crate::web) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.contains('/')
        && EntryPath::root()
            .join(name)
            .is_ok_and(|path| path.name() == name)
}

pub(super) const BAD_PATH: Problem = Problem::bad_request(
    "A path begins with “/”, has no “.” or “..” in it, and names an entry below the root.",
);

/// Returns the body of a call.
///
/// # Errors
///
/// It is not the expected JSON.
pub(super) fn read<T>(body: MaybeJson<T>) -> Result<T, Problem> {
    body.map(|Json(body)| body).map_err(|rejection| {
        // The text of the rejection may repeat a part of the body.
        let status = rejection.status().as_u16();
        tracing::debug!(status, "a body made no sense");
        Problem::bad_request("The body is not the JSON that this call takes.")
    })
}

pub(super) fn read_place(place: &str) -> Result<Place, Problem> {
    Place::parse(place).map_err(|_| Problem::NOT_FOUND)
}

/// Parses the path of an entry, which is not the root.
pub(super) fn read_entry_path(path: &str) -> Result<EntryPath, Problem> {
    EntryPath::parse(path)
        .ok()
        .filter(|path| !path.is_root())
        .ok_or(BAD_PATH)
}

fn read_paths(paths: &[String]) -> Result<Vec<EntryPath>, Problem> {
    if paths.is_empty() {
        return Err(Problem::bad_request("Which entries? “paths” is empty."));
    }
    paths.iter().map(|path| read_entry_path(path)).collect()
}
