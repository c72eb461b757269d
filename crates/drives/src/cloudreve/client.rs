//! The calls of the API, in its words (document sections 4 to 9).
//!
//! If the upstream requires a login although a token was sent, the call is repeated once with a new token.
//! Nothing else is repeated here.

use std::sync::Arc;

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::codes;
use crate::cloudreve::codes::Context;
use crate::cloudreve::request::{ApiRequest, ApiResponse, Site};
use crate::cloudreve::session::auth::{Access, Auth};
use crate::cloudreve::types::{Capacity, File, Files, Share, ShareList, Thumb, Urls, User};
use crate::cloudreve::uri::component;
use crate::session::retry_with_new_token;
use crate::{DriveError, ErrorKind};
use media::{Order, SortBy};

/// The one operation that concerns the shortcut itself if there is one at the path.
pub(crate) const STAT: &str = "stat";

/// The calls, made as the account.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) auth: Arc<Auth>,
    pub(crate) site: Arc<Site>,
}

/// One page of a folder or of a search, as requested from the upstream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageQuery {
    pub(crate) size: usize,
    pub(crate) sort: SortBy,
    pub(crate) order: Order,
    pub(crate) at: PageAt,
}

/// Start of a page. Sites are configured for one of the two ways of paging.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PageAt {
    First,
    Token(String),
    Number(u64),
}

/// Terms of a share that is created or changed.
pub(crate) struct ShareTerms<'a> {
    pub(crate) uri: &'a str,
    pub(crate) password: Option<&'a str>,
    /// 0 is never.
    pub(crate) expires_in_s: u64,
    /// 0 is any number.
    pub(crate) downloads: i64,
}

impl Api {
    pub(crate) fn new(auth: Arc<Auth>) -> Self {
        Api {
            site: auth.site.clone(),
            auth,
        }
    }

    pub(crate) async fn me(&self) -> Result<User, DriveError> {
        self.get("account", Context::Files, "/user/me").await
    }

    pub(crate) async fn capacity(&self) -> Result<Option<Capacity>, DriveError> {
        self.get("account", Context::Files, "/user/capacity").await
    }

    pub(crate) async fn list(
        &self,
        operation: &'static str,
        context: Context,
        uri: &str,
        page: &PageQuery,
    ) -> Result<Files, DriveError> {
        let sort = match page.sort {
            SortBy::Name => "name",
            SortBy::Time => "updated_at",
            SortBy::Size => "size",
        };
        let order = match page.order {
            Order::Ascending => "asc",
            Order::Descending => "desc",
        };
        let mut target = format!(
            "/file?uri={}&page_size={}&order_by={sort}&order_direction={order}",
            component(uri),
            page.size
        );
        match &page.at {
            PageAt::First => {}
            PageAt::Token(token) => {
                target.push_str(&format!("&next_page_token={}", component(token)))
            }
            PageAt::Number(number) => target.push_str(&format!("&page={number}")),
        }
        self.get(operation, context, &target).await
    }

    pub(crate) async fn info(
        &self,
        operation: &'static str,
        context: Context,
        uri: &str,
    ) -> Result<File, DriveError> {
        let target = format!("/file/info?uri={}", component(uri));
        self.get(operation, context, &target).await
    }

    /// Returns the URL of a file's bytes, or of those of a version of it. On a share, each call counts as a download.
    pub(crate) async fn url(
        &self,
        operation: &'static str,
        context: Context,
        uri: &str,
        version: Option<&str>,
        anew: bool,
    ) -> Result<Urls, DriveError> {
        let mut body = json!({"uris": [uri], "download": false});
        if let Some(version) = version {
            body["entity"] = json!(version);
        }
        if anew {
            body["no_cache"] = json!(true);
        }
        self.send(operation, context, Method::POST, "/file/url", body)
            .await?
            .data()
    }

    pub(crate) async fn thumb(&self, context: Context, uri: &str) -> Result<Thumb, DriveError> {
        let target = format!("/file/thumb?uri={}", component(uri));
        self.get("thumbnail", context, &target).await
    }

    pub(crate) async fn create_folder(&self, uri: &str) -> Result<File, DriveError> {
        let body = json!({"uri": uri, "type": "folder", "err_on_conflict": true});
        self.change("mkdir", Method::POST, "/file/create", body)
            .await?
            .data()
    }

    pub(crate) async fn rename(&self, uri: &str, name: &str) -> Result<File, DriveError> {
        let body = json!({"uri": uri, "new_name": name});
        self.change("rename", Method::POST, "/file/rename", body)
            .await?
            .data()
    }

    /// Moves or copies entries. The answer reports the result of each one.
    pub(crate) async fn shift(
        &self,
        operation: &'static str,
        uris: &[String],
        to: &str,
        copy: bool,
    ) -> Result<ApiResponse, DriveError> {
        let body = json!({"uris": uris, "dst": to, "copy": copy});
        self.change(operation, Method::POST, "/file/move", body)
            .await
    }

    /// Deletes entries. The answer reports the result of each one.
    pub(crate) async fn delete(&self, uris: &[String]) -> Result<ApiResponse, DriveError> {
        let body = json!({"uris": uris});
        self.change("delete", Method::DELETE, "/file", body).await
    }

    /// Opens an upload session. A conflict is returned as an answer, which has the locks in the way.
    pub(crate) async fn begin_upload(&self, body: Value) -> Result<ApiResponse, DriveError> {
        self.change("upload", Method::PUT, "/file/upload", body)
            .await
    }

