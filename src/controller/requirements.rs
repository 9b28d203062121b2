//! What the operator needs from the cluster: CRDs that are not older than itself, and its rights. What is missing is named.
//!
//! It goes on looking, since both may be mended, or taken away, while it runs.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec, SubjectAccessReviewStatus,
};
use kube::api::PostParams;
use kube::{Api, Client};
use serde_json::{Value, json};

use super::Settings;
use crate::api::schema;
use crate::health::{Check, Health};
use crate::rights::{self, Place, Right};

/// How long after a look that found all in place the next one comes.
const LOOK_EVERY: Duration = Duration::from_secs(300);
/// How long after one that found something missing.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Where the API server tells the schemas of our kinds to everybody who may log in.
const SCHEMAS: &str = "/openapi/v3/apis/roomkeeper.dev/v1alpha1";
/// How many fields that are missing are named.
const NAMED: usize = 3;

/// One thing that the operator must be allowed to do.
#[derive(Debug)]
struct Need<'a> {
    verb: &'static str,
    group: &'static str,
    /// With its subresource.
    resource: &'static str,
    /// Of which object; absent: of all.
    name: Option<String>,
    /// Where; absent: everywhere, or outside of namespaces.
    namespace: Option<&'a str>,
}

/// Looks for ever, and says what is missing.
pub(super) async fn watch(client: Client, settings: Settings, health: Health) {
    let (crds, rights) = (health.check("crds"), health.check("rights"));
    loop {
        let missing = tell(&crds, outdated(&client).await) | tell(&rights, lacking(&client, &settings).await);
        tokio::time::sleep(if missing { LOOK_AGAIN } else { LOOK_EVERY }).await;
    }
}

/// Keeps what a look found, and returns whether anything is missing.
fn tell(check: &Arc<Check>, found: kube::Result<Vec<String>>) -> bool {
    let missing = match found {
        Ok(missing) if missing.is_empty() => {
            check.passes();
            return false;
        }
        Ok(missing) => missing.join("; "),
        Err(error) => format!("cannot be looked at: {error}"),
    };
    let is_news = check.verdict().err().as_ref() != Some(&missing);
    check.fails(&missing);
    if is_news {
        tracing::error!(check = check.name(), missing, "something that the operator needs is missing");
    }
    true
}

/// Returns the kinds whose installed schema lacks something that this program reads or writes.
async fn outdated(client: &Client) -> kube::Result<Vec<String>> {
    let request = http::Request::get(SCHEMAS).body(Vec::new()).map_err(kube::Error::HttpError)?;
    let installed: Value = client.request(request).await?;
    Ok(schema::crds()
        .iter()
        .filter_map(|crd| {
            let kind = &crd.spec.names.kind;
            let installed = &installed["components"]["schemas"][format!("dev.roomkeeper.v1alpha1.{kind}")];
            let wanted = json!(crd.spec.versions.first()?.schema.as_ref()?.open_api_v3_schema);
            let mut lacks = Vec::new();
            compare(&wanted, installed, "", &mut lacks);
            (!lacks.is_empty()).then(|| describe(kind, &lacks))
        })
        .collect())
}

fn describe(kind: &str, lacks: &[String]) -> String {
    let more = match lacks.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = lacks.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    format!("the CRD of {kind} is older than this program, apply crds/ of its version: it lacks {named}{more}")
}

/// Collects what a schema has and the installed one has not: fields, and values of fields. What the installed one has
/// besides may come from a later version.
fn compare(wanted: &Value, installed: &Value, path: &str, lacks: &mut Vec<String>) {
    for (name, field) in wanted["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match installed["properties"].get(name) {
            Some(there) => compare(field, there, &path, lacks),
            None => lacks.push(path),
        }
    }
    for value in wanted["enum"].as_array().into_iter().flatten() {
        if !installed["enum"].as_array().is_none_or(|known| known.contains(value)) {
            lacks.push(format!("{path}={}", value.as_str().unwrap_or_default()));
        }
    }
    for nested in ["items", "additionalProperties"] {
        if wanted[nested].is_object() {
            compare(&wanted[nested], &installed[nested], path, lacks);
        }
    }
}

