//! `[[drive]]`: parses the settings of each kind of drive.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::problem::{ProblemCollector, ValueSource};
use super::section::Section;
use super::tree::{ConfigNode, Value};
pub use drives::DriveSettings;
use drives::cloudreve::{CloudreveConfig, OAuthClient};
use drives::local::LocalConfig;
use drives::s3::S3Config;
use drives::terabox::{NoCookie, TeraboxConfig, WebConfig, WebCookie, WebDriveConfig};
use drives::teraboxdl::{self, TeraboxDlConfig};
use drives::webdav::WebDavConfig;
use media::{EntryPath, Place};

/// `[[drive]]`: one upstream.
#[derive(Debug)]
pub struct DriveConfig {
    /// Its name in URLs.
    pub name: Place,
    /// The settings of its kind.
    pub settings: DriveSettings,
    /// The folders that are part of the library; `None` for the whole drive.
    pub library: Option<Vec<EntryPath>>,
}

impl DriveConfig {
    /// Parses settings that were typed in on a page, by the same rules as the file. Keys of the web session
    /// begin with `web.`.
    ///
    /// # Errors
    ///
    /// Returns all problems, as sentences.
    pub fn typed_in(
        name: &Place,
        kind: &str,
        settings: &BTreeMap<String, SecretString>,
    ) -> Result<DriveConfig, Vec<String>> {
        let mut root = BTreeMap::new();
        let mut web = BTreeMap::new();
        let named = [("name", name.as_str()), ("kind", kind)];
        let typed = settings
            .iter()
            .map(|(key, value)| (key.as_str(), value.expose_secret()));
        for (key, value) in named.into_iter().chain(typed) {
            // As in a variable, a list has commas and a switch is a word.
            let node = ConfigNode {
                source: ValueSource::Form,
                value: Value::Text(value.to_owned()),
            };
            match key.strip_prefix("web.") {
                Some(key) => web.insert(key.to_owned(), node),
                None => root.insert(key.to_owned(), node),
            };
        }
        if !web.is_empty() {
            let node = ConfigNode {
                source: ValueSource::Form,
                value: Value::Table(web),
            };
            root.insert("web".to_owned(), node);
        }
        let problems = ProblemCollector::default();
        let read = Self::read_all(vec![Section::root(&root, &problems)]);
        let (found, _) = problems.into_parts();
        match (found.is_empty(), read.into_iter().next()) {
            (true, Some(drive)) => Ok(drive),
            _ => Err(found.into_iter().map(|problem| problem.message).collect()),
        }
    }

