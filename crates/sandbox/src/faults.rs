//! Faults on request, and request counters.
//!
//! A fault applies to the requests of a route whose subject contains its text, for up to `times` replies. The subject of
//! a request is defined at [`Fault::matching`]. The effects of several matching faults are combined; if two set the same
//! field, the later one wins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use serde::{Deserialize, Serialize};

/// The names of all routes with counters and faults.
///
/// `dlink` is the first hop of a download, `original` the host with the bytes, `segment` the host of segments,
/// `subtitle` the host of subtitles; `web_…` and `locateupload` are calls of the website, the others of the Open
/// Platform.
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
    "web_root",
    "web_login",
    "web_check_login",
    "web_get_info",
    "web_membership",
    "web_home_info",
    "web_download",
    "web_precreate",
    "web_create",
    "web_filemanager",
    "locateupload",
    "web_recycle_list",
    "web_recycle_restore",
    "web_recycle_delete",
    "web_recycle_clear",
    "web_filediff",
    "web_categorylist",
    "web_category",
    "subtitle",
];

/// Identifies a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FaultId(pub u64);

/// One fault, as `POST /_sandbox/faults` takes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// One of [`ROUTES`], or `*`.
    pub route: String,
    /// Text that the request's subject must contain. The subject of a call is its percent-decoded URL and form; media
    /// requests add the file's path, segments also `720p/3;` (rendition and number, from 0; `audio/3;`). Parts of uploads
    /// put the `Host` before the URL.
    #[serde(default, rename = "match")]
    pub matching: Option<String>,
    /// Number of replies that it applies to; `None` until it is removed.
    pub times: Option<u32>,
    /// The effect on a reply.
    pub fault: Effect,
}

impl Fault {
    /// Returns a fault that applies to every request of a route until it is removed.
    pub fn on(route: &str, effect: Effect) -> Self {
        Self {
            route: route.to_owned(),
            matching: None,
            times: None,
            fault: effect,
        }
    }

    /// Limits the fault to requests whose subject contains this text.
    pub fn matching(self, text: &str) -> Self {
        Self {
            matching: Some(text.to_owned()),
            ..self
        }
    }

    /// Limits the fault to the next `n` matching requests.
    pub fn times(self, n: u32) -> Self {
        Self {
            times: Some(n),
            ..self
        }
    }
}

/// The effect of a fault on a reply. Unset fields do nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Effect {
    /// An API error under HTTP 200; on a media host, 403 with this `error_code`.
    pub errno: Option<i64>,
    /// The text beside `errno`.
    pub errmsg: Option<String>,
    /// An HTTP status instead of an answer.
    pub status: Option<u16>,
    /// Delay before the reply, in milliseconds.
    pub latency_ms: Option<u64>,
    /// Greatest rate of the body.
    pub rate_bytes_per_s: Option<u64>,
    /// Closes the connection after so many bytes of the body; of an uploaded part, after so many bytes of the part.
    pub cut_after_bytes: Option<u64>,
    /// The URL or the token counts as expired: 403 31360, or the errno of an expired token.
    pub expired: bool,
    /// 200 with a short JSON body ("need verify") instead of the requested one.
    pub json_body: bool,
    /// 200 with a short HTML body instead of the requested one.
    pub html_body: bool,
    /// 200 with the whole body; `Range` is ignored.
    pub ignore_range: bool,
    /// The playlist has only so many segments and no ENDLIST.
    pub growing: Option<usize>,
    /// The playlist has only so many segments, with ENDLIST.
    pub preview: Option<usize>,
    /// 403.
    pub forbidden: bool,
    /// Difference of `Content-Length` from the true length, in bytes. With a positive one the connection ends early, with
    /// a negative one the body is truncated to match.
    pub wrong_length: Option<i64>,
    /// Download links are missing or empty.
    pub empty_dlink: bool,
    /// A listing answers under `info` instead of `list`.
    pub info_key: bool,
    /// Download links of filemetas are percent-encoded as a whole.
    pub encoded_dlink: bool,
    /// `filemanager` answers with a task instead of results.
    pub task: bool,
    /// `filemanager` of the website reports success and changes nothing.
    pub ignored: bool,
    /// The reply to an uploaded part has another MD5.
    pub wrong_md5: bool,
    /// Headers of the reply, in place of those of the same name.
    pub headers: BTreeMap<String, String>,
}

