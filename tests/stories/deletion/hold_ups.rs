//! What holds a deletion up: a refusal, credentials that are gone, a namespace that ends; and an uninstall, which does not.

use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams};
use roomkeeper_sim::{Effect, Fault, Times};
use serde_json::json;

use super::{DESTROY, delete_config, destroys, has};
use crate::story::{APP, DEADLINE, KEY, ROOM, Story, merge, message, ready};
use crate::support::wait_until;

async fn release(story: &Story, name: &str) {
    story.annotate(name, "roomkeeper.dev/release", "true").await;
}

async fn delete_secret(story: &Story) {
    story.api::<Secret>().delete("tencent", &DeleteParams::default()).await.expect("the Secret is there");
}

pub(super) async fn delete_namespace(story: &Story) {
    let namespaces = Api::<Namespace>::all(story.client.clone());
    namespaces.delete(&story.namespace, &DeleteParams::default()).await.expect("the namespace is there");
}

pub(super) async fn until_namespace_is_gone(story: &Story) {
    let namespaces = Api::<Namespace>::all(story.client.clone());
    wait_until(2 * DEADLINE, "the namespace to be gone", async || {
        namespaces.get_opt(&story.namespace).await.expect("the API server answers").is_none()
    })
    .await;
}

#[tokio::test]
async fn a_refused_destroy_keeps_the_object_with_a_reason_until_it_heals() {
    let story = Story::begin("refused").await;
    let rows = [
        ("denied", Effect::refuse(100_006), "PermissionDenied", "Stalled", "100006"),
        ("unwell", Effect::Status { code: 502 }, "ProviderUnavailable", "Reconciling", "HTTP 502"),
    ];
    // Every try counts against the brake, also one that fails, and this story is not about the brake.
    story.create_config("quick", &json!({ "dismissals": { "maxPerMinute": 1000 } })).await;
    delete_config(&story).await;
    let quick = json!({ "spec": { "providerConfigRef": { "name": "quick" } } });
    for (name, effect, ..) in &rows {
        let mut room = json!({ "metadata": { "name": name } });
        merge(&mut room, &quick);
        story.create_room(&room).await;
        story.until_reason(name, "InSync").await;
        let fault = Fault::at(DESTROY, effect.clone()).room(name).times(Times::UntilRemoved);
        story.sim.faults().add(fault).expect("a known operation");
        story.delete_room(name).await;
    }
    for (name, _, reason, mark, code) in &rows {
        let status = story.until_reason(name, reason).await;
        assert!(has(&status, mark), "{name}: {:?}", status.conditions);
        assert!(message(&status).contains("roomkeeper.dev/release"), "{name}: {}", message(&status));
        let failure = status.last_failure.expect("the refusal is written down");
        assert_eq!((failure.operation.as_str(), failure.code.as_deref()), ("Dismiss", Some(*code)), "{name}");
        assert!(story.vendor_room(name).is_some(), "{name}");
    }

    story.sim.faults().clear();
    story.ask_for_look("denied").await;
    for (name, ..) in &rows {
        story.until_gone(name).await;
        assert_eq!(story.deeds(name), ["create_room", "destroy_room"]);
    }
}

#[tokio::test]
async fn a_deletion_without_a_config_says_what_is_missing_and_can_be_released() {
    let story = Story::begin("no-config").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    delete_config(&story).await;
    story.until_reason(ROOM, "ProviderConfigNotReady").await;

    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    assert!(has(&status, "Reconciling"), "{:?}", status.conditions);
    for words in ["does not exist", "roomkeeper.dev/release"] {
        assert!(message(&status).contains(words), "{}", message(&status));
    }
    release(&story, ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_some(), "a released room stays");
    story.until_event(ROOM, "Released", "tencent/1400000000/weekly-sync").await;
    assert_eq!(destroys(&story), 0);
}

#[tokio::test]
async fn a_deletion_without_its_secret_goes_on_when_the_secret_is_back() {
    let story = Story::begin("no-secret").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    delete_secret(&story).await;
    story.until_reason(ROOM, "ProviderConfigNotReady").await;
    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    assert!(message(&status).contains("the Secret"), "{}", message(&status));

    story.create_secret("tencent", "secretKey", KEY).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(destroys(&story), 1);
}

