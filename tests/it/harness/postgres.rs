//! A PostgreSQL server of the tests: in a folder of its own, behind a Unix socket in it, as a user that is not root. It
//! ends with the process that started it. Unit tests of the store include this file, too.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

/// Makes a cluster, prints its folder, runs a server until the standard input ends, and removes the folder. A line of
/// the input stops the server, another one starts it again. Texts are sorted as in English, so that a query that depends
/// on the order of bytes has to say so. What is lost in a crash is of no interest.
const SCRIPT: &str = r#"
set -eu
dir=$(mktemp -d /tmp/drivein-postgres-XXXXXX)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$1/initdb" --no-sync --auth=trust --username=drivein --encoding=UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=en --pgdata="$dir/data" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
start() {
    "$1/pg_ctl" start --silent --wait --pgdata="$dir/data" --log="$dir/log" \
        --options="-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off -c max_connections=300" \
        || { cat "$dir/log" >&2; exit 1; }
}
stop() { "$1/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$dir/data" >/dev/null; }
start "$1"
echo "$dir"
while read -r _; do
    stop "$1"; echo stopped
    read -r _ || break
    start "$1"; echo started
done
stop "$1" || true
"#;

/// The server that the tests of this process share.
static SHARED: LazyLock<PostgresServer> = LazyLock::new(PostgresServer::start);

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A server that runs as long as this lives.
pub struct PostgresServer {
    socket_dir: PathBuf,
    stdin: Option<ChildStdin>,
    lines: std::sync::Mutex<BufReader<std::process::ChildStdout>>,
    child: Child,
}

impl PostgresServer {
    /// Starts a server of its own, for a test that stops it.
    pub fn start() -> Self {
        let mut child = command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("PostgreSQL's programs; `make test` installs them");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut folder = String::new();
        lines.read_line(&mut folder).expect("a line");
        assert!(!folder.trim().is_empty(), "PostgreSQL did not start");
        PostgresServer {
            socket_dir: PathBuf::from(folder.trim()),
            stdin: child.stdin.take(),
            lines: std::sync::Mutex::new(lines),
            child,
        }
    }

    /// Makes an empty database. Returns its URL.
    pub async fn new_database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("a connection");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await
            .expect("a database");
        connection.close().await.expect("closed");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://drivein@localhost/{database}?host={}",
            self.socket_dir.display()
        )
    }

    /// Stops the server at once, as a crash does, or starts it again. Returns when that is done.
    pub fn toggle(&mut self) {
        use std::io::Write;
        let stdin = self.stdin.as_mut().expect("running");
        stdin.write_all(b"\n").expect("written");
        let mut line = String::new();
        let mut lines = self.lines.lock().expect("not poisoned");
        lines.read_line(&mut line).expect("a line");
        assert!(line.starts_with("st"), "{line}");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.wait();
    }
}

/// Returns the URL of an empty database in the server that all tests of this process share.
pub async fn new_database() -> String {
    // It takes seconds to start.
    let server = tokio::task::spawn_blocking(|| &*SHARED).await;
    server.expect("a server").new_database().await
}

fn command() -> Command {
    let folder = programs().display().to_string();
    let script = ["-c", SCRIPT, "sh", &folder];
    // The server refuses to run as root.
    let mut command = match rustix::process::geteuid().is_root() {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]);
            command
        }
        false => Command::new("sh"),
    };
    command.args(script);
    command
}

/// Returns the folder of the newest version, where Debian has it.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL");
    let newest = versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry)))
        .filter(|(_, entry)| entry.path().join("bin/initdb").exists())
        .max_by_key(|(version, _)| *version);
    newest.expect("a version").1.path().join("bin")
}
