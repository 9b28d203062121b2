//! The way to a cluster from the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tower::timeout::TimeoutLayer;

use super::explain::quoted;
use super::hint::Hint as _;

/// The longest wait for the first byte of an answer of the API server; watches go on after it.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);

/// What to do about a file that is no kubeconfig.
const NAME_A_KUBECONFIG: &str =
    "name a file that `kubectl --kubeconfig` can read; without the flag KUBECONFIG and ~/.kube/config count";

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
                let read = Kubeconfig::read_from(path).with_context(unusable).hint(NAME_A_KUBECONFIG)?;
                let chosen = Config::from_custom_kubeconfig(read, &options).await.with_context(unusable);
                chosen.hint(format!("`kubectl --kubeconfig={} config get-contexts` lists its contexts", path.display()))
            }
            None => match &self.context {
                Some(context) => {
                    let chosen = Config::from_kubeconfig(&options).await;
                    let chosen = chosen.with_context(|| format!("--context={context} is not usable"));
                    chosen.hint("name one that `kubectl config get-contexts` lists")
                }
                None => inferred().await,
            },
        }
    }

    /// Returns how kubectl is called for the same cluster.
    pub(super) fn kubectl(&self) -> String {
        let kubeconfig = self.kubeconfig.as_ref().map(|path| format!("--kubeconfig={}", path.display()));
        let context = self.context.as_ref().map(|context| format!("--context={context}"));
        let flags = kubeconfig.into_iter().chain(context).map(|flag| format!(" {}", quoted(&flag)));
        format!("kubectl{}", flags.collect::<String>())
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
        .context("no cluster was found")
        .hint("run inside of one, or have KUBECONFIG name the file with the way to one (else ~/.kube/config is read)")
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is said of a way that leads nowhere.
    async fn words(kubeconfig: &str, context: Option<&str>) -> String {
        let reach = Reach { kubeconfig: Some(kubeconfig.into()), context: context.map(str::to_owned) };
        let error = reach.config().await.expect_err("it leads nowhere");
        anstream::adapter::strip_str(&super::super::hint::words(&error, str::to_owned)).to_string()
    }

    #[tokio::test]
    async fn a_kubeconfig_or_context_that_is_not_usable_is_named_with_the_next_step() {
        let missing = words("/nowhere", None).await;
        assert!(missing.starts_with("error: --kubeconfig=/nowhere is not usable\ncause: "), "{missing}");
        assert!(
            missing.contains("No such file") && missing.ends_with("KUBECONFIG and ~/.kube/config count\n"),
            "{missing}"
        );

        let file = std::env::temp_dir().join(format!("roomkeeper-kubeconfig-{}", std::process::id()));
        std::fs::write(&file, "apiVersion: v1\nkind: Config\n").expect("a file can be written");
        let path = file.display().to_string();
        let other = words(&path, Some("other")).await;
        std::fs::remove_file(&file).expect("it was just written");
        let said = format!("error: --kubeconfig={path} is not usable\ncause: failed to load current context: other\n");
        let hint = format!("hint: `kubectl --kubeconfig={path} config get-contexts` lists its contexts\n");
        assert_eq!(other, said + &hint);
    }
}
