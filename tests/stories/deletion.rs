//! A room to its end: dismissed, waited for, left alone, or gone before; and what holds a deletion up.

use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, ListParams};
use roomkeeper::api::{ProviderConfig, Room, RoomStatus};
use roomkeeper_sim::{Effect, Fault, Times};
use serde_json::json;

use crate::story::{APP, DEADLINE, KEY, ROOM, Story, merge, message, ready};
use crate::support::wait_until;

const DESTROY: &str = "room_engine/destroy_room";
const LOOK: &str = "room_engine/get_room_info";

/// Counts the requests to destroy a room, whatever became of them.
fn destroys(story: &Story) -> usize {
    story.sim.journal().iter().filter(|entry| entry.calls(DESTROY)).count()
}

/// Waits until the operator has looked at a room so many more times, so that what it has not done by then it does not do.
async fn until_looks(story: &Story, room: &str, more: usize) {
    let looks = |entries: &[roomkeeper_sim::Entry]| {
        entries.iter().filter(|entry| entry.calls(LOOK) && entry.room.as_deref() == Some(room)).count()
    };
    let before = looks(&story.sim.journal());
    story.until_journal("more looks", |entries| looks(entries) >= before + more).await;
}

/// Tells whether a condition is there; `Reconciling` and `Stalled` are there only while they are true.
fn has(status: &RoomStatus, type_: &str) -> bool {
    status.conditions.iter().any(|condition| condition.type_ == type_)
}

fn finalizers(room: &Room) -> usize {
    room.metadata.finalizers.as_ref().map_or(0, Vec::len)
}

/// Takes the finalizer away by hand, as people do with objects that hang.
async fn force(story: &Story, name: &str) {
    story.patch_room(name, &json!({ "metadata": { "finalizers": null } })).await;
}

async fn release(story: &Story, name: &str) {
    story.annotate(name, "roomkeeper.dev/release", "true").await;
}

async fn delete_config(story: &Story) {
    let deleted = story.api::<ProviderConfig>().delete("tencent", &DeleteParams::default()).await;
    deleted.expect("the config is there");
}

async fn delete_secret(story: &Story) {
    story.api::<Secret>().delete("tencent", &DeleteParams::default()).await.expect("the Secret is there");
}

async fn delete_namespace(story: &Story) {
    let namespaces = Api::<Namespace>::all(story.client.clone());
    namespaces.delete(&story.namespace, &DeleteParams::default()).await.expect("the namespace is there");
}

async fn until_namespace_is_gone(story: &Story) {
    let namespaces = Api::<Namespace>::all(story.client.clone());
    wait_until(2 * DEADLINE, "the namespace to be gone", async || {
        namespaces.get_opt(&story.namespace).await.expect("the API server answers").is_none()
    })
    .await;
}

#[tokio::test]
async fn an_empty_room_is_destroyed_once_and_the_object_goes() {
    let story = Story::begin("empty").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(finalizers(&story.room(ROOM).await.expect("there")), 1);

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
    assert_eq!(destroys(&story), 1);
    story.until_event(ROOM, "Dismissed", "dismiss the room").await;
}

#[tokio::test]
async fn a_room_that_is_already_gone_is_not_destroyed_again() {
    let story = Story::begin("gone").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").rooms.clear());

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
    assert_eq!(destroys(&story), 0, "a call for a room that is not there");
}

#[tokio::test]
async fn an_occupied_room_waits_and_ends_when_its_people_left() {
    let story = Story::begin("occupied").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.sim.join(APP, ROOM, "carol").expect("carol is an account");

    story.delete_room(ROOM).await;
    let status = story.until_reason(ROOM, "DismissalWaiting").await;
    assert!(has(&status, "Reconciling") && !has(&status, "Stalled"), "{:?}", status.conditions);
    assert!(!message(&status).contains(|letter: char| letter.is_ascii_digit()), "{}", message(&status));
    story.until_event(ROOM, "DismissalWaiting", "2 in the room").await;

    story.sim.leave(APP, ROOM, "carol").expect("carol is in the room");
    until_looks(&story, ROOM, 2).await;
    assert_eq!(story.vendor_room(ROOM).expect("still there").members.len(), 1);
    assert_eq!(destroys(&story), 0, "somebody is in the room");
    let now = story.room(ROOM).await.and_then(|room| room.status).expect("there");
    assert_eq!(now, status, "fewer people are no news for the status");

    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(destroys(&story), 1);
}

