//! Faults on request, and the counts of what was asked.
//!
//! A fault waits at a route until a request passes whose subject contains its text, spoils that answer, and
//! is used up after `times` answers. What the subject of a request is stands at [`Fault::matching`]. When
//! several faults fit, their effects add up; where two set the same thing, the younger one counts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// The names of everything that counts requests and takes faults.
///
/// `dlink` is the first hop of a download, `original` the host that has the bytes, `segment` the host that
/// serves segments of renditions; the others are calls of the API.
pub const ROUTES: &[&str] = &[
    "devicecode",
    "gettoken",
    "tokeninfo",
    "refreshtoken",
    "uinfo",
    "quota",
    "list",
    "filemetas",
    "search",
    "download",
    "streaming",
    "shorturlinfo",
    "share_verify",
    "share_list",
    "share_mediameta",
    "share_streaming",
    "share_download",
    "share_transfer",
    "segment",
    "dlink",
    "original",
    "thumbnail",
    "active",
    "precreate",
    "superfile2",
    "create",
    "filemanager",
    "taskquery",
    "web_getinfo",
    "web_quota",
    "web_pset",
    "web_sharelist",
    "web_cancel",
    "web_page",
    "web_list",
    "web_filemetas",
    "web_search",
    "web_streaming",
    "web_shorturlinfo",
    "web_share_verify",
    "web_share_list",
    "web_share_streaming",
    "web_share_transfer",
    "web_taskquery",
];

/// Names a fault that was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FaultId(pub u64);

/// One fault, as `POST /_sandbox/faults` takes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// One of [`ROUTES`], or `*`.
    pub route: String,
    /// Text that the request's subject must contain. The subject of a call is its percent-decoded address and form;
    /// media requests add the file's path, and segments also `720p/3;` (rendition and number, from 0; `audio/3;`).
    #[serde(default, rename = "match")]
    pub matching: Option<String>,
    /// How many answers it spoils; without it, every one until healed.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub fault: Effect,
}

impl Fault {
    /// A fault at a route, on every request, until healed.
    pub fn on(route: &str, effect: Effect) -> Self {
        Self {
            route: route.to_owned(),
            matching: None,
            times: None,
            fault: effect,
        }
    }

    /// Only for requests whose subject contains this text.
    pub fn matching(self, text: &str) -> Self {
        Self {
            matching: Some(text.to_owned()),
            ..self
        }
    }

    /// Only for the next `n` such requests.
    pub fn times(self, n: u32) -> Self {
        Self {
            times: Some(n),
            ..self
        }
    }
}

/// What a fault does to an answer. Unset fields do nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Effect {
    /// An API error under HTTP 200; on a media host, 403 with this `error_code`.
    pub errno: Option<i64>,
    /// The text beside `errno`.
    pub errmsg: Option<String>,
    /// An HTTP status instead of an answer.
    pub status: Option<u16>,
    /// Waits before anything is answered.
    pub latency_ms: Option<u64>,
    /// Sends the body no faster than this.
    pub rate_bytes_per_s: Option<u64>,
    /// Drops the connection after so many bytes of the body; of a part that is uploaded, after so many of its own.
    pub cut_after_bytes: Option<u64>,
    /// The address or the token has expired: 403 31360, or the errno of an expired token.
    pub expired: bool,
    /// 200 with a short JSON body ("need verify") instead of the thing.
    pub json_body: bool,
    /// 200 with a short HTML body instead of the thing.
    pub html_body: bool,
    /// 200 with everything, whatever Range was asked.
    pub ignore_range: bool,
    /// Only so many segments are visible yet, and no ENDLIST.
    pub growing: Option<usize>,
    /// Only so many segments, with ENDLIST.
    pub preview: Option<usize>,
    /// 403.
    pub forbidden: bool,
    /// Bytes that the announced length differs from the true one: more than is sent and the connection ends
    /// early; fewer (negative) and the body is truncated to match.
    pub wrong_length: Option<i64>,
    /// Download links are missing or empty.
    pub empty_dlink: bool,
    /// A listing answers under `info` instead of `list`.
    pub info_key: bool,
    /// Download links of filemetas are percent-encoded as a whole.
    pub encoded_dlink: bool,
    /// `filemanager` answers with a task instead of results.
    pub task: bool,
    /// A part of an upload arrives changed.
    pub wrong_md5: bool,
    /// Headers added to the answer, in place of its own.
    pub headers: BTreeMap<String, String>,
}

impl Effect {
    /// An API error number.
    pub fn errno(errno: i64) -> Self {
        Self {
            errno: Some(errno),
            ..Self::default()
        }
    }

    /// An HTTP status.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// A wait, in milliseconds.
    pub fn latency(latency_ms: u64) -> Self {
        Self {
            latency_ms: Some(latency_ms),
            ..Self::default()
        }
    }

    /// A connection cut after so many bytes of the body.
    pub fn cut_after(bytes: u64) -> Self {
        Self {
            cut_after_bytes: Some(bytes),
            ..Self::default()
        }
    }

    /// A cap on the rate of the body.
    pub fn rate(bytes_per_s: u64) -> Self {
        Self {
            rate_bytes_per_s: Some(bytes_per_s),
            ..Self::default()
        }
    }

