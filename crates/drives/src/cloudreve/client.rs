//! The calls of the API, in its words (document sections 4 to 9).
//!
//! A call that the upstream wants a login for, although one was sent, is repeated once with a new token; nothing
//! else is repeated here.

use std::sync::Arc;

use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::auth::Auth;
use super::codes::{self, Context};
use super::site::{Ask, Site, Told};
use super::types::{Capacity, File, Files, Share, Shares, Thumb, UploadSession, Urls, User};
use super::uri::component;
use crate::DriveError;
use media::{Order, SortBy};

/// The calls, made as the account.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) auth: Arc<Auth>,
    pub(super) site: Arc<Site>,
}

/// A page of a folder or a search, as the upstream is asked for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PageQuery {
    pub(super) size: usize,
    pub(super) sort: SortBy,
    pub(super) order: Order,
    pub(super) at: PageAt,
}

/// Where a page begins: sites are set up for one of both ways of counting.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PageAt {
    First,
    Token(String),
    Number(u64),
}

/// A share to be made or changed.
pub(super) struct ShareTerms<'a> {
    pub(super) uri: &'a str,
    pub(super) password: Option<&'a str>,
    /// 0 is never.
    pub(super) expires_in_s: u64,
    /// 0 is any number.
    pub(super) downloads: i64,
}

impl Api {
    pub(super) fn new(auth: Arc<Auth>) -> Self {
        Api {
            site: auth.site.clone(),
            auth,
        }
    }

    pub(super) async fn me(&self) -> Result<User, DriveError> {
        self.get("account", Context::Files, "/user/me").await
    }

    pub(super) async fn capacity(&self) -> Result<Option<Capacity>, DriveError> {
        self.get("account", Context::Files, "/user/capacity").await
    }

    pub(super) async fn list(
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

    pub(super) async fn info(
        &self,
        operation: &'static str,
        context: Context,
        uri: &str,
    ) -> Result<File, DriveError> {
        let target = format!("/file/info?uri={}", component(uri));
        self.get(operation, context, &target).await
    }

    /// Where the bytes of a file are. On a share, each such call is a download.
    pub(super) async fn url(
        &self,
        operation: &'static str,
        context: Context,
        uri: &str,
        anew: bool,
    ) -> Result<Urls, DriveError> {
        let mut body = json!({"uris": [uri], "download": false});
        if anew {
            body["no_cache"] = json!(true);
        }
        self.send(operation, context, Method::POST, "/file/url", body)
            .await?
            .data()
    }

    pub(super) async fn thumb(&self, context: Context, uri: &str) -> Result<Thumb, DriveError> {
        let target = format!("/file/thumb?uri={}", component(uri));
        self.get("thumbnail", context, &target).await
    }

    pub(super) async fn create_folder(&self, uri: &str) -> Result<File, DriveError> {
        let body = json!({"uri": uri, "type": "folder", "err_on_conflict": true});
        self.change("mkdir", Method::POST, "/file/create", body)
            .await?
            .data()
    }

    pub(super) async fn rename(&self, uri: &str, name: &str) -> Result<File, DriveError> {
        let body = json!({"uri": uri, "new_name": name});
        self.change("rename", Method::POST, "/file/rename", body)
            .await?
            .data()
    }

    /// What became of each is in the answer.
    pub(super) async fn shift(
        &self,
        operation: &'static str,
        uris: &[String],
        to: &str,
        copy: bool,
    ) -> Result<Told, DriveError> {
        let body = json!({"uris": uris, "dst": to, "copy": copy});
        self.change(operation, Method::POST, "/file/move", body)
            .await
    }

    /// What became of each is in the answer.
    pub(super) async fn delete(&self, uris: &[String]) -> Result<Told, DriveError> {
        let body = json!({"uris": uris});
        self.change("delete", Method::DELETE, "/file", body).await
    }

    pub(super) async fn begin_upload(&self, body: Value) -> Result<UploadSession, DriveError> {
        self.change("upload", Method::PUT, "/file/upload", body)
            .await?
            .data()
    }

    pub(super) async fn cancel_upload(&self, id: &str, uri: &str) -> Result<(), DriveError> {
        let body = json!({"id": id, "uri": uri});
        self.change("upload", Method::DELETE, "/file/upload", body)
            .await?
            .done()
    }

    /// A share as a visitor sees it. A wrong password is no error here: the share is then not unlocked.
    pub(super) async fn share(
        &self,
        operation: &'static str,
        id: &str,
        password: Option<&str>,
    ) -> Result<Share, DriveError> {
        let mut target = format!("/share/info/{}", component(id));
        if let Some(password) = password {
            target.push_str(&format!("?password={}", component(password)));
        }
        self.get(operation, Context::Share, &target).await
    }

    /// One's own share with where it leads.
    pub(super) async fn own_share(&self, id: &str) -> Result<Share, DriveError> {
        let target = format!("/share/info/{}?owner_extended=true", component(id));
        self.get("shares", Context::Share, &target).await
    }

    pub(super) async fn own_shares(&self, at: &PageAt, size: usize) -> Result<Shares, DriveError> {
        let mut target = format!("/share?page_size={size}&order_direction=desc");
        if let PageAt::Token(token) = at {
            target.push_str(&format!("&next_page_token={}", component(token)));
        }
        self.get("shares", Context::Files, &target).await
    }

    /// The link of a new share.
    pub(super) async fn create_share(&self, terms: &ShareTerms<'_>) -> Result<String, DriveError> {
        self.change("share", Method::PUT, "/share", terms.body())
            .await?
            .data()
    }

    pub(super) async fn edit_share(
        &self,
        id: &str,
        terms: &ShareTerms<'_>,
    ) -> Result<(), DriveError> {
        let target = format!("/share/{}", component(id));
        self.change("share", Method::POST, &target, terms.body())
            .await?
            .done()
    }

    pub(super) async fn delete_share(&self, id: &str) -> Result<(), DriveError> {
        let target = format!("/share/{}", component(id));
        let ask = Ask {
            method: Method::DELETE,
            ..Ask::get("unshare", Context::Files, &target)
        };
        self.ask(ask).await?.done()
    }

    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        context: Context,
        target: &str,
    ) -> Result<T, DriveError> {
        self.ask(Ask::get(operation, context, target)).await?.data()
    }

    async fn change(
        &self,
        operation: &'static str,
        method: Method,
        target: &str,
        body: Value,
    ) -> Result<Told, DriveError> {
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
    ) -> Result<Told, DriveError> {
        self.ask(Ask::with(operation, context, method, target, body))
            .await
    }

    /// Makes a call as the account. An answer with a failure in it is an answer, except for one that wants
    /// a login: that one is asked for once more with another token.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Told, DriveError> {
        let access = self.auth.access().await?;
        let told = self.site.ask(&ask, Some(&access.token)).await?;
        if !wants_a_login(&told) {
            self.auth.proved(access.generation);
            return Ok(told);
        }
        let access = self.auth.renewed(access.generation).await?;
        let told = self.site.ask(&ask, Some(&access.token)).await?;
        if !wants_a_login(&told) {
            self.auth.proved(access.generation);
        }
        Ok(told)
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

fn wants_a_login(told: &Told) -> bool {
    let is_login = |code: i64| matches!(code, codes::LOGIN_REQUIRED | codes::CREDENTIAL_INVALID);
    told.code().is_some_and(is_login)
        || told
            .envelope
            .aggregated_error
            .values()
            .any(|inner| is_login(inner.code))
}
