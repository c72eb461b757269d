//! The web socket of an app: messages to it, and keep-alives in both directions.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use super::remote_control::message;
use super::request::Parameters;
use super::session::{AppSession, token};
use crate::web::AppState;
use crate::web::client::ClientInfo;
use crate::web::error::Problem;

/// Time without a message from an app after which its socket is closed. It is asked for a sign of life twice in this time.
const KEEP_ALIVE_S: u64 = 60;
const IDLE_TIMEOUT: Duration = Duration::from_secs(2 * KEEP_ALIVE_S);

/// Time for which a message waits for an app that takes none.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Time for which a closing message waits.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Interval at which an app that asked for them gets the sessions.
const SESSIONS_INTERVAL: Duration = Duration::from_secs(3);

/// Largest message of an app, in bytes.
const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// Returns true for the URL of the socket.
pub(super) fn is_socket(path: &str) -> bool {
    let name = path.get("/jellyfin/".len()..).unwrap_or_default();
    let name = name.trim_end_matches('/');
    name.eq_ignore_ascii_case("socket") || name.eq_ignore_ascii_case("embywebsocket")
}

/// `GET /socket`
pub(super) async fn open(site: &AppState, request: Request) -> Result<Response, Problem> {
    let from = ClientInfo::of(&request).ip;
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default());
    let token = token(request.headers(), &parameters).ok_or(Problem::UNAUTHORIZED)?;
    let session = AppSession::of_token(site, &token).await?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, site).await;
    let upgrade =
        upgrade.map_err(|_| Problem::bad_request("This is the address of a web socket."))?;
    let messages = site.jellyfin.live.open_socket(&session, from);
    let messages = messages.ok_or(Problem::TOO_MANY_ATTEMPTS)?;
    let site = site.clone();
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let connection = Connection {
            site,
            session,
            from,
            socket,
            sends_sessions: false,
        };
        connection.run(messages).await;
    }))
}

struct Connection {
    site: AppState,
    session: AppSession,
    from: std::net::IpAddr,
    socket: WebSocket,
    /// True while the app asks for the list of sessions.
    sends_sessions: bool,
}

impl Connection {
    /// Passes messages on until the app is gone, or its ticket is no longer valid. The latter ends a message that waits
    /// for a slow app, too.
    async fn run(mut self, mut messages: mpsc::Receiver<Arc<str>>) {
        let ended = self.site.tickets.wait_until_invalid(&self.session.ticket);
        tokio::select! {
            () = ended => {}
            _ = self.pass_on(&mut messages) => {}
        }
        let _ = timeout(CLOSE_TIMEOUT, self.socket.send(Message::Close(None))).await;
    }

    /// Passes messages on in both directions until the app is gone.
    async fn pass_on(&mut self, messages: &mut mpsc::Receiver<Arc<str>>) -> Option<()> {
        self.send("ForceKeepAlive", json!(KEEP_ALIVE_S)).await?;
        let mut ticks: Interval = interval(SESSIONS_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                () = sleep_until(heard + IDLE_TIMEOUT) => return None,
                message = messages.recv() => self.send_text(message?.as_ref()).await?,
                message = self.socket.recv() => {
                    heard = Instant::now();
                    self.answer(&message?.ok()?).await?;
                }
                _ = ticks.tick() => {
                    if self.sends_sessions {
                        self.send_sessions().await?;
                    }
                }
            }
        }
    }

    /// Answers a message of the app. `None` ends the connection.
    async fn answer(&mut self, received: &Message) -> Option<()> {
        let text = match received {
            Message::Text(text) => text.as_str(),
            Message::Close(_) => return None,
            // The library answers pings.
            _ => return Some(()),
        };
        let received: Value = serde_json::from_str(text).unwrap_or_default();
        match received["MessageType"].as_str() {
            Some("KeepAlive") => {
                self.site.jellyfin.live.touch(&self.session, self.from);
                self.send("KeepAlive", Value::Null).await
            }
            // A further request gets the list with the next interval: it is much larger than the request.
            Some("SessionsStart") if self.sends_sessions => Some(()),
            Some("SessionsStart") => {
                self.sends_sessions = true;
                self.send_sessions().await
            }
            Some("SessionsStop") => {
                self.sends_sessions = false;
                Some(())
            }
            _ => Some(()),
        }
    }

    async fn send_sessions(&mut self) -> Option<()> {
        let live = self.site.jellyfin.live.visible_to(&self.session);
        let sessions: Vec<Value> = live.iter().map(|live| live.json(&self.site)).collect();
        self.send("Sessions", Value::Array(sessions)).await
    }

    async fn send(&mut self, kind: &str, data: Value) -> Option<()> {
        let text = message(kind, data).ok()?.to_string();
        self.send_text(&text).await
    }

    /// Sends a message. `None` if the app is gone, or takes none for too long.
    async fn send_text(&mut self, text: &str) -> Option<()> {
        let sent = timeout(SEND_TIMEOUT, self.socket.send(Message::Text(text.into())));
        sent.await.ok()?.ok()
    }
}
