//! `POST /upload/{place}/{folder}`: uploads by a form, for browsers without scripts. Each file is passed on
//! while it arrives. All that is not a file's content is limited to the size of a form: otherwise a form
//! that never gets to its files would be collected in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, OriginalUri, Request};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::page_context::PageContext;
use crate::web::api::content::{check_upload, upload_problem};
use crate::web::error::Problem;
use crate::web::urls::parse_location;
use crate::web::{AppState, MAX_FORM_BYTES};
use drives::{OnConflict, UploadProgress, UploadRequest};
use media::{EntryPath, Place};

/// Chunks buffered between the form and the drive.
const CHANNEL_CHUNKS: usize = 4;

/// Uploads the files of a form into a folder, and redirects to it.
pub(in crate::web) async fn upload(
    context: PageContext,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let site = &context.site;
    let location = uri.path().strip_prefix("/upload/").unwrap_or_default();
    let Some((place, folder)) = parse_location(location) else {
        return context.problem(&Problem::NOT_FOUND);
    };
    let form = match UploadForm::from_request(request).await {
        Ok(form) => form,
        Err(problem) => return context.problem(&problem),
    };
    match upload_files(site, &place, &folder, form).await {
        Ok(()) => Redirect::to(&context.browse(&place, &folder)).into_response(),
        Err(problem) => context.problem_at(&problem, Some(&place)),
    }
}

async fn upload_files(
    site: &AppState,
    place: &Place,
    folder: &EntryPath,
    mut upload_form: UploadForm,
) -> Result<(), Problem> {
    let UploadForm { form, unread } = &mut upload_form;
    let mut on_conflict = OnConflict::Fail;
    let mut taken = 0;
    while let Some(mut field) = form.next_field().await.map_err(|_| BROKEN)? {
        unread.store(0, Ordering::Relaxed);
        if field.name() == Some("on_conflict") {
            on_conflict = match field.text().await.map_err(|_| BROKEN)?.as_str() {
                "rename" => OnConflict::Rename,
                "overwrite" => OnConflict::Overwrite,
                _ => OnConflict::Fail,
            };
            continue;
        }
        let Some(name) = field.file_name().filter(|name| !name.is_empty()) else {
            continue;
        };
        // Some browsers send a whole path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let path = folder.join(name).map_err(|_| Problem::REFUSED_NAME)?;
        check_upload(site, place, &path, None, on_conflict).await?;
        let progress = Arc::<UploadProgress>::default();
        let open = site.uploads.open().begin(place, &path, None, &progress);
        let request = UploadRequest {
            path,
            size: None,
            on_conflict,
            progress: Some(progress),
            resume: None,
        };
        let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(CHANNEL_CHUNKS);
        let body = futures_util::stream::unfold(receiver, |mut receiver| async {
            Some((receiver.recv().await?, receiver))
        });
        let upload = site.library.upload(place, &request, body.boxed());
        let read = async {
            loop {
                let chunk = match field.chunk().await {
                    Ok(None) => break,
                    Ok(Some(chunk)) => {
                        unread.store(0, Ordering::Relaxed);
                        Ok(chunk)
                    }
                    Err(error) => Err(std::io::Error::other(error.to_string())),
                };
                let is_last = chunk.is_err();
                if sender.send(chunk).await.is_err() || is_last {
                    break;
                }
            }
            drop(sender);
        };
        let (uploaded, ()) = tokio::join!(upload, read);
        uploaded.map_err(|error| upload_problem(error, None))?;
        open.succeed();
        taken += 1;
    }
    if taken == 0 {
        return Err(Problem::bad_request("No file was chosen."));
    }
    Ok(())
}

/// A form, and the number of bytes that have arrived since its last read.
struct UploadForm {
    form: Multipart,
    unread: Arc<AtomicUsize>,
}

/// Limit of bytes that may arrive while nothing of the form is read: the preamble, the head of a part, a
/// part that is not a file. The connection reads as far ahead, too.
const MAX_UNREAD_BYTES: usize = 4 * MAX_FORM_BYTES;

impl UploadForm {
    async fn from_request(request: Request) -> Result<Self, Problem> {
        let unread = Arc::<AtomicUsize>::default();
        let counting = unread.clone();
        let request = request.map(|body| {
            Body::from_stream(body.into_data_stream().map(move |piece| {
                let piece = piece.map_err(std::io::Error::other)?;
                let before = counting.fetch_add(piece.len(), Ordering::Relaxed);
                match before + piece.len() > MAX_UNREAD_BYTES {
                    true => Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge)),
                    false => Ok(piece),
                }
            }))
        });
        match Multipart::from_request(request, &()).await {
            Ok(form) => Ok(UploadForm { form, unread }),
            Err(_) => Err(Problem::bad_request("That is no form with files.")),
        }
    }
}

const BROKEN: Problem = Problem::bad_request("The form broke off before its end.");
