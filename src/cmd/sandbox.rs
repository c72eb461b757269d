//! `drivein sandbox`: only the emulated TeraBox APIs, also for integration tests of other projects.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::app::stop_signal;
use sandbox::{Films, Options, start};

/// Runs until a stop signal.
///
/// # Errors
///
/// Fails if the folder of films cannot be read or the address cannot be bound.
pub(super) async fn run(
    root: Option<PathBuf>,
    listen: SocketAddr,
    (strict, loose): (bool, bool),
) -> anyhow::Result<()> {
    super::start_log();
    let films = root.map_or(Films::Bundled, Films::Folder);
    let sandbox = start(Options {
        films,
        listen,
        strict,
        loose,
        ..Options::default()
    })
    .await?;
    say!("The emulated TeraBox APIs are at {}", sandbox.url());
    say!(
        "A drive for drivein.toml:\n{}",
        drive_section("films", &sandbox)
    );
    say!("Share links of somebody else, to be opened by it:");
    for share in sandbox.share_links() {
        let password = share.password.as_deref().unwrap_or("-");
        say!("{:16} {:5} {}", share.name, password, share.url);
    }
    stop_signal().await;
    Ok(())
}

/// Returns the config with which Drive-In uses a sandbox.
pub(super) fn drive_section(name: &str, sandbox: &sandbox::Sandbox) -> String {
    let credentials = sandbox.credentials();
    format!(
        "[network]\nallow_hosts = [{host:?}]\n\n[[drive]]\nname = {name:?}\nkind = \"terabox\"\nclient_id = {:?}\n\
         client_secret = {:?}\nprivate_secret = {:?}\nauth_url = {:?}\naccess_token = {:?}\nrefresh_token = {:?}\n\
         [drive.web]\nbase_url = {:?}\nndus = {:?}\njs_token = {:?}\nbdstoken = {:?}\n",
        credentials.client_id,
        credentials.client_secret,
        credentials.private_secret,
        sandbox.url(),
        credentials.access_token,
        credentials.refresh_token,
        sandbox.url(),
        credentials.ndus,
        credentials.js_token,
        credentials.bdstoken,
        host = sandbox.address().ip().to_string(),
    )
}