/// Returns the rights that are needed and not there. That lists and watches are allowed, the watches show themselves.
async fn lacking(client: &Client, settings: &Settings) -> kube::Result<Vec<String>> {
    let reviews = Api::<SelfSubjectAccessReview>::all(client.clone());
    let mut lacking = Vec::new();
    for need in needs(settings) {
        let review = SelfSubjectAccessReview { spec: need.question(), ..SelfSubjectAccessReview::default() };
        let answer = reviews.create(&PostParams::default(), &review).await?.status;
        if !answer.is_some_and(|SubjectAccessReviewStatus { allowed, .. }| allowed) {
            lacking.push(need.words());
        }
    }
    Ok(lacking)
}

/// Returns what the table of rights says for these settings, lists and watches aside.
fn needs(settings: &Settings) -> Vec<Need<'_>> {
    let mut needs = Vec::new();
    for role in rights::operator() {
        let own = Some(settings.operator_namespace.as_str());
        let places = match role.place {
            Place::Rooms => super::scopes(settings),
            Place::Cluster => vec![None],
            Place::Operator => vec![own],
            // The operator goes on without the first two: who needs them is told on the object.
            Place::SharedAccounts | Place::JoinInfo | Place::People => Vec::new(),
        };
        for namespace in places {
            role.rights.iter().for_each(|right| needs.extend(of_right(right, namespace, settings)));
        }
    }
    needs
}

fn of_right<'a>(right: &Right, namespace: Option<&'a str>, settings: &Settings) -> Vec<Need<'a>> {
    let names: Vec<Option<String>> = match right.names.as_slice() {
        [] => vec![None],
        // The table does not know what the Lease of this process is called.
        _ if right.resources == ["leases"] => vec![Some(settings.lease.clone())],
        names => names.iter().cloned().map(Some).collect(),
    };
    let mut needs = Vec::new();
    for resource in right.resources {
        for name in &names {
            let verbs = right.verbs.iter().filter(|verb| !["list", "watch"].contains(verb));
            needs.extend(verbs.map(|verb| Need { verb, group: right.group, resource, name: name.clone(), namespace }));
        }
    }
    needs
}

impl Need<'_> {
    /// Returns the resource, and its subresource.
    fn parts(&self) -> (&'static str, Option<&'static str>) {
        match self.resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource)),
            None => (self.resource, None),
        }
    }

    fn question(&self) -> SelfSubjectAccessReviewSpec {
        let (resource, subresource) = self.parts();
        let attributes = ResourceAttributes {
            verb: Some(self.verb.to_owned()),
            group: Some(self.group.to_owned()),
            resource: Some(resource.to_owned()),
            subresource: subresource.map(str::to_owned),
            name: self.name.clone(),
            namespace: self.namespace.map(str::to_owned),
            ..ResourceAttributes::default()
        };
        SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..SelfSubjectAccessReviewSpec::default() }
    }

    fn words(&self) -> String {
        let (resource, subresource) = self.parts();
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let subresource = subresource.map(|subresource| format!("/{subresource}")).unwrap_or_default();
        let name = self.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let place = self.namespace.map(|namespace| format!(" in {namespace}")).unwrap_or_default();
        format!("it may not {} {resource}{group}{subresource}{name}{place}", self.verb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_lacks_a_field_or_a_value_is_older_and_one_that_has_more_is_not() {
        let schema = |fields: Value| json!({ "properties": { "spec": { "properties": fields } } });
        let list = |fields: Value| json!({ "items": { "properties": fields } });
        let mode = |words: &[&str]| json!({ "type": "string", "enum": words });
        let wanted = schema(json!({ "mode": mode(&["A", "B"]), "drift": list(json!({ "since": {} })), "name": {} }));
        let rows = [
            (wanted.clone(), vec![]),
            (
                schema(
                    json!({ "mode": mode(&["A", "B", "C"]), "drift": list(json!({ "since": {} })), "name": {}, "x": {} }),
                ),
                vec![],
            ),
            (
                schema(json!({ "mode": mode(&["A"]), "drift": list(json!({})) })),
                vec!["spec.drift.since", "spec.mode=B", "spec.name"],
            ),
            (Value::Null, vec!["spec"]),
        ];
        for (installed, expected) in rows {
            let mut lacks = Vec::new();
            compare(&wanted, &installed, "", &mut lacks);
            assert_eq!(lacks, expected, "{installed}");
        }
    }
}
