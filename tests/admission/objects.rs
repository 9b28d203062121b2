//! Our own kinds: what a person protects, and configs in use.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::{Stage, example};

const SHARED: &str = "/apis/roomkeeper.dev/v1alpha1/clusterproviderconfigs";

/// An object of each kind with this name: its kind, where it is, and what it is.
fn one_of_each(stage: &Stage, name: &str, more: &Value) -> Vec<(&'static str, String, Value)> {
    let mut patch = json!({ "metadata": { "name": name } });
    json_patch::merge(&mut patch, more);
    let kinds = [
        ("Room", stage.ours("rooms"), "tencent-room/room"),
        ("MeetingRoom", stage.ours("meetingrooms"), "huawei-meeting/room"),
        ("ProviderConfig", stage.ours("providerconfigs"), "tencent-room/provider-config"),
        ("ClusterProviderConfig", SHARED.to_owned(), "cluster-provider-config/cluster-provider-config"),
    ];
    kinds.map(|(kind, path, file)| (kind, path, example(file, &patch))).into()
}

fn annotated(name: &str, value: &str) -> Value {
    json!({ "metadata": { "annotations": { name: value } } })
}

#[tokio::test]
async fn a_protected_object_is_not_deleted_until_its_annotation_goes() {
    let stage = Stage::begin("protect").await;
    let name = &stage.namespace;
    for (kind, path, object) in one_of_each(&stage, name, &annotated("roomkeeper.dev/protect", "true")) {
        let path = stage.create(&path, &object).await;
        let place = if kind == "ClusterProviderConfig" { String::new() } else { format!("{name}/") };
        let words = format!("the {kind} {place}{name} is protected by its annotation roomkeeper.dev/protect");
        let refusal = stage.until_kept(&path, &[&words, "take the annotation away first"]).await;
        stage.patch(&path, &json!({ "metadata": { "labels": { "edited": "true" } } })).await;
        stage.keeps(&path, &[&words]).await;

        stage.follow(&refusal, "kubectl ", &[]);
        stage.lets_go(&path).await;
        stage.patch(&path, &annotated("roomkeeper.dev/protect", "false")).await;
        stage.lets_go(&path).await;
    }
}

#[tokio::test]
async fn all_objects_of_a_kind_at_once_are_refused_with_the_name_of_the_protected_one() {
    let stage = Stage::begin("collection").await;
    let protect = annotated("roomkeeper.dev/protect", "true");
    let (_, rooms, protected) = one_of_each(&stage, "protected", &protect).swap_remove(0);
    let protected = stage.create(&rooms, &protected).await;
    let words = format!("the Room {}/protected is protected", stage.namespace);
    stage.until_kept(&protected, &[&words]).await;
    let answer = stage.send(Method::DELETE, &rooms, &Value::Null).await;
    assert!(answer.refuses(&[&words]), "{answer:?}");
    assert!(stage.is_there(&protected).await);
}

#[tokio::test]
async fn an_object_that_is_being_deleted_is_let_go_by_its_finalizer_whatever_its_annotations() {
    let stage = Stage::begin("terminating").await;
    let held = json!({ "metadata": { "finalizers": ["roomkeeper.dev/finalizer"] } });
    let (_, rooms, room) = one_of_each(&stage, "going", &held).swap_remove(0);
    let path = stage.create(&rooms, &room).await;
    let protect = annotated("roomkeeper.dev/protect", "true");
    let (_, _, other) = one_of_each(&stage, "staying", &protect).swap_remove(0);
    let other = stage.create(&rooms, &other).await;
    stage.until_kept(&other, &["is protected"]).await;

    stage.delete(&path).await;
    stage.patch(&path, &protect).await;
    stage.lets_go(&path).await;
    stage.patch(&path, &json!({ "metadata": { "finalizers": null } })).await;
    assert!(!stage.is_there(&path).await);
}

#[tokio::test]
async fn a_config_in_use_is_not_deleted() {
    let stage = Stage::begin("in-use").await;
    let name = &stage.namespace;
    for (kind, path, object) in one_of_each(&stage, name, &json!({})).split_off(2) {
        let path = stage.create(&path, &object).await;
        stage.lets_go(&path).await;
        stage.set_in_use(&path, true).await;
        let place = if kind == "ClusterProviderConfig" { String::new() } else { format!("{name}/") };
        let words = format!("the {kind} {place}{name} is in use");
        let listed = format!("--field-selector=spec.providerConfigRef.name={name}");
        let refusal = stage.until_kept(&path, &[&words, &listed]).await;
        // All else that is written of it passes.
        stage.patch(&path, &json!({ "spec": { "rateLimit": { "percent": 10 } } })).await;
        stage.patch(&format!("{path}/status"), &json!({ "status": { "observedGeneration": 2 } })).await;
        stage.follow(&refusal, "kubectl get rooms,meetingrooms", &[]);

        stage.set_in_use(&path, false).await;
        stage.lets_go(&path).await;
        stage.set_in_use(&path, true).await;
        stage.keeps(&path, &[&words]).await;
        stage.follow(&refusal, if place.is_empty() { "kubectl annotate" } else { "kubectl -n" }, &[]);
        stage.lets_go(&path).await;
        stage.delete(&path).await;
        let answer = stage.send(Method::GET, &path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
