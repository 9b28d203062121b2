//! The watches of Secrets and configs are late: the operator goes on with what it knows, and loses no news.

use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use serde_json::json;

use super::late_watches::Nudge;
use super::tencent::Act;
use super::tencent::Engine::Room;
use crate::story::{APP, DEADLINE, KEY, ROOM, Story, message};

const CONFIGS: &str = "providerconfigs";
const CLUSTER_CONFIGS: &str = "clusterproviderconfigs";
const NEW_KEY: &str = "canary-key-of-tomorrow";

#[tokio::test]
async fn a_rotated_secret_is_used_as_soon_as_its_watch_tells_and_until_then_nothing_is_done_again() {
    let mut story = Story::prepare("late-secret").await.with_relay().await;
    story.create_secret("door", "code", "canary-password-one").await;
    story.start_operator();
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    story.create_room(&json!({ "spec": { "tencentRoom": { "password": password } } })).await;
    story.until_reason(ROOM, "InSync").await;
    let mut nudge = Nudge::of(&story, Act::Edit(Room), ROOM).await;

    story.relay().hold("secrets");
    story.rotate("door", "code", "canary-password-two").await;
    story.rotate("tencent", "secretKey", NEW_KEY).await;
    story.relay().until_held("secrets", DEADLINE).await;
    nudge.push().await;
    nudge.push().await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "canary-password-one");

    // From here on the vendor takes the new key only, so the next call shows which one it was made with.
    story.sim.world(|world| {
        let app = world.app_mut(APP).expect("the story's app");
        app.secret_key = roomkeeper_sim::App::new(NEW_KEY, "administrator").secret_key;
    });
    let called = story.sim.journal().len();
    story.relay().release();
    story.until_event(ROOM, "Updated", "password").await;
    story.until_reason(ROOM, "InSync").await;
    nudge.push().await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "canary-password-two");
    let calls = story.sim.journal().split_off(called);
    let refused: Vec<_> = calls.iter().filter(|entry| entry.code.as_ref().is_some_and(|code| *code != 0)).collect();
    assert!(refused.is_empty(), "called with the old key: {refused:?}");
    story.until_config("tencent", "CredentialsAccepted").await;
}

#[tokio::test]
async fn an_edit_of_a_config_is_heard_of_although_the_answer_to_a_status_write_brought_it_first() {
    let mut story = Story::prepare("late-config").await.with_relay().await;
    story.create_secret("other", "secretKey", KEY).await;
    story.start_operator();
    story.until_config("tencent", "CredentialsAccepted").await;

    story.relay().hold(CONFIGS);
    let configs = story.api::<ProviderConfig>();
    let other = Patch::Merge(json!({ "spec": { "tencent": { "secretKeyRef": { "name": "other" } } } }));
    configs.patch("tencent", &PatchParams::default(), &other).await.expect("the config is there");
    story.rotate("tencent", "secretKey", "canary-wrong-key").await;
    story.until_config("tencent", "CredentialsRejected").await;
    story.relay().until_held(CONFIGS, DEADLINE).await;

    story.relay().release();
    story.until_config("tencent", "CredentialsAccepted").await;
    let status = configs.get("tencent").await.expect("the config is there").status.expect("it was looked at");
    assert_eq!(status.observed_generation, 2);
}

#[tokio::test]
async fn a_namespace_that_lost_its_account_is_served_until_the_watch_tells_and_not_after() {
    // Every operator of a cluster looks at each ClusterProviderConfig, so this one has no neighbours.
    let mut story = Story::prepare_alone("late-leave").await.with_relay().await;
    let configs = story.create_cluster_config("shared", &json!({})).await;
    story.start_operator();
    let shared = json!({ "kind": "ClusterProviderConfig", "name": "shared" });
    story.create_room(&json!({ "spec": { "providerConfigRef": shared } })).await;
    story.until_reason(ROOM, "InSync").await;

    story.relay().hold(CLUSTER_CONFIGS);
    let leave = Patch::Merge(json!({ "spec": { "allowedNamespaces": ["somewhere-else"] } }));
    configs.patch("shared", &PatchParams::default(), &leave).await.expect("the config is there");
    story.relay().until_held(CLUSTER_CONFIGS, DEADLINE).await;
    story.vendor_changes(ROOM, |room| room.audio_disabled = false);
    story.look_again(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);

    story.relay().release();
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    assert!(message(&status).contains("does not list the namespace"), "{}", message(&status));
    story.vendor_changes(ROOM, |room| room.audio_disabled = false);
    let called = story.sim.journal().len();
    story.look_again(ROOM).await;
    assert_eq!(story.sim.journal().len(), called);
}
