//! `roomkeeper crds`: the kinds of this program, and the guards, as the repository has them. It asks no cluster.

use std::process::ExitCode;

use crate::generate;

/// Flags of `roomkeeper crds`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  roomkeeper crds | kubectl apply --server-side -f -
  roomkeeper crds --with-guards | kubectl diff --server-side -f -

The guards are for an operator in the namespace roomkeeper; the Helm chart has them for any.")]
pub(super) struct Options {
    /// Print the guards against deletion, too: admission policies, which need Kubernetes 1.30 or newer.
    #[arg(long)]
    with_guards: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut files = generate::crds()?;
    if options.with_guards {
        files.extend(generate::guards()?);
    }
    let documents: Vec<String> = files.into_values().collect();
    anstream::print!("{}", documents.join("---\n"));
    Ok(ExitCode::SUCCESS)
}
