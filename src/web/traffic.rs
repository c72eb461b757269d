//! The state of the upstream limiters of all places, for the status page and for Prometheus.

use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;

use super::locale::Language;
use super::pages::{Fact, format};
use crate::governor::{LimiterStats, PlaceStats, Priority};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByPriority {
    place: String,
    kind: &'static str,
    priority: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ByKind {
    place: String,
    kind: &'static str,
}

/// Metrics of the traffic with upstreams. `kind` is `calls` or `media`.
#[derive(Default)]
pub struct TrafficMetrics {
    in_flight: Family<ByPriority, Gauge>,
    waiting: Family<ByPriority, Gauge>,
    paused_until: Family<ByKind, Gauge>,
    pauses: Family<ByKind, Counter>,
}

impl TrafficMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let in_flight = "Upstream calls and bodies in flight, by priority";
        registry.register("upstream_in_flight", in_flight, self.in_flight.clone());
        let waiting = "Upstream calls and bodies waiting for a permit, by priority";
        registry.register("upstream_waiting", waiting, self.waiting.clone());
        let paused =
            "End of the pause requested by the upstream, in seconds since 1970; 0 without one";
        registry.register(
            "upstream_paused_until_seconds",
            paused,
            self.paused_until.clone(),
        );
        let pauses = "Pauses requested by the upstream";
        registry.register("upstream_pauses", pauses, self.pauses.clone());
    }

    /// Sets the metrics to the current figures.
    pub(super) fn set(&self, places: &[PlaceStats], now: SystemTime) {
        // Places are added and removed.
        self.in_flight.clear();
        self.waiting.clear();
        self.paused_until.clear();
        self.pauses.clear();
        for place in places {
            // Shares are counted together, since the name of a share gives access to it.
            let name = match place.place.is_share() {
                true => "~".to_owned(),
                false => place.place.to_string(),
            };
            for (kind, limit) in &place.limits {
                let labels = ByKind {
                    place: name.clone(),
                    kind,
                };
                let until = limit.paused_for.map_or(0, |left| unix_s(now + left));
                let paused_until = self.paused_until.get_or_create(&labels);
                paused_until.set(paused_until.get().max(until));
                drop(paused_until);
                self.pauses.get_or_create(&labels).inc_by(limit.pauses);
                for priority in Priority::ALL {
                    let labels = ByPriority {
                        place: name.clone(),
                        kind,
                        priority: priority.as_str(),
                    };
                    let under_way = limit.in_flight[priority as usize] as i64;
                    self.in_flight.get_or_create(&labels).inc_by(under_way);
                    let waiting = limit.waiting[priority as usize] as i64;
                    self.waiting.get_or_create(&labels).inc_by(waiting);
                }
            }
        }
    }
}

fn unix_s(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs_f64().ceil() as i64)
}

/// Returns the traffic as text, one line for the calls and one for the media of each place.
pub(super) fn facts(language: &'static Language, places: &[PlaceStats]) -> Vec<Fact> {
    let lines = places.iter().flat_map(|place| {
        place.limits.iter().map(|(kind, limit)| Fact {
            name: format!("{} – {kind}", place.place),
            value: sentence(language, limit),
        })
    });
    lines.collect()
}

/// Formats one limiter: `2 under way (2 playing), 1 waiting (1 thumbnails); paused for another 20 s`.
fn sentence(language: &'static Language, limit: &LimiterStats) -> String {
    let counted = |id: &str, counts: &[u64; 6]| {
        let parts: Vec<String> = Priority::ALL
            .into_iter()
            .filter(|priority| counts[*priority as usize] > 0)
            .map(|priority| {
                let text = language.text(priority_id(priority));
                text.with("count", counts[priority as usize]).into()
            })
            .collect();
        let all: u64 = counts.iter().sum();
        (all > 0).then(|| {
            let text = language.text(id).with("count", all);
            text.with("parts", parts.join(", ")).to_string()
        })
    };
    let parts = [
        counted("traffic-under-way", &limit.in_flight),
        counted("traffic-waiting", &limit.waiting),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let traffic = if parts.is_empty() {
        language.text("traffic-quiet").into()
    } else {
        parts.join(", ")
    };
    match limit.paused_for {
        Some(left) => {
            let left = format::duration(left.as_secs_f64().ceil());
            let text = language.text("traffic-paused").with("traffic", traffic);
            text.with("left", left).into()
        }
        None => traffic,
    }
}

/// Returns the id of the text about calls of a priority.
fn priority_id(priority: Priority) -> &'static str {
    match priority {
        Priority::Playing => "traffic-playing",
        Priority::Opening => "traffic-opening",
        Priority::ReadAhead => "traffic-reading-ahead",
        Priority::Upload => "traffic-uploading",
        Priority::Thumbnails => "traffic-for-pictures",
        Priority::Scans => "traffic-searching",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_gate_in_words() {
        assert_eq!(
            sentence(Language::english(), &LimiterStats::default()),
            "quiet"
        );
        let busy = LimiterStats {
            in_flight: [2, 0, 1, 0, 0, 0],
            waiting: [0, 0, 0, 0, 5, 0],
            paused_for: Some(Duration::from_millis(19_500)),
            pauses: 1,
        };
        assert_eq!(
            sentence(Language::english(), &busy),
            format!(
                "3 under way (2 playing, 1 reading ahead), 5 waiting (5 for pictures); \
                 the drive asked for a pause, {} to go",
                format::duration(20.0)
            )
        );
    }
}
