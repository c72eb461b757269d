//! Players in the owner's home: a film is sent to them as a play URL, and they fetch it from this server.
//!
//! Only the hosts of the configuration are contacted; a caller chooses among their names.

mod error;
mod kodi;

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use drives::http::{Client, ClientError, ClientSettings};

pub use error::SendError;

/// One configured player.
#[derive(Debug, Clone)]
pub struct PlayerSettings {
    /// Its name on pages and in the API.
    pub name: String,
    /// The kind of player.
    pub kind: PlayerKind,
    /// Its base URL without credentials: `http://192.168.1.20:8080`.
    pub url: Url,
    /// The user name, if the player requires one.
    pub user: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
}

/// The kind of player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerKind {
    /// Kodi with “Allow remote control via HTTP” switched on.
    Kodi,
}

impl PlayerKind {
    /// Returns the word of the configuration and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            PlayerKind::Kodi => "kodi",
        }
    }
}

/// All configured players.
#[derive(Debug)]
pub struct Players {
    all: Vec<PlayerSettings>,
    client: Client,
}

/// A player at home answers immediately or is switched off.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Players {
    /// Creates a client that may contact these players and no other host.
    pub fn new(all: Vec<PlayerSettings>) -> Result<Self, ClientError> {
        let hosts = all.iter().filter_map(|player| {
            let (host, port) = (player.url.host_str()?, player.url.port_or_known_default()?);
            Some(format!("{host}:{port}"))
        });
        let client = Client::new(&ClientSettings {
            allow_hosts: hosts.collect(),
            connect_timeout: TIMEOUT,
            read_timeout: TIMEOUT,
            call_timeout: TIMEOUT,
            ..ClientSettings::default()
        })?;
        Ok(Players { all, client })
    }

    /// Returns the players in the order of the configuration.
    pub fn all(&self) -> &[PlayerSettings] {
        &self.all
    }

    /// Returns the player of this name.
    ///
    /// # Errors
    ///
    /// [`SendError::UnknownPlayer`] if there is none.
    pub fn named(&self, name: &str) -> Result<&PlayerSettings, SendError> {
        self.all
            .iter()
            .find(|player| player.name == name)
            .ok_or(SendError::UnknownPlayer)
    }

    /// Makes a player open a play URL.
    pub async fn open(&self, player: &PlayerSettings, play_url: &str) -> Result<(), SendError> {
        let login = player.user.as_deref().map(|user| {
            let password = player.password.as_ref().map(SecretString::expose_secret);
            (user, password.unwrap_or_default())
        });
        match player.kind {
            PlayerKind::Kodi => kodi::open(&self.client, &player.url, login, play_url).await,
        }
    }
}
