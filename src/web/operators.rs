//! For operators: whether we live, whether we can serve, and counters (Prometheus text format).

use std::sync::Mutex;
use std::time::SystemTime;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;

use super::AppState;
use super::traffic::TrafficMetrics;
use crate::bytes::{DiskFigures, EngineFigures};

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
    disk: Vec<(DiskFigure, Gauge)>,
}

/// Takes one number out of what the cache on disk tells.
type DiskFigure = fn(&DiskFigures) -> u64;

/// What is told of the cache on disk; all zero where there is none.
const DISK_METRICS: [(&str, &str, DiskFigure); 8] = [
    (
        "disk_cache_limit_bytes",
        "Bytes that the cache on disk may take",
        |disk| disk.limit_bytes,
    ),
    (
        "disk_cache_bytes",
        "Bytes that the cache on disk takes",
        |disk| disk.bytes,
    ),
    ("disk_cache_blocks", "Blocks of media on disk", |disk| {
        disk.blocks
    }),
    (
        "disk_cache_hits",
        "Blocks that were found on disk since the start",
        |disk| disk.hits,
    ),
    (
        "disk_cache_misses",
        "Blocks that were not found on disk since the start",
        |disk| disk.misses,
    ),
    (
        "disk_cache_dropped",
        "Blocks that the disk was too slow for since the start",
        |disk| disk.dropped,
    ),
    (
        "disk_cache_errors",
        "Damaged files and failed reads and writes since the start",
        |disk| disk.errors,
    ),
    (
        "disk_cache_writable",
        "Whether blocks are being written to disk",
        |disk| u64::from(disk.limit_bytes > 0 && disk.off.is_none()),
    ),
];

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
        let disk = DISK_METRICS.map(|(name, about, figure)| {
            let gauge = Gauge::default();
            registry.register(name, about, gauge.clone());
            (figure, gauge)
        });
        Metrics {
            traffic,
            registry: Mutex::new(registry),
            requests,
            kept,
            fetches_open,
            fetches,
            upstream_bytes,
            disk: disk.into(),
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
        let on_disk = media.disk.unwrap_or_default();
        for (figure, gauge) in &self.disk {
            gauge.set(figure(&on_disk) as i64);
        }
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
pub(super) async fn readyz(State(site): State<AppState>) -> Response {
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
pub(super) async fn metrics(State(site): State<AppState>) -> Response {
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
