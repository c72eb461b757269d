//! Real programs: ours and the players. Each is started on its own, ended when the test ends, and waited for no
//! longer than a deadline.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// A program that hangs for this long has failed.
const PATIENCE: Duration = Duration::from_secs(240);

/// Fails with the name of the package to install if a program is missing.
pub fn need(program: &str, package: &str) {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|folder| folder.join(program).is_file());
    assert!(
        found || std::path::Path::new(program).is_file(),
        "{program} is missing, and without it nothing is proven: install the Debian package {package}"
    );
}

/// Writes `cert.pem` and `key.pem` of a new certificate for `localhost`, which is its own authority.
pub async fn certificate(folder: &std::path::Path) {
    need("openssl", "openssl");
    let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
                -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
                -addext basicConstraints=critical,CA:FALSE";
    let made = Program::new("openssl")
        .args(line.split_whitespace())
        .in_folder(folder)
        .output()
        .await;
    assert!(made.status.success(), "{made:?}");
}

/// Returns the Python interpreter that has the packages of `tests/python/requirements.txt`, which are installed if they
/// are missing.
pub async fn python() -> std::path::PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("scripts/install-python-packages");
    let status = Command::new(script).status().await.unwrap();
    assert!(status.success(), "the packages cannot be installed");
    root.join("target/python/bin/python")
}

/// Returns the path of a server that `scripts/install-rust-servers` installs, if it is missing.
pub async fn rust_server(name: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("scripts/install-rust-servers");
    let status = Command::new(script).status().await.unwrap();
    assert!(status.success(), "the servers cannot be installed");
    root.join("target/servers/bin")
        .join(name)
        .display()
        .to_string()
}

/// Returns a hash of the packets of each stream in `maps`, which ffmpeg reads from a file or a URL.
pub async fn packet_hashes(input: &str, maps: &[&str]) -> Vec<String> {
    let maps = maps.iter().flat_map(|map| ["-map", map]);
    let output = Program::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i", input])
        .args(maps)
        .args(["-c", "copy", "-f", "streamhash", "-hash", "md5", "-"])
        .output()
        .await;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && error.is_empty(),
        "{input}: {error}"
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| line.rsplit_once('=').unwrap().1.to_owned())
        .collect()
}

/// Returns the binary of this crate.
pub fn own_binary() -> Program {
    Program::new(env!("CARGO_BIN_EXE_drivein")).env("DRIVEIN_LOG", "warn,drivein=trace")
}

/// A command line.
pub struct Program {
    name: String,
    command: Command,
}

impl Program {
    pub fn new(name: &str) -> Self {
        let mut command = Command::new(name);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .env_remove("http_proxy")
            .env_remove("HTTP_PROXY");
        Self {
            name: name.to_owned(),
            command,
        }
    }

    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds a positional argument. Comes after everything that looks like an option.
    pub fn arg_last(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.command.env(key, value);
        self
    }

    pub fn in_folder(mut self, folder: &std::path::Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to the end. One that hangs fails with what it has written.
    pub async fn output(mut self) -> Output {
        let mut child = self
            .command
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", self.name));
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let ended = async {
            let (out, err) = (
                child.stdout.as_mut().unwrap(),
                child.stderr.as_mut().unwrap(),
            );
            tokio::try_join!(out.read_to_end(&mut stdout), err.read_to_end(&mut stderr))?;
            child.wait().await
        };
        match timeout(PATIENCE, ended).await {
            Ok(status) => Output {
                status: status.unwrap(),
                stdout,
                stderr,
            },
            Err(_) => panic!(
                "{} did not end in {PATIENCE:?}. It wrote:\n{}\n{}",
                self.name,
                String::from_utf8_lossy(&stdout),
                String::from_utf8_lossy(&stderr)
            ),
        }
    }

    /// Runs it in the background.
    pub fn spawn(mut self) -> Running {
        let mut child = self
            .command
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", self.name));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut errors = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        Running {
            name: self.name,
            child,
            lines,
            log,
        }
    }
}

/// A program in the background; it ends when this is dropped.
pub struct Running {
    name: String,
    child: Child,
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    log: tokio::task::JoinHandle<String>,
}

impl Running {
    /// Returns the first line of its output that contains `word`.
    pub async fn line_with(&mut self, word: &str) -> String {
        let found = timeout(PATIENCE, async {
            let mut seen = Vec::new();
            while let Some(line) = self.lines.next_line().await.unwrap() {
                if line.contains(word) {
                    return Ok(line);
                }
                seen.push(line);
            }
            Err(seen)
        });
        match found.await {
            Ok(Ok(line)) => line,
            Ok(Err(seen)) => panic!("{} ended and never said {word:?}: {seen:?}", self.name),
            Err(_) => panic!("{} did not say {word:?} in {PATIENCE:?}", self.name),
        }
    }

    /// Returns true if it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Asks it to stop, as an operator would.
    pub async fn terminate(&self) {
        self.signal("TERM").await;
    }

    /// Sends it a signal, such as `HUP`.
    pub async fn signal(&self, name: &str) {
        let (option, id) = (format!("-{name}"), self.id().to_string());
        let sent = Program::new("kill").args([option, id]).output().await;
        assert!(sent.status.success());
    }

    /// Kills it at once, as a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits for its end. Returns the exit code, the rest of its output, and its log.
    pub async fn ended(mut self) -> (Option<i32>, String, String) {
        let mut rest = String::new();
        let ended = timeout(PATIENCE, async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                rest.push_str(&line);
                rest.push('\n');
            }
            self.child.wait().await.unwrap().code()
        });
        let code = ended
            .await
            .unwrap_or_else(|_| panic!("{} did not end in {PATIENCE:?}", self.name));
        (code, rest, self.log.await.unwrap())
    }
}

/// A small disk of its own, which is unmounted in the end.
pub struct SmallDisk {
    folder: std::path::PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of so many bytes on `folder`, which is created. `None`, with a printed reason, if that is not
    /// allowed here.
    pub fn mount(folder: &std::path::Path, bytes: u64) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let options = format!("size={bytes},mode=0700");
        let output = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .output();
        if output.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk {
                folder: folder.to_owned(),
            });
        }
        let reason = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
        println!("no disk can be mounted here, so none is filled: {reason:?}");
        None
    }

    /// Fills what is free of it with a file.
    pub fn fill(&self) {
        let mut file = std::fs::File::create(self.filler()).unwrap();
        for size in [64 << 10, 4096, 1] {
            while std::io::Write::write_all(&mut file, &vec![1u8; size]).is_ok() {}
        }
    }

    /// Deletes that file.
    pub fn empty(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> std::path::PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.folder)
            .status();
    }
}

/// Polls until there is an answer; only for activity outside of this process.
pub async fn eventually<T>(
    what: &str,
    patience: Duration,
    ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    soon(patience, ask)
        .await
        .unwrap_or_else(|| panic!("after {patience:?} still not: {what}"))
}

/// Polls like [`eventually`], but returns `None` after `patience`, for callers with an error message of their
/// own.
pub async fn soon<T>(patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if tokio::time::Instant::now() >= deadline {
            return None;
        }
        sleep(Duration::from_millis(100)).await;
    }
}
