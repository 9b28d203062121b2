//! What a policy keeps goes in the end: with its namespace when the rooms are gone, and with the CRDs.

use serde_json::{Value, json};

use crate::rights::{binding, ours, with};
use crate::stage::{HOME, Stage, example};
use crate::support::wait_until;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

fn held() -> Value {
    json!({ "metadata": { "finalizers": ["roomkeeper.dev/finalizer"] } })
}

async fn create_room(stage: &Stage, more: &Value) -> String {
    stage.create(&stage.ours("rooms"), &example("tencent-room/room", more)).await
}

/// Creates a config that is in use, with its Secret.
async fn open_account(stage: &Stage) -> [String; 2] {
    let config =
        stage.create(&stage.ours("providerconfigs"), &example("tencent-room/provider-config", &json!({}))).await;
    stage.set_in_use(&config, true).await;
    let secret = json!({ "stringData": { "secretKey": "value" } });
    [config, stage.named(&stage.core("secrets"), "tencent", &secret).await]
}

/// Gives the operator its rights in the namespace.
async fn give_rights(stage: &Stage) -> [String; 2] {
    [
        stage.named(&stage.rbac("roles"), "roomkeeper", &ours()).await,
        stage.named(&stage.rbac("rolebindings"), "roomkeeper", &with(ours(), &binding("Role"))).await,
    ]
}

async fn are_there(stage: &Stage, paths: &[&String]) {
    for path in paths {
        assert!(stage.is_there(path).await, "{path} is gone");
    }
}

/// Takes the finalizer away, as the operator does when the room is gone.
async fn let_go(stage: &Stage, room: &str) {
    stage.patch(room, &json!({ "metadata": { "finalizers": null } })).await;
}

#[tokio::test]
async fn a_deleted_namespace_keeps_account_and_rights_until_its_rooms_are_gone() {
    let stage = Stage::begin("ending").await;
    let room = create_room(&stage, &held()).await;
    let [config, secret] = open_account(&stage).await;
    let [role, binding] = give_rights(&stage).await;
    for path in [&config, &secret, &role, &binding] {
        stage.until_kept(path, &["in use"]).await;
    }

    stage.delete_namespace().await;
    stage.until_waits_for(&["the ProviderConfig", "the Secret", "the Role ", "the RoleBinding", "in 1 resource"]).await;
    are_there(&stage, &[&room, &config, &secret, &role, &binding]).await;

    let_go(&stage, &room).await;
    stage.set_in_use(&config, false).await;
    stage.until_namespace_is_gone().await;
}

#[tokio::test]
async fn a_deleted_namespace_keeps_the_rights_also_of_rooms_with_a_shared_account() {
    let stage = Stage::begin("ending-shared").await;
    let empty = Stage::begin("ending-empty").await;
    let room = create_room(&stage, &held()).await;
    let [role, binding] = give_rights(&stage).await;
    give_rights(&empty).await;
    stage.lets_go(&role).await;

    stage.delete_namespace().await;
    empty.delete_namespace().await;
    stage.until_waits_for(&["the Role ", "the RoleBinding", "until no object", "in 1 resource"]).await;
    are_there(&stage, &[&room, &role, &binding]).await;
    empty.until_namespace_is_gone().await;
    are_there(&stage, &[&room, &role, &binding]).await;

    let_go(&stage, &room).await;
    stage.until_namespace_is_gone().await;
}

#[tokio::test]
async fn a_protected_room_holds_its_namespace_and_what_it_needs_until_the_annotation_goes() {
    let stage = Stage::begin("ending-protected").await;
    let protect = json!({ "metadata": { "annotations": { "roomkeeper.dev/protect": "true" } } });
    let room = create_room(&stage, &with(held(), &protect)).await;
    let [role, binding] = give_rights(&stage).await;
    let refusal = stage.until_kept(&room, &["is protected"]).await;

    stage.delete_namespace().await;
    stage.until_waits_for(&["the Room", "is protected", "the RoleBinding"]).await;
    // The next try knows what this one found, and so on.
    stage.keeps(&binding, &["until no object"]).await;
    are_there(&stage, &[&room, &role, &binding]).await;

    stage.follow(&refusal, "kubectl -n", &[]);
    stage.until_waits_for(&["in 1 resource"]).await;
    are_there(&stage, &[&room, &role, &binding]).await;
    let_go(&stage, &room).await;
    stage.until_namespace_is_gone().await;
}

#[tokio::test]
async fn uninstalling_begins_with_the_kinds_and_leaves_nothing_that_cannot_be_deleted() {
    let stage = Stage::alone("uninstalling").await;
    let protect = json!({ "metadata": { "name": "kept", "annotations": { "roomkeeper.dev/protect": "true" } } });
    let kept = create_room(&stage, &protect).await;
    let room = create_room(&stage, &held()).await;
    let [config, secret] = open_account(&stage).await;
    let [role, binding] = give_rights(&stage).await;
    let cluster_role = stage.named(&format!("{RBAC}/clusterroles"), "roomkeeper", &ours()).await;
    let account = stage.named(&format!("/api/v1/namespaces/{HOME}/serviceaccounts"), "roomkeeper", &ours()).await;
    let parts = [cluster_role, account, format!("/api/v1/namespaces/{HOME}")];
    for path in [&config, &secret, &role, &binding, &kept] {
        stage.until_kept(path, &[]).await;
    }
    let refusal = stage.until_kept(&parts[0], &["is a part of the operator"]).await;

    stage.follow(&refusal, "kubectl delete crds", &["--wait=false"]);
    let deleting = async || !stage.is_there(&config).await && !stage.is_there(&kept).await;
    wait_until(crate::stage::SOON, "the objects that nothing holds to be gone", deleting).await;
    for part in &parts {
        stage.keeps(part, &["is a part of the operator"]).await;
    }
    let_go(&stage, &room).await;
    for path in parts.iter().chain([&secret, &role, &binding]) {
        stage.until_let_go(path).await;
    }
    // A server that starts now has never heard of the kinds that the policies look at.
    stage.restart_api_server().await;
    for path in parts.iter().chain([&secret, &role, &binding]) {
        stage.until_let_go(path).await;
    }
    stage.lets(&secret, &json!({ "data": null })).await;
    let unrelated = json!({ "metadata": { "name": "unrelated" }, "stringData": { "key": "value" } });
    let unrelated = stage.create("/api/v1/namespaces/default/secrets", &unrelated).await;
    stage.lets(&unrelated, &json!({ "data": null })).await;
    stage.delete(&unrelated).await;

    stage.install_again();
    let [config, _] = reopen_account(&stage, secret).await;
    stage.until_kept(&config, &["is in use"]).await;
    stage.until_kept(&parts[0], &["is a part of the operator"]).await;
}

/// Creates the config again for the Secret that is there, and waits until it is kept.
async fn reopen_account(stage: &Stage, secret: String) -> [String; 2] {
    let config =
        stage.create(&stage.ours("providerconfigs"), &example("tencent-room/provider-config", &json!({}))).await;
    stage.set_in_use(&config, true).await;
    stage.until_kept(&secret, &["is needed by the ProviderConfig tencent"]).await;
    [config, secret]
}
