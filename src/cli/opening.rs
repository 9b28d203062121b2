//! Where a command that only looks has manifests and accounts from: files, and what a cluster adds.

use std::path::PathBuf;

use super::cluster::Reach;
use crate::accounts::Accounts;
use crate::leadership::Leadership;
use crate::metrics::Metrics;
use crate::source::files::documents::{self, Depth, Document};
use crate::source::files::live::Live;
use crate::source::files::{self, Inputs};

/// Files, a cluster, and which vendors may be called.
#[derive(Debug, clap::Args)]
pub(super) struct Opening {
    /// File, folder, or - for standard input. Can be given several times.
    #[arg(short, long, required_unless_present = "cluster", value_name = "FILE|DIR|-")]
    pub(super) filename: Vec<PathBuf>,

    /// Read the folders in a folder too.
    #[arg(short = 'R', long)]
    recursive: bool,

    /// Take from the cluster what the files do not have: ProviderConfigs, Secrets, whose each room is, and other objects
    /// that name the same rooms.
    #[arg(long)]
    cluster: bool,

    #[command(flatten)]
    reach: Reach,

    /// Namespaces that the operator keeps, separated by commas: with --cluster, only their objects are asked for.
    /// Absent: all, or those of the files for whoever may not list all.
    #[arg(long, env = "ROOMKEEPER_WATCH_NAMESPACES", value_name = "NAMESPACES", value_delimiter = ',')]
    watch_namespaces: Vec<String>,

    /// Namespace with the Secrets of ClusterProviderConfigs.
    #[arg(long, env = "POD_NAMESPACE", value_name = "NAMESPACE", default_value = super::OPERATOR_NAMESPACE)]
    operator_namespace: String,

    /// Hosts that a ProviderConfig may name as endpoint, each `host` or `host:port`, separated by commas.
    #[arg(long, env = "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    allowed_endpoint_hosts: Vec<String>,
}

impl Opening {
    /// Returns the accounts, none of them open. Whoever only looks may do so beside whoever acts.
    pub(super) fn accounts(&self) -> Accounts {
        let allowed = self.allowed_endpoint_hosts.iter().cloned().collect();
        Accounts::new(allowed, Leadership::unrivalled(), Metrics::default())
    }

    /// Reads the files that are there, in another revision or folder as `base` if one is named, and what the cluster adds
    /// to objects of their namespaces and of `namespaces`.
    ///
    /// # Errors
    /// Names what cannot be read.
    pub(super) async fn inputs(&self, base: Option<&str>, namespaces: &[&str]) -> anyhow::Result<Inputs> {
        let depth = if self.recursive { Depth::Tree } else { Depth::Folder };
        let base = match base {
            Some(base) => Some(documents::read_base(base, &self.filename, depth)?),
            None => None,
        };
        // A commit may remove a folder with all that is in it.
        let was_there = base.as_ref().is_some_and(|base| !base.is_empty());
        let is_gone = |path: &PathBuf| was_there && path.as_os_str() != "-" && !path.exists();
        let there: Vec<PathBuf> = self.filename.iter().filter(|path| !is_gone(path)).cloned().collect();
        let documents = documents::read(&there, depth)?;
        let live = match self.cluster {
            true => Some(self.live(documents.iter().chain(base.iter().flatten()), namespaces).await?),
            false => None,
        };
        let operator_namespace = self.operator_namespace.clone();
        Ok(Inputs { documents, base, live, operator_namespace, assume_owned: false })
    }

    async fn live(&self, documents: impl Iterator<Item = &Document>, more: &[&str]) -> anyhow::Result<Live> {
        let mut namespaces = files::namespaces(documents);
        namespaces.extend(more.iter().map(|namespace| (*namespace).to_owned()));
        Ok(Live::read(self.reach.client().await?, &self.watch_namespaces, &namespaces).await?)
    }
}
