//! Entry point of the binary; everything else is in the library.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    drivein::cmd::run().await
}
