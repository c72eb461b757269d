//! `[[player]]`: players that films can be sent to.

use url::Url;

use super::section::Section;
use crate::players::{PlayerKind, PlayerSettings};

/// Parses all sections.
pub(super) fn read_all(sections: Vec<Section<'_>>) -> Vec<PlayerSettings> {
    let mut players: Vec<PlayerSettings> = Vec::new();
    for mut section in sections {
        let name = section.required_text("name").trim().to_owned();
        if players.iter().any(|player| player.name == name) {
            let message = format!("another player is called “{name}” already");
            section.complain_at("name", &message);
        }
        let kind = section.required_text("kind");
        if !kind.is_empty() && kind != PlayerKind::Kodi.as_str() {
            section.complain("kind", "must be “kodi”");
        }
        let is_written = section.has("url");
        let url = section.checked(
            "url",
            "an http or https address without a user, such as http://192.168.1.20:8080",
            |text| {
                let url = Url::parse(text).ok()?;
                let plain = matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none();
                plain.then_some(url)
            },
        );
        if !is_written {
            section.complain("url", "is missing");
        }
        let user = section.text("user");
        let password = section.secret("password", "password_file");
        section.finish();
        players.extend(url.map(|url| PlayerSettings {
            name,
            kind: PlayerKind::Kodi,
            url,
            user,
            password,
        }));
    }
    players
}
