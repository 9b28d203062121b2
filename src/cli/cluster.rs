//! The way to a cluster from the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tower::timeout::TimeoutLayer;

/// The longest wait for the first byte of an answer of the API server; watches go on after it.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);

/// Which cluster, and where in it; as kubectl has it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Reach {
    /// The kubeconfig. Absent: KUBECONFIG, then ~/.kube/config, then the cluster that this runs in.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// The context of the kubeconfig. Absent: its current one.
    #[arg(long)]
    context: Option<String>,
}

impl Reach {
    /// Reads which cluster it is; `default_namespace` of the answer is the context's.
    ///
    /// # Errors
    /// Says which file or context is not usable, and where else one could be.
    pub(super) async fn config(&self) -> anyhow::Result<Config> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        match &self.kubeconfig {
            Some(path) => {
                let unusable = || format!("--kubeconfig={} is not usable", path.display());
                let read = Kubeconfig::read_from(path).with_context(unusable)?;
                Config::from_custom_kubeconfig(read, &options).await.with_context(unusable)
            }
            None if self.context.is_some() => {
                let unusable = "--context was not found: name one that `kubectl config get-contexts` lists";
                Config::from_kubeconfig(&options).await.context(unusable)
            }
            None => inferred().await,
        }
    }

    /// Opens the cluster.
    ///
    /// # Errors
    /// As [`Reach::config`]. That nobody answers shows the first request.
    pub(super) async fn client(&self) -> anyhow::Result<Client> {
        client(self.config().await?)
    }
}

/// Reads which cluster it is where nothing names one.
///
/// # Errors
/// Says where one could be named.
pub(super) async fn inferred() -> anyhow::Result<Config> {
    Config::infer()
        .await
        .context("no cluster was found: run inside one, or set KUBECONFIG (or ~/.kube/config) to a reachable one")
}

/// Makes a client that repeats nothing: what failed is seen at once.
///
/// # Errors
/// The address or the credentials are not usable.
pub(super) fn client(mut config: Config) -> anyhow::Result<Client> {
    config.connect_timeout = Some(Duration::from_secs(5));
    // The queue repeats what failed, and people do; a client that repeats by itself hides it for minutes.
    config.default_retry = false;
    let builder = ClientBuilder::try_from(config).context("the cluster's address or credentials are not usable")?;
    Ok(builder.with_layer(&TimeoutLayer::new(ANSWER_DEADLINE)).build())
}
