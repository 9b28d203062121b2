//! What a room costs at rest and with each edit, and the rules that every status keeps at every moment.

mod engines;
mod rules;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Event};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use roomkeeper::api::{ProviderConfig, Room, RoomStatus};
use roomkeeper_sim::{Effect, Entry, Fault, Kind, Times};
use serde_json::{Value, json};

use crate::story::{APP, DEADLINE, ROOM, Story, ready};
use crate::support::{AuditEvent, wait_for, wait_until};

const LOOK: &str = "room_engine/get_room_info";

/// Waits until the operator has looked at a room so many more times.
async fn until_looks(story: &Story, room: &str, more: usize) {
    let looks = |entries: &[Entry]| {
        entries.iter().filter(|entry| entry.calls(LOOK) && entry.room.as_deref() == Some(room)).count()
    };
    let before = looks(&story.sim.journal());
    story.until_journal("more looks", |entries| looks(entries) >= before + more).await;
}

/// Waits until all is written that follows a first pass: the status, the event, and the status of the config.
async fn until_at_rest(story: &Story, room: &str) {
    story.until_reason(room, "InSync").await;
    story.until_event(room, "Created", "").await;
    let configs = story.api::<ProviderConfig>();
    wait_until(DEADLINE, "the config to say that it is in use", async || {
        let config = configs.get("tencent").await.expect("the config is there");
        config.status.is_some_and(|status| status.in_use && status.conditions[0].reason == "CredentialsAccepted")
    })
    .await;
}

/// Returns every request so far, of the operator or the story, that could have written into the story's namespace. The
/// Lease, which is renewed all the time however many objects there are, is left out.
pub async fn write_requests(story: &Story) -> Vec<AuditEvent> {
    // The log may lag behind the answers: once it has this request, it has all before it.
    let marker = format!("marker-{}", story.sim.journal().len());
    let removed = story.api::<ConfigMap>().delete(&marker, &DeleteParams::default()).await;
    assert!(removed.is_err(), "nobody made {marker}");
    let read = async || {
        let all = story.plane.audit().expect("a control plane of one's own has a log");
        all.iter().any(|event| event.name == marker).then_some(all)
    };
    let all = wait_for(DEADLINE, "the audit log to catch up", read).await;
    let reads = ["get", "list", "watch"];
    let ours = |event: &AuditEvent| {
        event.namespace == story.namespace
            && event.resource != "leases"
            && !event.user.starts_with("system:")
            && !event.name.starts_with("marker-")
    };
    all.into_iter().filter(|event| ours(event) && !reads.contains(&event.verb.as_str())).collect()
}

/// Returns the events of the story's namespace with their versions.
pub async fn events(story: &Story) -> BTreeMap<String, String> {
    let events = story.api::<Event>().list(&ListParams::default()).await.expect("events can be listed").items;
    let meta = events.into_iter().map(|event| event.metadata);
    meta.map(|meta| (meta.name.unwrap_or_default(), meta.resource_version.unwrap_or_default())).collect()
}

/// Returns all versions of a room that is there, in order.
async fn versions(story: &Story, name: &str) -> Vec<Value> {
    let now = story.objects().get(name).await.expect("the object is there");
    story.versions.until_now(&now).await
}

/// Returns all versions of a room that was deleted, in order.
async fn versions_of_deleted(story: &Story, name: &str) -> Vec<Room> {
    let versions = story.versions.until_deleted(name).await;
    versions.into_iter().map(|version| serde_json::from_value(version).expect("a Room")).collect()
}

