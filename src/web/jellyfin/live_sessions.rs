//! Apps that are connected: when each was last seen, what it plays, and the sockets by which messages reach it. The apps of other
//! servers on the same state are added (`shared_sessions`).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::empty::NEVER;
use super::item_json::{date, without_nulls};
use super::request::AppCall;
use super::session::AppSession;
use super::viewers::user_name;
use crate::playback::ticket::TicketId;
use crate::store::AppMessage;
use crate::web::AppState;
use crate::web::error::Problem;

/// Time after which an app without a socket counts as gone.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(16 * 60);

/// Limit of sessions in memory; the one that was idle longest is forgotten.
const MAX_SESSIONS: usize = 2_000;

/// Limit of the sockets of one app.
const MAX_SOCKETS: usize = 8;

/// Messages that wait for a slow app; further ones are lost to it.
const MAX_WAITING_MESSAGES: usize = 32;

/// Messages that wait for other servers; further ones are lost.
const MAX_OUTGOING_MESSAGES: usize = 1_000;

/// All apps that were seen since the start.
#[derive(Default)]
pub(super) struct LiveSessions {
    own: Mutex<HashMap<TicketId, LiveSession>>,
    /// As other servers have seen them.
    elsewhere: Mutex<HashMap<TicketId, LiveSession>>,
    /// Messages for sockets at other servers.
    outgoing: Mutex<Vec<AppMessage>>,
    has_outgoing: Notify,
}

/// An app that was seen.
#[derive(Clone)]
pub(super) struct LiveSession {
    pub session: AppSession,
    pub from: IpAddr,
    pub seen_at: SystemTime,
    /// As the app described them; `Null` before.
    pub capabilities: Value,
    pub described_at: Option<SystemTime>,
    /// The item that plays; `Null` if none does.
    pub now_playing: Value,
    pub play_state: Value,
    pub played_at: Option<SystemTime>,
    pub sockets: Vec<mpsc::Sender<Arc<str>>>,
    /// Other servers at which the app has a socket.
    pub servers_with_socket: Vec<String>,
    /// True if something has changed since it was stored for other servers.
    pub has_changed: bool,
    /// True if it was stored as having a socket here.
    pub was_published_with_socket: bool,
}

impl LiveSessions {
    /// Notes that an app was seen, and returns what is known of it.
    pub fn touch(&self, session: &AppSession, from: IpAddr) -> LiveSession {
        let mut all = self.own.lock();
        if all.len() >= MAX_SESSIONS && !all.contains_key(&session.ticket.id) {
            let idle = all.iter().min_by_key(|(_, live)| live.seen_at);
            if let Some(idle) = idle.map(|(id, _)| *id) {
                all.remove(&idle);
            }
        }
        let live = all
            .entry(session.ticket.id)
            .or_insert_with(|| LiveSession::new(session, from));
        live.session = session.clone();
        live.from = from;
        live.seen_at = SystemTime::now();
        live.has_changed = true;
        live.clone()
    }

    /// Changes what is known of an app.
    pub fn change(&self, session: &AppSession, change: impl FnOnce(&mut LiveSession)) {
        if let Some(live) = self.own.lock().get_mut(&session.ticket.id) {
            change(live);
            live.has_changed = true;
        }
    }

    /// Forgets an app; its sockets are closed.
    pub fn remove(&self, id: TicketId) {
        self.forget(|other| other == id);
    }

    /// Forgets apps; their sockets are closed.
    pub fn forget(&self, is_over: impl Fn(TicketId) -> bool) {
        for all in [&self.own, &self.elsewhere] {
            all.lock().retain(|id, _| !is_over(*id));
        }
    }

    /// Returns true if no app was seen here.
    pub fn is_empty(&self) -> bool {
        self.own.lock().is_empty()
    }

    /// Replaces the apps of other servers.
    pub fn set_elsewhere(&self, elsewhere: HashMap<TicketId, LiveSession>) {
        *self.elsewhere.lock() = elsewhere;
    }

    /// Returns the apps of which something has changed since the last call.
    pub fn take_changed(&self) -> Vec<LiveSession> {
        let mut all = self.own.lock();
        let changed = all.values_mut().filter_map(|live| {
            let has_socket = live.has_own_socket();
            let is_new = std::mem::take(&mut live.has_changed)
                || live.was_published_with_socket != has_socket;
            live.was_published_with_socket = has_socket;
            is_new.then(|| live.clone())
        });
        changed.collect()
    }