#[tokio::test]
async fn uninstalling_lets_all_objects_go_and_dismisses_nobody() {
    let mut story = Story::prepare_alone("uninstall").await;
    story.create_config("slow", &json!({ "dismissals": { "maxPerMinute": 1 } })).await;
    story.start_operator();
    story.until_config("slow", "CredentialsAccepted").await;
    for name in ["quiet", "running", "first", "held"] {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, "InSync").await;
    }
    story.sim.join(APP, "running", "bob").expect("bob is an account");
    story.delete_room("running").await;
    story.until_reason("running", "DismissalWaiting").await;
    story.delete_room("first").await;
    story.until_gone("first").await;
    story.delete_room("held").await;
    story.until_reason("held", "DismissalHeld").await;

    let definitions = Api::<CustomResourceDefinition>::all(story.client.clone());
    definitions.delete("rooms.roomkeeper.dev", &DeleteParams::default()).await.expect("the CRD is there");
    wait_until(DEADLINE, "the CRD and its objects to be gone", async || {
        definitions.get_opt("rooms.roomkeeper.dev").await.expect("the API server answers").is_none()
    })
    .await;
    for name in ["quiet", "running", "held"] {
        assert!(story.vendor_room(name).is_some(), "{name} was dismissed");
    }
    assert_eq!(destroys(&story), 1, "the one before");
    story.until_event("quiet", "Released", "tencent/1400000000/quiet").await;
}

#[tokio::test]
async fn a_namespace_whose_credentials_went_first_waits_with_a_reason_until_it_is_released() {
    let mut story = Story::prepare("namespace-first").await;
    story.outlive_the_namespace();
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    delete_secret(&story).await;
    story.until_reason(ROOM, "ProviderConfigNotReady").await;

    delete_namespace(&story).await;
    let deleting = async || story.room(ROOM).await.is_some_and(|room| room.metadata.deletion_timestamp.is_some());
    wait_until(DEADLINE, "the deletion to reach the object", deleting).await;
    let status = story.until_reason(ROOM, "ProviderConfigNotReady").await;
    assert!(message(&status).contains("roomkeeper.dev/release"), "{}", message(&status));
    release(&story, ROOM).await;
    until_namespace_is_gone(&story).await;
    assert!(story.vendor_room(ROOM).is_some(), "a released room stays");
    assert_eq!(destroys(&story), 0);
}

#[tokio::test]
async fn a_namespace_deleted_with_everything_in_it_ends_and_spares_strangers() {
    let mut story = Story::prepare("namespace").await;
    story.outlive_the_namespace();
    story.start_operator();
    story.vendor_makes("stranger", |_| {});
    let names = ["one", "two", "three", "stranger"];
    for name in names {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, if name == "stranger" { "AlreadyExists" } else { "InSync" }).await;
    }

    delete_namespace(&story).await;
    // Kubernetes deletes kinds in any order: a room is dismissed while the credential is there, or says that it is not.
    let mut released = Vec::new();
    for name in names {
        let what = format!("{name} to be gone or to say why not");
        wait_until(DEADLINE, &what, async || {
            let Some(room) = story.room(name).await else { return true };
            let status = room.status.as_ref().filter(|_| room.metadata.deletion_timestamp.is_some());
            status.and_then(ready).is_some_and(|ready| {
                ready.reason == "ProviderConfigNotReady" && ready.message.contains("roomkeeper.dev/release")
            })
        })
        .await;
        if story.room(name).await.is_some() {
            release(&story, name).await;
            released.push(name);
        }
    }
    until_namespace_is_gone(&story).await;
    assert!(!released.contains(&"stranger"), "an object without a room has nothing to wait for");
    assert!(story.vendor_room("stranger").is_some(), "a stranger's room was dismissed");
    // One that was dismissed just before its credential went cannot be seen any more, and waits for a person all the same.
    for name in ["one", "two", "three"].into_iter().filter(|name| !released.contains(name)) {
        assert!(story.vendor_room(name).is_none(), "{name} went without its room");
    }
}
