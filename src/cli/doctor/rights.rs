//! Who may do what: whoever runs doctor, as far as doctor needs it, and the operator, by the one table of rights.

use super::check::{Check, Group};
use super::scene::Scene;
use super::words;
use crate::api::GROUP;
use crate::requirements;
use crate::requirements::rights::{self, Need, Watches, Whose};
use crate::rights::CORE;

/// How many rights that are missing are named: where one is not bound, all of them are.
const NAMED: usize = 8;

/// Looks at both.
pub(super) async fn look(scene: &Scene) -> Vec<Check> {
    let mut checks = vec![yours(scene).await];
    if let Some(namespace) = scene.namespace.as_ref().filter(|_| scene.is_narrowed) {
        let found = format!("you may not list the objects of all, so only {namespace} is looked at");
        checks.push(Group::Rights.check("namespaces").warning(found, "name another namespace by -n"));
    }
    checks.push(operators(scene).await);
    checks
}

async fn yours(scene: &Scene) -> Check {
    let check = Group::Rights.check("yours");
    match rights::lacking(&scene.client, &Whose::Own, needs(scene)).await {
        Ok(lacking) if lacking.is_empty() => check.ok("you may read all that is looked at"),
        Ok(lacking) => {
            let next = "ask for these rights; without them some checks below are not known";
            check.warning(format!("you may not {}", listed(&lacking)), next)
        }
        Err(error) => check.not_known(words::of(&error), "log in to the cluster as somebody whom it knows"),
    }
}

async fn operators(scene: &Scene) -> Check {
    let (namespace, name) = (scene.told.operator_namespace.clone(), scene.told.service_account.clone());
    let check = Group::Rights.check(format!("ServiceAccount {namespace}/{name}"));
    let needs = rights::operators(&scene.told.installation(), Watches::AreAskedFor);
    match rights::lacking(&scene.client, &Whose::ServiceAccount { namespace, name }, needs).await {
        Ok(lacking) if lacking.is_empty() => check.ok("it has every right that the operator needs"),
        Ok(lacking) => {
            let lacking = listed(&lacking);
            if !scene.told.is_seen {
                let next = "see whether it needs them: the operator's Deployment was not seen, so it was taken to keep the rooms \
                            of all namespaces; if it runs as another ServiceAccount, name it by --service-account";
                return check.warning(format!("it may not {lacking}"), next);
            }
            let next = "apply the roles and bindings of the chart of this version again; if the operator runs as another \
                        ServiceAccount, name it by --service-account";
            check.failed(format!("it may not {lacking}"), next)
        }
        Err(error) if words::is_forbidden(&error) => {
            let next = "run doctor as somebody who may create subjectaccessreviews.authorization.k8s.io, or read the check \
                        `rights` of the operator's /readyz?verbose";
            check.not_known("you may not ask for the rights of others", next)
        }
        Err(error) => check.not_known(words::of(&error), "look again"),
    }
}

/// Names the first rights of a list.
fn listed(lacking: &[Need]) -> String {
    let named: Vec<String> = lacking.iter().map(Need::to_string).collect();
    requirements::some(&named, NAMED, "; ")
}

/// Returns what doctor itself asks of the API server.
fn needs(scene: &Scene) -> Vec<Need> {
    let need = |verb, group, resource, namespace: Option<&str>| Need {
        verb,
        group,
        resource,
        name: None,
        namespace: namespace.map(str::to_owned),
    };
    let (looked_at, home) = (scene.namespace.as_deref(), Some(scene.told.operator_namespace.as_str()));
    let policies = "admissionregistration.k8s.io";
    vec![
        need("list", GROUP, "rooms", looked_at),
        need("list", GROUP, "meetingrooms", looked_at),
        need("list", GROUP, "providerconfigs", looked_at),
        need("list", GROUP, "clusterproviderconfigs", None),
        need("get", CORE, "secrets", looked_at),
        need("get", "apiextensions.k8s.io", "customresourcedefinitions", None),
        need("get", policies, "validatingadmissionpolicies", None),
        need("get", policies, "validatingadmissionpolicybindings", None),
        need("get", "coordination.k8s.io", "leases", home),
        need("list", "apps", "deployments", home),
        need("create", "authorization.k8s.io", "subjectaccessreviews", None),
    ]
}
