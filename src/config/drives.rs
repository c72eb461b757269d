//! `[[drive]]`: the upstreams, and how the settings of each kind are read.

use super::section::Section;
use crate::drives::local::LocalConfig;
use crate::drives::terabox::{TeraboxConfig, WebConfig};
use crate::media::{EntryPath, Place};

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
    /// `kind = "local"`.
    Local(LocalConfig),
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
                "local" => Some(DriveSettings::Local(LocalConfig {
                    path: section.required_text("path").into(),
                })),
                _ => None,
            };
            match settings {
                Some(settings) => {
                    section.finish();
                    drives.extend(name.map(|name| DriveConfig { name, settings }));
                }
                // With the kind unknown, so are its keys: one problem says enough.
                None if !kind.is_empty() => {
                    section.complain("kind", "must be “terabox” or “local”")
                }
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
    let web = read_web(section);
    TeraboxConfig {
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
        web,
    }
}

/// `[drive.web]`: an account's own web session. It is there where it has a key.
fn read_web(section: &mut Section<'_>) -> Option<WebConfig> {
    let mut web = section.subsection("web");
    let keys = [
        "base_url",
        "ndus",
        "ndus_file",
        "js_token",
        "js_token_file",
        "bdstoken",
        "bdstoken_file",
    ];
    let is_there = keys.map(|key| web.has(key)).contains(&true);
    let config = is_there.then(|| WebConfig {
        base_url: web
            .checked("base_url", "an http or https address", |text| {
                let url = url::Url::parse(text).ok()?;
                matches!(url.scheme(), "http" | "https")
                    .then(|| text.trim_end_matches('/').to_owned())
            })
            .unwrap_or_else(|| "https://1024terabox.com".to_owned()),
        ndus: web.required_secret("ndus", "ndus_file"),
        js_token: web.secret("js_token", "js_token_file"),
        bdstoken: web.secret("bdstoken", "bdstoken_file"),
    });
    web.finish();
    config
}