    /// Counts all apps as changed, since the last ones could not be stored.
    pub fn publish_again(&self) {
        for live in self.own.lock().values_mut() {
            live.has_changed = true;
        }
    }

    /// Waits until there are messages for other servers.
    pub async fn wait_for_outgoing(&self) {
        self.has_outgoing.notified().await;
    }

    /// Returns the messages for other servers, once.
    pub fn take_outgoing(&self) -> Vec<AppMessage> {
        std::mem::take(&mut *self.outgoing.lock())
    }

    /// Passes a message from another server to the sockets of an app here.
    pub fn deliver(&self, id: TicketId, text: &Arc<str>) {
        if let Some(live) = self.own.lock().get(&id) {
            live.tell(text);
        }
    }

    /// Opens a socket of an app. Returns the messages for it; `None` if it has too many already.
    pub fn open_socket(
        &self,
        session: &AppSession,
        from: IpAddr,
    ) -> Option<mpsc::Receiver<Arc<str>>> {
        self.touch(session, from);
        let mut all = self.own.lock();
        let live = all.get_mut(&session.ticket.id)?;
        live.sockets.retain(|socket| !socket.is_closed());
        if live.sockets.len() >= MAX_SOCKETS {
            return None;
        }
        let (sender, receiver) = mpsc::channel(MAX_WAITING_MESSAGES);
        live.sockets.push(sender);
        Some(receiver)
    }

    /// Returns the apps that a session may see: those of its viewer with its rights, the most recent first.
    pub fn visible_to(&self, session: &AppSession) -> Vec<LiveSession> {
        let now = SystemTime::now();
        let is_of_viewer = |live: &&LiveSession| {
            let (other, ticket) = (&live.session, &session.ticket);
            other.viewer.id == session.viewer.id
                && other.ticket.scope.to_text() == ticket.scope.to_text()
        };
        let mut found: HashMap<TicketId, LiveSession> = HashMap::new();
        for all in [&self.own, &self.elsewhere] {
            for live in all.lock().values().filter(is_of_viewer) {
                let id = live.session.ticket.id;
                match found.get_mut(&id) {
                    Some(known) => known.merge(live),
                    None => {
                        found.insert(id, live.clone());
                    }
                }
            }
        }
        let mut visible: Vec<LiveSession> = found
            .into_values()
            .filter(|live| {
                let idle = now.duration_since(live.seen_at);
                live.has_socket() || idle.is_ok_and(|idle| idle <= IDLE_TIMEOUT)
            })
            .collect();
        visible.sort_by_key(|live| std::cmp::Reverse(live.seen_at));
        visible
    }

    /// Sends a message to an app that a session may see.
    ///
    /// # Errors
    ///
    /// 404 for an id of no such app.
    pub fn send(&self, session: &AppSession, id: &str, message: &Value) -> Result<(), Problem> {
        let target = self
            .visible_to(session)
            .into_iter()
            .find(|live| live.session.id() == id);
        let target = target.ok_or(Problem::NOT_FOUND)?;
        self.tell(&target, message);
        Ok(())
    }

    /// Sends a message to all apps of a viewer with the same rights.
    pub fn broadcast(&self, session: &AppSession, message: &Value) {
        for live in self.visible_to(session) {
            self.tell(&live, message);
        }
    }

    fn tell(&self, live: &LiveSession, message: &Value) {
        let text: Arc<str> = message.to_string().into();
        live.tell(&text);
        let mut outgoing = self.outgoing.lock();
        for server in &live.servers_with_socket {
            if outgoing.len() < MAX_OUTGOING_MESSAGES {
                outgoing.push(AppMessage {
                    server: server.clone(),
                    ticket: live.session.ticket.id.0,
                    body: text.to_string(),
                });
                self.has_outgoing.notify_one();
            }
        }
    }
}

impl LiveSession {
    pub fn new(session: &AppSession, from: IpAddr) -> Self {
        LiveSession {
            session: session.clone(),
            from,
            seen_at: SystemTime::now(),
            capabilities: Value::Null,
            described_at: None,
            now_playing: Value::Null,
            play_state: Value::Null,
            played_at: None,
            sockets: Vec::new(),
            servers_with_socket: Vec::new(),
            has_changed: true,
            was_published_with_socket: false,
        }
    }

