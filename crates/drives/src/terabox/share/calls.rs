//! The calls for a share (Open Platform document 3.5), in its words.
//!
//! The key of a share (`sekey`, in one call `spd`) is stored decoded and encoded exactly once when it is sent.

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

use crate::http::Reply;
use crate::terabox::client::{Api, PageQuery, PlaylistText};
use crate::terabox::codes::Context;
use crate::terabox::response::{check_response, parse};
use crate::terabox::share::stored::ShareInfo;
use crate::terabox::share::types::{MediaMeta, ShareInfoReply, ShareLinks, Transfer, Verified};
use crate::terabox::types;
use crate::terabox::types::{CallOutcome, Files, Link};
use crate::{DriveError, ErrorKind, ShareCredentials};
use media::Order;

/// A folder of a share.
pub(crate) enum ShareFolder<'a> {
    /// The root: all that was shared.
    Root,
    /// A folder in the share, by its path in the owner's account.
    Dir(&'a str),
}

/// Parameters of a copy: the files and their destination.
pub(crate) struct Copying<'a> {
    pub(crate) fs_ids: &'a [&'a str],
    /// Destination folder in the account.
    pub(crate) to: &'a str,
    /// `fail` or `newcopy`.
    pub(crate) ondup: &'static str,
}

impl Api {
    /// Returns the facts about a share; `share_password_required` if it requires a key that is not, or no
    /// longer, this one.
    pub(crate) async fn share_info(
        &self,
        operation: &'static str,
        surl: &str,
        key: Option<&SecretString>,
    ) -> Result<ShareInfoReply, DriveError> {
        let short = format!("1{surl}");
        let mut query = vec![("shorturl", short.as_str()), ("root", "1")];
        query.extend(key.map(|key| ("spd", key.expose_secret())));
        self.share_json(operation, "/api/shorturlinfo", &query)
            .await
    }

    /// Exchanges a password for the share's key. The key comes in the body or as a cookie; in the document's
    /// own example the body is no JSON.
    pub(crate) async fn share_verify(
        &self,
        operation: &'static str,
        surl: &str,
        password: &str,
    ) -> Result<SecretString, DriveError> {
        let reply = self
            .post(
                operation,
                "/share/verify",
                &[("surl", surl)],
                &[("pwd", password)],
                |reply| match cookie_key(reply) {
                    Some(_) if types::read::<CallOutcome>(&reply.body).is_none() => Ok(()),
                    _ => check_response(operation, reply, Context::Share, self.clock.now()),
                },
            )
            .await?;
        let in_body = types::read::<Verified>(&reply.body)
            .and_then(|verified| verified.randsk.0)
            .filter(|key| !key.is_empty());
        in_body
            .or_else(|| cookie_key(&reply))
            .map(|key| decoded_key(&key))
            .ok_or_else(|| DriveError::failed(operation, "no key in the reply"))
    }

    /// Returns one page of a share. The root comes whole, whatever page is requested.
    pub(crate) async fn share_list(
        &self,
        operation: &'static str,
        surl: &str,
        facts: &ShareInfo,
        folder: ShareFolder<'_>,
        page: &PageQuery,
    ) -> Result<Files, DriveError> {
        let (number, num) = (page.page.to_string(), page.num.to_string());
        let mut query = vec![
            ("shorturl", surl),
            ("page", &number),
            ("num", &num),
            ("by", page.order_word()),
            (
                "order",
                if page.order == Order::Ascending {
                    "asc"
                } else {
                    "desc"
                },
            ),
        ];
        match folder {
            ShareFolder::Root => query.push(("root", "1")),
            ShareFolder::Dir(dir) => query.push(("dir", dir)),
        }
        query.extend(sekey(&facts.credentials));
        self.share_json(operation, "/share/list", &query).await
    }

    /// Returns the length and picture size of a film.
    pub(crate) async fn share_mediameta(
        &self,
        operation: &'static str,
        facts: &ShareInfo,
        fid: &str,
    ) -> Result<MediaMeta, DriveError> {
        let mut query = vec![
            ("shareid", facts.credentials.share_id.as_str()),
            ("uk", &facts.credentials.owner_id),
            ("fid", fid),
            ("clienttype", "0"),
        ];
        query.extend(sekey(&facts.credentials));
        self.share_json(operation, "/share/mediameta", &query).await
    }