    fn add(&mut self, other: &Effect) {
        let other = other.clone();
        self.errno = other.errno.or(self.errno);
        self.errmsg = other.errmsg.or(self.errmsg.take());
        self.status = other.status.or(self.status);
        self.latency_ms = other.latency_ms.or(self.latency_ms);
        self.rate_bytes_per_s = other.rate_bytes_per_s.or(self.rate_bytes_per_s);
        self.cut_after_bytes = other.cut_after_bytes.or(self.cut_after_bytes);
        self.growing = other.growing.or(self.growing);
        self.preview = other.preview.or(self.preview);
        self.wrong_length = other.wrong_length.or(self.wrong_length);
        self.expired |= other.expired;
        self.json_body |= other.json_body;
        self.html_body |= other.html_body;
        self.ignore_range |= other.ignore_range;
        self.forbidden |= other.forbidden;
        self.empty_dlink |= other.empty_dlink;
        self.info_key |= other.info_key;
        self.encoded_dlink |= other.encoded_dlink;
        self.task |= other.task;
        self.wrong_md5 |= other.wrong_md5;
        self.headers.extend(other.headers);
    }
}

/// The faults that are set.
#[derive(Debug, Default)]
pub struct Faults {
    set: Mutex<(u64, BTreeMap<FaultId, Fault>)>,
}

impl Faults {
    pub fn add(&self, fault: Fault) -> FaultId {
        let mut set = lock(&self.set);
        set.0 += 1;
        let id = FaultId(set.0);
        set.1.insert(id, fault);
        id
    }

    /// Whether there was such a fault.
    pub fn remove(&self, id: FaultId) -> bool {
        lock(&self.set).1.remove(&id).is_some()
    }

    pub fn clear(&self) {
        lock(&self.set).1.clear();
    }

    /// What happens to this request; uses up what is limited.
    pub fn strike(&self, route: &str, subject: &str) -> Effect {
        let mut effect = Effect::default();
        lock(&self.set).1.retain(|_, fault| {
            let fits = (fault.route == route || fault.route == "*")
                && fault
                    .matching
                    .as_deref()
                    .is_none_or(|text| subject.contains(text));
            if fits && fault.times != Some(0) {
                effect.add(&fault.fault);
                fault.times = fault.times.map(|n| n - 1);
            }
            fault.times != Some(0)
        });
        effect
    }
}

/// Requests and bytes of one route.
#[derive(Debug, Default)]
pub struct Count {
    pub requests: AtomicU64,
    /// Bytes of bodies that were sent.
    pub bytes: AtomicU64,
}

/// The counts of every route, and how often each segment or original was asked for.
#[derive(Debug)]
pub struct Counters {
    routes: BTreeMap<&'static str, Arc<Count>>,
    objects: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    pub fn new() -> Self {
        Self {
            routes: ROUTES.iter().map(|&r| (r, Arc::default())).collect(),
            objects: Mutex::default(),
        }
    }

    /// The count of a route; one that nobody reads where there is no such route.
    pub fn route(&self, route: &str) -> Arc<Count> {
        self.routes.get(route).cloned().unwrap_or_default()
    }

    pub fn count_object(&self, object: String) {
        *lock(&self.objects).entry(object).or_default() += 1;
    }

    pub fn objects(&self) -> BTreeMap<String, u64> {
        lock(&self.objects).clone()
    }

    pub fn reset(&self) {
        for count in self.routes.values() {
            count.requests.store(0, Ordering::Relaxed);
            count.bytes.store(0, Ordering::Relaxed);
        }
        lock(&self.objects).clear();
    }
}

/// A lock whose holder cannot have left it half done.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_fits_by_route_and_subject_and_is_used_up() {
        let faults = Faults::default();
        faults.add(
            Fault::on("streaming", Effect::errno(31341))
                .matching("AUTO_720")
                .times(2),
        );
        assert_eq!(faults.strike("list", "AUTO_720").errno, None);
        assert_eq!(faults.strike("streaming", "type=M3U8_AUTO_480").errno, None);
        assert_eq!(
            faults.strike("streaming", "type=M3U8_AUTO_720").errno,
            Some(31341)
        );
        assert_eq!(
            faults.strike("streaming", "type=M3U8_AUTO_720").errno,
            Some(31341)
        );
        assert_eq!(faults.strike("streaming", "type=M3U8_AUTO_720").errno, None);
    }

    #[test]
    fn effects_add_up_and_can_be_taken_back() {
        let faults = Faults::default();
        let slow = faults.add(Fault::on("*", Effect::latency(5)));
        faults.add(Fault::on("segment", Effect::cut_after(9)));
        let both = faults.strike("segment", "");
        assert_eq!((both.latency_ms, both.cut_after_bytes), (Some(5), Some(9)));
        assert!(faults.remove(slow) && !faults.remove(slow));
        assert_eq!(faults.strike("segment", "").latency_ms, None);
        faults.clear();
        assert_eq!(faults.strike("segment", "").cut_after_bytes, None);
    }

    #[test]
    fn faults_read_from_json_and_refuse_what_they_do_not_know() {
        let fault: Fault = serde_json::from_str(
            r#"{"route":"segment","match":"720p/3;","times":1,"fault":{"rate_bytes_per_s":9}}"#,
        )
        .unwrap();
        assert_eq!(
            (fault.times, fault.fault.rate_bytes_per_s),
            (Some(1), Some(9))
        );
        assert!(
            serde_json::from_str::<Fault>(r#"{"route":"segment","fault":{"explode":true}}"#)
                .is_err()
        );
    }
}
