//! Endpoints for operators: liveness, readiness, and metrics in Prometheus text format.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;

use super::AppState;
use super::traffic::TrafficMetrics;
use crate::bytes::{DiskStats, EngineStats};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KeptLabels {
    what: String,
}

/// The metrics of a running server.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    kept: Family<KeptLabels, Gauge>,
    odd_elements: Counter,
    fetches_open: Gauge,
    fetches: Counter,
    upstream_bytes: Counter,
    traffic: TrafficMetrics,
    state_writable: Gauge,
    state_free: Gauge,
    account_share: Gauge<f64, AtomicU64>,
    disk_gauges: Vec<(DiskFigure, Gauge)>,
    disk_counters: Vec<(DiskFigure, Counter)>,
}

/// Reads one value of the disk cache's figures.
type DiskFigure = fn(&DiskStats) -> u64;

/// The gauges of the disk cache: name, help text, value. All zero if there is none.
const DISK_GAUGES: [(&str, &str, DiskFigure); 4] = [
    (
        "disk_cache_limit_bytes",
        "Maximum size of the disk cache in bytes",
        |disk| disk.limit_bytes,
    ),
    (
        "disk_cache_bytes",
        "Size of the disk cache in bytes",
        |disk| disk.bytes,
    ),
    (
        "disk_cache_blocks",
        "Blocks of media in the disk cache",
        |disk| disk.blocks,
    ),
    (
        "disk_cache_writable",
        "1 if blocks are being written to the disk cache",
        |disk| u64::from(disk.limit_bytes > 0 && disk.off.is_none()),
    ),
];

/// The counters of the disk cache: name (without `_total`), help text, value.
const DISK_COUNTERS: [(&str, &str, DiskFigure); 4] = [
    (
        "disk_cache_hits",
        "Blocks found in the disk cache",
        |disk| disk.hits,
    ),
    (
        "disk_cache_misses",
        "Blocks not found in the disk cache",
        |disk| disk.misses,
    ),
    (
        "disk_cache_dropped",
        "Blocks not written because the disk was too slow",
        |disk| disk.dropped,
    ),
    (
        "disk_cache_errors",
        "Damaged files and failed reads and writes",
        |disk| disk.errors,
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
        let odd_elements = Counter::default();
        registry.register(
            "odd_elements",
            "Elements of upstreams' lists that were left out or mended",
            odd_elements.clone(),
        );
        let fetches_open = Gauge::default();
        registry.register(
            "media_fetches_open",
            "Upstream fetches of media under way",
            fetches_open.clone(),
        );
        let fetches = Counter::default();
        registry.register(
            "media_fetches",
            "Upstream fetches of media",
            fetches.clone(),
        );
        let upstream_bytes = Counter::default();
        registry.register(
            "media_upstream_bytes",
            "Bytes of media fetched from upstreams",
            upstream_bytes.clone(),
        );
        let state_writable = Gauge::default();
        registry.register(
            "state_writable",
            "1 if the state can be written; 0 if its disk is full or fails",
            state_writable.clone(),
        );
        let state_free = Gauge::default();
        registry.register(
            "state_disk_free_bytes",
            "Free bytes of the disk that holds the state",
            state_free.clone(),
        );
        let account_share = Gauge::default();
        registry.register(
            "account_share_ratio",
            "The share of this server in the limits of each account; 1 if it is the only one",
            account_share.clone(),
        );
        let traffic = TrafficMetrics::default();
        traffic.register(&mut registry);
        let disk_gauges = DISK_GAUGES.map(|(name, help, figure)| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            (figure, gauge)
        });
        let disk_counters = DISK_COUNTERS.map(|(name, help, figure)| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            (figure, counter)
        });
        Metrics {
            traffic,
            state_writable,
            state_free,
            account_share,
            registry: Mutex::new(registry),
            requests,
            kept,
            odd_elements,
            fetches_open,
            fetches,
            upstream_bytes,
            disk_gauges: disk_gauges.into(),
            disk_counters: disk_counters.into(),
        }
    }
}

impl Metrics {
    /// Counts one answered request. Routes are patterns, so the number of label values is bounded.
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
        media: EngineStats,
    ) -> Result<String, std::fmt::Error> {
        self.fetches_open.set(media.open_fetches as i64);
        raise(&self.odd_elements, drives::odd_elements());
        raise(&self.fetches, media.fetches);
        raise(&self.upstream_bytes, media.upstream_bytes);
        let on_disk = media.disk.unwrap_or_default();
        for (figure, gauge) in &self.disk_gauges {
            gauge.set(figure(&on_disk) as i64);
        }
        for (figure, counter) in &self.disk_counters {
            raise(counter, figure(&on_disk));
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

/// Raises a counter to a total that is counted elsewhere. A lower total leaves it as it is.
fn raise(counter: &Counter, total: u64) {
    counter.inc_by(total.saturating_sub(counter.get()));
}

/// Answers the liveness probe: always 200.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers the readiness probe: 200 if the state can be read and written and the server is not stopping. Drives are not checked, since one that
/// is down must not take the others with it.
pub(super) async fn readyz(State(site): State<AppState>) -> Response {
    let reason = if site.drain.has_begun() {
        "the server is stopping\n".to_owned()
    } else if !site.store.is_ready().await {
        "the state cannot be read\n".to_owned()
    } else if let Some(fault) = site.store.write_fault().await {
        format!("{fault}\n")
    } else {
        return "ok\n".into_response();
    };
    (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
}

/// Returns all metrics.
pub(super) async fn metrics(State(site): State<AppState>) -> Response {
    site.metrics
        .traffic
        .set(&site.library.traffic(), SystemTime::now());
    let kept = site
        .library
        .cache_counts()
        .into_iter()
        .chain(site.playback.cache_counts());
    let is_writable = site.store.write_fault().await.is_none();
    site.metrics.state_writable.set(i64::from(is_writable));
    let free = site.store.disk_free_bytes().unwrap_or(0);
    site.metrics.state_free.set(free as i64);
    site.metrics.account_share.set(site.quota.part());
    match site.metrics.text(kept, site.playback.engine().stats()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governor::{LimiterStats, PlaceStats};

    #[test]
    fn totals_are_counters_and_levels_are_gauges() {
        let metrics = Metrics::default();
        let figures = |fetches| EngineStats {
            fetches,
            open_fetches: 1,
            upstream_bytes: 5_000,
            ..EngineStats::default()
        };
        let paused = LimiterStats {
            pauses: 2,
            ..LimiterStats::default()
        };
        let place = PlaceStats {
            place: media::Place::parse("films").unwrap(),
            limits: [("calls", paused), ("media", LimiterStats::default())],
        };
        metrics.traffic.set(&[place], SystemTime::UNIX_EPOCH);
        metrics.text(std::iter::empty(), figures(2)).unwrap();
        let text = metrics.text(std::iter::empty(), figures(3)).unwrap();
        for line in [
            "# TYPE drivein_media_fetches counter",
            "drivein_media_fetches_total 3",
            "drivein_media_upstream_bytes_total 5000",
            "# TYPE drivein_media_fetches_open gauge",
            "drivein_media_fetches_open 1",
            "# TYPE drivein_disk_cache_hits counter",
            "drivein_disk_cache_hits_total 0",
            "# TYPE drivein_upstream_pauses counter",
            "drivein_upstream_pauses_total{place=\"films\",kind=\"calls\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
    }
}
