//! What the operator was told, as its Deployment shows it.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Container;
use kube::api::ListParams;
use kube::{Api, Client};

use crate::cli::{LEASE, controller};
use crate::generate::OURS;
use crate::requirements::rights::Installation;

/// What the operator was told, or is told if nobody says otherwise.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Told {
    /// Whether the Deployment was seen; if not, the operator may have been told something else.
    pub(super) is_seen: bool,
    /// The namespace that it lives in.
    pub(in crate::cli) operator_namespace: String,
    /// Its ServiceAccount, in that namespace.
    pub(in crate::cli) service_account: String,
    /// Its Lease, in that namespace.
    pub(in crate::cli) lease: String,
    /// Namespaces whose objects it keeps; empty: all.
    pub(in crate::cli) namespaces: Vec<String>,
    /// Hosts that a config may name as endpoint.
    pub(in crate::cli) allowed_hosts: Vec<String>,
    /// How often it looks again at objects that do not say.
    pub(in crate::cli) drift_check: Duration,
}

/// What whoever runs doctor says of the operator, before what the Deployment shows.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct Said {
    /// Namespace that the operator is installed in.
    #[arg(long, env = "POD_NAMESPACE", default_value = crate::cli::OPERATOR_NAMESPACE)]
    pub(in crate::cli) operator_namespace: String,

    /// ServiceAccount of the operator, whose rights are asked for. Absent: the Deployment's, or `roomkeeper`.
    #[arg(long, value_name = "NAME")]
    service_account: Option<String>,

    /// Lease of the operator. Absent: what its Deployment says, or `roomkeeper`.
    #[arg(long, env = "ROOMKEEPER_LEASE", value_name = "NAME")]
    lease: Option<String>,

    /// Hosts that a ProviderConfig may name as endpoint, each `host` or `host:port`, separated by commas.
    /// Absent: what the operator's Deployment says, or only the vendors' own.
    #[arg(long, env = "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS", value_delimiter = ',')]
    allowed_endpoint_hosts: Vec<String>,
}

impl Told {
    /// Returns what the operator was told: what is said first, then what the Deployment shows, then what the program assumes.
    pub(in crate::cli) fn new(said: &Said, deployment: Option<&Deployment>) -> Self {
        let pod = deployment.and_then(|deployment| deployment.spec.as_ref()?.template.spec.as_ref());
        let container = pod.and_then(|pod| pod.containers.first());
        let setting = |flag, variable| container.and_then(|container| setting(container, flag, variable));
        let list = |text: Option<String>| -> Vec<String> {
            text.iter().flat_map(|text| text.split(',')).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let hosts = || list(setting("--allowed-endpoint-hosts", "ROOMKEEPER_ALLOWED_ENDPOINT_HOSTS"));
        let drift_check = setting("--drift-check-interval", "ROOMKEEPER_DRIFT_CHECK_INTERVAL");
        let drift_check = drift_check.and_then(|text| controller::duration(&text).ok());
        let lease = said.lease.clone().or_else(|| setting("--lease", "ROOMKEEPER_LEASE"));
        let account = said.service_account.clone().or_else(|| pod.and_then(|pod| pod.service_account_name.clone()));
        Told {
            is_seen: container.is_some(),
            operator_namespace: said.operator_namespace.clone(),
            service_account: account.unwrap_or_else(|| OURS.1.to_owned()),
            lease: lease.unwrap_or_else(|| LEASE.to_owned()),
            namespaces: list(setting("--watch-namespaces", "ROOMKEEPER_WATCH_NAMESPACES")),
            allowed_hosts: Some(said.allowed_endpoint_hosts.clone())
                .filter(|said| !said.is_empty())
                .unwrap_or_else(hosts),
            drift_check: drift_check
                .or_else(|| controller::duration(crate::cli::DRIFT_CHECK_INTERVAL).ok())
                .unwrap_or_default(),
        }
    }

    /// Returns what decides where the operator needs its rights.
    pub(in crate::cli) fn installation(&self) -> Installation<'_> {
        Installation { namespaces: &self.namespaces, operator_namespace: &self.operator_namespace, lease: &self.lease }
    }
}

/// Finds the operator's Deployment; absent: there is none with its label.
///
/// # Errors
/// The API server's.
pub(in crate::cli) async fn deployment(client: &Client, namespace: &str) -> kube::Result<Option<Deployment>> {
    let (label, value) = OURS;
    let params = ListParams::default().labels(&format!("{label}={value}"));
    Ok(Api::<Deployment>::namespaced(client.clone(), namespace).list(&params).await?.items.into_iter().next())
}

/// Returns what a container is told by a flag, or else by a variable.
fn setting(container: &Container, flag: &str, variable: &str) -> Option<String> {
    let arguments = container.args.as_deref().unwrap_or_default();
    let by_flag = arguments.iter().enumerate().find_map(|(place, argument)| match argument.strip_prefix(flag)? {
        "" => arguments.get(place + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    });
    let variables = container.env.as_deref().unwrap_or_default();
    let by_variable = || variables.iter().find(|known| known.name == variable)?.value.clone();
    by_flag.or_else(by_variable)
}
