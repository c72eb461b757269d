//! Apps that are connected: when each was last seen, what it plays, and the sockets by which messages reach it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::empty::NEVER;
use super::item_json::{date, without_nulls};
use super::request::AppCall;
use super::session::AppSession;
use super::viewers::user_name;
use crate::playback::ticket::TicketId;
use crate::web::AppState;
use crate::web::error::Problem;

/// Time after which an app without a socket counts as gone.
const IDLE_TIMEOUT: Duration = Duration::from_secs(16 * 60);

/// Limit of sessions in memory; the one that was idle longest is forgotten.
const MAX_SESSIONS: usize = 2_000;

/// Limit of the sockets of one app.
const MAX_SOCKETS: usize = 8;

/// Messages that wait for a slow app; further ones are lost to it.
const MAX_WAITING_MESSAGES: usize = 32;

/// All apps that were seen since the start.
#[derive(Default)]
pub(super) struct LiveSessions(Mutex<HashMap<TicketId, LiveSession>>);

/// An app that was seen.
#[derive(Clone)]
pub(super) struct LiveSession {
    session: AppSession,
    from: IpAddr,
    seen_at: SystemTime,
    /// As the app described them; `Null` before.
    capabilities: Value,
    /// The item that plays; `Null` if none does.
    now_playing: Value,
    play_state: Value,
    sockets: Vec<mpsc::Sender<Arc<str>>>,
}

impl LiveSessions {
    /// Notes that an app was seen, and returns what is known of it.
    pub fn touch(&self, session: &AppSession, from: IpAddr) -> LiveSession {
        let mut all = self.0.lock();
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
        live.clone()
    }

    /// Changes what is known of an app.
    pub fn change(&self, session: &AppSession, change: impl FnOnce(&mut LiveSession)) {
        if let Some(live) = self.0.lock().get_mut(&session.ticket.id) {
            change(live);
        }
    }

    /// Forgets an app; its sockets are closed.
    pub fn remove(&self, id: TicketId) {
        self.0.lock().remove(&id);
    }

    /// Opens a socket of an app. Returns the messages for it; `None` if it has too many already.
    pub fn open_socket(
        &self,
        session: &AppSession,
        from: IpAddr,
    ) -> Option<mpsc::Receiver<Arc<str>>> {
        self.touch(session, from);
        let mut all = self.0.lock();
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
        let all = self.0.lock();
        let mut visible: Vec<LiveSession> = all
            .values()
            .filter(|live| {
                let other = &live.session;
                let is_idle = now
                    .duration_since(live.seen_at)
                    .is_ok_and(|it| it > IDLE_TIMEOUT);
                other.viewer.id == session.viewer.id
                    && other.ticket.scope == session.ticket.scope
                    && (!is_idle || live.has_socket())
            })
            .cloned()
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
        target.tell(message);
        Ok(())
    }

    /// Sends a message to all apps of a viewer with the same rights.
    pub fn broadcast(&self, session: &AppSession, message: &Value) {
        for live in self.visible_to(session) {
            live.tell(message);
        }
    }
}

impl LiveSession {
    fn new(session: &AppSession, from: IpAddr) -> Self {
        LiveSession {
            session: session.clone(),
            from,
            seen_at: SystemTime::now(),
            capabilities: Value::Null,
            now_playing: Value::Null,
            play_state: Value::Null,
            sockets: Vec::new(),
        }
    }

    fn has_socket(&self) -> bool {
        self.sockets.iter().any(|socket| !socket.is_closed())
    }

    fn tell(&self, message: &Value) {
        let text: Arc<str> = message.to_string().into();
        for socket in &self.sockets {
            // A slow app loses the message; one that is gone is forgotten with its next socket.
            let _ = socket.try_send(text.clone());
        }
    }

    /// Stores what an app can do.
    pub fn set_capabilities(&mut self, capabilities: Value) {
        self.capabilities = capabilities;
    }

    /// Stores what an app plays.
    pub fn set_playing(&mut self, item: Value, state: Value) {
        if self.now_playing["Id"] != item["Id"] || item.is_null() {
            self.now_playing = item;
        }
        self.play_state = state;
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
