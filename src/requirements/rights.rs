//! Which rights are needed, by the table in `rights.rs`, and which of them somebody has not. The API server is asked.

use std::fmt;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SubjectAccessReview,
    SubjectAccessReviewSpec, SubjectAccessReviewStatus,
};
use kube::api::PostParams;
use kube::{Api, Client};

use crate::rights::{self, Place, Right};

/// How many questions are on their way at a time.
const AT_ONCE: usize = 8;

/// Whose rights are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of whoever asks. Everybody may ask that.
    Own,
    /// Those of a ServiceAccount. Only who may create SubjectAccessReviews is answered.
    ServiceAccount {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// What an operator was told that decides where it needs its rights.
#[derive(Clone, Copy, Debug)]
pub struct Installation<'a> {
    /// Namespaces whose objects it keeps; empty: all.
    pub namespaces: &'a [String],
    /// The namespace with its Lease and with the Secrets of `ClusterProviderConfig`s.
    pub operator_namespace: &'a str,
    /// Name of its Lease.
    pub lease: &'a str,
}

/// Whether the rights to list and to watch are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watches {
    /// No: watches run, and show it themselves.
    ShowThemselves,
    /// Yes.
    AreAskedFor,
}

/// One thing that somebody must be allowed to do. `Display` says it after "may not".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is done.
    pub verb: &'static str,
    /// The API group.
    pub group: &'static str,
    /// With its subresource.
    pub resource: &'static str,
    /// Of which object; absent: of all.
    pub name: Option<String>,
    /// Where; absent: everywhere, or outside of namespaces.
    pub namespace: Option<String>,
}

/// Returns those of these rights that somebody has not, in their order.
///
/// # Errors
/// The API server's; 403 if it does not tell the rights of others to whoever asks.
pub async fn lacking(client: &Client, whose: &Whose, needs: Vec<Need>) -> kube::Result<Vec<Need>> {
    let asked = stream::iter(needs).map(async |need| {
        let is_there = is_allowed(client, whose, &need).await;
        is_there.map(|is_there| (need, is_there))
    });
    let answers: Vec<(Need, bool)> = asked.buffered(AT_ONCE).try_collect().await?;
    Ok(answers.into_iter().filter(|(_, is_there)| !is_there).map(|(need, _)| need).collect())
}

async fn is_allowed(client: &Client, whose: &Whose, need: &Need) -> kube::Result<bool> {
    let resource_attributes = Some(need.attributes());
    let params = PostParams::default();
    let status = match whose {
        Whose::Own => {
            let spec = SelfSubjectAccessReviewSpec { resource_attributes, ..SelfSubjectAccessReviewSpec::default() };
            let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
            Api::all(client.clone()).create(&params, &review).await?.status
        }
        Whose::ServiceAccount { namespace, name } => {
            let groups =
                ["system:serviceaccounts", &format!("system:serviceaccounts:{namespace}"), "system:authenticated"];
            let spec = SubjectAccessReviewSpec {
                resource_attributes,
                user: Some(format!("system:serviceaccount:{namespace}:{name}")),
                groups: Some(groups.into_iter().map(str::to_owned).collect()),
                ..SubjectAccessReviewSpec::default()
            };
            let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
            Api::all(client.clone()).create(&params, &review).await?.status
        }
    };
    Ok(status.is_some_and(|SubjectAccessReviewStatus { allowed, .. }| allowed))
}

/// Returns what an operator needs without which it does not go on, by the table.
#[must_use]
pub fn operators(installation: &Installation<'_>, watches: Watches) -> Vec<Need> {
    let rooms = || match installation.namespaces {
        [] => vec![None],
        namespaces => namespaces.iter().cloned().map(Some).collect(),
    };
    let mut needs = Vec::new();
    for role in rights::operator() {
        let places = match role.place {
            Place::Rooms => rooms(),
            Place::Cluster => vec![None],
            Place::Operator => vec![Some(installation.operator_namespace.to_owned())],
            // The operator goes on without the first two: who needs them is told on the object.
            Place::SharedAccounts | Place::JoinInfo | Place::People => Vec::new(),
        };
        for namespace in &places {
            for right in &role.rights {
                needs.extend(of_right(right, namespace.as_deref(), installation.lease));
            }
        }
    }
    needs.retain(|need| watches == Watches::AreAskedFor || !["list", "watch"].contains(&need.verb));
    needs
}

fn of_right(right: &Right, namespace: Option<&str>, lease: &str) -> Vec<Need> {
    let names: Vec<Option<String>> = match right.names.as_slice() {
        [] => vec![None],
        // The table does not know what the Lease of this operator is called.
        _ if right.resources == ["leases"] => vec![Some(lease.to_owned())],
        names => names.iter().cloned().map(Some).collect(),
    };
    let mut needs = Vec::new();
    for resource in right.resources {
        for name in &names {
            let need = |verb: &&'static str| {
                let namespace = namespace.map(str::to_owned);
                Need { verb, group: right.group, resource, name: name.clone(), namespace }
            };
            needs.extend(right.verbs.iter().map(need));
        }
    }
    needs
}

impl Need {
    /// Returns the resource, and its subresource.
    fn parts(&self) -> (&'static str, Option<&'static str>) {
        match self.resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource)),
            None => (self.resource, None),
        }
    }

    fn attributes(&self) -> ResourceAttributes {
        let (resource, subresource) = self.parts();
        ResourceAttributes {
            verb: Some(self.verb.to_owned()),
            group: Some(self.group.to_owned()),
            resource: Some(resource.to_owned()),
            subresource: subresource.map(str::to_owned),
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            ..ResourceAttributes::default()
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (resource, subresource) = self.parts();
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let subresource = subresource.map(|subresource| format!("/{subresource}")).unwrap_or_default();
        let name = self.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let place = self.namespace.as_ref().map(|namespace| format!(" in {namespace}")).unwrap_or_default();
        write!(f, "{} {resource}{group}{subresource}{name}{place}", self.verb)
    }
}
