//! `drivein sandbox`: only the emulated TeraBox APIs, also for integration tests of other projects.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::stop::stop_signal;
use sandbox::{Films, Options, start};

/// Deviations of the emulation from its defaults.
#[derive(Args)]
pub(super) struct Behaviour {
    /// Take only what TeraBox's documents name
    #[arg(long, conflicts_with = "loose")]
    strict: bool,
    /// Answer as clients have met it: numbers as strings, tasks in the place of results
    #[arg(long)]
    loose: bool,
    /// Write numbers of replies as strings
    #[arg(long)]
    text_numbers: bool,
    /// Leave the scheme out of every second download address
    #[arg(long)]
    protocol_relative: bool,
    /// Serve the website's calls only at this region, as in jp.localhost
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Option<String>,
}

/// Parses a region: a label of a host name.
fn region(text: &str) -> Result<String, String> {
    let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match !text.is_empty() && text.len() <= 63 && text.bytes().all(is_label) {
        true => Ok(text.to_owned()),
        false => Err("a region is written with a to z, 0 to 9 and -".to_owned()),
    }
}

/// Runs until a stop signal.
///
/// # Errors
///
/// Fails if the folder of films cannot be read or the address cannot be bound.
pub(super) async fn run(
    root: Option<PathBuf>,
    listen: SocketAddr,
    behaviour: Behaviour,
) -> anyhow::Result<()> {
    super::start_log();
    let films = root.map_or(Films::Bundled, Films::Folder);
    // A region is a label before the host name, so the host needs a name. Names below localhost are this machine.
    let public_host = behaviour
        .region
        .as_ref()
        .filter(|_| listen.ip().is_loopback())
        .map(|_| "localhost".to_owned());
    let sandbox = start(Options {
        films,
        listen,
        public_host,
        web_region: behaviour.region,
        strict: behaviour.strict,
        loose: behaviour.loose,
        text_numbers: behaviour.text_numbers,
        protocol_relative: behaviour.protocol_relative,
        // HTTP libraries of other clients re-encode URLs, and send cookies to all ports of a host.
        exact_media: behaviour.strict,
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
        "[network]\nallow_hosts = {hosts:?}\n\n[[drive]]\nname = {name:?}\nkind = \"terabox\"\nclient_id = {:?}\n\
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
        hosts = sandbox.host_names(),
    )
}
