//! Players in the house that the owner named: a film is sent to them, and they fetch it from us.
//!
//! The only hosts that are spoken to are those of the config; who asks chooses among their names.

mod kodi;

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use drives::DriveError;
use drives::http::{Client, ClientError, ClientSettings};

/// One player, as the owner describes it.
#[derive(Debug, Clone)]
pub struct PlayerSettings {
    /// What it is called on pages and in the API.
    pub name: String,
    /// What speaks there.
    pub kind: PlayerKind,
    /// Where it listens: `http://192.168.1.20:8080`, without a user in it.
    pub url: Url,
    /// Who we are to it, where it asks.
    pub user: Option<String>,
    /// And our password.
    pub password: Option<SecretString>,
}

/// What kind of player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayerKind {
    /// Kodi with “Allow remote control via HTTP” switched on.
    Kodi,
}

impl PlayerKind {
    /// The word of config and API.
    pub fn as_str(self) -> &'static str {
        match self {
            PlayerKind::Kodi => "kodi",
        }
    }
}

/// Why a film did not get there.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No player of that name.
    #[error("there is no such player")]
    UnknownPlayer,
    /// The player wants another user or password.
    #[error("the player refuses our user and password")]
    Unauthorized,
    /// It cannot be reached, or what answers is no such player.
    #[error("the player does not answer")]
    Unreachable(#[source] DriveError),
    /// It answered, and would not.
    #[error("the player would not open it (code {code})")]
    Refused {
        /// Its own number.
        code: i64,
    },
}

/// Every player of the config.
#[derive(Debug)]
pub struct Players {
    all: Vec<PlayerSettings>,
    client: Client,
}

/// A player at home answers at once or is switched off.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Players {
    /// Speaks to these players and to nobody else.
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
        })?;
        Ok(Players { all, client })
    }

    /// In the order of the config.
    pub fn all(&self) -> &[PlayerSettings] {
        &self.all
    }

    /// The player of this name.
    pub fn named(&self, name: &str) -> Result<&PlayerSettings, SendError> {
        self.all
            .iter()
            .find(|player| player.name == name)
            .ok_or(SendError::UnknownPlayer)
    }

    /// Makes a player open an address.
    pub async fn open(&self, player: &PlayerSettings, address: &str) -> Result<(), SendError> {
        let login = player.user.as_deref().map(|user| {
            let password = player.password.as_ref().map(SecretString::expose_secret);
            (user, password.unwrap_or_default())
        });
        match player.kind {
            PlayerKind::Kodi => kodi::open(&self.client, &player.url, login, address).await,
        }
    }
}
