//! The storage policy that a new file falls under: that of the nearest folder above it that has one. Before 4.11 a
//! session cannot be opened without its id, and it says beforehand what the site will refuse (wire document, sections 1
//! and 3).

use std::sync::Arc;

use super::target::{OPERATION, POLICY_KINDS};
use crate::cloudreve::Cloudreve;
use crate::cloudreve::codes::Context;
use crate::cloudreve::drive::paging::{MAX_PAGE, next, page_query};
use crate::cloudreve::types::Policy;
use crate::{DriveError, ErrorKind};
use media::{EntryPath, PageRequest};

/// The folder of a new file.
#[derive(Default)]
pub(crate) struct PolicyFolder {
    /// The policy; `None` if the site does not say.
    pub(crate) policy: Option<Arc<Policy>>,
    /// True if the name is taken, by an entry or by an upload under way; `None` if that is not known.
    pub(crate) is_taken: Option<bool>,
}

impl Cloudreve {
    /// Returns the folder that `path` falls into. If its policy is not known yet, the folder is listed, and its first
    /// page also says whether the name is taken, unless the folder has further pages.
    pub(crate) async fn destination(&self, path: &EntryPath) -> Result<PolicyFolder, DriveError> {
        let parent = path.parent().unwrap_or(EntryPath::root());
        if let Some(policy) = self.tree.policies.get(&parent).await {
            return Ok(PolicyFolder {
                policy: Some(policy),
                is_taken: None,
            });
        }
        let mut destination = PolicyFolder::default();
        let mut folder = parent.clone();
        loop {
            let is_parent = folder == parent;
            let request = PageRequest::first(if is_parent { MAX_PAGE } else { 1 });
            let query = page_query(OPERATION, &request)?;
            let uri = self.tree.uri(&folder);
            match self.api.list(OPERATION, Context::Files, &uri, &query).await {
                Ok(files) => {
                    let listed = files.files.unwrap_or_default();
                    let is_whole = next(&files.pagination, &query).is_none();
                    if is_parent && listed.iter().any(|file| file.name == path.name()) {
                        destination.is_taken = Some(true);
                    } else if is_parent && is_whole {
                        destination.is_taken = Some(false);
                    }
                    if let Some(policy) = files.storage_policy.map(Arc::new) {
                        self.tree.policies.insert(parent, policy.clone()).await;
                        destination.policy = Some(policy);
                        return Ok(destination);
                    }
                }
                // The upload creates the folder.
                Err(error) if error.kind == ErrorKind::NotFound && !folder.is_root() => {
                    destination.is_taken = Some(false);
                }
                Err(error) => return Err(error),
            }
            match folder.parent() {
                Some(above) => folder = above,
                None => return Ok(destination),
            }
        }
    }
}

impl Policy {
    /// Checks that a file of that name and size (if it is known) can be uploaded under this policy.
    ///
    /// # Errors
    ///
    /// `unsupported` for a kind of storage that Drive-In has no upload for, `plan_required` (too large),
    /// `refused_name`, `bad_request` (empty, where OneDrive is the storage).
    pub(crate) fn check(&self, name: &str, size: Option<u64>) -> Result<(), DriveError> {
        let kind = self.kind.as_deref().unwrap_or("local");
        if !self.relay && !POLICY_KINDS.contains(&kind) {
            return Err(unknown_storage());
        }
        let max_size = u64::try_from(self.max_size).unwrap_or(0);
        if max_size > 0 && size.is_some_and(|size| size > max_size) {
            return Err(
                DriveError::new(ErrorKind::PlanRequired, OPERATION, "by the policy")
                    .with_sentence("The file is larger than the site allows."),
            );
        }
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_in = |list: &[String]| list.iter().any(|one| one.eq_ignore_ascii_case(extension));
        let is_allowed = self.allowed_suffix.is_empty() || is_in(&self.allowed_suffix);
        if !is_allowed || is_in(&self.denied_suffix) {
            return Err(
                DriveError::new(ErrorKind::RefusedName, OPERATION, "by the policy")
                    .with_sentence("The site does not take files of this type."),
            );
        }
        if kind == "onedrive" && !self.relay && size == Some(0) {
            return Err(
                DriveError::bad_request(OPERATION, "an empty file").with_sentence(
                    "OneDrive, where this site keeps its files, takes no empty files.",
                ),
            );
        }
        Ok(())
    }
}

/// Returns the error for a storage that Drive-In has no upload for.
pub(crate) fn unknown_storage() -> DriveError {
    DriveError::unsupported(OPERATION, "storage of an unknown kind").with_sentence(
        "This site keeps its files at a storage provider that Drive-In does not know how to upload to.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_policy_refuses_is_known_beforehand() {
        let policy = |text: &str| serde_json::from_str::<Policy>(text).unwrap();
        let refusal = |text: &str, name: &str, size: u64| {
            let checked = policy(text).check(name, Some(size));
            checked.err().map(|error| error.kind)
        };
        let local = r#"{"type":"local","max_size":100,"denied_suffix":["exe"]}"#;
        assert_eq!(refusal(local, "a.mp4", 100), None);
        assert_eq!(refusal(local, "a.mp4", 101), Some(ErrorKind::PlanRequired));
        assert_eq!(refusal(local, "a.EXE", 1), Some(ErrorKind::RefusedName));
        let films = r#"{"type":"s3","max_size":0,"allowed_suffix":["mp4"]}"#;
        assert_eq!(refusal(films, "a.MP4", 1 << 40), None);
        assert_eq!(refusal(films, "mp4", 1), Some(ErrorKind::RefusedName));
        let onedrive = r#"{"type":"onedrive","max_size":0}"#;
        assert_eq!(refusal(onedrive, "a", 0), Some(ErrorKind::BadRequest));
        assert_eq!(refusal(onedrive, "a", 1), None);
        assert_eq!(
            policy(onedrive).check("a", None).err().map(|e| e.kind),
            None
        );
        let relayed = r#"{"type":"onedrive","relay":true}"#;
        assert_eq!(refusal(relayed, "a", 0), None);
        let unknown = r#"{"type":"tape"}"#;
        assert_eq!(refusal(unknown, "a", 1), Some(ErrorKind::Unsupported));
        assert_eq!(refusal(r#"{"type":"tape","relay":true}"#, "a", 1), None);
        assert_eq!(refusal(r#"{"type":"load_balance"}"#, "a", 1), None);
    }
}
