//! Set-up of a server before it starts: its drive, its authentication, its configuration.

use super::*;

/// The settings of a server.
#[derive(Default)]
pub struct Setup {
    sandbox: sandbox::Options,
    head: String,
    auth: String,
    cache: String,
    network: String,
    limits: String,
    has_no_drive: bool,
    is_signed_out: bool,
    is_by_web_session: bool,
    more_hosts: Vec<String>,
    more_drives: String,
}

impl Setup {
    /// The sandbox's own settings.
    pub fn sandbox(self, sandbox: sandbox::Options) -> Self {
        Self { sandbox, ..self }
    }

    /// With a password at the door.
    pub fn password(mut self, password: &str) -> Self {
        self.auth.push_str(&format!("password = {password:?}\n"));
        self
    }

    /// With this token for programs.
    pub fn api_token(mut self, token: &str) -> Self {
        self.auth.push_str(&format!("api_tokens = [{token:?}]\n"));
        self
    }

    /// Behind a proxy whose word is taken: this test, which comes from loopback.
    pub fn trusted_proxy(mut self) -> Self {
        self.network.push_str("trusted_proxies = [\"127.0.0.1\"]\n");
        self
    }

    /// With a line in `[limits]`.
    pub fn limit(mut self, line: &str) -> Self {
        self.limits.push_str(&format!("{line}\n"));
        self
    }

    /// With one more host of the upstream that is allowed although it is private.
    pub fn allow_host(mut self, host: &str) -> Self {
        self.more_hosts.push(host.to_owned());
        self
    }

    /// As the world sees it.
    pub fn public_url(mut self, url: &str) -> Self {
        self.head.push_str(&format!("public_url = {url:?}\n"));
        self
    }

    /// With other sections at the end of its config.
    pub fn sections(self, text: &str) -> Self {
        self.drives(text)
    }

    /// With so little memory that hardly anything is kept of what was played.
    pub fn forgetful(mut self) -> Self {
        self.cache.push_str("[cache]\nmemory = \"200 KiB\"\n");
        self
    }

    /// With more drives: sections of a config.
    pub fn drives(mut self, sections: &str) -> Self {
        self.more_drives.push_str(sections);
        self
    }

    /// As it is before a drive was connected.
    pub fn no_drive(self) -> Self {
        Self {
            has_no_drive: true,
            ..self
        }
    }

    /// With the keys of its application, and without a session.
    pub fn signed_out(self) -> Self {
        Self {
            is_signed_out: true,
            ..self
        }
    }

    /// With its drive reached by the account's web session alone.
    pub fn by_web_session(self) -> Self {
        Self {
            is_by_web_session: true,
            ..self
        }
    }

    pub async fn start(self) -> Drivein {
        let sandbox = sandbox::start(self.sandbox.clone()).await.unwrap();
        let home = Arc::new(tempfile::tempdir().unwrap());
        Drivein::run(Arc::new(self), Arc::new(sandbox), home).await
    }

    pub(super) fn config(&self, sandbox: &Sandbox, data_dir: &Path) -> String {
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
        format!(
            "{}data_dir = {data_dir:?}\n[limits]\n{}[auth]\n{}{}{drive}{}",
            self.head, self.limits, self.auth, self.cache, self.more_drives
        )
    }
}

/// The part of a config by which a server finds a sandbox.
pub fn drive_section(sandbox: &Sandbox) -> String {
    let drive = terabox_section(sandbox, DRIVE);
    format!("[network]\nallow_hosts = [\"127.0.0.1\"]\n{drive}")
}

/// The section of the drive alone, under a name.
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

/// The section of a drive that has nothing but the account's web session; the tokens of its page are left out.
pub fn web_session_section(sandbox: &Sandbox, name: &str) -> String {
    format!(
        "[[drive]]\nname = {name:?}\nkind = \"terabox\"\n[drive.web]\nbase_url = {:?}\nndus = {:?}\n",
        sandbox.url(),
        sandbox.credentials().ndus,
    )
}
