//! Issues, lists and revokes tickets: the signer in memory, and the state that stores them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::error::Problem;
use super::{AppState, AppStateInner};
use crate::library::Freshness;
use crate::playback::ticket::{OWNER, Scope, SignerState, Ticket, TicketId, TicketSigner};
use crate::store::{Store, StoredCard, StoredTicket, TicketKind};
use crate::web::pages::browse::first_page;
use drives::{DriveError, ErrorKind};
use media::{Entry, EntryKind, EntryPath, Place, TicketLimits, ViewerId};

/// A ticket to be issued.
pub(super) struct TicketRequest {
    pub kind: TicketKind,
    /// As it was typed.
    pub name: String,
    pub scope: Scope,
    pub ends_at: Option<SystemTime>,
    pub prefers_hls: bool,
    /// The viewer whose history its plays belong to; not used for a guest.
    pub viewer: ViewerId,
    pub limits: TicketLimits,
}

/// A ticket that was just issued; its text is shown this once.
pub(super) struct IssuedTicket {
    pub stored: StoredTicket,
    pub scope: Scope,
    /// The text of the ticket.
    pub text: String,
    /// The entry at the root of its scope, if known.
    pub entry: Option<Arc<Entry>>,
}

/// Maximum length of a ticket's name, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Maximum length of a scope in a ticket, which is a part of each URL.
const MAX_SCOPE_BYTES: usize = EntryPath::MAX_BYTES;

/// Time to wait for the entry and the picture of a ticket's card. The ticket is issued without them after
/// that.
const CARD_TIMEOUT: Duration = Duration::from_secs(5);

/// Interval at which the times of last use are stored.
const FLUSH_INTERVAL: Duration = Duration::from_secs(60);

/// Loads the signer's keys and revoked tickets from the state.
///
/// # Errors
///
/// The state cannot be read.
pub async fn load_ticket_signer(store: &Store) -> anyhow::Result<TicketSigner> {
    Ok(TicketSigner::open(stored_signer(store).await?))
}

/// Returns the keys and the revoked tickets of the state.
///
/// # Errors
///
/// The state cannot be read.
pub(super) async fn stored_signer(store: &Store) -> anyhow::Result<SignerState> {
    let revoked = store.revoked_tickets().await?;
    Ok(SignerState {
        keys: store.ticket_keys().await?,
        revoked: revoked.into_iter().map(TicketId).collect(),
        owner: store.owner_ticket().await?.map_or(OWNER, TicketId),
    })
}

/// Stores the times of last use periodically. Never returns.
pub async fn flush_last_used_loop(site: AppState) {
    loop {
        tokio::time::sleep(FLUSH_INTERVAL).await;
        flush_last_used(&site).await;
    }
}

/// Stores the times at which tickets were last used.
pub async fn flush_last_used(site: &AppStateInner) {
    let uses = site.tickets.take_uses();
    let uses = uses.into_iter().map(|(id, at)| (id.0, at));
    if let Err(error) = site.store.put_ticket_uses(uses).await {
        tracing::warn!(%error, "when tickets were used could not be written down");
    }
}

/// Parses a scope: nothing, a place, or a path in it.
///
/// # Errors
///
/// A path without a place, or an invalid one.
pub(super) fn read_scope(place: Option<&str>, path: Option<&str>) -> Result<Scope, Problem> {
    let place = place.filter(|place| !place.is_empty());
    let path = path.filter(|path| !path.is_empty());
    let Some(place) = place else {
        return match path {
            None => Ok(Scope::Everything),
            Some(_) => Err(Problem::bad_request(
                "A path needs the place that it is in.",
            )),
        };
    };
    Ok(Scope::Within(
        Place::parse(place)
            .map_err(|_| Problem::bad_request("That is not the name of a place."))?,
        EntryPath::parse(path.unwrap_or_default())
            .map_err(|_| Problem::bad_request("That is not a path."))?,
    ))
}

/// Issues a ticket. The content of its card is fetched now, so that no upstream call is needed when a chat
/// requests the preview.
///
/// # Errors
///
/// The name is empty, the end is in the past, or the entry does not exist.
pub(super) async fn make(site: &AppState, wanted: TicketRequest) -> Result<IssuedTicket, Problem> {
    let name = media::short_title(wanted.name.trim(), MAX_NAME_CHARS);
    if name.trim().is_empty() {
        return Err(Problem::bad_request("A ticket needs a name."));
    }
    let now = SystemTime::now();
    if wanted.ends_at.is_some_and(|ends_at| ends_at <= now) {
        return Err(Problem::bad_request("The ticket would have ended already."));
    }
    if wanted.scope.to_text().len() > MAX_SCOPE_BYTES {
        return Err(Problem::bad_request(
            "Those are too many paths for one ticket.",
        ));
    }
    let card = card(site, &wanted.scope).await?;
    let id = TicketId::random().map_err(|_| Problem::INTERNAL)?;
    let viewer = (wanted.kind != TicketKind::Guest).then_some(wanted.viewer);
    let ticket = Ticket {
        // Lists name what the ticket opens.
        prefers_hls: wanted.prefers_hls || wanted.limits.without_originals,
        limits: wanted.limits,
        ..Ticket::new(id, wanted.scope.clone())
            .until(wanted.ends_at.map(whole_seconds))
            .for_viewer(viewer.unwrap_or(ViewerId::OWNER))
    };
    let (text, key) = site.tickets.sign(&ticket);
    let stored = StoredTicket {
        id: id.0,
        kind: wanted.kind,
        name,
        scope: wanted.scope.to_text(),
        prefers_hls: ticket.prefers_hls,
        key,
        made_at: now,
        ends_at: ticket.ends_at,
        last_used_at: None,
        viewer,
        limits: wanted.limits,
        visits: 0,
    };
    site.store.put_ticket(&stored, card.as_ref()).await?;
    Ok(IssuedTicket {
        stored,
        scope: wanted.scope,
        text,
        entry: card.map(|card| Arc::new(card.entry)),
    })
}

