//! The host that takes the parts of an upload: located by a call of its own, and anew after a failure (field
//! notes, sections 6, 10 and 11).
//!
//! The service's own sites are asked at `d.<site>`; any other base URL, such as that of an IP, is asked itself. The
//! cookie goes along to hosts of the session's own site alone.

use std::sync::Arc;

use http::header::{COOKIE, HeaderMap, REFERER};
use http::{HeaderValue, Method};

use super::{PageToken, WebCredentials, WebSession, explained};
use crate::DriveError;
use crate::http::{MultipartFile, Reply};
use crate::terabox::client::MAX_JSON_BYTES;
use crate::terabox::codes::Context;
use crate::terabox::cookie::hosts;
use crate::terabox::response::{check_response, parse};
use crate::terabox::web_session::send::secret_header;
use crate::terabox::web_session::types::LocatedHosts;

const LOCATE: &str =
    "/rest/2.0/pcs/file?method=locateupload&app_id=250528&web=1&channel=dubox&clienttype=0";

impl WebSession {
    /// Returns the base URL of the host that takes parts; concurrent callers share one location.
    pub(crate) async fn upload_base(
        &self,
        operation: &'static str,
    ) -> Result<Arc<String>, DriveError> {
        let credentials = self.credentials(operation, PageToken::Js).await?;
        self.upload_host
            .get(self.locate_upload(operation, &credentials))
            .await
    }

    /// Discards the located host, so that the next part locates one anew.
    pub(crate) fn forget_upload_base(&self) {
        self.upload_host.clear();
    }

    /// Sends one part to `path_and_query` of the host at `base`.
    pub(crate) async fn post_part(
        &self,
        operation: &'static str,
        base: &str,
        file: MultipartFile<'_>,
    ) -> Result<Reply, DriveError> {
        let credentials = self.credentials(operation, PageToken::Js).await?;
        let mut headers = HeaderMap::new();
        let home = self.website(Some(&credentials.cookie));
        if hosts::may_see_session(&home, base)
            && let Some(cookie) = secret_header(&credentials.cookie.header(&credentials.visitor))
        {
            headers.insert(COOKIE, cookie);
        }
        if let Ok(referer) = HeaderValue::try_from(format!("{}/", credentials.base)) {
            headers.insert(REFERER, referer);
        }
        let file = MultipartFile { headers, ..file };
        self.http.post_file(operation, file).await
    }

    async fn locate_upload(
        &self,
        operation: &'static str,
        credentials: &WebCredentials,
    ) -> Result<String, DriveError> {
        let home = hosts::upload_locator(&credentials.base);
        let url = format!("{home}{LOCATE}");
        let reply = self
            .send(
                operation,
                credentials,
                Method::GET,
                &url,
                None,
                &[],
                MAX_JSON_BYTES,
            )
            .await?;
        check_response(operation, &reply, Context::Api, self.clock.now()).map_err(explained)?;
        let located: LocatedHosts = parse(operation, &reply)?;
        let hosts = located.into_hosts();
        let mut bases = hosts
            .iter()
            .filter_map(|host| hosts::base_of(host, &credentials.base));
        bases
            .next()
            .ok_or_else(|| DriveError::failed(operation, "no upload host in the reply"))
    }
}
