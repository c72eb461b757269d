//! A PostgreSQL server of the tests: in a folder of its own, behind a Unix socket in it, as a user that is not root. It
//! ends with the process that started it. Unit tests of the store include this file, too.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

/// Makes a cluster, prints its folder, runs a server until the standard input ends, and removes the folder. Texts are sorted
/// as in English, so that a query that depends on the order of bytes has to say so. What is lost in a crash is of no interest.
///
/// Clients find the socket in `now`, a link: another server takes over an address so. Lines of the input: `stop` and `start`;
/// `standby` starts one that follows, `switch` stops the first server and lets the clients find the standby, `promote` makes
/// it the primary. A port as the second argument makes a server that is reached by TCP, with TLS alone.
const SCRIPT: &str = r#"
set -eu
dir=$(mktemp -d /tmp/drivein-postgres-XXXXXX)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir a b
ln -s a now
quiet() { "$@" >>"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }; }
quiet "$1/initdb" --no-sync --auth=trust --username=drivein --encoding=UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=en --pgdata="$dir/data"
options="-c listen_addresses=''"
if [ -n "${2-}" ]; then
    key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    quiet openssl req -x509 $key -days 2 -subj /CN=root -keyout ca.key -out ca.crt
    quiet openssl req $key -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out server.csr
    quiet openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy \
        -out server.crt
    chmod 600 server.key
    echo "hostssl all all 127.0.0.1/32 trust" >data/pg_hba.conf
    options="-c listen_addresses=127.0.0.1 -c port=$2 -c ssl=on -c ssl_cert_file=$dir/server.crt \
        -c ssl_key_file=$dir/server.key"
fi
start() {
    quiet "$programs/pg_ctl" start --silent --wait --pgdata="$dir/$1" --log="$dir/log" \
        --options="$options -c unix_socket_directories='$dir/$2' -c fsync=off -c max_connections=300"
}
stop() { "$programs/pg_ctl" stop --silent --wait --mode=immediate --pgdata="$dir/$1" >/dev/null 2>&1; }
programs=$1
start data a
echo "$dir"
while read -r word; do
    case $word in
        stop) stop data ;;
        start) start data a ;;
        standby)
            quiet "$programs/pg_basebackup" --host="$dir/a" --username=drivein --pgdata="$dir/standby" \
                --checkpoint=fast --no-sync --write-recovery-conf
            start standby b ;;
        switch) stop data; ln -sfn b now ;;
        promote) quiet "$programs/pg_ctl" promote --silent --wait --pgdata="$dir/standby" ;;
    esac
    echo done
done
stop data || true
[ ! -d standby ] || stop standby || true
"#;

/// The server that the tests of this process share.
static SHARED: LazyLock<PostgresServer> = LazyLock::new(PostgresServer::start);

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A server that runs as long as this lives.
pub struct PostgresServer {
    folder: PathBuf,
    is_running: bool,
    stdin: Option<ChildStdin>,
    lines: std::sync::Mutex<BufReader<std::process::ChildStdout>>,
    child: Child,
}

impl PostgresServer {
    /// Starts a server of its own, for a test that stops it.
    pub fn start() -> Self {
        PostgresServer::run("")
    }

    /// Starts a server that is reached at this port of the machine, with TLS alone.
    #[allow(dead_code)] // unit tests of the store use it
    pub fn start_with_tls(port: u16) -> Self {
        PostgresServer::run(&port.to_string())
    }

    fn run(port: &str) -> Self {
        let mut child = command(port)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("PostgreSQL's programs; `make test` installs them");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut folder = String::new();
        lines.read_line(&mut folder).expect("a line");
        assert!(!folder.trim().is_empty(), "PostgreSQL did not start");
        PostgresServer {
            folder: PathBuf::from(folder.trim()),
            is_running: true,
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
            "postgres://drivein@localhost/{database}?host={}/now",
            self.folder.display()
        )
    }

    /// Returns the folder of its files, such as `ca.crt`.
    #[allow(dead_code)] // unit tests of the store use it
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Stops the server at once, as a crash does, or starts it again. Returns when that is done.
    pub fn toggle(&mut self) {
        self.order(if self.is_running { "stop" } else { "start" });
        self.is_running = !self.is_running;
    }

    /// Starts a standby that follows this server.
    #[allow(dead_code)] // tests of the program use it
    pub fn start_standby(&mut self) {
        self.order("standby");
    }

    /// Stops this server at once. Its clients find the standby at its address.
    #[allow(dead_code)] // tests of the program use it
    pub fn switch_to_standby(&mut self) {
        self.order("switch");
    }

    /// Makes the standby the primary.
    #[allow(dead_code)] // tests of the program use it
    pub fn promote(&mut self) {
        self.order("promote");
    }

    fn order(&mut self, word: &str) {
        use std::io::Write;
        let stdin = self.stdin.as_mut().expect("running");
        writeln!(stdin, "{word}").expect("written");
        let mut line = String::new();
        let mut lines = self.lines.lock().expect("not poisoned");
        lines.read_line(&mut line).expect("a line");
        assert_eq!(line.trim(), "done", "{word}");
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

fn command(port: &str) -> Command {
    let folder = programs().display().to_string();
    let script = ["-c", SCRIPT, "sh", &folder, port];
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
pub fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL");
    let newest = versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry)))
        .filter(|(_, entry)| entry.path().join("bin/initdb").exists())
        .max_by_key(|(version, _)| *version);
    newest.expect("a version").1.path().join("bin")
}
