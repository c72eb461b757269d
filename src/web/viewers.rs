//! The viewer of a request, for handlers.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde::Deserialize;

use super::AppStateInner;
use crate::store::Viewer;
use media::ViewerId;

/// The request header in which the middleware names the viewer. One that a client sends is dropped.
pub(super) const VIEWER_HEADER: &str = "x-drivein-viewer";

/// The parameter of calls that are made for a viewer.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ViewerQuery {
    /// The id of a viewer; without it, the caller's own.
    pub viewer: Option<String>,
}

impl AppStateInner {
    /// Returns the viewer of a request, the owner if its route has none.
    pub(super) fn viewer(&self, headers: &HeaderMap) -> Arc<Viewer> {
        let id = headers.get(VIEWER_HEADER).and_then(|id| id.to_str().ok());
        match id.map(|id| ViewerId::parse(id).and_then(|id| self.viewers.get(id))) {
            None => self.viewers.owner(),
            Some(Some(viewer)) => viewer,
            // Deleted since the request began.
            Some(None) => Arc::new(Viewer {
                places: Some(Vec::new()),
                ..Viewer::new(ViewerId::OWNER, "")
            }),
        }
    }

    /// Returns the own ticket of a request's viewer.
    pub(super) fn own_ticket(&self, headers: &HeaderMap) -> String {
        self.tickets.own(self.viewer(headers).id)
    }
}
