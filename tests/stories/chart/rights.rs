//! What the operator's account is granted, as the API server has it, and what of it was used, as the audit log has it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use kube::{Api, Client, ResourceExt};

use super::HOME;
use crate::story::DEADLINE;
use crate::support::{AuditEvent, ControlPlane, wait_until};

/// One verb on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// `None`: in all of them, and outside.
    namespace: Option<String>,
    group: String,
    resource: String,
    subresource: String,
    /// `None`: whatever its name is.
    name: Option<String>,
    verb: String,
}

impl Right {
    /// Tells whether it opens the Secrets of the whole cluster.
    pub fn reads_secrets_everywhere(&self) -> bool {
        self.namespace.is_none() && self.group.is_empty() && self.resource == "secrets"
    }

    /// Tells whether this request needed it.
    fn is_used_by(&self, event: &AuditEvent) -> bool {
        // An apply that makes an object needs both verbs, and is logged as a patch.
        let made = event.verb == "patch" && event.code == 201 && self.verb == "create";
        let fits = |wanted: &Option<String>, there: &str| wanted.as_deref().is_none_or(|wanted| wanted == there);
        (event.verb == self.verb || made)
            && (&event.group, &event.resource, &event.subresource) == (&self.group, &self.resource, &self.subresource)
            && fits(&self.namespace, &event.namespace)
            && fits(&self.name, &event.name)
    }
}

/// Returns every right that a binding gives to the operator's account.
pub async fn granted(client: &Client) -> Vec<Right> {
    let mut rights = Vec::new();
    for binding in list::<ClusterRoleBinding>(client).await {
        if is_the_operators(binding.subjects.as_ref()) {
            rights.extend(expanded(&rules(client, &binding.role_ref, "").await, None));
        }
    }
    for binding in list::<RoleBinding>(client).await {
        if is_the_operators(binding.subjects.as_ref()) {
            let namespace = binding.namespace().expect("it is in one");
            rights.extend(expanded(&rules(client, &binding.role_ref, &namespace).await, Some(namespace)));
        }
    }
    rights
}

async fn list<K>(client: &Client) -> Vec<K>
where
    K: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    Api::all(client.clone()).list(&Default::default()).await.expect("the API server answers").items
}

fn is_the_operators(subjects: Option<&Vec<Subject>>) -> bool {
    let is_it = |subject: &Subject| subject.kind == "ServiceAccount" && subject.namespace.as_deref() == Some(HOME);
    subjects.is_some_and(|subjects| subjects.iter().any(is_it))
}

async fn rules(client: &Client, role: &RoleRef, namespace: &str) -> Vec<PolicyRule> {
    let rules = if role.kind == "ClusterRole" {
        Api::<ClusterRole>::all(client.clone()).get(&role.name).await.expect("the role is there").rules
    } else {
        Api::<Role>::namespaced(client.clone(), namespace).get(&role.name).await.expect("the role is there").rules
    };
    rules.unwrap_or_default()
}

fn expanded(rules: &[PolicyRule], namespace: Option<String>) -> Vec<Right> {
    let mut rights = Vec::new();
    for rule in rules {
        let names = rule.resource_names.clone().unwrap_or_default().into_iter().map(Some);
        let names: Vec<Option<String>> = names.collect();
        let names = if names.is_empty() { vec![None] } else { names };
        for (group, resource) in rule
            .api_groups
            .iter()
            .flatten()
            .flat_map(|group| rule.resources.iter().flatten().map(move |resource| (group, resource)))
        {
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            for (name, verb) in names.iter().flat_map(|name| rule.verbs.iter().map(move |verb| (name, verb))) {
                rights.push(Right {
                    namespace: namespace.clone(),
                    group: group.clone(),
                    resource: resource.to_owned(),
                    subresource: subresource.to_owned(),
                    name: name.clone(),
                    verb: verb.clone(),
                });
            }
        }
    }
    rights
}

/// Waits until the operator's account has used every right, and checks that it was refused nothing, by the requests from
/// this one on. Returns how many there are by now.
pub async fn check(plane: &ControlPlane, granted: &[Right], from: usize) -> usize {
    let account = format!("system:serviceaccount:{HOME}:{HOME}");
    let (mut unused, mut until_now) = (Vec::new(), from);
    let all_used = async || {
        let log = plane.audit().expect("it is logged");
        let events: Vec<&AuditEvent> = log[from..].iter().filter(|event| event.user == account).collect();
        let refused: Vec<_> = events.iter().filter(|event| event.code == 403).collect();
        assert!(refused.is_empty(), "it was refused: {refused:#?}");
        let is_unused = |right: &&Right| !events.iter().any(|event| right.is_used_by(event));
        unused = granted.iter().filter(is_unused).collect();
        until_now = log.len();
        unused.is_empty()
    };
    // The Lease is renewed every few seconds, and the log is written a moment later.
    let waited = AssertUnwindSafe(wait_until(DEADLINE, "every right to be used", all_used)).catch_unwind().await;
    assert!(waited.is_ok(), "granted and not used: {unused:#?}");
    until_now
}
