//! One struct per subsystem, and how each reads its section.

use secrecy::{ExposeSecret, SecretString};

use super::section::Section;
use crate::drives::terabox::TeraboxConfig;
use crate::media::{EntryPath, Place};

/// `[auth]`: who may come in.
#[derive(Debug)]
pub struct AuthConfig {
    /// The owner's password. `None`: open while listening on loopback, else a set-up code is printed.
    pub password: Option<SecretString>,
    /// Tokens for programs (`Authorization: Bearer …`), none of them empty.
    pub api_tokens: Vec<SecretString>,
}

/// `[network]`: where we may go.
#[derive(Debug)]
pub struct NetworkConfig {
    /// Hosts or addresses that are allowed although they are private.
    pub allow_hosts: Vec<String>,
}

/// `[cache]`: what is kept.
#[derive(Debug)]
pub struct CacheConfig {
    /// Bytes of media and metadata kept in memory.
    pub memory_bytes: u64,
    /// Bytes of media kept on disk; 0 is off.
    pub disk_bytes: u64,
}

/// `[[drive]]`: one upstream.
#[derive(Debug)]
pub struct DriveConfig {
    /// Its name in addresses.
    pub name: Place,
    /// What its kind needs to know.
    pub settings: DriveSettings,
}

/// The settings of each kind of drive.
#[derive(Debug)]
pub enum DriveSettings {
    /// `kind = "terabox"`.
    Terabox(TeraboxConfig),
}

/// Tokens that are shorter are warned of.
const GUESSABLE: usize = 16;

impl AuthConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let password = section.secret("password", "password_file");
        if password
            .as_ref()
            .is_some_and(|password| password.expose_secret().is_empty())
        {
            section.complain("password", "is empty; leave it out or choose one");
        }
        let api_tokens = section.texts("api_tokens");
        if api_tokens.iter().any(|token| token.trim().is_empty()) {
            section.complain("api_tokens", "holds an empty token; leave it out");
        } else if api_tokens.iter().any(|token| token.len() < GUESSABLE) {
            section.warn(format!(
                "auth.api_tokens holds a token of less than {GUESSABLE} characters, which can be guessed"
            ));
        }
        section.finish();
        AuthConfig {
            password,
            api_tokens: api_tokens.into_iter().map(SecretString::from).collect(),
        }
    }
}

impl NetworkConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let config = NetworkConfig {
            allow_hosts: section.texts("allow_hosts"),
        };
        section.finish();
        config
    }
}

impl CacheConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let config = CacheConfig {
            memory_bytes: section.size("memory", 256 << 20),
            disk_bytes: section.size("disk", 0),
        };
        if config.disk_bytes > 0 {
            section
                .warn("cache.disk is set, but this version keeps media in memory only".to_owned());
        }
        section.finish();
        config
    }
}

impl DriveConfig {
    pub(super) fn read_all(sections: Vec<Section<'_>>) -> Vec<Self> {
        let mut drives: Vec<DriveConfig> = Vec::new();
        for mut section in sections {
            let name = Self::read_name(&mut section);
            if let Some(name) = name
                .as_ref()
                .filter(|name| drives.iter().any(|drive| drive.name == **name))
            {
                let message = format!("another drive is called “{name}” already");
                section.complain_at("name", &message);
            }
            let kind = section.required_text("kind");
            let settings = match kind.as_str() {
                "terabox" => Some(DriveSettings::Terabox(read_terabox(&mut section))),
                _ => None,
            };
            match settings {
                Some(settings) => {
                    section.finish();
                    drives.extend(name.map(|name| DriveConfig { name, settings }));
                }
                // With the kind unknown, so are its keys: one problem says enough.
                None if !kind.is_empty() => section.complain("kind", "must be “terabox”"),
                None => {}
            }
        }
        drives
    }

    fn read_name(section: &mut Section<'_>) -> Option<Place> {
        let name = section.required_text("name");
        let place = Place::parse(&name).ok().filter(|_| !name.starts_with('~'));
        if place.is_none() && !name.is_empty() {
            section.complain("name", "must be 1 to 64 letters, digits, “-” or “_”");
        }
        place
    }
}

fn read_terabox(section: &mut Section<'_>) -> TeraboxConfig {
    let config = TeraboxConfig {
        client_id: section.required_text("client_id"),
        client_secret: section.required_secret("client_secret", "client_secret_file"),
        private_secret: section.required_secret("private_secret", "private_secret_file"),
        auth_url: section
            .checked("auth_url", "an http or https address", |text| {
                let url = url::Url::parse(text).ok()?;
                matches!(url.scheme(), "http" | "https")
                    .then(|| text.trim_end_matches('/').to_owned())
            })
            .unwrap_or_else(|| "https://www.terabox.com".to_owned()),
        root: section
            .checked(
                "root",
                "a path such as /From: Other Applications/MyApp-123/",
                |text| EntryPath::parse(text).ok(),
            )
            .unwrap_or_else(EntryPath::root),
        access_token: section.secret("access_token", "access_token_file"),
        refresh_token: section.secret("refresh_token", "refresh_token_file"),
    };
    let mut web = section.subsection("web");
    let written = ["base_url", "ndus", "ndus_file", "js_token", "bdstoken"].map(|key| web.has(key));
    if written.contains(&true) {
        web.warn(
            "a [drive.web] section is set, but this version does not use the web session"
                .to_owned(),
        );
    }
    web.finish();
    config
}
