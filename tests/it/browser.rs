//! A real browser clicks through the real pages. Its scenarios are in `tests/browser/*.mjs`; here each one gets
//! a server of its own, and its output is printed if it fails.

use serde_json::json;

use crate::harness::*;
use crate::library::connecting::{connect, keys};
use crate::library::finding::Several;
use crate::servers::Remote;
use crate::teraboxdl::service::{FOLDER, LINK, Service};

/// Runs a scenario of `tests/browser` against `drivein`.
pub async fn scenario(drivein: &Drivein, script: &str, more: &[&str]) {
    scenario_at(&drivein.url(), script, more).await;
}

async fn scenario_at(url: &str, script: &str, more: &[&str]) {
    need("node", "nodejs");
    need("/usr/bin/chromium", "chromium");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        folder.join("node_modules/playwright-core").is_dir(),
        "playwright-core is missing: run `npm ci --ignore-scripts`"
    );
    let output = Program::new("node")
        .args([format!("tests/browser/{script}.mjs"), url.to_owned()])
        .args(more)
        .in_folder(folder)
        .output()
        .await;
    assert!(
        output.status.success(),
        "{script} {more:?}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn verdict(name: &str) {
    let drivein = Drivein::start().await;
    let upstream = drivein.sandbox.url();
    scenario(&drivein, "verdicts", &[&upstream, name]).await;
}