#[tokio::test]
async fn people_are_removed_at_once_where_the_spec_says_so() {
    let story = Story::begin("remove").await;
    story.create_room(&json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
    assert!(story.events(ROOM).await.iter().all(|(reason, _)| reason != "DismissalWaiting"));
}

#[tokio::test]
async fn a_deletion_that_timed_out_says_so_and_still_goes_on() {
    let mut story = Story::prepare("timeout").await.with_drift_checks("300ms");
    story.start_operator();
    for name in ["left", "edited"] {
        let timeout = json!({ "metadata": { "name": name }, "spec": { "dismissal": { "timeout": "1s" } } });
        story.create_room(&timeout).await;
        story.until_reason(name, "InSync").await;
        story.sim.join(APP, name, "bob").expect("bob is an account");
        story.delete_room(name).await;
    }
    for name in ["left", "edited"] {
        let status = story.until_reason(name, "DismissalTimedOut").await;
        assert!(has(&status, "Stalled") && !has(&status, "Reconciling"), "{:?}", status.conditions);
        assert!(message(&status).contains("roomkeeper.dev/release"), "{}", message(&status));
        until_looks(&story, name, 2).await;
    }
    assert_eq!(destroys(&story), 0, "a timeout reports, it does not remove people");

    story.sim.leave(APP, "left", "bob").expect("bob is in the room");
    story.until_gone("left").await;
    story.patch_room("edited", &json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_gone("edited").await;
    assert!(story.vendor_room("left").is_none() && story.vendor_room("edited").is_none());
    assert_eq!(destroys(&story), 2);
}

#[tokio::test]
async fn an_edit_ends_the_wait_for_people() {
    let story = Story::begin("impatient").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;

    story.patch_room(ROOM, &json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } })).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
}

#[tokio::test]
async fn the_operators_own_account_does_not_keep_a_room() {
    let story = Story::begin("administrator").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| {
        room.members.insert("administrator".to_owned());
    });

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room"]);
}

#[tokio::test]
async fn a_room_that_may_not_be_dismissed_outlives_its_object_without_a_finalizer() {
    let story = Story::begin("forbidden").await;
    let policies = json!({ "spec": { "managementPolicies": ["Create", "Update"] } });
    story.create_room(&policies).await;
    story.create_room(&json!({ "metadata": { "name": "changed" } })).await;
    for name in [ROOM, "changed"] {
        story.until_reason(name, "InSync").await;
    }
    assert_eq!(finalizers(&story.room(ROOM).await.expect("there")), 0, "nothing to do on deletion");
    assert_eq!(finalizers(&story.room("changed").await.expect("there")), 1);
    story.patch_room("changed", &policies).await;
    story.until_reason("changed", "InSync").await;
    assert_eq!(finalizers(&story.room("changed").await.expect("there")), 0, "nothing to do any more");

    for name in [ROOM, "changed"] {
        story.delete_room(name).await;
        story.until_gone(name).await;
        assert!(story.vendor_room(name).is_some(), "{name} was dismissed");
    }
    assert_eq!(destroys(&story), 0);
}