/// Returns the card of the entry at the root of a scope; `None` if the drive does not answer in time, or the scope has no
/// or several roots.
///
/// # Errors
///
/// There is no such entry.
async fn card(site: &AppState, scope: &Scope) -> Result<Option<StoredCard>, Problem> {
    let (place, path) = match scope {
        Scope::Within(place, path) => (place, path),
        Scope::Several(paths) => {
            for (place, path) in paths {
                root(site, place, path).await?;
            }
            return Ok(None);
        }
        Scope::Everything | Scope::Places(_) => return Ok(None),
    };
    let Some(entry) = root(site, place, path).await? else {
        return Ok(None);
    };
    let picture = timeout(CARD_TIMEOUT, poster(site, &entry))
        .await
        .ok()
        .flatten();
    Ok(Some(StoredCard {
        entry: Entry::clone(&entry),
        picture,
        is_lost: false,
    }))
}

/// Returns the entry at a root of a scope; `None` if the drive does not answer in time: one that is down for a moment does
/// not prevent issuing a ticket.
///
/// # Errors
///
/// There is no such entry.
async fn root(
    site: &AppState,
    place: &Place,
    path: &EntryPath,
) -> Result<Option<Arc<Entry>>, Problem> {
    site.library.drive(place)?;
    let found = site.library.entry(place, path, Freshness::Cached);
    match timeout(CARD_TIMEOUT, found).await {
        Ok(Ok(entry)) => Ok(Some(entry)),
        Ok(Err(error)) if is_lost(&error) => Err(error.into()),
        Ok(Err(_)) | Err(_) => Ok(None),
    }
}

/// Returns the card's picture: of the film, or of the first film in the folder. `None` if there is none.
async fn poster(site: &AppState, entry: &Arc<Entry>) -> Option<Vec<u8>> {
    let film = if entry.kind == EntryKind::Folder {
        let listing = site
            .library
            .listing(&entry.place, &entry.path, &first_page(), Freshness::Cached)
            .await
            .ok()?;
        let film = listing
            .entries
            .iter()
            .find(|film| film.kind.is_playable() && film.has_thumbnail)?;
        Arc::new(film.clone())
    } else {
        entry.clone()
    };
    if !film.has_thumbnail {
        return None;
    }
    let card = site.playback.card(&film).await.ok()?;
    Some(card.to_vec())
}

/// Returns true if this error means that the entry is gone or locked, and not that the drive is
/// unreachable.
pub(super) fn is_lost(error: &DriveError) -> bool {
    matches!(
        error.kind,
        ErrorKind::NotFound
            | ErrorKind::Gone
            | ErrorKind::ShareGone
            | ErrorKind::SharePasswordRequired
            | ErrorKind::SharePasswordWrong
    )
}

/// Returns all tickets that were not revoked, newest first, with the time of last use.
pub(super) async fn all(site: &AppStateInner) -> Result<Vec<StoredTicket>, Problem> {
    let mut tickets = site.store.tickets().await?;
    for ticket in &mut tickets {
        let used = site.tickets.last_use(TicketId(ticket.id));
        ticket.last_used_at = ticket.last_used_at.max(used);
    }
    Ok(tickets)
}

/// Revokes a ticket, and aborts replies that stream under it.
///
/// # Errors
///
/// `not_found` if there is none with this id.
pub(super) async fn revoke(site: &AppStateInner, id: TicketId) -> Result<(), Problem> {
    let found = site.store.revoke_ticket(id.0).await?;
    if !found {
        return Err(Problem {
            sentence: Some("There is no such ticket."),
            ..Problem::NOT_FOUND
        });
    }
    site.tickets.revoke([id]);
    // Apps that signed in with this ticket had its rights.
    for app in site.store.apps_of_ticket(id.0).await? {
        site.store.revoke_ticket(app).await?;
        site.tickets.revoke([TicketId(app)]);
    }
    Ok(())
}

/// Replaces the ticket in the owner's own URLs; the former ones stop working.
pub(super) async fn replace_own(site: &AppStateInner) -> Result<(), Problem> {
    let fresh = TicketId::random().map_err(|_| Problem::INTERNAL)?;
    let before = site.tickets.owner_id();
    site.store.put_owner_ticket(fresh.0, before.0).await?;
    site.tickets.replace_owner(fresh);
    Ok(())
}

/// Signs with a new key from now on. Existing tickets stay valid.
pub(super) async fn change_key(site: &AppStateInner) -> Result<(), Problem> {
    match site.store.add_ticket_key().await? {
        Some((number, key)) => site.tickets.add_key(number, &key),
        None => return Err(Problem::bad_request("The key was changed too often.")),
    }
    Ok(())
}

/// Revokes all keys but the current one, and with them every ticket that they signed.
pub(super) async fn revoke_keys(site: &AppStateInner) -> Result<(), Problem> {
    site.store.revoke_ticket_keys().await?;
    site.tickets.revoke_old_keys();
    Ok(())
}

/// Truncates to whole seconds, which is what a ticket holds, so that the stored time is the same.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}
