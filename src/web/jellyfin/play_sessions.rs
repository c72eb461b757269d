//! Play sessions: the items that apps asked to play. Some apps (Kodi's JellyCon) fetch media by the id of the play
//! session and without a token, which a Jellyfin server allows to anyone. Here the id stands for the tickets of that
//! one item. Where other servers use the state, they find it there: the media may be requested from another one.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::ids::ItemId;
use super::playback_info::random_id;
use crate::store::{PendingKind, Store};
use crate::web::error::Problem;
use cache::Cache;

/// Limit of the sessions in memory; the one that was used least is forgotten.
const MAX_PLAY_SESSIONS: u64 = 5_000;

/// Time after which a session that is not used is forgotten: a film that is paused over night goes on.
const PLAY_SESSION_IDLE_TTL: Duration = Duration::from_secs(12 * 3600);

/// The tickets of one item, by the ids of its media sources.
type SourceTickets = Arc<Vec<(ItemId, String)>>;

/// The play sessions of all apps.
pub(super) struct PlaySessions(Cache<String, SourceTickets>);

impl Default for PlaySessions {
    fn default() -> Self {
        PlaySessions(
            Cache::builder()
                .max_capacity(MAX_PLAY_SESSIONS)
                .time_to_idle(PLAY_SESSION_IDLE_TTL)
                .build(),
        )
    }
}

impl PlaySessions {
    /// Makes a session with these tickets, and returns its id.
    ///
    /// # Errors
    ///
    /// The system has no random numbers, or a shared state cannot be written.
    pub async fn open(
        &self,
        store: &Store,
        tickets: Vec<(ItemId, String)>,
    ) -> Result<String, Problem> {
        let id = random_id()?;
        if store.is_shared() {
            let now = SystemTime::now();
            let (until, text) = ((now, now + PLAY_SESSION_IDLE_TTL), to_text(&tickets));
            let stored = store.put_pending(PendingKind::PlaySession, &id, &text, until);
            stored.await?;
        }
        self.0.insert(id.clone(), Arc::new(tickets)).await;
        Ok(id)
    }

    /// Returns the ticket for a media source of a session, or for its first one; `None` for an unknown session.
    pub async fn ticket(
        &self,
        store: &Store,
        session: &str,
        source: Option<ItemId>,
    ) -> Option<String> {
        let tickets = match self.0.get(session).await {
            Some(known) => known,
            None => self.of_other_server(store, session).await?,
        };
        let source = source.map(|source| source.of_entry().0);
        let of_source = tickets.iter().find(|(id, _)| Some(*id) == source);
        let found = of_source.or(tickets.first());
        found.map(|(_, ticket)| ticket.clone())
    }

    async fn of_other_server(&self, store: &Store, session: &str) -> Option<SourceTickets> {
        if !store.is_shared() || session.is_empty() {
            return None;
        }
        let text = store.pending(PendingKind::PlaySession, session, SystemTime::now());
        let text = text.await.ok().flatten()?;
        let tickets = Arc::new(parse(&text));
        self.0.insert(session.to_owned(), tickets.clone()).await;
        Some(tickets)
    }
}

/// Writes the ids and the tickets in turns, separated by spaces.
fn to_text(tickets: &[(ItemId, String)]) -> String {
    let pairs = tickets.iter().map(|(id, ticket)| format!("{id} {ticket}"));
    pairs.collect::<Vec<_>>().join(" ")
}

fn parse(text: &str) -> Vec<(ItemId, String)> {
    let words: Vec<&str> = text.split(' ').collect();
    let pairs = words.chunks_exact(2).filter_map(|pair| {
        let id = ItemId::parse(pair[0])?;
        Some((id, pair[1].to_owned()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_session_stands_for_the_tickets_of_its_sources() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let sessions = PlaySessions::default();
        let (first, second) = (ItemId([2; 16]), ItemId([4; 16]));
        let tickets = vec![(first, "a".to_owned()), (second, "b".to_owned())];
        let id = sessions.open(&store, tickets.clone()).await.unwrap();
        let ticket = async |source| sessions.ticket(&store, &id, source).await;
        assert_eq!(ticket(None).await.as_deref(), Some("a"));
        assert_eq!(ticket(Some(second)).await.as_deref(), Some("b"));
        assert_eq!(
            ticket(Some(second.repackaged())).await.as_deref(),
            Some("b")
        );
        assert_eq!(sessions.ticket(&store, "0123", None).await, None);
        assert_eq!(parse(&to_text(&tickets)), tickets);
    }
}