async fn pages(name: &str) {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    scenario(&drivein, "pages", &[name]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_not_happen_in_a_browser_would_be_found() {
    scenario(&Drivein::start().await, "watchful", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_clicks_to_a_film_and_does_everything_with_it() {
    scenario(&Drivein::start().await, "play", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_that_has_only_a_cookie_is_played_like_any_other() {
    let drivein = Drivein::setup().by_web_session().start().await;
    scenario(&drivein, "play", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn films_of_this_machine_play_as_they_are_or_as_a_stream() {
    let folder = crate::local::folder_of_films();
    let section = folder_section("home", folder.path());
    let drivein = Drivein::setup().no_drive().drives(&section).start().await;
    // One that the browser opens itself, one whose samples are sent in another container, one that ffmpeg copies.
    let films = [
        r#"["home", "As it is.mp4", "original", 30]"#,
        r#"["home", "In a box.mkv", "original", 30]"#,
        r#"["home", "Recorded.flv", "360p", 30]"#,
    ];
    scenario(&drivein, "films", &films).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn films_of_webdav_and_s3_play_and_seek() {
    let remote = Remote::start().await;
    let films = [
        r#"["dav", "Tidal Light.mp4", "original", 66]"#,
        r#"["bucket", "Tidal Light.mp4", "original", 66]"#,
    ];
    scenario(&remote.drivein, "films", &films).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subtitles_are_shown_at_their_time_whatever_plays() {
    let film = format!("/watch/{DRIVE}{}", encoded(FILM));
    scenario(&Drivein::start().await, "subtitles", &[&film]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_has_subtitles_too() {
    let drivein = Drivein::start().await;
    let scope = json!({ "place": DRIVE, "path": FILM });
    let made = drivein.ticket("Mia", scope).await;
    let ticket = made["ticket"].as_str().unwrap();
    let page = format!("/guest/{ticket}/{DRIVE}{}", encoded(FILM));
    scenario(&drivein, "subtitles", &[&page]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyboard_is_enough() {
    scenario(&Drivein::start().await, "keyboard", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_is_being_prepared_says_so_and_starts_by_itself() {
    verdict("transcoding").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_is_being_prepared_plays_its_original_meanwhile() {
    verdict("transcoding_with_original").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_that_is_signed_out_says_so() {
    verdict("signed_out").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_that_is_signed_out_while_one_looks_says_so() {
    verdict("signed_out_later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_says_so_and_plays_the_original() {
    verdict("preview").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_is_gone_says_so() {
    verdict("gone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_that_never_was_says_so() {
    verdict("missing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_that_wants_a_human_says_so() {
    verdict("verification").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_upstream_is_not_seen_by_who_watches() {
    verdict("trouble_on_the_way").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn awkward_names_are_clicked_through_and_play() {
    pages("awkward").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scripts_films_are_found_and_the_original_is_offered() {
    pages("without_scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pasted_message_is_opened_unlocked_watched_and_saved() {
    let drivein = Drivein::start().await;
    let upstream = drivein.sandbox.url();
    scenario(&drivein, "shares", &[&upstream]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_opened_by_a_service_watched_and_sought_in() {
    let service = Service::start().await;
    let drivein = Drivein::setup()
        .signed_out()
        .drives(&service.section("resolver"))
        .start()
        .await;
    scenario(&drivein, "resolver", &[LINK, FOLDER]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_over_several_drives_says_which_is_down() {
    let several = Several::start().await;
    several.break_second();
    scenario(&several.drivein, "finding", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_never_scrolls_sideways() {
    pages("phone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_one_heading_and_names_for_everything() {
    pages("names_and_headings").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_page_of_all_fits_and_has_names_too() {
    let drivein = Drivein::setup().no_drive().start().await;
    scenario(&drivein, "pages", &["first"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_folder_grows_while_one_scrolls_also_over_a_slow_drive() {
    let drivein = Drivein::start().await;
    drivein.sandbox.add_folder("/Ten thousand", 10_000).unwrap();
    drivein.fault("list", sandbox::Effect::latency(2000));
    scenario(&drivein, "pages", &["ten_thousand"]).await;
}

/// Runs the scenario `files` on a drive that is not signed in yet, and whose sign-in may be polled every
/// second.
async fn evening(hands: &str) {
    let sandbox = sandbox::Options {
        device_interval: std::time::Duration::from_secs(1),
        ..Default::default()
    };
    let drivein = Drivein::setup().sandbox(sandbox).signed_out().start().await;
    let upstream = drivein.sandbox.url();
    scenario(&drivein, "files", &[&upstream, hands]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_is_connected_filled_tidied_and_shared_by_mouse() {
    evening("mouse").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drive_is_connected_filled_tidied_and_shared_by_keyboard() {
    evening("keyboard").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_dropped_and_what_is_in_their_way_is_asked() {
    let drivein = Drivein::start().await;
    let upstream = drivein.sandbox.url();
    scenario(&drivein, "conflict", &[&upstream]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_login_page_in_a_frame_hands_over_its_code() {
    let drivein = Drivein::setup().signed_out().start().await;
    let upstream = drivein.sandbox.url();
    scenario(&drivein, "frame", &[&upstream]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_door_is_opened_by_the_password_and_closed_again() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    scenario(&drivein, "login", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_signs_in_and_a_copy_or_a_repeated_answer_does_not() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    let url = drivein.url().replace("127.0.0.1", "localhost");
    scenario_at(&url, "passkeys", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_is_passed_on_to_somebody_without_a_login() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    scenario(&drivein, "guest", &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_of_the_library_is_reached_and_started_by_five_keys() {
    let drivein = crate::library::titles::walked().await;
    let film = crate::library::titles::film_of_year(&drivein, "Tidal Light", 2021).await;
    let page = format!("/library/items/{}", film["id"].as_str().unwrap());
    scenario(&drivein, "titles", &[&page]).await;
    let series = crate::library::titles::named(&drivein, "series", "Harbour Lights").await;
    let series = format!("/library/items/{}", series["id"].as_str().unwrap());
    let pages = ["titles", "/", &page, &series, "/library/films"];
    scenario(&drivein, "accessibility", &pages).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_on_every_page_is_reached_by_five_keys() {
    let drivein = crate::library::titles::walked().await;
    let film = crate::library::titles::film_of_year(&drivein, "Tidal Light", 2021).await;
    let series = crate::library::titles::named(&drivein, "series", "Harbour Lights").await;
    let page =
        |item: &serde_json::Value| format!("/library/items/{}", item["id"].as_str().unwrap());
    let watch = |item: &serde_json::Value| {
        let path = item["versions"][0]["path"].as_str().unwrap();
        format!("/watch/{DRIVE}{}", encoded(path))
    };
    let (film_page, series_page) = (page(&film), page(&series));
    let (film, episode) = (watch(&film), watch(&series["children"][0]["children"][0]));
    let pages = [
        "/",
        &film_page,
        &series_page,
        &film,
        &episode,
        "/library/films",
        "/library/series",
        "/browse/films",
        "/search?q=light",
        "/account/films",
        "/account/films/shares",
        "/account/films/trash",
        "/drives",
        "/connect",
        "/devices",
        "/viewers",
        "/sessions",
        "/tasks",
        "/status",
        "/share",
        "/folder-settings/films",
        "/no/such/page",
    ];
    scenario(&drivein, "five-keys", &pages).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_and_music_of_a_folder_follow_one_another() {
    let (drivein, _folder) = crate::browse::sequences::folder_of_pictures_and_music().await;
    scenario(&drivein, "pictures", &[]).await;
    scenario(&drivein, "music", &[]).await;
    let pages = [
        "titles",
        "/watch/home/Pictures/1.jpg",
        "/watch/home/Music/2%20Wind.mp3",
    ];
    scenario(&drivein, "accessibility", &pages).await;
}

/// Checks the pages of a scenario of `accessibility.mjs` with axe.
async fn accessible(drivein: &Drivein, name: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        folder.join("node_modules/axe-core").is_dir(),
        "axe-core is missing: run `npm ci --ignore-scripts`"
    );
    scenario(drivein, "accessibility", &[name]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_wrong_on_pages_films_and_dialogs() {
    let drivein = Drivein::setup().by_web_session().start().await;
    // Only a drive that was connected in the browser has a form of its settings.
    let mut cinema = keys(&drivein);
    cinema[1].1 = "cinema".to_owned();
    connect(&drivein, &cinema).await.expect(303);
    accessible(&drivein, "pages").await;
    let drivein = Drivein::start().await;
    for name in ["film", "dialogs"] {
        accessible(&drivein, name).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_wrong_at_the_door_and_where_it_leads_guests() {
    let drivein = Drivein::setup().password("open sesame").start().await;
    accessible(&drivein, "login").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_wrong_on_the_first_page_of_all() {
    let drivein = Drivein::setup().no_drive().start().await;
    accessible(&drivein, "first").await;
}

/// Takes pictures of every page, of a library of films and series, and of a folder of music and pictures, and writes them to
/// `docs/pictures`, or to the folder in `PICTURES`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "writes docs/pictures: make pictures"]
async fn pictures_of_every_page_for_the_documents() {
    let folder = tempfile::tempdir().unwrap();
    crate::browse::sequences::album_and_pictures(folder.path()).await;
    let options = sandbox::Options {
        films: sandbox::Films::BundledLibrary,
        ..sandbox::Options::default()
    };
    let section = folder_section("home", folder.path());
    let setup = Drivein::setup().password("open sesame").sandbox(options);
    let drivein = setup.drives(&section).start().await;
    let setting = |name: &str| std::env::var(name).ok();
    let to = setting("PICTURES").unwrap_or_else(|| "docs/pictures".to_owned());
    let language = setting("PICTURES_LANGUAGE").unwrap_or_else(|| "en".to_owned());
    let fields = serde_json::to_string(&keys(&drivein)).unwrap();
    let mut more = vec![to, language, fields];
    more.extend(setting("PICTURES_SIZE"));
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    scenario(&drivein, "page-pictures", &more).await;
}
