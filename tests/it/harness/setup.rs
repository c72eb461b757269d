//! Set-up of a server before it starts: its drive, its authentication, its configuration.

use super::*;

/// The settings of a server.
#[derive(Clone, Default)]
pub struct Setup {
    sandbox: sandbox::Options,
    head: String,
    /// The URL of the PostgreSQL database; `None` for the file in `data_dir`.
    pub(super) state_url: Option<String>,
    auth: String,
    cache: String,
    network: String,
    limits: String,
    has_no_drive: bool,
    is_signed_out: bool,
    is_by_web_session: bool,
    more_hosts: Vec<String>,
    more_drives: String,
    /// True if its drives are walked for the library. Walks make calls that other tests count.
    walks: bool,
}

impl Setup {
    /// Sets the sandbox's own options.
    pub fn sandbox(self, sandbox: sandbox::Options) -> Self {
        Self { sandbox, ..self }
    }

    /// Requires a password.
    pub fn password(mut self, password: &str) -> Self {
        self.auth.push_str(&format!("password = {password:?}\n"));
        self
    }

    /// Accepts this API token.
    pub fn api_token(mut self, token: &str) -> Self {
        self.auth.push_str(&format!("api_tokens = [{token:?}]\n"));
        self
    }

    /// Trusts a proxy on loopback: this test.
    pub fn trusted_proxy(mut self) -> Self {
        self.network.push_str("trusted_proxies = [\"127.0.0.1\"]\n");
        self
    }

    /// Sets the time for which caches in front of the server may keep replies.
    pub fn shared_cache_s(mut self, seconds: u64) -> Self {
        self.network
            .push_str(&format!("shared_cache_s = {seconds}\n"));
        self
    }

    /// Adds a line to `[limits]`.
    pub fn limit(mut self, line: &str) -> Self {
        self.limits.push_str(&format!("{line}\n"));
        self
    }

    /// Allows one more host of the upstream although it is private.
    pub fn allow_host(mut self, host: &str) -> Self {
        self.more_hosts.push(host.to_owned());
        self
    }

    /// Sets the public URL.
    pub fn public_url(mut self, url: &str) -> Self {
        self.head.push_str(&format!("public_url = {url:?}\n"));
        self
    }

    /// Holds the state in this PostgreSQL database.
    pub fn state_url(self, url: &str) -> Self {
        Self {
            state_url: Some(url.to_owned()),
            ..self
        }
    }

    /// Adds other sections at the end of its config.
    pub fn sections(self, text: &str) -> Self {
        self.drives(text)
    }

    /// Sets so little memory that hardly anything of what was played is cached.
    pub fn forgetful(mut self) -> Self {
        self.cache.push_str("[cache]\nmemory = \"200 KiB\"\n");
        self
    }

    /// Adds more drives: sections of a config.
    pub fn drives(mut self, sections: &str) -> Self {
        self.more_drives.push_str(sections);
        self
    }

    /// Adds a drive: a folder of this machine, which is only read.
    pub fn folder(self, name: &str, folder: &Path) -> Self {
        self.drives(&folder_section(name, folder))
    }

    /// Walks its drives for the library.
    pub fn walking(self) -> Self {
        Self {
            walks: true,
            ..self
        }
    }

    /// Leaves out the drive, as before one is connected.
    pub fn no_drive(self) -> Self {
        Self {
            has_no_drive: true,
            ..self
        }
    }

    /// Keeps the keys of its application, and leaves out the session.
    pub fn signed_out(self) -> Self {
        Self {
            is_signed_out: true,
            ..self
        }
    }

    /// Reaches its drive by the account's web session alone.
    pub fn by_web_session(self) -> Self {
        Self {
            is_by_web_session: true,
            ..self
        }
    }

    pub async fn start(mut self) -> Drivein {
        if self.state_url.is_none() {
            self.state_url = super::states::state_of_this_test().await;
        }
        let sandbox = sandbox::start(self.sandbox.clone()).await.unwrap();
        let home = Arc::new(tempfile::tempdir().unwrap());
        Drivein::run(Arc::new(self), Arc::new(sandbox), home).await
    }

    /// Returns the config of a server with its folder.
    pub fn config(&self, sandbox: &Sandbox, data_dir: &Path) -> String {
        let mut drive = match self.has_no_drive {
            true => "[network]\nallow_hosts = [\"127.0.0.1\"]\n".to_owned(),
            false if self.is_by_web_session => {
                let drive = web_session_section(sandbox, DRIVE);
                format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{drive}")
            }
            false => drive_section(sandbox),
        };
        if self.is_signed_out {
            let is_token = |line: &&str| {
                !line.starts_with("access_token") && !line.starts_with("refresh_token")
            };
            drive = drive.split_inclusive('\n').filter(is_token).collect();
        }
        let hosts = self.more_hosts.iter().map(|host| format!(", {host:?}"));
        let hosts = format!("allow_hosts = [\"127.0.0.1\"{}]", hosts.collect::<String>());
        let drive = drive.replacen("allow_hosts = [\"127.0.0.1\"]", &hosts, 1);
        let drive = drive.replacen("[network]\n", &format!("[network]\n{}", self.network), 1);
        let state = self.state_url.iter();
        let state: String = state.map(|url| format!("state_url = {url:?}\n")).collect();
        format!(
            "{state}{}data_dir = {data_dir:?}\n[library]\nwalk = {}\n[limits]\n{}[auth]\n{}{}{drive}{}",
            self.head, self.walks, self.limits, self.auth, self.cache, self.more_drives
        )
    }
}

/// Returns the part of a config by which a server finds a sandbox.
pub fn drive_section(sandbox: &Sandbox) -> String {
    let drive = terabox_section(sandbox, DRIVE);
    format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{drive}")
}

/// Returns the section of the drive alone, with a name.
pub fn terabox_section(sandbox: &Sandbox, name: &str) -> String {
    let ours = sandbox.credentials();
    format!(
        "[[drive]]\nname = {name:?}\nkind = \"terabox\"\nclient_id = {:?}\n\
         client_secret = {:?}\nprivate_secret = {:?}\nauth_url = {:?}\naccess_token = {:?}\nrefresh_token = {:?}\n\
         [drive.web]\nbase_url = {:?}\nndus = {:?}\njs_token = {:?}\nbdstoken = {:?}\n",
        ours.client_id,
        ours.client_secret,
        ours.private_secret,
        sandbox.url(),
        ours.access_token,
        ours.refresh_token,
        sandbox.url(),
        ours.ndus,
        ours.js_token,
        ours.bdstoken,
    )
}

/// Returns the section of a drive that is a folder of this machine.
pub fn folder_section(name: &str, folder: &Path) -> String {
    format!("[[drive]]\nname = {name:?}\nkind = \"local\"\npath = {folder:?}\n")
}

/// Returns the section of a drive that has only the account's web session; the tokens of its page are left out.
pub fn web_session_section(sandbox: &Sandbox, name: &str) -> String {
    format!(
        "[[drive]]\nname = {name:?}\nkind = \"terabox\"\n[drive.web]\nbase_url = {:?}\nndus = {:?}\n",
        sandbox.url(),
        sandbox.credentials().ndus,
    )
}
