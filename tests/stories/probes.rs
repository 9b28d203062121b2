//! Probes: whether the operator is ready, whether it can go on, and what is missing.

use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::operator::Operator;
use crate::story::{DEADLINE, Story, create};
use crate::support::wait_until;

/// Waits until the operator is ready, or until it is not and says all of these words.
async fn until_readyz(story: &Story, operator: &Operator, wanted: u16, words: &[&str]) {
    let what = format!("/readyz to be {wanted} and to say {words:?}");
    let path = if wanted == 200 { "/readyz?verbose" } else { "/readyz" };
    let is_so = async || {
        let (status, body) = operator.ask(path).await;
        status == wanted && words.iter().all(|word| body.contains(word))
    };
    story.patiently(&what, wait_until(2 * DEADLINE, &what, is_so)).await;
}

#[tokio::test]
async fn an_operator_that_acts_and_one_that_stands_by_are_both_ready_and_name_their_parts() {
    let story = Story::begin("probes").await;
    let (first, second) = (story.operator.as_ref().expect("it runs"), story.start_another_operator("other"));
    let namespace = &story.namespace;
    let watch = |kind: &str| format!("[+]watch/{kind}/{namespace} ok");
    let watches = ["Room", "MeetingRoom", "ProviderConfig", "Secret"].map(watch);
    let mut parts: Vec<&str> = watches.iter().map(String::as_str).collect();
    parts.extend(["[+]watch/ClusterProviderConfig ok", "[+]lease ok", "[+]crds ok", "[+]rights ok"]);
    for operator in [first, &second] {
        until_readyz(&story, operator, 200, &parts).await;
        assert_eq!(operator.ask("/readyz").await, (200, "ok".to_owned()));
        assert_eq!(operator.ask("/livez").await, (200, "ok".to_owned()));
        let lines = "[+]tasks ok\n[+]queue ok\nlivez check passed\n";
        assert_eq!(operator.ask("/livez?verbose").await, (200, lines.to_owned()));
    }
    assert!(second.log().contains("standing by") || first.log().contains("standing by"), "one of them stands by");
}

#[tokio::test]
async fn an_operator_that_is_cut_off_from_the_api_server_is_not_ready_but_alive() {
    let mut story = Story::prepare("probes-cut").await.with_relay().await;
    story.start_operator();
    let operator = story.operator.as_ref().expect("it runs");
    until_readyz(&story, operator, 200, &[]).await;
    story.relay().cut();
    until_readyz(&story, operator, 503, &["[-]lease failed: no answer within 5 seconds", "readyz check failed"]).await;
    assert_eq!(operator.ask("/livez").await, (200, "ok".to_owned()));
}

#[tokio::test]
async fn crds_older_than_the_operator_are_named_with_what_they_lack_until_they_are_applied() {
    let mut story = Story::prepare_alone("probes-crds").await;
    let crds: Api<CustomResourceDefinition> = Api::all(story.client.clone());
    let field = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/settledGeneration";
    let rooms = crds.get("rooms.roomkeeper.dev").await.expect("it is installed");
    let there = serde_json::to_value(&rooms).expect("a CRD is JSON").pointer(field).cloned();
    let patch = async |operation: Value| {
        let patch = Patch::Json::<()>(serde_json::from_value(json!([operation])).expect("a patch"));
        crds.patch("rooms.roomkeeper.dev", &PatchParams::default(), &patch).await.expect("the CRD is taken");
    };
    patch(json!({ "op": "remove", "path": field })).await;
    story.start_operator();
    let operator = story.operator.as_ref().expect("it runs");
    let older = "[-]crds failed: the CRD of Room is older than this program, apply crds/ of its version: it lacks \
                 status.settledGeneration\n";
    until_readyz(&story, operator, 503, &[older]).await;
    assert!(operator.log().contains("it lacks status.settledGeneration"), "it is in the log too");
    patch(json!({ "op": "add", "path": field, "value": there })).await;
    until_readyz(&story, operator, 200, &[]).await;
}

#[tokio::test]
async fn rights_that_the_operator_lacks_are_named_until_they_are_given() {
    let mut story = Story::prepare("probes-rights").await;
    let name = story.namespace.clone();
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({ "apiGroups": [group], "resources": resources, "verbs": verbs });
    let some = json!({
        "metadata": { "name": name },
        "rules": [
            rule("roomkeeper.dev", &["*"], &["get", "list", "watch"]),
            rule("", &["secrets"], &["get", "list", "watch"]),
            // It waits for a Lease that it may not make; one that it may not renew would end it.
            rule("coordination.k8s.io", &["leases"], &["get", "update"]),
            rule("events.k8s.io", &["events"], &["create"]),
        ],
    });
    let roles: Api<ClusterRole> = Api::all(story.client.clone());
    create(&roles, &some).await;
    let binding = json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name }],
    });
    create::<ClusterRoleBinding>(&Api::all(story.client.clone()), &binding).await;
    story.as_user(&name);
    story.start_operator();
    let operator = story.operator.as_ref().expect("it runs");
    let lacking = [
        format!("it may not patch rooms.roomkeeper.dev in {name}"),
        format!("it may not patch rooms.roomkeeper.dev/status in {name}"),
        format!("it may not create leases.coordination.k8s.io in {name}"),
        "it may not get customresourcedefinitions.apiextensions.k8s.io rooms.roomkeeper.dev".to_owned(),
    ];
    until_readyz(&story, operator, 503, &lacking.each_ref().map(String::as_str)).await;
    let (_, body) = operator.ask("/readyz").await;
    assert!(!body.contains("secrets") && !body.contains("events"), "it has these: {body}");

    let all = Patch::Merge(json!({ "rules": [rule("*", &["*"], &["*"])] }));
    roles.patch(&name, &PatchParams::default(), &all).await.expect("the role is there");
    until_readyz(&story, operator, 200, &["[+]rights ok"]).await;
}
