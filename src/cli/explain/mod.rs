//! `roomkeeper explain`: why an object is as it is, what happens next, and what to do about it.
//!
//! It reads the cluster, makes a value of what it read, and prints it. It calls no vendor and changes nothing.

mod config;
mod credential;
mod events;
mod explanation;
mod gather;
mod hint;
mod holds;
mod kubectl;
mod next;
mod operator;
mod room;
mod secrets;
mod standing;
mod target;
#[cfg(test)]
mod tests;
mod text;
mod unblock;

use std::process::ExitCode;

use k8s_openapi::jiff::Timestamp;

use super::Format;
use super::cluster::{self, Reach};
pub(crate) use explanation::Explanation;
use explanation::OperatorState;
use gather::{Gathered, Place};
use target::Target;

pub(super) use kubectl::quoted;

/// Exit code for an object that is not ready.
const NOT_READY: u8 = 2;

/// Flags of `roomkeeper explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  roomkeeper explain room/weekly-sync -n events
  roomkeeper explain providerconfig tencent -n events -o json

Exit codes: 0 the object is ready, 2 it is not, 1 an error.
It reads the cluster and nothing else: no vendor is called, nothing is changed, and no value of a Secret is shown.
What you may not read is said to be unknown.")]
pub(super) struct Options {
    /// The object, as KIND/NAME or KIND NAME; kinds are room, meetingroom, providerconfig and clusterproviderconfig, also
    /// in the plural and by their short names.
    #[arg(required = true, num_args = 1..=2, value_names = ["KIND/NAME"])]
    object: Vec<String>,

    /// Namespace of the object. Absent: the one of the kubeconfig's context.
    #[arg(short, long)]
    namespace: Option<String>,

    #[command(flatten)]
    reach: Reach,

    /// How it is printed; docs/schemas/explain.json says what is in the JSON.
    #[arg(short, long, value_enum, default_value = "text")]
    output: Format,

    /// Namespace of the operator: there are its Lease, and the Secrets of ClusterProviderConfigs.
    #[arg(long, env = "POD_NAMESPACE", default_value = super::OPERATOR_NAMESPACE)]
    operator_namespace: String,

    /// Name of the operator's Lease.
    #[arg(long, env = "ROOMKEEPER_LEASE", default_value = super::LEASE)]
    lease: String,
}

/// What is needed to explain what was read.
struct Context<'a> {
    /// `kubectl`, with the flags that lead to the cluster.
    program: &'a str,
    operator_namespace: &'a str,
    lease: &'a str,
    now: Timestamp,
}

/// Explains one object.
///
/// # Errors
/// There is no such object, or the cluster does not answer, or has not our kinds.
pub(super) async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let target = Target::parse(&options.object)?;
    let config = options.reach.config().await?;
    let namespace = options.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
    let client = cluster::client(config)?;
    let place = Place {
        client: &client,
        namespace: &namespace,
        operator_namespace: &options.operator_namespace,
        lease: &options.lease,
    };
    let gathered = gather::read(&place, &target).await?;
    let program = options.reach.kubectl();
    let context = Context {
        program: &program,
        operator_namespace: &options.operator_namespace,
        lease: &options.lease,
        now: Timestamp::now(),
    };
    let explanation = explain(&gathered, &context);
    match options.output {
        Format::Text => super::terminal::print(&text::of(&explanation, context.now)),
        Format::Json => anstream::println!("{}", serde_json::to_string_pretty(&explanation)?),
    }
    Ok(if explanation.ready { ExitCode::SUCCESS } else { ExitCode::from(NOT_READY) })
}

/// Makes an explanation of what was read. Pure.
fn explain(gathered: &Gathered, context: &Context<'_>) -> Explanation {
    match gathered {
        Gathered::Room(facts) => room::explain(facts, context),
        Gathered::Config(facts) => config::explain(facts, context),
    }
}
