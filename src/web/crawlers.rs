//! Recognizes crawlers: chats that fetch link previews, and search engines. They get only what is cached or
//! stored; no upstream call is made for them.

use axum::http::{HeaderMap, header};

/// Parts of the user agents of crawlers, in lower case. Apple's Messages sends the names of others;
/// WhatsApp fetches from the phone of the sender.
const CRAWLER_NAMES: &[&str] = &[
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "telegrambot",
    "twitterbot",
    "facebookexternalhit",
    "facebot",
    "facebookcatalog",
    "meta-externalagent",
    "whatsapp",
    "linkedinbot",
    "skypeuripreview",
    "microsoftpreview",
    "viber",
    "mastodon",
    "pleroma",
    "misskey",
    "synapse",
    "mattermost-bot",
    "rocket.chat",
    "embedly",
    "iframely",
    "redditbot",
    "pinterest/0",
    "vkshare",
    "bluesky",
    "cardyb",
    "googlebot",
    "google-inspectiontool",
    "bingbot",
    "applebot",
    "duckduckbot",
    "baiduspider",
    "crawler",
    "spider",
    "preview",
    "bot/",
    "bot;",
    "bot-",
    "bot ",
];

/// A phone manufacturer whose models appear in browsers' user agents.
const NOT_A_BOT: &str = "cubot";

/// Returns true if these headers are those of a crawler.
pub(super) fn is_crawler(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(header::USER_AGENT) else {
        return false;
    };
    let agent = String::from_utf8_lossy(agent.as_bytes())
        .to_lowercase()
        .replace(NOT_A_BOT, "");
    agent.ends_with("bot") || CRAWLER_NAMES.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn fetchers_of_previews_are_known_and_players_are_not_taken_for_them() {
        let is = |agent: &str| {
            is_crawler(&HeaderMap::from_iter([(
                header::USER_AGENT,
                HeaderValue::try_from(agent).unwrap(),
            )]))
        };
        for crawler in [
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "Slackbot 1.0",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
            "TelegramBot (like TwitterBot)",
            "WhatsApp/2.23.20.0 A",
            "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
            "Twitterbot/1.0",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
            "http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.example/) Bot",
            "Synapse (bot; +https://github.com/matrix-org/synapse)",
        ] {
            assert!(is(crawler), "{crawler}");
        }
        for person in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0 YaBrowser/24.6.0 Yowser/2.5 Safari/537.36",
            "VLC/3.0.21 LibVLC/3.0.21",
            "Kodi/20.1 (X11; Linux x86_64) App_Bitness/64 Version/20.1",
            "Lavf/59.27.100",
            "mpv 0.35.1",
            "AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X; en_us)",
            "ExoPlayerLib/2.19.1",
            "curl/8.9.1",
            "rclone/v1.68",
            "",
        ] {
            assert!(!is(person), "{person}");
        }
    }
}
