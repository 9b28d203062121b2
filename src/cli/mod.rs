//! The command line: one binary, one subcommand for each use.

mod cluster;
mod controller;
mod plan;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The namespace that the operator is installed in, where nothing else is said.
const OPERATOR_NAMESPACE: &str = "roomkeeper";

/// Keeps rooms at video vendors as Git says they should be.
#[derive(Debug, Parser)]
#[command(name = "roomkeeper", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the operator in or beside a cluster.
    Controller(controller::Options),
    /// Shows what the operator would do about manifests; changes nothing.
    Plan(plan::Options),
}

/// Runs a command line to its end.
///
/// # Errors
/// Whatever the user has to read; the exit code is then 1.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Controller(options) => controller::run(options).await,
        Command::Plan(options) => plan::run(options).await,
    }
}
