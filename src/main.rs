//! The `roomkeeper` binary: parses the command line and prints what went wrong, once.

use std::process::ExitCode;

use clap::Parser;
use roomkeeper::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    // One TLS provider for Kubernetes and vendors alike; two of them make the first client panic.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        eprintln!("error: another TLS provider was installed before ours");
        return ExitCode::FAILURE;
    }
    match cli::run(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
