//! The operator's own parts: its rights, its account, its program, its namespace.

use serde_json::{Value, json};

use crate::stage::{HOME, Stage, example};

pub(crate) fn ours() -> Value {
    json!({ "metadata": { "labels": { "app.kubernetes.io/name": "roomkeeper" } } })
}

pub(crate) fn with(mut base: Value, more: &Value) -> Value {
    json_patch::merge(&mut base, more);
    base
}

pub(crate) fn binding(kind: &str) -> Value {
    json!({ "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "any" } })
}

#[tokio::test]
async fn rights_in_a_namespace_are_kept_while_a_config_of_it_is_in_use() {
    let stage = Stage::begin("rights").await;
    let config =
        stage.create(&stage.ours("providerconfigs"), &example("tencent-room/provider-config", &json!({}))).await;
    stage.set_in_use(&config, true).await;
    for (plural, kind, more) in [("roles", "Role", json!({})), ("rolebindings", "RoleBinding", binding("Role"))] {
        let mine = stage.named(&stage.rbac(plural), "mine", &with(ours(), &more)).await;
        let other = stage.named(&stage.rbac(plural), "other", &more).await;
        let words = format!("the {kind} {}/mine gives the operator its rights", stage.namespace);
        let refusal =
            stage.until_kept(&mine, &[&words, "the ProviderConfig tencent of that namespace is in use"]).await;
        stage.lets_go(&other).await;
        stage.follow(&refusal, "kubectl -n", &[]);
        stage.set_in_use(&config, false).await;
        stage.until_let_go(&mine).await;
        stage.set_in_use(&config, true).await;
        stage.until_kept(&mine, &[&words]).await;
        stage.follow(&refusal, &format!("kubectl -n {} annotate", stage.namespace), &[]);
        stage.lets_go(&mine).await;
    }
}

#[tokio::test]
async fn the_operators_own_parts_are_kept_while_its_kinds_are_installed() {
    let stage = Stage::begin("parts").await;
    let name = &stage.namespace;
    let rbac = "/apis/rbac.authorization.k8s.io/v1";
    let deployment = json!({ "spec": {
        "selector": { "matchLabels": { "a": "b" } },
        "template": {
            "metadata": { "labels": { "a": "b" } },
            "spec": { "containers": [{ "name": "a", "image": "a" }] },
        },
    } });
    let parts = [
        ("ServiceAccount", format!("/api/v1/namespaces/{HOME}/serviceaccounts"), json!({})),
        ("Deployment", format!("/apis/apps/v1/namespaces/{HOME}/deployments"), deployment),
        ("Role", format!("{rbac}/namespaces/{HOME}/roles"), json!({})),
        ("RoleBinding", format!("{rbac}/namespaces/{HOME}/rolebindings"), binding("Role")),
        ("ClusterRole", format!("{rbac}/clusterroles"), json!({})),
        ("ClusterRoleBinding", format!("{rbac}/clusterrolebindings"), binding("ClusterRole")),
    ];
    for (kind, path, more) in parts {
        let mine = stage.named(&path, name, &with(ours(), &more)).await;
        let other = stage.named(&path, &format!("{name}-other"), &more).await;
        let place = if kind.starts_with("Cluster") { String::new() } else { format!("{HOME}/") };
        let words = format!("the {kind} {place}{name} is a part of the operator");
        let refusal = stage.until_kept(&mine, &[&words, "delete the kinds first, which dismisses nobody"]).await;
        stage.lets_go(&other).await;
        stage.patch(&mine, &json!({ "metadata": { "annotations": { "edited": "true" } } })).await;
        let annotate = if place.is_empty() { "kubectl annotate".to_owned() } else { format!("kubectl -n {HOME}") };
        stage.follow(&refusal, &annotate, &[]);
        stage.lets_go(&mine).await;
    }
    stage.keeps(&format!("/api/v1/namespaces/{HOME}"), &["the Namespace roomkeeper is a part of the operator"]).await;
    stage.lets_go(&format!("/api/v1/namespaces/{name}")).await;
    // A team's own account with that label is none of its parts.
    let elsewhere = stage.named(&stage.core("serviceaccounts"), "mine", &ours()).await;
    stage.lets_go(&elsewhere).await;
}
