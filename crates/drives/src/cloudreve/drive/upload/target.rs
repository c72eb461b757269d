//! The target of the chunks of a session: the site, a node of it, or a storage provider (wire document, section 3).

use serde::{Deserialize, Serialize};

use crate::cloudreve::types::UploadSession;

/// Name of the operation in errors.
pub(crate) const OPERATION: &str = "upload";

/// Target of chunks. Its URLs and credentials are secrets.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub(crate) enum UploadTarget {
    /// The site itself, which may pass the file on to its storage (`relay`).
    Site,
    /// A node of the site.
    Node { url: String, credential: String },
    /// A provider with multipart uploads like those of S3: a presigned URL for each part, and one to complete.
    Multipart {
        provider: MultipartProvider,
        part_urls: Vec<String>,
        complete_url: String,
        callback_secret: String,
    },
    /// Qiniu Kodo, resumable upload version 2.
    Qiniu {
        url: String,
        token: String,
        mime_type: Option<String>,
    },
    /// Upyun, one form.
    Upyun {
        url: String,
        policy: String,
        authorization: String,
        mime_type: Option<String>,
    },
    /// An upload session of Microsoft Graph.
    OneDrive {
        url: String,
        callback_secret: String,
    },
}

/// A provider with multipart uploads like those of S3, each of which completes them in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MultipartProvider {
    S3,
    Ks3,
    Cos,
    Oss,
    Obs,
}

/// Kinds of storage policy that [`UploadTarget::of`] has an answer for. A `load_balance` is resolved by the site.
pub(crate) const POLICY_KINDS: [&str; 11] = [
    "local",
    "remote",
    "s3",
    "ks3",
    "cos",
    "oss",
    "obs",
    "qiniu",
    "upyun",
    "onedrive",
    "load_balance",
];

impl UploadTarget {
    /// Returns the target of a session; `None` if its storage is of another kind, or the session lacks what the kind
    /// requires.
    pub(crate) fn of(session: &UploadSession) -> Option<Self> {
        let policy = session.storage_policy.as_ref();
        let kind = policy.and_then(|policy| policy.kind.as_deref());
        let first_url = || session.upload_urls.first().cloned();
        let multipart = |provider| {
            Some(UploadTarget::Multipart {
                provider,
                part_urls: session.upload_urls.clone(),
                complete_url: session.complete_url.clone()?,
                callback_secret: session.callback_secret.clone()?,
            })
        };
        match kind {
            _ if policy.is_some_and(|policy| policy.relay) => Some(UploadTarget::Site),
            None | Some("local") if session.upload_urls.is_empty() => Some(UploadTarget::Site),
            Some("remote") => Some(UploadTarget::Node {
                url: first_url()?,
                credential: session.credential.clone()?,
            }),
            Some("s3") => multipart(MultipartProvider::S3),
            Some("ks3") => multipart(MultipartProvider::Ks3),
            Some("cos") => multipart(MultipartProvider::Cos),
            Some("oss") => multipart(MultipartProvider::Oss),
            Some("obs") => multipart(MultipartProvider::Obs),
            Some("qiniu") => Some(UploadTarget::Qiniu {
                url: first_url()?,
                token: session.credential.clone()?,
                mime_type: session.mime_type.clone(),
            }),
            Some("upyun") => Some(UploadTarget::Upyun {
                url: first_url()?,
                policy: session.upload_policy.clone()?,
                authorization: session.credential.clone()?,
                mime_type: session.mime_type.clone(),
            }),
            Some("onedrive") => Some(UploadTarget::OneDrive {
                url: first_url()?,
                callback_secret: session.callback_secret.clone()?,
            }),
            _ => None,
        }
    }

    /// Returns the URLs outside of the site to which bytes will be sent.
    pub(crate) fn urls(&self) -> Vec<&str> {
        match self {
            UploadTarget::Site => Vec::new(),
            UploadTarget::Multipart {
                part_urls,
                complete_url,
                ..
            } => part_urls
                .iter()
                .chain([complete_url])
                .map(String::as_str)
                .collect(),
            UploadTarget::Node { url, .. }
            | UploadTarget::Qiniu { url, .. }
            | UploadTarget::Upyun { url, .. }
            | UploadTarget::OneDrive { url, .. } => vec![url],
        }
    }

    /// Returns true if the target takes `count` chunks.
    pub(crate) fn takes(&self, count: usize) -> bool {
        match self {
            UploadTarget::Multipart { part_urls, .. } => part_urls.len() == count,
            UploadTarget::Upyun { .. } => count == 1,
            _ => true,
        }
    }

    /// Returns the kind of policy and the secret of the call by which the client reports to the site that the
    /// provider has the file; `None` if the site or the provider completes the upload itself.
    pub(crate) fn callback(&self) -> Option<(&'static str, &str)> {
        match self {
            UploadTarget::Multipart {
                provider,
                callback_secret,
                ..
            } => {
                let kind = match provider {
                    MultipartProvider::S3 => "s3",
                    MultipartProvider::Ks3 => "ks3",
                    MultipartProvider::Cos => "cos",
                    MultipartProvider::Oss | MultipartProvider::Obs => return None,
                };
                Some((kind, callback_secret))
            }
            UploadTarget::OneDrive {
                callback_secret, ..
            } => Some(("onedrive", callback_secret)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Option<UploadTarget> {
        UploadTarget::of(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn the_policy_decides_the_target() {
        let local = r#"{"session_id":"a","storage_policy":{"type":"local"}}"#;
        assert!(matches!(target(local), Some(UploadTarget::Site)));
        let relay = r#"{"upload_urls":null,"storage_policy":{"type":"s3","relay":true}}"#;
        assert!(matches!(target(relay), Some(UploadTarget::Site)));
        let node = r#"{"upload_urls":["https://n/u"],"credential":"c","storage_policy":{"type":"remote"}}"#;
        assert!(matches!(target(node), Some(UploadTarget::Node { .. })));
        for kind in ["s3", "ks3", "cos", "oss", "obs"] {
            let session = format!(
                r#"{{"upload_urls":["https://p/1","https://p/2"],"completeURL":"https://p/c","callback_secret":"x",
                    "storage_policy":{{"type":"{kind}"}}}}"#
            );
            let target = target(&session).unwrap();
            assert!(target.takes(2) && !target.takes(3), "{kind}");
            assert_eq!(target.urls().len(), 3);
            let calls_back = matches!(kind, "s3" | "ks3" | "cos");
            assert_eq!(target.callback().is_some(), calls_back, "{kind}");
        }
        let qiniu =
            r#"{"upload_urls":["https://q/u"],"credential":"t","storage_policy":{"type":"qiniu"}}"#;
        assert!(matches!(target(qiniu), Some(UploadTarget::Qiniu { .. })));
        let upyun = r#"{"upload_urls":["https://y/b"],"credential":"t","upload_policy":"p","storage_policy":{"type":"upyun"}}"#;
        assert!(!target(upyun).unwrap().takes(2));
        let onedrive = r#"{"upload_urls":["https://o/u"],"callback_secret":"x","storage_policy":{"type":"onedrive"}}"#;
        assert_eq!(
            target(onedrive).unwrap().callback(),
            Some(("onedrive", "x"))
        );
        let unknown = r#"{"upload_urls":["https://x/u"],"storage_policy":{"type":"tape"}}"#;
        assert!(target(unknown).is_none());
        let incomplete = r#"{"upload_urls":["https://s3/u"],"storage_policy":{"type":"s3"}}"#;
        assert!(target(incomplete).is_none());
    }
}
