//! The commands of the program, one file each.

/// Prints a line to standard output. Ignores errors: a closed pipe is no reason to end.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod check;
mod completions;
mod demo;
mod log;
mod panics;
mod sandbox;
mod serve;
mod state;
mod stop;
mod strm;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::Config;
use log::start_log;

/// Drive-In turns a cloud drive into something you watch.
#[derive(Parser)]
#[command(name = "drivein", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// The configuration file; without it, drivein.toml here, or the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Address and port to listen at, instead of the configured one
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Run the server over sample films, no account needed
    Demo {
        /// Your own folder of films instead of the samples
        #[arg(long, value_name = "DIR")]
        films: Option<PathBuf>,
        /// Address and port to listen at
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7373")]
        listen: SocketAddr,
    },
    /// Run only the emulated TeraBox APIs
    ///
    /// There are share links of another user to be opened, the same at each start; what is printed and GET
    /// /_sandbox/shares name them: film, series (124 films in folders), mixed, password (w3xz), second
    /// password (k7q2), expired, cancelled, preview, transcoding (there when asked for the third time).
    Sandbox {
        /// The folder of films
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
        /// Address and port to listen at
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7374")]
        listen: SocketAddr,
        #[command(flatten)]
        behaviour: sandbox::Behaviour,
    },
    /// Read the configuration, try every drive once, say what is wrong and how to mend it
    Check {
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Back up the state, or restore it
    State {
        #[command(subcommand)]
        command: state::StateCommand,
    },
    /// Write a tree of .strm files for Jellyfin, Emby or Kodi, with the subtitles, NFO files and pictures beside the films
    Strm {
        /// The folder of the tree; nothing in it is removed that this command did not write
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// The name of one drive instead of all
        #[arg(long, value_name = "DRIVE")]
        drive: Option<String>,
        /// The changes that are made to a tree that is there
        #[arg(long, value_enum, default_value_t)]
        mode: strm::TreeMode,
        /// Keep the tree up until the command is stopped
        #[arg(long)]
        follow: bool,
        /// The configuration file
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print the completions for a shell
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command into a folder
    #[command(hide = true)]
    Man {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// Parses the arguments and runs the command.
pub async fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve { config, listen } => {
            serve::run(config, listen).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Demo { films, listen } => {
            demo::run(films, listen).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Sandbox {
            root,
            listen,
            behaviour,
        } => sandbox::run(root, listen, behaviour)
            .await
            .map(|()| ExitCode::SUCCESS),
        Command::Check { config } => check::run(config).await,
        Command::Strm {
            to,
            drive,
            mode,
            follow,
            config,
        } => {
            let options = strm::StrmOptions {
                config,
                to,
                drive,
                mode,
                follows: follow,
            };
            strm::run(options).await
        }
        Command::State { command } => state::run(command).await.map(|()| ExitCode::SUCCESS),
        Command::Completions { shell } => {
            completions::print_completions(Arguments::command(), shell).map(|()| ExitCode::SUCCESS)
        }
        Command::Man { folder } => {
            completions::print_man_pages(Arguments::command(), folder).map(|()| ExitCode::SUCCESS)
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("drivein: {error:#}");
        ExitCode::FAILURE
    })
}

/// Loads `file`, otherwise `drivein.toml` if it exists, otherwise the defaults.
fn load_config(file: Option<PathBuf>) -> Result<Config, crate::config::ConfigError> {
    let usual = PathBuf::from("drivein.toml");
    let file = file.or_else(|| usual.exists().then_some(usual));
    // Variables that are not UTF-8 belong to other programs.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::load(file.as_deref(), environment)
}