    pub(crate) async fn cancel_upload(&self, id: &str, uri: &str) -> Result<(), DriveError> {
        let body = json!({"id": id, "uri": uri});
        self.change("upload", Method::DELETE, "/file/upload", body)
            .await?
            .done()
    }

    /// Returns a share as a visitor sees it. A wrong password is no error here: the share is then reported as
    /// locked.
    pub(crate) async fn share(
        &self,
        operation: &'static str,
        id: &str,
        password: Option<&str>,
    ) -> Result<Share, DriveError> {
        let mut target = format!("/share/info/{}", component(id));
        if let Some(password) = password {
            target.push_str(&format!("?password={}", component(password)));
        }
        let share = self.get(operation, Context::Share, &target).await;
        share.map_err(|error: DriveError| match error.upstream_code {
            // The id is none of this site's: a letter is missing, or it is another site's.
            Some(codes::BAD_PARAMETERS) => DriveError::new(ErrorKind::ShareGone, operation, "")
                .with_code(codes::BAD_PARAMETERS)
                .with_sentence(
                    "The site knows no share of this link. Check that all of it was pasted.",
                ),
            _ => error,
        })
    }

    /// Returns one of the account's own shares, with the URI that it leads to. The site requires the share's
    /// password of its owner, too (wire document section 1); the plain call returns it.
    pub(crate) async fn own_share(
        &self,
        id: &str,
        password: Option<&str>,
    ) -> Result<Share, DriveError> {
        let mut target = format!("/share/info/{}?owner_extended=true", component(id));
        if let Some(password) = password.filter(|password| !password.is_empty()) {
            target.push_str(&format!("&password={}", component(password)));
        }
        self.get("shares", Context::Share, &target).await
    }

    pub(crate) async fn own_shares(
        &self,
        at: &PageAt,
        size: usize,
    ) -> Result<ShareList, DriveError> {
        let mut target = format!("/share?page_size={size}&order_direction=desc");
        if let PageAt::Token(token) = at {
            target.push_str(&format!("&next_page_token={}", component(token)));
        }
        self.get("shares", Context::Files, &target).await
    }

    /// Creates a share and returns its link.
    pub(crate) async fn create_share(&self, terms: &ShareTerms<'_>) -> Result<String, DriveError> {
        self.change("share", Method::PUT, "/share", terms.body())
            .await?
            .data()
    }

    pub(crate) async fn edit_share(
        &self,
        id: &str,
        terms: &ShareTerms<'_>,
    ) -> Result<(), DriveError> {
        let target = format!("/share/{}", component(id));
        self.change("share", Method::POST, &target, terms.body())
            .await?
            .done()
    }

    pub(crate) async fn delete_share(&self, id: &str) -> Result<(), DriveError> {
        let target = format!("/share/{}", component(id));
        let ask = ApiRequest {
            method: Method::DELETE,
            ..ApiRequest::get("unshare", Context::Files, &target)
        };
        self.ask(ask).await?.done()
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        context: Context,
        target: &str,
    ) -> Result<T, DriveError> {
        self.ask(ApiRequest::get(operation, context, target))
            .await?
            .data()
    }

    pub(crate) async fn change(
        &self,
        operation: &'static str,
        method: Method,
        target: &str,
        body: Value,
    ) -> Result<ApiResponse, DriveError> {
        self.send(operation, Context::Files, method, target, body)
            .await
    }

    async fn send(
        &self,
        operation: &'static str,
        context: Context,
        method: Method,
        target: &str,
        body: Value,
    ) -> Result<ApiResponse, DriveError> {
        self.ask(ApiRequest::with(operation, context, method, target, body))
            .await
    }

    /// Makes a call as the account. A failure in the envelope is returned as an answer, except a login failure:
    /// then the call is repeated once with another token.
    pub(crate) async fn ask(&self, ask: ApiRequest<'_>) -> Result<ApiResponse, DriveError> {
        let access = self.auth.access().await?;
        let is_refused =
            |answer: &Result<ApiResponse, DriveError>| answer.as_ref().is_ok_and(wants_a_login);
        let generation = access.generation;
        let answer =
            retry_with_new_token(&self.auth, access, is_refused, async |access: Access| {
                self.site.ask(&ask, Some(&access.token)).await
            })
            .await?;
        if answer.code() != Some(codes::DATABASE_FAILED) {
            return Ok(answer);
        }
        // The answer to every call of a banned user whose token is still valid (wire document section 1), and to
        // a failure of the site's database. Renewing the token tells which.
        match self.auth.renewed(generation).await {
            Ok(access) => self.site.ask(&ask, Some(&access.token)).await,
            Err(error) if error.kind == ErrorKind::SignedOut && error.upstream_code.is_some() => {
                Err(error)
            }
            Err(_) => Ok(answer),
        }
    }
}

impl ShareTerms<'_> {
    fn body(&self) -> Value {
        let mut body =
            json!({"uri": self.uri, "expire": self.expires_in_s, "downloads": self.downloads});
        if let Some(password) = self.password {
            body["is_private"] = json!(true);
            body["password"] = json!(password);
        }
        body
    }
}

fn wants_a_login(told: &ApiResponse) -> bool {
    let is_login = |code: i64| matches!(code, codes::LOGIN_REQUIRED | codes::CREDENTIAL_INVALID);
    told.code().is_some_and(is_login)
        || told
            .envelope
            .aggregated_error
            .values()
            .any(|inner| is_login(inner.code))
}
