//! The command line: one binary, one subcommand for each use. What is the same for all of them is in `frame`.

mod bundle;
mod cluster;
mod completions;
mod controller;
mod crds;
mod doctor;
pub(crate) mod explain;
mod frame;
mod hint;
mod import;
mod man;
mod opening;
mod plan;
mod reference;
mod terminal;
mod version;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use frame::{command, run};
pub use reference::reference;

/// The namespace that the operator is installed in, where nothing else is said.
const OPERATOR_NAMESPACE: &str = "roomkeeper";
/// The Lease that the operator holds, where nothing else is said.
const LEASE: &str = "roomkeeper";
/// How often the operator looks again at an object that does not say, where nothing else is said.
const DRIFT_CHECK_INTERVAL: &str = "10m";

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document, for programs.
    Json,
}

/// Keeps rooms at video vendors as Git says they should be.
#[derive(Debug, Parser)]
#[command(name = "roomkeeper", version, max_term_width = 100)]
#[command(after_help = "\
Examples:
  roomkeeper crds | kubectl apply --server-side -f -
  roomkeeper plan -f examples/tencent-room/

Environment:
  NO_COLOR         no colour, if it is set to anything
  CLICOLOR_FORCE   colour also where nobody looks at a terminal")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the operator in or beside a cluster.
    Controller(controller::Options),
    /// Writes manifests of rooms that exist at a vendor; changes nothing.
    Import(import::Options),
    /// Shows what the operator would do about manifests; changes nothing.
    Plan(plan::Options),
    /// Says why an object is as it is, what happens next, and what to do; reads the cluster only.
    Explain(explain::Options),
    /// Looks for what keeps the operator from its work, and says what to do about it; changes nothing.
    Doctor(doctor::Options),
    /// Packs what support needs to know into an archive, without secrets.
    Bundle(bundle::Options),
    /// Prints the kinds (CRDs) that this program knows, to be applied.
    Crds(crds::Options),
    /// Prints what a shell needs to complete commands and flags.
    Completions(completions::Options),
    /// Writes the manual pages of all commands.
    Man(man::Options),
    /// Says which version this is, and what it was built from.
    Version(version::Options),
}

impl Command {
    async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Command::Controller(options) => controller::run(options).await,
            Command::Import(options) => import::run(&options).await,
            Command::Plan(options) => plan::run(&options).await,
            Command::Explain(options) => explain::run(&options).await,
            Command::Doctor(options) => doctor::run(&options).await,
            Command::Bundle(options) => bundle::run(&options).await,
            Command::Crds(options) => crds::run(&options),
            Command::Completions(options) => completions::run(&options),
            Command::Man(options) => man::run(&options),
            Command::Version(options) => version::run(&options),
        }
    }
}
