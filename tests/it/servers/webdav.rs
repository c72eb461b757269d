//! WebDAV servers over a folder.

use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest, Md5};
use tempfile::TempDir;

use super::accepts;
use crate::harness::*;

pub const USER: &str = "mira";
pub const PASSWORD: &str = "wave-length-7";

/// A server; it ends when this is dropped.
pub struct DavServer {
    /// The collection: `http://127.0.0.1:PORT/…`, without a slash at its end.
    pub url: String,
    pub port: u16,
    dir: TempDir,
    _running: Running,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Rclone,
    Apache,
    /// Apache, which offers Digest authentication alone.
    ApacheDigest,
    /// The paths of Nextcloud: files below `/remote.php/dav/files/`, a website above.
    Nextcloud,
    /// A website without WebDAV.
    Website,
    Nginx,
    /// nginx over TLS, at `https://localhost:PORT`, which offers HTTP/2 or does not.
    NginxTls {
        http2: bool,
    },
    /// dufs, which offers Digest authentication before Basic.
    Dufs,
}

impl DavServer {
    /// Returns the path of its certificate, which is its own authority. Over TLS alone.
    pub fn certificate(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }

    /// Returns the folder that it serves.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("films")
    }
}

/// Returns the value of `Authorization` that the servers accept.
pub fn login() -> String {
    let pair = BASE64.encode(format!("{USER}:{PASSWORD}").as_bytes());
    format!("Basic {pair}")
}

/// Returns the `[[drive]]` section of a drive named `dav`.
pub fn section(url: &str, password: &str) -> String {
    format!(
        "[[drive]]\nname = \"dav\"\nkind = \"webdav\"\nbase_url = {url:?}\nuser = {USER:?}\npassword = {password:?}\n"
    )
}

/// Starts a server over an empty folder.
pub async fn start(kind: Kind) -> DavServer {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("films");
    std::fs::create_dir(&root).unwrap();
    let port = free_port();
    let (running, path) = match kind {
        Kind::Rclone => (rclone(dir.path(), &root, port), ""),
        Kind::Apache | Kind::ApacheDigest | Kind::Nextcloud | Kind::Website => {
            (apache(kind, dir.path(), &root, port).await, "/dav")
        }
        Kind::Nginx => (nginx(dir.path(), &root, &format!("127.0.0.1:{port}")), ""),
        Kind::NginxTls { http2 } => {
            certificate(dir.path()).await;
            (nginx_tls(dir.path(), &root, port, http2), "")
        }
        Kind::Dufs => (dufs(&root, port).await, ""),
    };
    accepts(port, &format!("{kind:?}")).await;
    let origin = match kind {
        Kind::NginxTls { .. } => format!("https://localhost:{port}"),
        _ => format!("http://127.0.0.1:{port}"),
    };
    DavServer {
        url: format!("{origin}{path}"),
        port,
        dir,
        _running: running,
    }
}

fn rclone(dir: &Path, root: &Path, port: u16) -> Running {
    need("rclone", "rclone");
    Program::new("rclone")
        .args(["serve", "webdav"])
        .arg_last(root.to_str().unwrap())
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .args(["--user", USER, "--pass", PASSWORD])
        .args(["--dir-cache-time", "0s", "--config"])
        .arg_last(dir.join("none.conf").to_str().unwrap())
        .spawn()
}

