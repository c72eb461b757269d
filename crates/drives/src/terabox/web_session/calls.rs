//! The calls that only the website has, in its words: those of the two web documents (account, sharing) with the
//! parameters that their tables name, and those that public clients agree on (field notes, section 10).

use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::{PageToken, WebSession};
use crate::DriveError;
use crate::http::Reply;
use crate::terabox::codes::Context;
use crate::terabox::request::ApiRequest;
use crate::terabox::response::{check_response, parse};
use crate::terabox::types;
use crate::terabox::types::{CallOutcome, QuotaInfo};
use crate::terabox::web_session::types::{
    Deleted, FileDiff, Membership, Restored, WebShareMade, WebShares, WebUsers,
};

const LIMIT: usize = 8 * 1024 * 1024;
pub(crate) const APP: (&str, &str) = ("app_id", "250528");
pub(crate) const BROWSER: [(&str, &str); 3] =
    [("web", "1"), ("channel", "dubox"), ("clienttype", "0")];

impl WebSession {
    /// `GET /api/user/getinfo`
    pub(crate) async fn info(&self) -> Result<WebUsers, DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let about = [("need_relation", "0"), ("need_secret_info", "0")];
        let query = [APP, web, channel, clienttype, about[0], about[1]];
        self.json("account", "/api/user/getinfo", &query, None, PageToken::Js)
            .await
    }

    /// `GET /api/quota`
    pub(crate) async fn quota(&self) -> Result<QuotaInfo, DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let about = [("checkexpire", "1"), ("checkfree", "1")];
        let query = [APP, web, channel, clienttype, about[0], about[1]];
        self.json("account", "/api/quota", &query, None, PageToken::Js)
            .await
    }

    /// `GET /rest/2.0/membership/proxy/user`
    pub(crate) async fn membership(&self) -> Result<Membership, DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let query = [APP, web, channel, clienttype, ("method", "query")];
        let path = "/rest/2.0/membership/proxy/user";
        self.json("account", path, &query, None, PageToken::Js)
            .await
    }

    /// `GET /api/filediff`: the first call has no cursor and begins a listing of all entries.
    pub(crate) async fn filediff(&self, cursor: Option<&str>) -> Result<FileDiff, DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let cursor = ("cursor", cursor.unwrap_or("null"));
        let query = [APP, web, channel, clienttype, cursor];
        self.json("changes", "/api/filediff", &query, None, PageToken::Js)
            .await
    }

    /// `GET /api/recycle/list`; pages count from 1.
    pub(crate) async fn deleted(
        &self,
        operation: &'static str,
        page: u64,
        size: usize,
    ) -> Result<Deleted, DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let (page, size) = (page.to_string(), size.to_string());
        let paging = [("page", page.as_str()), ("num", &size)];
        let query = [APP, web, channel, clienttype, paging[0], paging[1]];
        self.json(operation, "/api/recycle/list", &query, None, PageToken::Js)
            .await
    }

    /// `POST /api/recycle/restore`. A reply that lists failed ids is a success here, whatever its number.
    pub(crate) async fn restore(&self, ids: &[&str]) -> Result<Restored, DriveError> {
        let operation = "restore";
        let list = format!("[{}]", ids.join(","));
        let [web, channel, clienttype] = BROWSER;
        let request = ApiRequest {
            operation,
            path: "/api/recycle/restore",
            query: &[APP, web, channel, clienttype],
            form: Some(&[("fidlist", &list)]),
            limit: LIMIT,
        };
        let names_failures = |reply: &Reply| {
            let read = types::read::<Restored>(&reply.body);
            read.and_then(|restored| restored.faillist)
                .is_some_and(|failed| !failed.is_empty())
        };
        let judge = |reply: &Reply| match self.judged(operation, reply) {
            Err(_) if names_failures(reply) => Ok(()),
            judged => judged,
        };
        let reply = self.ask(&request, PageToken::Js, judge).await?;
        parse(operation, &reply)
    }

    /// `POST /api/recycle/clear`
    pub(crate) async fn empty_recycle_bin(&self) -> Result<(), DriveError> {
        let [web, channel, clienttype] = BROWSER;
        let query = [APP, web, channel, clienttype];
        let reply: CallOutcome = self
            .json(
                "trash",
                "/api/recycle/clear",
                &query,
                Some(&[]),
                PageToken::Js,
            )
            .await?;
        drop(reply);
        Ok(())
    }

    /// `POST /share/pset`
    pub(crate) async fn create(
        &self,
        fs_ids: &[String],
        period_days: u32,
        password: Option<&str>,
    ) -> Result<WebShareMade, DriveError> {
        let ids = format!("[{}]", fs_ids.join(","));
        let period = period_days.to_string();
        let mut form = vec![
            ("fid_list", ids.as_str()),
            ("schannel", "0"),
            ("channel_list", "[]"),
            ("period", &period),
            ("public", if password.is_some() { "0" } else { "1" }),
        ];
        // The document says that a private link “requires extra params”; the website sends this one.
        form.extend(password.map(|password| ("pwd", password)));
        self.json("share", "/share/pset", &[], Some(&form), PageToken::Js)
            .await
    }

    /// `GET /share/teratransfer/sharelist`; pages count from 1.
    pub(crate) async fn list(&self, page: u64, size: usize) -> Result<WebShares, DriveError> {
        let (page, size) = (page.to_string(), size.to_string());
        let query = [APP, ("web", "1"), ("page", &page), ("page_size", &size)];
        self.json(
            "shares",
            "/share/teratransfer/sharelist",
            &query,
            None,
            PageToken::Js,
        )
        .await
    }

    /// `POST /share/cancel`
    pub(crate) async fn cancel(&self, id: u64) -> Result<(), DriveError> {
        let ids = format!("[{id}]");
        let form = [("shareid_list", ids.as_str())];
        let request = ApiRequest {
            operation: "unshare",
            path: "/share/cancel",
            query: &[],
            form: Some(&form),
            limit: LIMIT,
        };
        self.ask(&request, PageToken::Bdstoken, |reply| {
            self.judged("unshare", reply)
        })
        .await
        .map(drop)
    }

    async fn json<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        query: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
        token: PageToken,
    ) -> Result<T, DriveError> {
        let request = ApiRequest {
            operation,
            path,
            query,
            form,
            limit: LIMIT,
        };
        let reply = self
            .ask(&request, token, |reply| self.judged(operation, reply))
            .await?;
        parse(operation, &reply)
    }

    fn judged(&self, operation: &'static str, reply: &Reply) -> Result<(), DriveError> {
        check_response(operation, reply, Context::Web, self.clock.now())
    }

    /// Makes a call that the drive makes over either transport, with the parameters that the website adds to
    /// each.
    pub(crate) async fn ask_for_drive(
        &self,
        request: &ApiRequest<'_>,
        judge: impl Fn(&Reply) -> Result<(), DriveError>,
    ) -> Result<Reply, DriveError> {
        let mut query = request.query.to_vec();
        for (name, value) in std::iter::once(APP).chain(BROWSER) {
            if !query.iter().any(|(known, _)| *known == name) {
                query.push((name, value));
            }
        }
        let request = ApiRequest {
            query: &query,
            ..*request
        };
        self.ask(&request, PageToken::Js, judge).await
    }

    /// Returns the token that a call requires, and the name of its parameter.
    pub(crate) fn parameter(
        token: PageToken,
        credentials: &super::WebCredentials,
    ) -> Option<(&'static str, String)> {
        let (name, token) = match token {
            PageToken::Js => ("jsToken", &credentials.tokens.js_token),
            PageToken::Bdstoken => ("bdstoken", &credentials.tokens.bdstoken),
        };
        Some((name, token.as_ref()?.expose_secret().to_owned()))
    }
}
