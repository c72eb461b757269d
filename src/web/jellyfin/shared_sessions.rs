//! Apps that other servers on the same state have seen. Each server stores the apps that speak to it, reads those of
//! the others, and passes messages for an app to the server at which its socket is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::timeout;

use super::live_sessions::{IDLE_TIMEOUT, LiveSession};
use super::session::{AppIdentity, AppSession};
use crate::playback::ticket::{Scope, Ticket, TicketId};
use crate::store::{AppDevice, AppSighting, SharedApps};
use crate::web::AppState;
use media::{Place, ViewerId};

/// Interval at which servers exchange their apps, while apps speak to this one. A message for another server
/// leaves at once.
const EXCHANGE_INTERVAL: Duration = Duration::from_secs(1);

/// An app as a server sees it, in the form of the state. Times are milliseconds since 1970.
#[derive(Serialize, Deserialize)]
struct SharedSession {
    viewer: String,
    scope: String,
    app: AppIdentity,
    from: IpAddr,
    seen_at: u64,
    capabilities: Value,
    described_at: Option<u64>,
    now_playing: Value,
    play_state: Value,
    played_at: Option<u64>,
    has_socket: bool,
}

/// Exchanges apps with other servers. Returns if no other server uses the state, else never.
pub async fn share_app_sessions(site: AppState) {
    let Some(shared) = site.store.shared_apps() else {
        return;
    };
    let live = &site.jellyfin.live;
    loop {
        let _ = timeout(EXCHANGE_INTERVAL, live.wait_for_outgoing()).await;
        live.forget(|id| site.tickets.is_revoked(id));
        if live.is_empty() {
            continue;
        }
        if let Err(error) = exchange(&site, &shared).await {
            live.publish_again();
            tracing::debug!(%error, "apps of other servers cannot be read");
        }
    }
}

async fn exchange(site: &AppState, shared: &SharedApps) -> Result<(), crate::store::StoreError> {
    let live = &site.jellyfin.live;
    let changed: Vec<AppSighting> = live.take_changed().iter().map(sighting).collect();
    if !changed.is_empty() {
        shared.publish(&changed, IDLE_TIMEOUT).await?;
    }
    let outgoing = live.take_outgoing();
    if !outgoing.is_empty() {
        shared.send(&outgoing).await?;
    }
    let mut elsewhere: HashMap<TicketId, LiveSession> = HashMap::new();
    for found in shared.of_other_servers(IDLE_TIMEOUT).await? {
        let id = TicketId(found.ticket);
        let Some(session) = live_session(site, &found).filter(|_| !site.tickets.is_revoked(id))
        else {
            continue;
        };
        match elsewhere.get_mut(&id) {
            Some(known) => known.merge(&session),
            None => {
                elsewhere.insert(id, session);
            }
        }
    }
    live.set_elsewhere(elsewhere);
    for message in shared.receive().await? {
        live.deliver(TicketId(message.ticket), &message.body.into());
    }
    Ok(())
}

fn sighting(live: &LiveSession) -> AppSighting {
    let device = &live.session.device;
    let shared = SharedSession {
        viewer: live.session.viewer.id.to_string(),
        scope: live.session.ticket.scope.to_text(),
        app: AppIdentity {
            app: device.app.clone(),
            version: device.app_version.clone(),
            device: device.device.clone(),
            device_id: device.device_id.clone(),
        },
        from: live.from,
        seen_at: millis(live.seen_at),
        capabilities: live.capabilities.clone(),
        described_at: live.described_at.map(millis),
        now_playing: live.now_playing.clone(),
        play_state: live.play_state.clone(),
        played_at: live.played_at.map(millis),
        has_socket: live.has_own_socket(),
    };
    AppSighting {
        server: String::new(),
        ticket: live.session.ticket.id.0,
        body: serde_json::to_string(&shared).unwrap_or_default(),
    }
}

/// Returns an app as another server has seen it; `None` if its viewer is unknown here.
fn live_session(site: &AppState, found: &AppSighting) -> Option<LiveSession> {
    let shared: SharedSession = serde_json::from_str(&found.body).ok()?;
    let viewer = site.viewers.get(ViewerId::parse(&shared.viewer)?)?;
    let ticket = Ticket::new(TicketId(found.ticket), scope(&shared.scope)?);
    let device = AppDevice {
        ticket: found.ticket,
        app: shared.app.app,
        app_version: shared.app.version,
        device: shared.app.device,
        device_id: shared.app.device_id,
        parent: None,
        scope: shared.scope,
    };
    let session = AppSession {
        ticket: ticket.for_viewer(viewer.id),
        device: Arc::new(device),
        viewer,
    };
    Some(LiveSession {
        seen_at: time(shared.seen_at),
        capabilities: shared.capabilities,
        described_at: shared.described_at.map(time),
        now_playing: shared.now_playing,
        play_state: shared.play_state,
        played_at: shared.played_at.map(time),
        servers_with_socket: shared
            .has_socket
            .then(|| found.server.clone())
            .into_iter()
            .collect(),
        ..LiveSession::new(&session, shared.from)
    })
}

/// Returns the scope of an app; `None` if it is malformed. That of a viewer who is limited to places is no scope that a ticket
/// could have.
fn scope(text: &str) -> Option<Scope> {
    let Some(places) = text.strip_prefix(',') else {
        return Scope::from_text(text);
    };
    let places = places.split(',').map(|place| Place::parse(place).ok());
    Some(Scope::Places(places.collect::<Option<_>>()?))
}

fn millis(time: SystemTime) -> u64 {
    let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    passed.as_millis().try_into().unwrap_or(u64::MAX)
}

fn time(millis: u64) -> SystemTime {
    UNIX_EPOCH
        .checked_add(Duration::from_millis(millis))
        .unwrap_or(UNIX_EPOCH)
}
