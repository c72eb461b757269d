//! `drivein demo`: the emulated TeraBox over sample films and the server wired to it, in one process.
//! Its state is in a temporary folder, which is deleted at the end.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;

use super::sandbox::drive_section;
use super::serve::bind;
use super::stop::{force_end_after_signal, stop_signal};
use crate::app::App;
use crate::config::Config;
use sandbox::{Films, Options, start};

/// Runs until a stop signal.
///
/// # Errors
///
/// Fails if the folder of films is missing, the address cannot be bound, or the sandbox does not start.
pub(super) async fn run(films: Option<PathBuf>, listen: SocketAddr) -> anyhow::Result<()> {
    super::start_log();
    force_end_after_signal();
    if let Some(folder) = &films {
        anyhow::ensure!(folder.is_dir(), "{} is not a folder", folder.display());
    }
    let listener = bind(listen)?;
    // The bundled films stand in folders with odd names, too.
    let walked = match films {
        Some(_) => "",
        None => "library = [\"/Films\", \"/Series\"]\n",
    };
    let films = films.map_or(Films::BundledLibrary, Films::Folder);
    let sandbox = start(Options {
        films,
        ..Options::default()
    })
    .await?;
    let state = tempfile::tempdir().context("no temporary folder can be made")?;
    let text = format!(
        "listen = \"{listen}\"\ndata_dir = {:?}\n\n{}",
        state.path(),
        drive_section("films", &sandbox).replace("[drive.web]", &format!("{walked}[drive.web]"))
    );
    let config = Config::parse(&text, std::iter::empty()).map_err(|problems| {
        anyhow::anyhow!(
            "the demo's own config is wrong: {}",
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; ")
        )
    })?;
    let address = listener.local_addr()?;
    let app = App::new(&config, address).await?;
    say!("Drive-In is at http://{address}/");
    say!(
        "It plays from an emulated cloud drive at {}; nothing leaves this machine. Ctrl-C ends it.",
        sandbox.url()
    );
    let shares = sandbox.share_links();
    for share in shares
        .iter()
        .filter(|share| ["series", "password"].contains(&share.name.as_str()))
    {
        let password = share
            .password
            .as_ref()
            .map_or(String::new(), |password| format!(" | password: {password}"));
        say!("A share link to paste: {}{password}", share.url);
    }
    if let Some(code) = app.set_up_code() {
        say!("Others can reach it, so the first visit asks for this code: {code}");
    }
    app.run(listener, stop_signal()).await
}
