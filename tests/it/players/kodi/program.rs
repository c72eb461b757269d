//! The program Kodi, through its JSON-RPC (<https://kodi.wiki/view/JSON-RPC_API>), with a screen and with sound.
//!
//! Without a device for its sound Kodi shows pictures for eight seconds, and then only its clock goes on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::numbered_films::{HEIGHT, WIDTH, number_of};
use crate::harness::*;

/// Kodi starts slowly, and renders without a graphics card.
pub const PATIENCE: Duration = Duration::from_secs(240);

pub struct Kodi {
    _screen: Running,
    _sound: Running,
    _running: Running,
    home: tempfile::TempDir,
    address: String,
    client: reqwest::Client,
}

/// Returns Kodi's executable: Debian's `kodi` is a script that stays in front of it.
fn binary() -> PathBuf {
    let architectures = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    let found = architectures
        .map(|entry| entry.path().join("kodi/kodi.bin"))
        .find(|path| path.is_file());
    found.expect(
        "kodi is missing, and without it nothing is proven: install the Debian package kodi",
    )
}

impl Kodi {
    /// Starts Kodi with its web server on `port`, and with these sources of films.
    pub async fn start(port: u16, sources: &[(&str, &str)]) -> Self {
        need("Xvfb", "xvfb");
        let home = tempfile::tempdir().unwrap();
        let userdata = home.path().join(".kodi/userdata");
        std::fs::create_dir_all(&userdata).unwrap();
        write_settings(&userdata, port, sources);
        let mut screen = Program::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp"])
            .args(["-screen", "0", "160x120x24"])
            .args(["-fbdir", home.path().to_str().unwrap()])
            .spawn();
        let display = screen.line_with("").await;
        let (sound, socket) = start_sound(home.path()).await;
        // It draws as many pictures as it can, since this screen has no rate: other programs go first.
        need("nice", "coreutils");
        let running = Program::new("nice")
            .args(["-n", "5", binary().to_str().unwrap(), "--standalone"])
            .env("HOME", home.path().to_str().unwrap())
            .env("KODI_DATA", home.path().join(".kodi").to_str().unwrap())
            .env("DISPLAY", &format!(":{display}"))
            .env("PULSE_SERVER", &format!("unix:{}", socket.display()))
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .spawn();
        let kodi = Self {
            _screen: screen,
            _sound: sound,
            _running: running,
            home,
            address: format!("http://kodi:popcorn@127.0.0.1:{port}/jsonrpc"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        eventually("Kodi answers", PATIENCE, async || {
            (kodi.try_ask("JSONRPC.Ping", json!({})).await? == "pong").then_some(())
        })
        .await;
        // It answers before all of it has started.
        eventually("Kodi shows its home", PATIENCE, async || {
            let wanted = json!({"properties": ["currentwindow"]});
            let shown = kodi.try_ask("GUI.GetProperties", wanted).await?;
            (shown["currentwindow"]["id"] == HOME_WINDOW).then_some(())
        })
        .await;
        kodi
    }

    async fn try_ask(&self, method: &str, params: Value) -> Option<Value> {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.client.post(&self.address).json(&question);
        let reply = request.timeout(PATIENCE).send().await.ok()?;
        let answer: Value = reply.json().await.ok()?;
        answer.get("result").cloned()
    }

    /// Returns the last lines of its log.
    fn log(&self) -> String {
        let file = self.home.path().join(".kodi/temp/kodi.log");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    pub async fn ask(&self, method: &str, params: Value) -> Value {
        self.try_ask(method, params.clone())
            .await
            .unwrap_or_else(|| panic!("Kodi refuses {method} {params}; it says:\n{}", self.log()))
    }

    /// Returns the names and URLs of a folder or of a playlist, as Kodi parses them.
    pub async fn entries(&self, address: &str, media: &str) -> Vec<(String, String)> {
        let folder = json!({"directory": address, "media": media});
        let found = self.ask("Files.GetDirectory", folder).await;
        let files = found["files"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        files
            .iter()
            .map(|file| (text(&file["label"]), text(&file["file"])))
            .collect()
    }

    /// Returns position and length in seconds, once something plays.
    async fn time(&self) -> Option<(f64, f64)> {
        let wanted = json!({"playerid": 1, "properties": ["time", "totaltime", "speed"]});
        let found = self.try_ask("Player.GetProperties", wanted).await?;
        Some((seconds(&found["time"])?, seconds(&found["totaltime"])?))
    }

    /// Waits until it plays at a position in this range.
    pub async fn position(&self, what: &str, wanted: std::ops::Range<f64>) -> (f64, f64) {
        let mut last = None;
        let found = soon(PATIENCE, async || {
            last = self.time().await;
            last.filter(|(at, _)| wanted.contains(at))
        });
        match found.await {
            Some(found) => found,
            None => panic!(
                "{what}: never within {wanted:?}, but at {last:?}; Kodi says:\n{}",
                self.log()
            ),
        }
    }

    /// Checks that playback passes five seconds; then a seek to the middle lands there and continues.
    pub async fn plays_and_seeks(&self, what: &str, length_s: f64) {
        let (_, length) = self
            .position(&format!("{what}: five seconds"), 5.0..20.0)
            .await;
        assert!((length - length_s).abs() < 1.0, "{what}: {length} s long");
        // Kodi reports a position before it is there; the position from which it continues counts.
        self.pause(true).await;
        let middle = length / 2.0;
        let there = json!({"playerid": 1, "value": {"percentage": 50.0}});
        self.ask("Player.Seek", there).await;
        self.position(
            &format!("{what}: in the middle"),
            middle - 2.0..middle + 2.0,
        )
        .await;
        self.pause(false).await;
        self.position(
            &format!("{what}: on from the middle"),
            middle + 2.0..middle + 15.0,
        )
        .await;
    }

    pub async fn open(&self, address: &str) {
        let item = json!({"item": {"file": address}});
        self.ask("Player.Open", item).await;
    }

    pub async fn pause(&self, is_paused: bool) {
        let wanted = json!({"playerid": 1, "play": !is_paused});
        self.ask("Player.PlayPause", wanted).await;
    }

    pub async fn seek(&self, seconds: f64) {
        let ms = (seconds * 1000.0).round() as u64;
        let time = json!({
            "hours": 0,
            "minutes": ms / 60_000,
            "seconds": ms / 1000 % 60,
            "milliseconds": ms % 1000,
        });
        let there = json!({"playerid": 1, "value": {"time": time}});
        self.ask("Player.Seek", there).await;
    }

    /// Returns the number in the picture on its screen, which a film with such numbers fills from left to right. The screen
    /// is a file in the X Window Dump format (`XWDFile.h`): numbers of 32 bits, big-endian, then colours, then pixels.
    pub fn picture(&self) -> u32 {
        let dump = std::fs::read(self.home.path().join("Xvfb_screen0")).unwrap();
        let field = |at: usize| {
            let bytes: [u8; 4] = dump[at * 4..][..4].try_into().unwrap();
            u32::from_be_bytes(bytes) as usize
        };
        let (width, height, line) = (field(4), field(5), field(12));
        let pixels = &dump[field(0) + field(19) * 12..];
        let scale = width as f64 / WIDTH as f64;
        let top = (height as f64 - HEIGHT as f64 * scale) / 2.0;
        number_of(|x, y| {
            let (x, y) = (x as f64 * scale, top + y as f64 * scale);
            pixels[y as usize * line + x as usize * 4]
        })
    }

    pub async fn stop(&self) {
        self.ask("Player.Stop", json!({"playerid": 1})).await;
        eventually("Kodi stops", PATIENCE, async || {
            let players = self.ask("Player.GetActivePlayers", json!({})).await;
            players.as_array()?.is_empty().then_some(())
        })
        .await;
    }
}

/// Starts a sound server whose only device takes samples at their pace and discards them. Returns its socket, too.
async fn start_sound(home: &Path) -> (Running, PathBuf) {
    need("pulseaudio", "pulseaudio");
    let socket = home.join("sound");
    let listen = format!(
        "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
        socket.display()
    );
    let running = Program::new("pulseaudio")
        .args(["-n", "--daemonize=no", "--use-pid-file=no"])
        .args(["--exit-idle-time=-1", "--disable-shm=yes"])
        .args(["--load=module-null-sink", &listen])
        .env("HOME", home.to_str().unwrap())
        .env("PULSE_RUNTIME_PATH", home.to_str().unwrap())
        .spawn();
    eventually("the sound server listens", PATIENCE, async || {
        socket.exists().then_some(())
    })
    .await;
    (running, socket)
}

fn seconds(time: &Value) -> Option<f64> {
    let part = |name: &str| time[name].as_f64();
    Some(
        part("hours")? * 3600.0
            + part("minutes")? * 60.0
            + part("seconds")?
            + part("milliseconds")? / 1000.0,
    )
}

fn write_settings(userdata: &Path, port: u16, sources: &[(&str, &str)]) {
    let settings = [
        ("services.webserver", "true".to_owned()),
        ("services.webserverport", port.to_string()),
        ("services.webserverauthentication", "true".to_owned()),
        ("services.webserverusername", "kodi".to_owned()),
        ("services.webserverpassword", "popcorn".to_owned()),
        ("services.zeroconf", "false".to_owned()),
        ("services.esenabled", "false".to_owned()),
        ("general.addonupdates", "2".to_owned()),
    ];
    let settings = settings.map(|(id, value)| format!("<setting id=\"{id}\">{value}</setting>"));
    let text = format!("<settings version=\"2\">{}</settings>", settings.concat());
    std::fs::write(userdata.join("guisettings.xml"), text).unwrap();
    let sources: String = sources
        .iter()
        .map(|(name, path)| {
            format!(
                "<source><name>{name}</name><path pathversion=\"1\">{path}</path><allowsharing>true</allowsharing></source>"
            )
        })
        .collect();
    let text = format!("<sources><video><default pathversion=\"1\"/>{sources}</video></sources>");
    std::fs::write(userdata.join("sources.xml"), text).unwrap();
}

/// Kodi's number of its first window.
const HOME_WINDOW: u64 = 10_000;
