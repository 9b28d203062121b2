//! `roomkeeper doctor`: looks for what keeps the operator from its work, and says what to do about it.
//!
//! It changes nothing, neither in the cluster nor at a vendor, and prints no Secret.

mod accounts;
mod check;
mod cluster;
mod connection;
mod definitions;
mod guards;
mod installation;
mod objects;
mod operator;
mod pace;
mod rights;
mod scene;
mod text;
mod words;

use std::process::ExitCode;

pub(super) use check::Check;
pub(super) use cluster::reach;
pub(super) use scene::{Look, Scene};
pub(super) use text::{json, text};
pub(super) use words::of as words_of;

use crate::cli::cluster as way;
use crate::cli::{Format, terminal};

/// Groups of checks that are made after the API server has answered.
const GROUPS: usize = 7;

/// Flags of `roomkeeper doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  roomkeeper doctor -n events

Exit codes: 0 nothing failed, 1 something failed.
Of vendors it makes one read for each config, by the config's own credential.")]
pub(super) struct Options {
    #[command(flatten)]
    look: Look,

    /// How the checks are printed.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Format,
}

pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let config = options.look.reach.config().await?;
    let address = config.cluster_url.to_string();
    let client = way::client(config)?;
    let (reachable, version) = cluster::reach(&client, address.trim_end_matches('/')).await;
    let mut checks = vec![reachable];
    if version.is_some() {
        checks.extend(examine(&Scene::read(client, &options.look).await).await);
    }
    match options.output {
        Format::Text => terminal::print(&text(&checks)),
        Format::Json => anstream::println!("{}", json(&checks)?),
    }
    Ok(if text::is_failed(&checks) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Makes all checks of a cluster that answers.
pub(super) async fn examine(scene: &Scene) -> Vec<Check> {
    let bar = terminal::progress("Looking", GROUPS);
    let mut checks = Vec::new();
    let mut take = |found: Vec<Check>| {
        checks.extend(found);
        bar.inc(1);
    };
    take(rights::look(scene).await);
    take(definitions::look(&scene.client).await);
    take(guards::look(scene).await);
    take(operator::look(scene).await);
    take(accounts::look(scene).await);
    take(pace::look(scene));
    take(objects::look(scene));
    bar.finish_and_clear();
    checks
}
