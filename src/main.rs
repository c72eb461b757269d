//! The doorbell.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    drivein::cmd::run().await
}
