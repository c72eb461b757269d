//! For operators: whether we live, whether we can serve, and counters (Prometheus text format).

use std::sync::Mutex;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;

use super::Site;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KeptLabels {
    what: String,
}

/// Counters of a running server.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    kept: Family<KeptLabels, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("drivein");
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests by route and status",
            requests.clone(),
        );
        let kept = Family::default();
        registry.register("kept_items", "Items kept in memory", kept.clone());
        Metrics {
            registry: Mutex::new(registry),
            requests,
            kept,
        }
    }
}

impl Metrics {
    /// Counts one answered request. Routes are patterns, so their number is bounded.
    pub(super) fn count(&self, route: &str, status: u16) {
        self.requests
            .get_or_create(&RequestLabels {
                route: route.to_owned(),
                status,
            })
            .inc();
    }

    fn text(
        &self,
        kept: impl Iterator<Item = (&'static str, u64)>,
    ) -> Result<String, std::fmt::Error> {
        for (what, count) in kept {
            self.kept
                .get_or_create(&KeptLabels {
                    what: what.to_owned(),
                })
                .set(count as i64);
        }
        let mut text = String::new();
        encode(
            &mut text,
            &self
                .registry
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )?;
        Ok(text)
    }
}

/// We live.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// We can serve: the state can be read. Drives are not asked, since one that is down must not take
/// the others with it.
pub(super) async fn readyz(State(site): State<Site>) -> Response {
    if site.store.is_ready().await {
        "ok\n".into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the state cannot be read\n",
        )
            .into_response()
    }
}

/// Counters.
pub(super) async fn metrics(State(site): State<Site>) -> Response {
    let kept = site.library.kept().into_iter().chain(site.playback.kept());
    match site.metrics.text(kept) {
        Ok(text) => (
            [(
                header::CONTENT_TYPE,
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            )],
            text,
        )
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
