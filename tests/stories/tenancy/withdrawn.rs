//! An account that is taken away while passes wait for their turn at its vendor: they make no further call.

use kube::api::{Patch, PatchParams};
use roomkeeper_sim::Entry;
use serde_json::{Value, json};

use crate::story::Story;

/// Enough rooms for passes to wait, at one per cent of the vendor's quota: two looks and two changes a second.
const ROOMS: usize = 30;

/// Creates the rooms, and waits until the vendor has made some of them.
async fn create_rooms(story: &Story, config: &Value) -> Vec<String> {
    let names: Vec<String> = (0..ROOMS).map(|number| format!("room-{number}")).collect();
    for name in &names {
        let config = json!({ "providerConfigRef": config });
        story.create_room(&json!({ "metadata": { "name": name }, "spec": config })).await;
    }
    story.until_journal("some rooms", |entries| creates(entries) >= 3).await;
    names
}

fn creates(entries: &[Entry]) -> usize {
    entries.iter().filter(|entry| entry.calls("room_engine/create_room")).count()
}

/// Waits until every room says this, and checks that nothing was called since the first one did.
async fn stop_for(story: &Story, names: &[String], reason: &str) {
    let calls = story.sim.journal().len();
    let made = creates(&story.sim.journal());
    assert!(made < ROOMS, "all rooms were made before: the story says nothing");
    for name in names {
        story.until_reason(name, reason).await;
    }
    assert_eq!(story.sim.journal().len(), calls, "called with an account that was taken away");
}

#[tokio::test]
async fn a_namespace_that_loses_its_leave_makes_no_further_call() {
    let mut story = Story::prepare_alone("withdrawn").await;
    let configs = story.create_cluster_config("shared", &json!({ "rateLimit": { "percent": 1 } })).await;
    story.start_operator();
    let shared = json!({ "kind": "ClusterProviderConfig", "name": "shared" });
    // Its calls have a quota of their own, so it is told before those that wait.
    let show = json!({ "providerConfigRef": shared, "tencentRoom": null,
        "tencentLive": { "owner": "alice", "seatTemplate": "VideoDynamicGrid9Seats" } });
    story.create_room(&json!({ "metadata": { "name": "bystander" }, "spec": show })).await;
    story.until_reason("bystander", "InSync").await;
    let names = create_rooms(&story, &shared).await;

    let nobody = Patch::Merge(json!({ "spec": { "allowedNamespaces": ["somewhere-else"] } }));
    configs.patch("shared", &PatchParams::default(), &nobody).await.expect("the config is there");
    story.until_reason("bystander", "ProviderConfigNotReady").await;
    stop_for(&story, &names, "ProviderConfigNotReady").await;
}

#[tokio::test]
async fn a_key_that_was_replaced_is_not_used_any_more() {
    let mut story = Story::prepare("replaced").await;
    story.create_config("slow", &json!({ "rateLimit": { "percent": 1 } })).await;
    story.start_operator();
    let names = create_rooms(&story, &json!({ "name": "slow" })).await;

    // The old key is still good at the vendor, so only the operator's own rules keep it from being used.
    story.rotate("tencent", "secretKey", "canary-wrong-key").await;
    story.until_config("slow", "CredentialsRejected").await;
    story.until_config("tencent", "CredentialsRejected").await;
    stop_for(&story, &names, "CredentialsRejected").await;
}