    /// Adds the same app as another server sees it.
    pub fn merge(&mut self, other: &LiveSession) {
        if other.seen_at > self.seen_at {
            self.seen_at = other.seen_at;
            self.from = other.from;
        }
        if other.described_at > self.described_at {
            self.described_at = other.described_at;
            self.capabilities = other.capabilities.clone();
        }
        if other.played_at > self.played_at {
            self.played_at = other.played_at;
            self.now_playing = other.now_playing.clone();
            self.play_state = other.play_state.clone();
        }
        let servers = other.servers_with_socket.iter().cloned();
        self.servers_with_socket.extend(servers);
    }

    /// Returns true if the app has a socket at this server.
    pub fn has_own_socket(&self) -> bool {
        self.sockets.iter().any(|socket| !socket.is_closed())
    }

    fn has_socket(&self) -> bool {
        self.has_own_socket() || !self.servers_with_socket.is_empty()
    }

    fn tell(&self, text: &Arc<str>) {
        for socket in &self.sockets {
            // A slow app loses the message; one that is gone is forgotten with its next socket.
            let _ = socket.try_send(text.clone());
        }
    }

    /// Stores what an app can do.
    pub fn set_capabilities(&mut self, capabilities: Value) {
        self.capabilities = capabilities;
        self.described_at = Some(SystemTime::now());
    }

    /// Stores what an app plays.
    pub fn set_playing(&mut self, item: Value, state: Value) {
        if self.now_playing["Id"] != item["Id"] || item.is_null() {
            self.now_playing = item;
        }
        self.play_state = state;
        self.played_at = Some(SystemTime::now());
    }

    /// Returns the session as that API writes it.
    pub fn json(&self, site: &AppState) -> Value {
        let device = &self.session.device;
        let can = |name: &str| self.capabilities[name].clone();
        let list = |name: &str| match can(name) {
            Value::Array(values) => Value::Array(values),
            _ => json!([]),
        };
        let controls = self.has_socket() && can("SupportsMediaControl") == true;
        let state = match &self.play_state {
            Value::Null => {
                json!({"CanSeek": false, "IsPaused": false, "IsMuted": false, "RepeatMode": "RepeatNone", "PlaybackOrder": "Default"})
            }
            state => state.clone(),
        };
        without_nulls(json!({
            "Id": self.session.id(),
            "UserId": site.jellyfin.ids.of_viewer(self.session.viewer.id).to_string(),
            "UserName": user_name(&self.session.viewer),
            "Client": device.app,
            "DeviceName": device.device,
            "DeviceId": device.device_id,
            "ApplicationVersion": device.app_version,
            "RemoteEndPoint": self.from.to_string(),
            "LastActivityDate": date(self.seen_at.into()),
            "LastPlaybackCheckIn": NEVER,
            "IsActive": true,
            "SupportsMediaControl": controls,
            "SupportsRemoteControl": controls,
            "HasCustomDeviceName": false,
            "ServerId": site.jellyfin.server_id,
            "PlayableMediaTypes": list("PlayableMediaTypes"),
            "SupportedCommands": list("SupportedCommands"),
            "AdditionalUsers": [],
            "NowPlayingQueue": [],
            "NowPlayingQueueFullItems": [],
            "PlayState": state,
            "NowPlayingItem": self.now_playing,
            "Capabilities": {
                "PlayableMediaTypes": list("PlayableMediaTypes"),
                "SupportedCommands": list("SupportedCommands"),
                "SupportsMediaControl": can("SupportsMediaControl") == true,
                "SupportsPersistentIdentifier": true,
            },
        }))
    }
}

/// `GET /Sessions`
pub(super) fn list(call: &AppCall, session: &AppSession) -> Response {
    let live = call.site.jellyfin.live.visible_to(session);
    let sessions: Vec<Value> = live
        .iter()
        .map(|live| live.json(&call.site))
        .filter(|json| {
            let device = call.text("deviceid");
            let is_controllable = json["SupportsRemoteControl"] == true;
            device.is_none_or(|device| json["DeviceId"] == device)
                && (call.text("controllablebyuserid").is_none() || is_controllable)
        })
        .collect();
    Json(sessions).into_response()
}