#[tokio::test]
async fn a_refused_destroy_keeps_the_object_with_a_reason_until_it_heals() {
    let mut story = Story::prepare("refused").await;
    let rows = [
        ("denied", Effect::Refuse { code: 100_006, info: None }, "PermissionDenied", "Stalled", "100006"),
        ("unwell", Effect::Status { code: 502 }, "ProviderUnavailable", "Reconciling", "HTTP 502"),
    ];
    story.start_operator();
    for (name, effect, ..) in &rows {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
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
async fn a_destroy_whose_reply_is_lost_is_not_repeated() {
    let story = Story::begin("lost").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault(DESTROY, Effect::ApplyThenDrop);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(destroys(&story), 1);

    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault(DESTROY, Effect::DropBefore);
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert!(story.vendor_room(ROOM).is_none());
    assert_eq!(story.deeds(ROOM), ["create_room", "destroy_room", "create_room", "destroy_room"]);
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
    story.start_operator();
    for name in ["quiet", "running"] {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, "InSync").await;
    }
    story.sim.join(APP, "running", "bob").expect("bob is an account");
    story.delete_room("running").await;
    story.until_reason("running", "DismissalWaiting").await;

    let definitions = Api::<CustomResourceDefinition>::all(story.client.clone());
    definitions.delete("rooms.roomkeeper.dev", &DeleteParams::default()).await.expect("the CRD is there");
    wait_until(DEADLINE, "the CRD and its objects to be gone", async || {
        definitions.get_opt("rooms.roomkeeper.dev").await.expect("the API server answers").is_none()
    })
    .await;
    assert!(story.vendor_room("quiet").is_some() && story.vendor_room("running").is_some());
    assert_eq!(destroys(&story), 0);
    story.until_event("quiet", "Released", "tencent/1400000000/quiet").await;
}

#[tokio::test]
async fn a_pruned_folder_ends_no_more_rooms_in_a_minute_than_the_config_allows() {
    const ROOMS: usize = 30;
    const ALLOWED: usize = 3;
    let story = Story::begin("pruned").await;
    story.create_config("slow", &json!({ "dismissals": { "maxPerMinute": ALLOWED } })).await;
    // Another config of the account would bring its own limit.
    delete_config(&story).await;
    let names: Vec<String> = (0..ROOMS).map(|number| format!("session-{number}")).collect();
    for name in &names {
        let slow = json!({ "metadata": { "name": name }, "spec": { "providerConfigRef": { "name": "slow" } } });
        story.create_room(&slow).await;
    }
    for name in &names {
        story.until_reason(name, "InSync").await;
    }

    let rooms = story.api::<Room>();
    rooms.delete_collection(&DeleteParams::default(), &ListParams::default()).await.expect("the rooms are there");
    let held = async || {
        let left = rooms.list(&ListParams::default()).await.expect("the API server answers").items;
        let held = left.iter().filter_map(|room| room.status.as_ref()).filter(|status| {
            ready(status).is_some_and(|ready| ready.reason == "DismissalHeld") && has(status, "Reconciling")
        });
        (left.len(), held.count())
    };
    let rest = ROOMS - ALLOWED;
    wait_until(DEADLINE, "all rooms but the allowed ones to be held", async || held().await == (rest, rest)).await;
    assert_eq!(destroys(&story), ALLOWED, "within less than a minute");
}

#[tokio::test]
async fn a_namespace_whose_credentials_went_first_waits_with_a_reason_until_it_is_released() {
    let story = Story::begin("namespace-first").await;
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
    let story = Story::begin("namespace").await;
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
    for name in ["one", "two", "three"] {
        assert_eq!(story.vendor_room(name).is_some(), released.contains(&name), "{name}");
    }
}

#[tokio::test]
async fn an_object_made_again_by_force_does_not_touch_the_old_room() {
    let story = Story::begin("force").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    force(&story, ROOM).await;
    story.until_gone(ROOM).await;

    let other = json!({ "spec": { "tencentRoom": { "name": "Another meeting", "maxMembers": 7 } } });
    story.create_room(&other).await;
    let status = story.until_reason(ROOM, "AlreadyExists").await;
    assert!(status.external_id.is_none(), "it is not this object's room");
    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.look_again(ROOM).await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;

    let mut adopted = json!({ "spec": { "managementPolicies": ["Create", "Adopt", "Update", "Dismiss"] } });
    merge(&mut adopted, &other);
    assert_eq!(story.vendor_room(ROOM).expect("still there").name, "Weekly sync");
    assert_eq!(story.deeds(ROOM), ["create_room"], "the room was touched without being asked");
    story.create_room(&adopted).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").name, "Another meeting");
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info", "destroy_room"]);
}
