//! For operators: whether we live, whether we can serve, and counters (Prometheus text format).

use std::sync::Mutex;
use std::time::SystemTime;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;

use super::Site;
use super::traffic::TrafficMetrics;
use crate::bytes::EngineFigures;

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
    fetches_open: Gauge,
    fetches: Gauge,
    upstream_bytes: Gauge,
    traffic: TrafficMetrics,
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
        let fetches_open = Gauge::default();
        registry.register(
            "media_fetches_open",
            "Upstream fetches of media under way",
            fetches_open.clone(),
        );
        let fetches = Gauge::default();
        registry.register(
            "media_fetches",
            "Upstream fetches of media begun since the start",
            fetches.clone(),
        );
        let upstream_bytes = Gauge::default();
        registry.register(
            "media_upstream_bytes",
            "Bytes of media fetched since the start",
            upstream_bytes.clone(),
        );
        let traffic = TrafficMetrics::default();
        traffic.register(&mut registry);
        Metrics {
            traffic,
            registry: Mutex::new(registry),
            requests,
            kept,
            fetches_open,
            fetches,
            upstream_bytes,
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
        media: EngineFigures,
    ) -> Result<String, std::fmt::Error> {
        self.fetches_open.set(media.open_runs as i64);
        self.fetches.set(media.runs as i64);
        self.upstream_bytes.set(media.upstream_bytes as i64);
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
    site.metrics
        .traffic
        .set(&site.library.traffic(), SystemTime::now());
    let kept = site.library.kept().into_iter().chain(site.playback.kept());
    match site.metrics.text(kept, site.playback.engine().figures()) {
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
