//! `roomkeeper controller`: runs the operator.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::cluster;
use super::hint::Hint as _;
use crate::controller::{self, Door, Settings};
use crate::reconcile::Mode;
use crate::telemetry::{self, LogFormat};

/// Flags of `roomkeeper controller`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  roomkeeper controller --watch-namespaces=events,training")]
pub(super) struct Options {
    /// Namespaces whose objects are kept, separated by commas. Absent: all.
    #[arg(long, env = "ROOMKEEPER_WATCH_NAMESPACES", value_name = "NAMESPACES", value_delimiter = ',')]
    watch_namespaces: Vec<String>,

    /// Labels of the ProviderConfigs and ClusterProviderConfigs to serve, as kubectl takes them (-l). Objects of others are
    /// left alone. Absent: all.
    #[arg(long, env = "ROOMKEEPER_WATCH_LABEL_SELECTOR", value_name = "SELECTOR")]
    watch_label_selector: Option<String>,

    /// Namespace with the Secrets of ClusterProviderConfigs.
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE", default_value = super::OPERATOR_NAMESPACE)]
    operator_namespace: String,

    /// Hosts that a ProviderConfig may name as endpoint, each `host` or `host:port`, separated by commas.
    /// Absent: only the vendors' own.
    #[arg(long, env = "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    allowed_endpoint_hosts: Vec<String>,

    /// How often to look again at objects that set no driftCheckInterval.
    #[arg(long, env = "ROOMKEEPER_DRIFT_CHECK_INTERVAL", value_name = "DURATION", default_value = super::DRIFT_CHECK_INTERVAL, value_parser = duration)]
    drift_check_interval: Duration,

    /// Change nothing at any vendor: look, and say on each object what would be done. Deletions wait meanwhile.
    #[arg(long, env = "ROOMKEEPER_OBSERVE_ONLY")]
    observe_only: bool,

    /// Name of the Lease in the operator's namespace: of several controllers with the same one, one acts and the others
    /// stand by.
    #[arg(long, env = "ROOMKEEPER_LEASE", value_name = "NAME", default_value = super::LEASE)]
    lease: String,

    /// Name of this process in the Lease: the name of its pod, which no other pod has meanwhile. Absent: a random one.
    #[arg(long, env = "POD_NAME", value_name = "NAME")]
    identity: Option<String>,

    /// Address and port of probes (/livez, /readyz) and /metrics. Port 0: any that is free; the log names it.
    #[arg(long, env = "ROOMKEEPER_LISTEN", value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,

    /// How log lines look.
    #[arg(long, env = "ROOMKEEPER_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
}

/// Runs the operator until SIGTERM or SIGINT.
pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let log = telemetry::start(options.log_format);
    let settings = Settings {
        namespaces: options.watch_namespaces,
        config_labels: options.watch_label_selector.filter(|labels| !labels.is_empty()),
        operator_namespace: options.operator_namespace,
        allowed_hosts: options.allowed_endpoint_hosts.into_iter().collect(),
        drift_check: options.drift_check_interval,
        lease: options.lease,
        identity: options.identity.unwrap_or_else(|| format!("roomkeeper-{:016x}", rand::random::<u64>())),
        mode: if options.observe_only { Mode::ObserveOnly } else { Mode::Keep },
    };
    let listen = options.listen;
    let bound = TcpListener::bind(listen).await.with_context(|| format!("--listen={listen} cannot be served"));
    let listener = bound.hint("name an address of this machine and a free port; port 0 takes any")?;
    controller::run(cluster::client(cluster::inferred().await?)?, settings, Door { listener, log }, stopped()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Parses a duration such as `10m` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    Duration::try_from(parsed).map_err(|_| "must not be negative".to_owned())
}

fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