/// Makes a constructor for each effect: of one that is on, and of one with a number.
macro_rules! effects {
    ($($flag:ident),+; $($name:ident: $field:ident = $type:ty),+) => {
        impl Effect {
            $(
                #[doc = concat!("Returns an effect with `", stringify!($flag), "`.")]
                pub fn $flag() -> Self {
                    Self { $flag: true, ..Self::default() }
                }
            )+
            $(
                #[doc = concat!("Returns an effect with this `", stringify!($field), "`.")]
                pub fn $name(value: $type) -> Self {
                    Self { $field: Some(value), ..Self::default() }
                }
            )+
        }
    };
}

effects! {
    expired, json_body, html_body, ignore_range, forbidden, empty_dlink, info_key, encoded_dlink, task, ignored, wrong_md5;
    errno: errno = i64, status: status = u16, latency: latency_ms = u64, cut_after: cut_after_bytes = u64,
    rate: rate_bytes_per_s = u64, growing: growing = usize, preview: preview = usize, wrong_length: wrong_length = i64
}

impl Effect {
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
        self.ignored |= other.ignored;
        self.wrong_md5 |= other.wrong_md5;
        self.headers.extend(other.headers);
    }
}

/// All active faults, in the order of their ids.
#[derive(Debug, Default)]
pub struct Faults {
    set: Mutex<(u64, BTreeMap<FaultId, Fault>)>,
}

impl Faults {
    pub fn add(&self, fault: Fault) -> FaultId {
        let mut set = self.set.lock();
        set.0 += 1;
        let id = FaultId(set.0);
        set.1.insert(id, fault);
        id
    }

    /// Removes a fault. Returns true if it was active.
    pub fn remove(&self, id: FaultId) -> bool {
        self.set.lock().1.remove(&id).is_some()
    }

    pub fn clear(&self) {
        self.set.lock().1.clear();
    }

    /// Returns the combined effect on a request, and counts down the limited faults.
    pub fn take(&self, route: &str, subject: &str) -> Effect {
        let mut effect = Effect::default();
        self.set.lock().1.retain(|_, fault| {
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

/// Counter of one route.
#[derive(Debug, Default)]
pub struct RouteCounter {
    pub requests: AtomicU64,
    /// Bytes of all sent bodies.
    pub bytes: AtomicU64,
}

/// The counters of all routes, and the number of requests for each segment and original.
#[derive(Debug)]
pub struct Counters {
    routes: BTreeMap<&'static str, Arc<RouteCounter>>,
    objects: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    pub fn new() -> Self {
        Self {
            routes: ROUTES.iter().map(|&r| (r, Arc::default())).collect(),
            objects: Mutex::default(),
        }
    }

    /// Returns the counter of a route; an unused one for an unknown name.
    pub fn route(&self, route: &str) -> Arc<RouteCounter> {
        self.routes.get(route).cloned().unwrap_or_default()
    }

    pub fn count_object(&self, object: String) {
        *self.objects.lock().entry(object).or_default() += 1;
    }

    pub fn objects(&self) -> BTreeMap<String, u64> {
        self.objects.lock().clone()
    }

    pub fn reset(&self) {
        for count in self.routes.values() {
            count.requests.store(0, Ordering::Relaxed);
            count.bytes.store(0, Ordering::Relaxed);
        }
        self.objects.lock().clear();
    }
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
        assert_eq!(faults.take("list", "AUTO_720").errno, None);
        assert_eq!(faults.take("streaming", "type=M3U8_AUTO_480").errno, None);
        assert_eq!(
            faults.take("streaming", "type=M3U8_AUTO_720").errno,
            Some(31341)
        );
        assert_eq!(
            faults.take("streaming", "type=M3U8_AUTO_720").errno,
            Some(31341)
        );
        assert_eq!(faults.take("streaming", "type=M3U8_AUTO_720").errno, None);
    }

    #[test]
    fn effects_add_up_and_can_be_taken_back() {
        let faults = Faults::default();
        let slow = faults.add(Fault::on("*", Effect::latency(5)));
        faults.add(Fault::on("segment", Effect::cut_after(9)));
        let both = faults.take("segment", "");
        assert_eq!((both.latency_ms, both.cut_after_bytes), (Some(5), Some(9)));
        assert!(faults.remove(slow) && !faults.remove(slow));
        assert_eq!(faults.take("segment", "").latency_ms, None);
        faults.clear();
        assert_eq!(faults.take("segment", "").cut_after_bytes, None);
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