async fn apache(kind: Kind, dir: &Path, root: &Path, port: u16) -> Running {
    need("/usr/sbin/apache2", "apache2-bin");
    let at = |name: &str| dir.join(name).display().to_string();
    let users = match kind {
        Kind::ApacheDigest => {
            let hash = HEXLOWER.encode(&Md5::digest(format!("{USER}:dav:{PASSWORD}")));
            format!("{USER}:dav:{hash}\n")
        }
        _ => {
            let hashed = Program::new("openssl").args(["passwd", "-apr1", PASSWORD]);
            let hash = String::from_utf8(hashed.output().await.stdout).unwrap();
            format!("{USER}:{hash}")
        }
    };
    std::fs::write(dir.join("users"), users).unwrap();
    let (path, dav) = match kind {
        Kind::Nextcloud => (format!("/remote.php/dav/files/{USER}"), "On"),
        Kind::Website => ("/dav".to_owned(), "Off"),
        _ => ("/dav".to_owned(), "On"),
    };
    let authentication = match kind {
        Kind::ApacheDigest => "AuthType Digest",
        _ => "AuthType Basic",
    };
    let modules = [
        "mpm_event",
        "authz_core",
        "authz_user",
        "authn_core",
        "authn_file",
        "auth_basic",
        "auth_digest",
        "dav",
        "dav_fs",
        "alias",
        "dir",
    ];
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    let user = match is_root() {
        true => "User www-data\nGroup www-data\n",
        false => "",
    };
    let config = format!(
        "ServerRoot {}\nPidFile {}\nErrorLog {}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n{modules}{user}\
         StartServers 1\nThreadsPerChild 8\nMinSpareThreads 1\nMaxSpareThreads 16\nMaxRequestWorkers 16\nServerLimit 2\n\
         DavLockDB {}\nAlias {path} {}\n<Directory {}>\n  Dav {dav}\n  {authentication}\n  AuthName dav\n  AuthUserFile {}\n  \
         Require valid-user\n</Directory>\n",
        dir.display(),
        at("apache.pid"),
        at("error.log"),
        at("locks"),
        root.display(),
        root.display(),
        at("users"),
    );
    std::fs::write(dir.join("apache.conf"), config).unwrap();
    open_to_everyone(dir, root);
    Program::new("/usr/sbin/apache2")
        .args(["-X", "-f"])
        .arg_last(&at("apache.conf"))
        .spawn()
}

fn nginx_tls(dir: &Path, root: &Path, port: u16, http2: bool) -> Running {
    let at = |name: &str| dir.join(name).display().to_string();
    let version = match http2 {
        true => " http2",
        false => "",
    };
    let listen = format!(
        "127.0.0.1:{port} ssl{version}; ssl_certificate {}; ssl_certificate_key {}",
        at("cert.pem"),
        at("key.pem")
    );
    nginx(dir, root, &listen)
}

/// `listen` is the value of that directive, and may be followed by others.
fn nginx(dir: &Path, root: &Path, listen: &str) -> Running {
    need("nginx", "nginx-light");
    let module = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";
    need(module, "libnginx-mod-http-dav-ext");
    let at = |name: &str| dir.join(name).display().to_string();
    std::fs::write(dir.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
    let user = match is_root() {
        true => "user root;\n",
        false => "",
    };
    let config = format!(
        "load_module {module};\n{user}daemon off; master_process off; pid {}; error_log {};\nevents {{}}\nhttp {{\n  \
         access_log off; client_max_body_size 0;\n  client_body_temp_path {tmp}; proxy_temp_path {tmp}; fastcgi_temp_path \
         {tmp}; uwsgi_temp_path {tmp}; scgi_temp_path {tmp};\n  server {{\n    listen {listen};\n    root {};\n    \
         auth_basic dav; auth_basic_user_file {};\n    location / {{ dav_methods PUT DELETE MKCOL COPY MOVE; \
         dav_ext_methods PROPFIND OPTIONS; }}\n  }}\n}}\n",
        at("nginx.pid"),
        at("error.log"),
        root.display(),
        at("users"),
        tmp = at("tmp"),
    );
    std::fs::write(dir.join("nginx.conf"), config).unwrap();
    Program::new("nginx")
        .args(["-c"])
        .arg_last(&at("nginx.conf"))
        .spawn()
}

async fn dufs(root: &Path, port: u16) -> Running {
    Program::new(&rust_server("dufs").await)
        .args(["--allow-all", "--bind", "127.0.0.1"])
        .args(["--port", &port.to_string()])
        .args(["--auth", &format!("{USER}:{PASSWORD}@/:rw")])
        .arg_last(root.to_str().unwrap())
        .spawn()
}

/// Returns true if the tests run as root: Apache then serves as another user.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

fn open_to_everyone(dir: &Path, root: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for folder in [dir, root] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
}
