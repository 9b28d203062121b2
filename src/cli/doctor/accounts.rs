//! Each config: its Secrets, the vendor's name and TLS, the credential by a harmless read, and the clocks.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use futures::{StreamExt as _, stream};
use roomkeeper_providers::addresses;
use url::{Host, Url};

use super::check::{Begun, Check, Group};
use super::connection;
use super::scene::Scene;
use super::words;
use crate::accounts::{Accounts, AllowedHosts, Error, Examined, Opinion};
use crate::config::{StoredConfig, references};
use crate::leadership::Leadership;
use crate::metrics::Metrics;
use crate::source::Missing;
use crate::source::cluster::Cluster;

/// How many configs are looked at at a time.
const AT_ONCE: usize = 4;

/// Looks at each config, in the order of their names.
pub(super) async fn look(scene: &Scene) -> Vec<Check> {
    let allowed: AllowedHosts = scene.told.allowed_hosts.iter().cloned().collect();
    // It changes nothing, so it may look beside whoever acts.
    let accounts = Accounts::new(allowed.clone(), Leadership::unrivalled(), Metrics::default());
    // Without watches every Secret is read when it is asked for.
    let secrets = Cluster::new(scene.client.clone(), Arc::default(), scene.told.operator_namespace.clone());
    let looks = scene.configs.items.iter().map(|config| one(&accounts, &secrets, allowed.addresses(), config, scene));
    let mut checks: Vec<Check> = stream::iter(looks).buffered(AT_ONCE).concat().await;
    for (kind, error) in &scene.configs.unlisted {
        let next = "run doctor as somebody who may list them, or name a namespace by -n";
        checks.push(Group::Accounts.check(*kind).not_known(words::of(error), next));
    }
    if !scene.configs.unreadable.is_empty() {
        let next = "correct the field, or apply the definitions of this version";
        checks.push(Group::Accounts.check("unreadable configs").failed(scene.configs.unreadable.join("\n"), next));
    }
    if checks.is_empty() {
        let next = "create a ProviderConfig: examples/ has one for each vendor";
        checks.push(Group::Accounts.check("configs").warning("there is none, so no room can be kept", next));
    }
    checks
}

async fn one(
    accounts: &Accounts,
    secrets: &Cluster,
    allowed: BTreeSet<IpAddr>,
    config: &StoredConfig,
    scene: &Scene,
) -> Vec<Check> {
    let begin = |what: &str| Group::Accounts.check(format!("{}, {what}", config.key));
    let usable = config.usable(&scene.told.operator_namespace);
    let endpoint = match accounts.endpoint(&usable) {
        Ok(endpoint) => endpoint,
        Err(error) => return vec![unusable(begin("spec"), &error, scene)],
    };
    let examined = match accounts.examine(&usable, secrets).await {
        Ok(examined) => examined,
        Err(error @ Error::Config { .. }) => return vec![unusable(begin("spec"), &error, scene)],
        Err(error) => {
            let resolved = name(begin("name"), &endpoint, &allowed, false).await;
            return [Some(missing(begin("Secrets"), &error)), resolved].into_iter().flatten().collect();
        }
    };
    let is_answered = examined.heard.is_some();
    let mut checks = vec![begin("Secrets").ok(keys(config))];
    checks.extend(name(begin("name"), &endpoint, &allowed, is_answered).await);
    checks.push(connection::check(begin("connection"), &endpoint, &examined));
    checks.push(credential(begin("credential"), &examined));
    checks.push(connection::clocks(begin("clock"), examined.heard));
    checks
}

fn unusable(check: Begun, error: &Error, scene: &Scene) -> Check {
    let blames_endpoint = matches!(error, Error::Config { source, .. } if source.field.ends_with(".endpoint"));
    if blames_endpoint && !scene.told.is_seen {
        let next = "give doctor the --allowed-endpoint-hosts of the operator, whose Deployment was not seen";
        return check.not_known(error.to_string(), next);
    }
    check.failed(error.to_string(), "correct the field that it names")
}

fn missing(check: Begun, error: &Error) -> Check {
    match error {
        Error::Missing(Missing::Unreadable { .. }) => {
            let next = "run doctor as somebody who may get that Secret; the operator's own right is checked above";
            check.not_known(error.to_string(), next)
        }
        Error::Missing(_) | Error::Config { .. } | Error::Rejected(_) | Error::Misdirected(_) => {
            check.failed(error.to_string(), "the config is not ready until then")
        }
    }
}

/// Says which keys of which Secrets are there.
fn keys(config: &StoredConfig) -> String {
    let named =
        references(&config.spec).into_iter().map(|reference| format!("{} in {}", reference.key, reference.name));
    format!("there: {}", named.collect::<Vec<_>>().join(", "))
}

/// Looks the vendor's name up; absent: the endpoint is an address.
async fn name(check: Begun, endpoint: &Url, allowed: &BTreeSet<IpAddr>, is_answered: bool) -> Option<Check> {
    let Some(Host::Domain(host)) = endpoint.host() else { return None };
    Some(match addresses::resolve(host, allowed).await {
        Ok(found) => {
            let found: Vec<String> = found.into_iter().map(|address| address.to_string()).collect();
            check.ok(format!("{host} leads to {}", words::some(&found)))
        }
        Err(_) if is_answered => check.ok(format!("a proxy looks {host} up; here it leads to no vendor")),
        Err(error @ addresses::Unresolved::NoAddress { .. }) => {
            let next = "correct the region or the endpoint, or the name server; behind a proxy set HTTPS_PROXY";
            check.failed(error.to_string(), next)
        }
        Err(error @ addresses::Unresolved::Misdirected(_)) => {
            let next =
                "no vendor can be there: correct the name server, or allow the address by --allowed-endpoint-hosts";
            check.failed(error.to_string(), next)
        }
    })
}

fn credential(check: Begun, examined: &Examined) -> Check {
    match &examined.opinion {
        Opinion::Accepted { refusal: None } => check.ok("the vendor accepts it"),
        Opinion::Accepted { refusal: Some(error) } => {
            let next = "give the account the permissions that docs/providers/ names";
            check.warning(format!("the vendor accepts it, and refuses a harmless read: {error}"), next)
        }
        Opinion::Rejected(error) => {
            let next = "put the right key into the Secret, and check the account's id, the region and the clock";
            check.failed(error.to_string(), next)
        }
        Opinion::Unknown(error) => check.not_known(error.to_string(), "look again when the vendor can be asked"),
    }
}
