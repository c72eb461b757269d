//! Temporary files at the server. Each is noted before its first byte is sent, so that one that an upload has left behind is
//! found and deleted later, after a restart of this server, too.

use std::collections::HashSet;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::folders::{SpooledFile, TemporaryFile};
use crate::uploads::UploadStaging;
use crate::webdav::WebDav;
use crate::{DriveError, ErrorKind, Permits, ResumeKey};
use media::EntryPath;

const OPERATION: &str = "upload";
/// Start of the name of a temporary file; 16 hex digits follow.
const NAME_START: &str = ".drivein-";
/// End of its name.
const NAME_END: &str = ".part";

/// A temporary file, as it is stored under its name.
#[derive(Debug, Serialize, Deserialize)]
struct TemporaryNote {
    /// Its path on the drive.
    temporary: String,
    /// The key under which its upload resumes, if it has one.
    resume: Option<ResumeKey>,
}

impl TemporaryNote {
    /// Returns the path of the file; `None` if the note names another file than a temporary one.
    fn path(&self) -> Option<EntryPath> {
        let path = EntryPath::parse(&self.temporary).ok()?;
        is_temporary(path.name()).then_some(path)
    }
}

impl WebDav {
    /// Notes a temporary name in `folder` that nothing has. What former attempts at the upload have left is deleted: a file
    /// begins anew.
    pub(super) async fn begin_temporary(
        &self,
        file: SpooledFile<'_>,
        folder: &EntryPath,
    ) -> Result<TemporaryFile, DriveError> {
        let resume = file.request.resume.as_ref().map(|resume| &resume.key);
        if let Some(key) = resume
            && let Err(error) = self
                .delete_interrupted(file.staging, key, file.permits)
                .await
        {
            tracing::debug!(%error, "the rest of an upload stays on the server for a day");
        }
        let path = folder
            .join(&format!("{NAME_START}{}{NAME_END}", random()))
            .map_err(|_| DriveError::failed(OPERATION, "no temporary name"))?;
        let active = file.staging.begin(path.name());
        let note = TemporaryNote {
            temporary: path.to_string(),
            resume: resume.cloned(),
        };
        file.staging.save(path.name(), &note).await?;
        Ok(TemporaryFile {
            path,
            _active: active,
        })
    }

    /// Deletes a temporary file, and then its note.
    ///
    /// # Errors
    /// Those of the server; the note stays then.
    pub(super) async fn delete_temporary(
        &self,
        path: &EntryPath,
        staging: &UploadStaging,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let delete = self.delete_entry(OPERATION, path, false);
        match permits.call(delete).await {
            // The server has deleted it itself, or has never had it.
            Err(error) if error.kind != ErrorKind::NotFound => Err(error),
            _ => staging.forget(path.name()).await,
        }
    }

    /// Deletes the files that interrupted attempts at an upload have left.
    pub(super) async fn delete_interrupted(
        &self,
        staging: &UploadStaging,
        key: &ResumeKey,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let all = staging.all::<TemporaryNote>().await?.into_iter();
        let of_upload = all.filter(|(_, note)| note.resume.as_ref() == Some(key));
        self.delete_noted(of_upload, staging, permits).await
    }

    /// Deletes the files that were left long ago, but for those of uploads whose keys are in use.
    pub(super) async fn delete_abandoned(
        &self,
        staging: &UploadStaging,
        in_use: &HashSet<ResumeKey>,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let old = staging.abandoned::<TemporaryNote>().await?.into_iter();
        let is_used =
            |note: &TemporaryNote| note.resume.as_ref().is_some_and(|it| in_use.contains(it));
        let unused = old.filter(|(_, note)| !is_used(note));
        self.delete_noted(unused, staging, permits).await
    }

    /// Deletes files by their notes, except for those that this process is sending. One that cannot be deleted keeps no
    /// other from it, unless the server does not answer.
    async fn delete_noted(
        &self,
        notes: impl Iterator<Item = (String, TemporaryNote)>,
        staging: &UploadStaging,
        permits: Permits<'_>,
    ) -> Result<(), DriveError> {
        let mut failure = None;
        for (key, note) in notes {
            let Some(path) = note.path().filter(|_| !staging.is_active(&key)) else {
                continue;
            };
            match self.delete_temporary(&path, staging, permits).await {
                Err(error) if error.kind.is_transient() => return Err(error),
                Err(error) => drop(failure.get_or_insert(error)),
                Ok(()) => {}
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

fn is_temporary(name: &str) -> bool {
    let digits = name
        .strip_prefix(NAME_START)
        .and_then(|rest| rest.strip_suffix(NAME_END));
    digits.is_some_and(|it| it.len() == 16 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn random() -> String {
    let mut bytes = [0; 8];
    // Without random numbers there would be no keys either, and no server.
    let _ = getrandom::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_another_file_names_none() {
        let path = |temporary: &str| {
            let note = TemporaryNote {
                temporary: temporary.to_owned(),
                resume: None,
            };
            note.path()
        };
        let name = format!("{NAME_START}{}{NAME_END}", random());
        assert!(path(&format!("/Season 1/{name}")).is_some());
        for other in [
            "/film.mp4",
            "/",
            "",
            "/.drivein-0123456789abcdef.part/film.mp4",
            "/.drivein-notes.part",
            "/.drivein-0123456789abcdeg.part",
        ] {
            assert_eq!(path(other), None, "{other}");
        }
        // Notes of other kinds of drives are no notes of temporary files.
        let other = serde_json::from_str::<TemporaryNote>(r#"{"path":"/a","upload_id":"b"}"#);
        assert!(other.is_err());
    }
}
