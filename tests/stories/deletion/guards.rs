//! What a room needs stays until the room is gone, also through the deletion of its namespace.
//!
//! What each policy refuses, and with which words, is tried without an operator, in `tests/admission/`.

use std::path::Path;

use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::api::{Api, DeleteParams};
use roomkeeper::api::ProviderConfig;
use serde_json::json;

use super::hold_ups::{delete_namespace, until_namespace_is_gone};
use super::{destroys, until_looks};
use crate::story::{APP, DEADLINE, ROOM, Story};
use crate::support::wait_until;

/// Installs the admission policies, and waits until they hold.
async fn guard(story: &Story) {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/admission");
    let applied = story.plane.kubectl_command().arg("apply").arg("-f").arg(policies).output().expect("kubectl runs");
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    wait_until(DEADLINE, "the policies to hold", async || {
        story.api::<Secret>().delete("tencent", &DeleteParams::default().dry_run()).await.is_err()
    })
    .await;
}

async fn until_in_use(story: &Story, config: &str, wanted: bool) {
    let what = format!("{config} to be {}in use", if wanted { "" } else { "not " });
    wait_until(DEADLINE, &what, async || {
        let config = story.api::<ProviderConfig>().get(config).await.expect("the config is there");
        config.status.is_some_and(|status| status.in_use == wanted)
    })
    .await;
}

#[tokio::test]
async fn a_config_is_in_use_as_long_as_an_object_names_it_also_one_that_is_being_deleted() {
    let story = Story::begin("in-use").await;
    story.create_config("other", &json!({})).await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    until_in_use(&story, "tencent", true).await;

    story.patch_room(ROOM, &json!({ "spec": { "providerConfigRef": { "name": "other" } } })).await;
    until_in_use(&story, "other", true).await;
    until_in_use(&story, "tencent", false).await;

    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    until_looks(&story, ROOM, 1).await;
    until_in_use(&story, "other", true).await;
    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.until_gone(ROOM).await;
    until_in_use(&story, "other", false).await;
}

#[tokio::test]
async fn a_deleted_namespace_keeps_its_credential_until_the_last_person_has_left() {
    let mut story = Story::prepare_alone("guarded").await;
    story.outlive_the_namespace();
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    until_in_use(&story, "tencent", true).await;
    guard(&story).await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");

    delete_namespace(&story).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    let namespaces = Api::<Namespace>::all(story.client.clone());
    wait_until(DEADLINE, "the namespace to say what it waits for", async || {
        let namespace = namespaces.get(&story.namespace).await.expect("it waits");
        let told: Vec<String> = namespace
            .status
            .and_then(|status| status.conditions)
            .into_iter()
            .flatten()
            .filter_map(|told| told.message)
            .collect();
        ["the ProviderConfig", "the Secret", "roomkeeper.dev/finalizer"]
            .iter()
            .all(|words| told.iter().any(|told| told.contains(words)))
    })
    .await;
    until_looks(&story, ROOM, 2).await;
    assert!(story.api::<Secret>().get_opt("tencent").await.expect("the API server answers").is_some());
    assert!(story.api::<ProviderConfig>().get_opt("tencent").await.expect("the API server answers").is_some());
    assert!(story.vendor_room(ROOM).expect("still there").members.contains("bob"));
    assert_eq!(destroys(&story), 0, "somebody is in the room");

    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
    until_namespace_is_gone(&story).await;
}
