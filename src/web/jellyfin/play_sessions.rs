//! Play sessions: the items that apps asked to play. Some apps (Kodi's JellyCon) fetch media by the id of the play
//! session and without a token, which a Jellyfin server allows to anyone. Here the id stands for the tickets of that
//! one item.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use super::ids::ItemId;
use super::playback_info::random_id;
use crate::web::error::Problem;

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
    /// The system has no random numbers.
    pub async fn open(&self, tickets: Vec<(ItemId, String)>) -> Result<String, Problem> {
        let id = random_id()?;
        self.0.insert(id.clone(), Arc::new(tickets)).await;
        Ok(id)
    }

    /// Returns the ticket for a media source of a session, or for its first one; `None` for an unknown session.
    pub async fn ticket(&self, session: &str, source: Option<ItemId>) -> Option<String> {
        let tickets = self.0.get(session).await?;
        let source = source.map(|source| source.of_entry().0);
        let of_source = tickets.iter().find(|(id, _)| Some(*id) == source);
        let found = of_source.or(tickets.first());
        found.map(|(_, ticket)| ticket.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_session_stands_for_the_tickets_of_its_sources() {
        let sessions = PlaySessions::default();
        let (first, second) = (ItemId([2; 16]), ItemId([4; 16]));
        let tickets = vec![(first, "a".to_owned()), (second, "b".to_owned())];
        let id = sessions.open(tickets).await.unwrap();
        let ticket = async |source| sessions.ticket(&id, source).await;
        assert_eq!(ticket(None).await.as_deref(), Some("a"));
        assert_eq!(ticket(Some(second)).await.as_deref(), Some("b"));
        assert_eq!(
            ticket(Some(second.repackaged())).await.as_deref(),
            Some("b")
        );
        assert_eq!(sessions.ticket("0123", None).await, None);
    }
}