    /// Reduces settings that were typed in to what is stored: of an exported cookie file, only the session's
    /// cookies.
    pub fn reduce(&self, settings: &mut BTreeMap<String, SecretString>) {
        let web = match &self.settings {
            DriveSettings::Terabox(settings) => settings.web.as_ref(),
            DriveSettings::TeraboxWeb(settings) => Some(&settings.web),
            _ => None,
        };
        if let Some(cookie) = web.and_then(|web| web.cookie.as_ref()) {
            settings.insert("web.ndus".to_owned(), cookie.reduced());
        }
    }

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
            let library = read_library(&mut section);
            let kind = section.required_text("kind");
            let settings = match kind.as_str() {
                "terabox" => Some(read_terabox(&mut section)),
                "cloudreve" => Some(DriveSettings::Cloudreve(read_cloudreve(&mut section))),
                "teraboxdl" => Some(DriveSettings::TeraboxDl(read_teraboxdl(&mut section))),
                "webdav" => Some(DriveSettings::WebDav(read_webdav(&mut section))),
                "s3" => Some(DriveSettings::S3(read_s3(&mut section))),
                "local" => Some(DriveSettings::Local(read_local(&mut section))),
                _ => None,
            };
            match settings {
                Some(settings) => {
                    section.finish();
                    drives.extend(name.map(|name| DriveConfig {
                        name,
                        settings,
                        library,
                    }));
                }
                // The keys of an unknown kind are unknown, too: one problem is enough.
                None if !kind.is_empty() => section.complain(
                    "kind",
                    "must be “terabox”, “cloudreve”, “teraboxdl”, “webdav”, “s3” or “local”",
                ),
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

/// Reads the folders of the library; `None` if the key is not set.
fn read_library(section: &mut Section<'_>) -> Option<Vec<EntryPath>> {
    if !section.has("library") {
        return None;
    }
    let folders = section.texts("library");
    let parsed: Vec<EntryPath> = folders
        .iter()
        .filter_map(|folder| EntryPath::parse(folder).ok())
        .collect();
    if parsed.len() < folders.len() {
        section.complain("library", "must be a list of folders such as [\"/Films\"]");
    }
    Some(parsed)
}

/// Keys of an Open Platform application. Without any of them, `[drive.web]` alone is the drive.
const OF_AN_APPLICATION: [&str; 9] = [
    "client_id",
    "client_secret",
    "client_secret_file",
    "private_secret",
    "private_secret_file",
    "access_token",
    "access_token_file",
    "refresh_token",
    "refresh_token_file",
];

fn read_terabox(section: &mut Section<'_>) -> DriveSettings {
    let web = read_web(section);
    let has_application = OF_AN_APPLICATION.iter().any(|key| section.has(key));
    if let Some(web) = web.clone().filter(|_| !has_application) {
        let root = read_root(section);
        return DriveSettings::TeraboxWeb(WebDriveConfig { root, web });
    }
    DriveSettings::Terabox(TeraboxConfig {
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
        root: read_root(section),
        access_token: section.secret("access_token", "access_token_file"),
        refresh_token: section.secret("refresh_token", "refresh_token_file"),
        web,
    })
}

fn read_root(section: &mut Section<'_>) -> EntryPath {
    section
        .checked(
            "root",
            "a path such as /From: Other Applications/MyApp-123/",
            |text| EntryPath::parse(text).ok(),
        )
        .unwrap_or_else(EntryPath::root)
}

/// Parses a list of hosts, each with a port if it is not the scheme's own.
fn read_hosts(section: &mut Section<'_>, key: &'static str) -> Vec<String> {
    let hosts = section.texts(key);
    let is_host = |host: &String| {
        let url = url::Url::parse(&format!("https://{host}/")).ok();
        url.is_some_and(|url| url.authority().eq_ignore_ascii_case(host) && url.path() == "/")
    };
    if !hosts.iter().all(is_host) {
        section.complain(
            key,
            "must be hosts such as “cloud.example.net”, without a scheme",
        );
    }
    hosts.iter().map(|host| host.to_ascii_lowercase()).collect()
}

/// Parses the application that a site's administrator has registered: both of its keys, or neither.
fn read_oauth(section: &mut Section<'_>) -> Option<OAuthClient> {
    let client_id = section.text("client_id");
    let client_secret = section.secret("client_secret", "client_secret_file");
    if client_id.is_some() != client_secret.is_some() {
        let missing = match client_id {
            Some(_) => "client_secret",
            None => "client_id",
        };
        section.complain(missing, "is missing: an application has an id and a secret");
    }
    Some(OAuthClient {
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn read_cloudreve(section: &mut Section<'_>) -> CloudreveConfig {
    let config = CloudreveConfig {
        base_url: required_site(section, "base_url"),
        email: section.checked("email", "an email address", |text| {
            text.contains('@').then(|| text.to_owned())
        }),
        password: section.secret("password", "password_file"),
        refresh_token: section.secret("refresh_token", "refresh_token_file"),
        oauth: read_oauth(section),
        links: read_hosts(section, "links"),
    };
    if config.password.is_some() && config.email.is_none() {
        section.complain(
            "email",
            "is missing: a password belongs to an email address",
        );
    }
    config
}

fn read_teraboxdl(section: &mut Section<'_>) -> TeraboxDlConfig {
    TeraboxDlConfig {
        base_url: section
            .checked("base_url", "an http or https address", |text| {
                let url = url::Url::parse(text).ok()?;
                matches!(url.scheme(), "http" | "https")
                    .then(|| text.trim_end_matches('/').to_owned())
            })
            .unwrap_or_else(|| teraboxdl::BASE_URL.to_owned()),
        api_key: section.required_secret("api_key", "api_key_file"),
        api_secret: section.required_secret("api_secret", "api_secret_file"),
    }
}

fn read_webdav(section: &mut Section<'_>) -> WebDavConfig {
    let config = WebDavConfig {
        base_url: required_site(section, "base_url"),
        user: section.text("user"),
        password: section.secret("password", "password_file"),
        token: section.secret("token", "token_file"),
        root: read_root(section),
    };
    if config.password.is_some() && config.user.is_none() {
        section.complain("user", "is missing: a password belongs to a user name");
    }
    if config.token.is_some() && config.user.is_some() {
        section.complain("token", "stands in the place of user and password");
    }
    config
}

fn read_s3(section: &mut Section<'_>) -> S3Config {
    let endpoint = required_site(section, "endpoint");
    let host = url::Url::parse(&endpoint).ok();
    let host = host.as_ref().and_then(|url| url.host_str()).unwrap_or("");
    // AWS has every bucket at a host of its own; most other services have it in the path.
    let is_aws = host.ends_with(".amazonaws.com");
    let config = S3Config {
        region: section
            .text("region")
            .unwrap_or_else(|| "us-east-1".to_owned()),
        bucket: section.required_text("bucket"),
        access_key_id: section.text("access_key_id"),
        secret_access_key: section.secret("secret_access_key", "secret_access_key_file"),
        path_style: section.optional_switch("path_style").unwrap_or(!is_aws),
        root: read_root(section),
        endpoint,
    };
    if config.access_key_id.is_some() != config.secret_access_key.is_some() {
        section.complain(
            "access_key_id",
            "and secret_access_key belong together: one of them is missing",
        );
    }
    config
}

fn read_local(section: &mut Section<'_>) -> LocalConfig {
    let default_days = LocalConfig::DEFAULT_TRASH_DAYS;
    let days = section.number("trash_days", 1, u64::from(default_days));
    LocalConfig {
        path: section.required_text("path").into(),
        write: section.switch("write"),
        trash_days: u32::try_from(days).unwrap_or(u32::MAX),
    }
}

/// Parses the URL of a site, which is mandatory, without a slash at its end.
fn required_site(section: &mut Section<'_>, key: &'static str) -> String {
    if !section.has(key) {
        return section.required_text(key);
    }
    section
        .checked(key, "an http or https address", |text| {
            let url = url::Url::parse(text).ok()?;
            let is_site = matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none();
            is_site.then(|| text.trim_end_matches('/').to_owned())
        })
        .unwrap_or_default()
}

/// Parses `[drive.web]`, the account's own web session. Returns `None` if none of its keys is set.
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
        base_url: web.checked("base_url", "an http or https address", |text| {
            let url = url::Url::parse(text).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| text.trim_end_matches('/').to_owned())
        }),
        cookie: read_cookie(&mut web),
        js_token: web.secret("js_token", "js_token_file"),
        bdstoken: web.secret("bdstoken", "bdstoken_file"),
    });
    web.finish();
    config
}

/// Parses the session's cookie in any form in which it may have been copied. Returns `None` if it is missing
/// or invalid.
fn read_cookie(web: &mut Section<'_>) -> Option<WebCookie> {
    let pasted = web.required_secret("ndus", "ndus_file");
    let pasted = pasted.expose_secret().trim();
    // The value alone is accepted, too, however short.
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let named = match !pasted.is_empty() && pasted.bytes().all(is_word) {
        true => format!("ndus={pasted}"),
        false => pasted.to_owned(),
    };
    let pasted = named.as_str();
    let now = chrono::Utc::now().timestamp();
    match WebCookie::read(pasted, now) {
        _ if pasted.is_empty() => None,
        Ok(cookie) => Some(cookie),
        // An expired cookie must not keep the server from starting: the drive reports it.
        Err(NoCookie::Ended) => WebCookie::read(pasted, 0).ok(),
        Err(problem) => {
            web.complain("ndus", &problem.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests;