    /// Returns the playlist of one rendition.
    pub(crate) async fn share_streaming(
        &self,
        facts: &ShareInfo,
        fid: &str,
        kind: &str,
    ) -> Result<PlaylistText, DriveError> {
        let mut query = vec![
            ("shareid", facts.credentials.share_id.as_str()),
            ("uk", &facts.credentials.owner_id),
            ("fid", fid),
            ("type", kind),
            ("channel", "dubox"),
            ("clienttype", "0"),
        ];
        query.extend(sekey(&facts.credentials));
        let timestamp = facts.signed_at.to_string();
        if let Some(sign) = self.transport.web().and(facts.sign.as_deref()) {
            // The website's own player sends these.
            query.extend([("sign", sign), ("timestamp", &timestamp)]);
            query.extend([("esl", "1"), ("isplayer", "1"), ("ehps", "1")]);
        }
        self.playlist("/share/streaming", &query).await
    }

    /// Returns download URLs of files.
    pub(crate) async fn share_download(
        &self,
        operation: &'static str,
        facts: &ShareInfo,
        fid: &str,
    ) -> Result<Vec<Link>, DriveError> {
        let list = format!("[{fid}]");
        let mut query = vec![
            ("shareid", facts.credentials.share_id.as_str()),
            ("uk", &facts.credentials.owner_id),
            ("fid_list", &list),
        ];
        query.extend(sekey(&facts.credentials));
        let links: ShareLinks = self
            .share_json(operation, "/share/download", &query)
            .await?;
        Ok(links.into_vec())
    }

    /// Copies files into the account, at once or in a task of the upstream.
    pub(crate) async fn share_transfer(
        &self,
        operation: &'static str,
        credentials: &ShareCredentials,
        copying: &Copying<'_>,
    ) -> Result<Transfer, DriveError> {
        let ids = serde_json::json!(copying.fs_ids).to_string();
        let mut query = vec![
            ("shareid", credentials.share_id.as_str()),
            // The document's table calls it a file; its example and all clients send the owner.
            ("from", &credentials.owner_id),
            // Recommended by the Open Platform document (section 3.5.4): the copy goes on as a task.
            ("async", "2"),
            ("ondup", copying.ondup),
        ];
        query.extend(sekey(credentials));
        let form = [("fsidlist", ids.as_str()), ("path", copying.to)];
        let judged = |reply: &Reply| {
            check_response(operation, reply, Context::Share, self.clock.now()).or_else(|error| {
                // Some files failed and some did not: the items say which.
                let items = types::read::<Transfer>(&reply.body)
                    .is_some_and(|transfer| transfer.items().next().is_some());
                if items && error.kind == ErrorKind::Conflict {
                    Ok(())
                } else {
                    Err(error)
                }
            })
        };
        let path = "/share/transfer";
        let reply = self.post(operation, path, &query, &form, judged).await?;
        parse(operation, &reply)
    }

    /// Returns the progress of a task. The document has no such call; this is the one of the sister API.
    pub(crate) async fn share_task(
        &self,
        operation: &'static str,
        task: &str,
    ) -> Result<Transfer, DriveError> {
        self.share_json(operation, "/share/taskquery", &[("taskid", task)])
            .await
    }

    async fn share_json<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, DriveError> {
        self.json_in(operation, path, query, Context::Share).await
    }
}

/// Returns the parameter that carries the key; `None` if the share has no key.
fn sekey(credentials: &ShareCredentials) -> Option<(&'static str, &str)> {
    Some(("sekey", credentials.key.as_ref()?.expose_secret()))
}

/// Returns the value of the cookie that a verified password sets.
fn cookie_key(reply: &Reply) -> Option<String> {
    let cookies = reply.headers.get_all(http::header::SET_COOKIE);
    cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find_map(|cookie| cookie.trim().strip_prefix("BOXCLND="))
        .map(|rest| rest.split(';').next().unwrap_or(rest).trim().to_owned())
        .filter(|key| !key.is_empty())
}

/// Returns the key as it was before encoding. The key is base64, which has no `%`; if it contains one, it came
/// percent-encoded.
pub(crate) fn decoded_key(key: &str) -> SecretString {
    let decoded = match key.contains('%') {
        true => percent_decode_str(key).decode_utf8_lossy().into_owned(),
        false => key.to_owned(),
    };
    SecretString::from(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_decoded_once_and_never_twice() {
        for (given, sent) in [
            ("vHWCa%2Fdw6%2BF1YA%3D", "vHWCa/dw6+F1YA="),
            ("+7/8OQAw3auVpJZg=", "+7/8OQAw3auVpJZg="),
            ("plain", "plain"),
        ] {
            assert_eq!(decoded_key(given).expose_secret(), sent);
        }
    }
}