#[tokio::test]
async fn fifty_drift_checks_of_a_room_in_sync_write_nothing_and_neither_does_a_restart() {
    let mut story = Story::prepare_alone("rest").await.with_drift_checks("100ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    until_at_rest(&story, ROOM).await;
    let requests = write_requests(&story).await;
    assert!(requests.len() > 5, "the log shows what set the stage");
    let called = story.sim.journal().len();
    let stored = story.plane.put_total().await.expect("etcd counts");

    until_looks(&story, ROOM, 50).await;
    let stored_since = story.plane.put_total().await.expect("etcd counts") - stored;
    assert_eq!(write_requests(&story).await, requests, "50 drift checks wrote to Kubernetes");
    assert!(stored_since < 10, "{stored_since} writes in etcd; Kubernetes itself makes a few in a minute");
    let calls = story.sim.journal().split_off(called);
    let others: Vec<&Entry> = calls.iter().filter(|entry| !entry.calls(LOOK)).collect();
    assert!(others.is_empty(), "a drift check is one look: {others:?}");

    story.kill_operator().await;
    story.start_operator();
    until_looks(&story, ROOM, 5).await;
    assert_eq!(write_requests(&story).await, requests, "a restart wrote to Kubernetes");
    let calls = story.sim.journal().split_off(called);
    assert!(calls.iter().all(|entry| entry.kind == Kind::Read), "a restart wrote to the vendor");
}

#[tokio::test]
async fn an_edit_costs_one_status_write_and_so_does_a_look_that_was_asked_for() {
    let story = Story::begin("cost").await;
    story.create_room(&json!({})).await;
    until_at_rest(&story, ROOM).await;
    let made = versions(&story, ROOM).await.len();
    assert_eq!(made, 3, "the object, its claim, its status");

    for members in [10, 20, 30] {
        story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": members } } })).await;
        let seen = |status: &RoomStatus| {
            status.observed.as_ref().is_some_and(|observed| observed.max_members == Some(members))
        };
        story.until_status(ROOM, "the edit to be seen", seen).await;
    }
    let edited = versions(&story, ROOM).await.len();
    assert_eq!(edited - made, 2 * 3, "each edit is a version of the user's and one of ours");

    for _ in 0..2 {
        let asked = story.look_again(ROOM).await;
        assert_eq!(ready(&asked).map(|ready| ready.reason.as_str()), Some("InSync"));
    }
    let looked = versions(&story, ROOM).await.len();
    assert_eq!(looked - edited, 2 * 2, "each token is a version of the user's and one of ours");
}

#[tokio::test]
async fn a_drift_check_that_corrects_keeps_the_time_since_when_the_room_is_ready() {
    let mut story = Story::prepare("since").await.with_drift_checks("200ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    let before = story.until_reason(ROOM, "InSync").await;
    // Times are written in whole seconds, so more than one must go by.
    until_looks(&story, ROOM, 10).await;

    story.vendor_changes(ROOM, |room| room.audio_disabled = false);
    let corrected = |status: &RoomStatus| status.last_operation.as_ref().is_some_and(|done| done.verb == "Update");
    let after = story.until_status(ROOM, "the correction", corrected).await;
    assert_eq!(after.conditions, before.conditions);
    let (since, done) = (ready(&after).expect("Ready"), after.last_operation.as_ref().expect("the correction"));
    assert!(done.time.0 > since.last_transition_time.0, "{done:?} is not after {since:?}");
}

#[tokio::test]
async fn twenty_rooms_that_are_looked_at_all_the_time_stay_below_the_vendors_limit() {
    const ROOMS: usize = 20;
    let mut story = Story::prepare("paced").await.with_drift_checks("100ms");
    // As by default the vendor allows twice our share, only less of both: the rooms alone would ask for 200 a second.
    let percent = Patch::Merge(json!({ "spec": { "rateLimit": { "percent": 20 } } }));
    let configs = story.api::<ProviderConfig>();
    configs.patch("tencent", &PatchParams::default(), &percent).await.expect("the config is there");
    story.sim.world(|world| {
        let limits = &mut world.app_mut(APP).expect("the app").limits;
        limits.per_operation.insert(LOOK.to_owned(), 80);
    });
    story.start_operator();
    let names: Vec<String> = (0..ROOMS).map(|number| format!("room-{number}")).collect();
    for name in &names {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
    }
    for name in &names {
        until_at_rest(&story, name).await;
    }
    let mut written = Vec::new();
    for name in &names {
        written.push(versions(&story, name).await.len());
    }
    let told = events(&story).await;

    let called = story.sim.journal().len();
    story.until_journal("ten looks at each room", |entries| entries.len() >= called + 10 * ROOMS).await;
    let calls = story.sim.journal().split_off(called);
    let refused: Vec<&Entry> =
        calls.iter().filter(|entry| entry.code.as_ref().is_some_and(|code| *code != 0) || !entry.calls(LOOK)).collect();
    assert!(refused.is_empty(), "{refused:?}");
    for (name, written) in names.iter().zip(written) {
        let looks = calls.iter().filter(|entry| entry.room.as_ref() == Some(name)).count();
        assert!(looks >= 5, "{name} was looked at {looks} times of {} and has to wait for the others", calls.len());
        assert_eq!(versions(&story, name).await.len(), written, "{name} was written at rest");
    }
    assert_eq!(events(&story).await, told);
}

#[tokio::test]
async fn every_status_of_a_lively_room_keeps_the_rules() {
    let mut story = Story::prepare("lively").await.with_drift_checks("300ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    edit_and_drift(&story).await;
    wait_for_an_owner(&story).await;
    meet_obstacles(&story).await;

    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.delete_room(ROOM).await;
    story.until_reason(ROOM, "DismissalWaiting").await;
    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
    story.until_gone(ROOM).await;

    let reasons = rules::hold(&versions_of_deleted(&story, ROOM).await);
    let expected = [
        "Pending",
        "InSync",
        "WaitingForOwner",
        "DriftNotCorrected",
        "InvalidSpec",
        "ProviderUnavailable",
        "DismissalWaiting",
    ];
    for reason in expected {
        assert!(reasons.contains(reason), "the watch never showed {reason}: {reasons:?}");
    }
    let second = rules::hold(&versions_of_deleted(&story, "second").await);
    assert!(second.contains("DuplicateClaim"), "{second:?}");
}

async fn edit_and_drift(story: &Story) {
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| room.audio_disabled = false);
    wait_until(DEADLINE, "the drift to be corrected", async || {
        story.vendor_room(ROOM).is_some_and(|room| room.audio_disabled)
    })
    .await;
    story.look_again(ROOM).await;
}

async fn wait_for_an_owner(story: &Story) {
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "owner": "bob" } } })).await;
    story.until_reason(ROOM, "WaitingForOwner").await;
    story.sim.join(APP, ROOM, "bob").expect("bob is an account");
    story.until_reason(ROOM, "InSync").await;
    story.sim.leave(APP, ROOM, "bob").expect("bob is in the room");
}

