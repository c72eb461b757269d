//! Guest pages: what a guest with the URL sees, what chats show of it, and what neither gets.
//!
//! - [`pages`]: made by a form, browsed, and limited to their scope
//! - [`unfurling`]: the preview of a URL in a chat, and its cost
//! - [`limits`]: tickets for several paths, for so many viewers or visits, and for streams alone
//! - [`tickets`]: play URLs without a login, their scope, and their end

mod limits;
mod pages;
mod tickets;
mod unfurling;

use std::io::Cursor;
use std::time::Duration;

use image::{ImageFormat, ImageReader};
use reqwest::Method;
use sandbox::{self, Effect};
use serde_json::{Value, json};

use crate::harness::*;

const TOKEN: &str = "a-token-of-sixteen-letters";

const FOLDER: &str = "/Nature & Light";

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";

/// User agents of programs that preview links.
const CRAWLERS: [&str; 6] = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
];

fn setup() -> Setup {
    Drivein::setup().password("open sesame").api_token(TOKEN)
}

async fn pass_on(drivein: &Drivein, path: &str) -> (String, String) {
    let scope = json!({ "place": DRIVE, "path": path });
    let made = drivein.ticket("Mia", scope).await;
    let ticket = made["ticket"].as_str().unwrap().to_owned();
    let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(path));
    (ticket, page)
}

async fn as_agent(drivein: &Drivein, method: Method, path: &str, agent: &str) -> Reply {
    let ask = drivein.ask(method, path).header("user-agent", agent);
    ask.send().await
}

/// Returns the content of a page's `meta` element of that name or property.
fn meta(page: &str, name: &str) -> String {
    for attribute in ["property", "name"] {
        let before = format!("<meta {attribute}=\"{name}\" content=\"");
        let found = all_between(page, &before, "\"").next().map(unescaped);
        if let Some(content) = found {
            return content;
        }
    }
    panic!("no meta {name}")
}

fn json_ld(page: &str) -> Value {
    let block = all_between(page, "<script type=\"application/ld+json\">", "</script>")
        .next()
        .expect("no JSON-LD");
    serde_json::from_str(block).unwrap()
}

fn assert_is_card(reply: &Reply) {
    assert_eq!(reply.header("content-type"), "image/jpeg");
    assert!(reply.body.len() < 300_000, "{} bytes", reply.body.len());
    let picture = ImageReader::with_format(Cursor::new(&reply.body), ImageFormat::Jpeg)
        .decode()
        .unwrap();
    assert_eq!((picture.width(), picture.height()), (1200, 630));
}
