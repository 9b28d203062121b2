//! The rights of a story's operator: those of the table that the chart is made of, and no other.

use std::collections::BTreeMap;

use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, Resource};
use roomkeeper::rights::{Right, operator};
use serde_json::{Value, json};

use crate::story::DEADLINE;
use crate::support::wait_until;

/// Whom the operators of all stories ask the API server as.
pub const OPERATOR: &str = "roomkeeper-operator";

/// Gives the rights, and waits until they hold. They hold in all namespaces, as the chart has it if it is told nothing else.
pub async fn give(client: &Client) {
    let rules: Vec<Value> = operator().iter().flat_map(|role| &role.rights).map(rule).collect();
    apply::<ClusterRole>(client, &json!({ "rules": rules })).await;
    let group = "rbac.authorization.k8s.io";
    let binding = json!({
        "roleRef": { "apiGroup": group, "kind": "ClusterRole", "name": OPERATOR },
        "subjects": [{ "apiGroup": group, "kind": "User", "name": OPERATOR }],
    });
    apply::<ClusterRoleBinding>(client, &binding).await;
    let reviews = Api::<SubjectAccessReview>::all(client.clone());
    let question = json!({
        "metadata": {},
        "spec": { "user": OPERATOR, "resourceAttributes": { "verb": "create", "group": "coordination.k8s.io", "resource": "leases" } },
    });
    let question: SubjectAccessReview = serde_json::from_value(question).expect("a question");
    let hold = async || {
        let answer = reviews.create(&PostParams::default(), &question).await.expect("the API server answers");
        answer.status.is_some_and(|status| status.allowed)
    };
    wait_until(DEADLINE, "the operator's rights to hold", hold).await;
}

/// Each story has a Lease of its own name, so that name alone is left out.
fn rule(right: &Right) -> Value {
    let mut rule = BTreeMap::from([
        ("apiGroups", json!([right.group])),
        ("resources", json!(right.resources)),
        ("verbs", json!(right.verbs)),
    ]);
    if !right.names.is_empty() && right.resources != ["leases"] {
        rule.insert("resourceNames", json!(right.names));
    }
    json!(rule)
}

async fn apply<K>(client: &Client, more: &Value)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let mut object = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": { "name": OPERATOR },
    });
    json_patch::merge(&mut object, more);
    let params = PatchParams::apply("stories").force();
    Api::<K>::all(client.clone()).patch(OPERATOR, &params, &Patch::Apply(object)).await.expect("it is taken");
}