/// A policy that forbids, a field that cannot change, a rival, and a vendor that is out of order.
async fn meet_obstacles(story: &Story) {
    story.patch_room(ROOM, &json!({ "spec": { "managementPolicies": ["Create"] } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| room.name = "Renamed".to_owned());
    story.until_reason(ROOM, "DriftNotCorrected").await;
    story.patch_room(ROOM, &json!({ "spec": { "managementPolicies": null } })).await;
    story.until_reason(ROOM, "InSync").await;

    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "seats": { "max": 5 } } } })).await;
    story.until_reason(ROOM, "InvalidSpec").await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "seats": null } } })).await;
    story.until_reason(ROOM, "InSync").await;

    let rival = json!({ "metadata": { "name": "second" }, "spec": { "tencentRoom": { "roomId": ROOM } } });
    story.create_room(&rival).await;
    story.until_reason("second", "DuplicateClaim").await;
    story.delete_room("second").await;
    story.until_gone("second").await;

    let down = Fault::at(LOOK, Effect::Status { code: 502 }).times(Times::UntilRemoved);
    story.sim.faults().add(down).expect("a known operation");
    story.until_reason(ROOM, "ProviderUnavailable").await;
    story.sim.faults().clear();
    story.until_reason(ROOM, "InSync").await;
}
