//! Whose room it is: nothing is changed or dismissed that was not made, or taken over on purpose, by the object.

mod namespaces;
mod races;
mod records;

use k8s_openapi::api::core::v1::Event;
use kube::ResourceExt;
use kube::api::{ListParams, PostParams};
use roomkeeper::api::annotations::{CLAIM, FINALIZER, PAUSED, RELEASE};
use roomkeeper::api::{Room, RoomStatus};
use roomkeeper_sim::Room as VendorRoom;
use serde_json::{Value, json};

use crate::scenes::{self, Scene};
use crate::story::{APP, OTHER_APP, ROOM, Story, message};

/// The vendor's id of [`ROOM`].
const EXTERNAL_ID: &str = "tencent/1400000000/weekly-sync";

/// All that the engine can do, with the taking over of rooms.
fn with_adopt() -> Value {
    json!({ "spec": { "managementPolicies": ["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"] } })
}

/// Returns a manifest's changes: another object of the room [`ROOM`].
fn of_the_room(name: &str) -> Value {
    json!({ "metadata": { "name": name }, "spec": { "tencentRoom": { "roomId": ROOM } } })
}

fn merged(mut base: Value, more: &Value) -> Value {
    crate::story::merge(&mut base, more);
    base
}

/// What is written down with an object about its room.
#[derive(Debug, PartialEq, Eq)]
struct Records {
    claim: Option<String>,
    finalizers: Vec<String>,
    external_id: Option<String>,
}

async fn records(story: &Story, name: &str) -> Records {
    let object = story.object(name).await.expect("there");
    Records {
        claim: object.annotations().get(CLAIM).cloned(),
        finalizers: object.finalizers().to_vec(),
        external_id: object.data["status"]["externalId"].as_str().map(str::to_owned),
    }
}

/// Checks that an object neither claims nor holds anything.
async fn claims_nothing(story: &Story, name: &str) {
    let nothing = Records { claim: None, finalizers: Vec::new(), external_id: None };
    assert_eq!(records(story, name).await, nothing, "{name}");
}

/// Checks that an object claims a room and is held until that is ended.
async fn claims<S: Scene>(story: &Story, name: &str, room: &str) {
    let external_id = S::external_id(room);
    let claim = Some(format!("{external_id} {}/{name}", story.namespace));
    let all = Records { claim, finalizers: vec![FINALIZER.to_owned()], external_id: Some(external_id) };
    assert_eq!(records(story, name).await, all, "{name}");
}

/// Checks that an object claims [`ROOM`] and is held until it is dismissed.
async fn claims_the_room(story: &Story, name: &str) {
    claims::<scenes::tencent::Room>(story, name, ROOM).await;
}

/// Deletes an object whose room is another's, and checks that the room does not feel it.
async fn goes_without_a_trace(story: &Story, name: &str) {
    let (before, writes) = (story.vendor_room(ROOM), story.sim.writes_of(ROOM).len());
    assert!(before.is_some(), "the room is there");
    story.delete_room(name).await;
    story.until_gone(name).await;
    assert_eq!(story.vendor_room(ROOM), before, "the deletion of {name} changed the room");
    assert_eq!(story.sim.writes_of(ROOM).len(), writes, "the deletion of {name} reached the room");
}

#[tokio::test]
async fn a_room_that_was_there_before_is_left_alone_and_outlives_the_object() {
    let story = Story::begin("before").await;
    story.vendor_makes(ROOM, |room| room.name = "The stranger's".to_owned());
    let before = story.vendor_room(ROOM);
    story.create_room(&json!({})).await;
    let status = story.until_reason(ROOM, "AlreadyExists").await;

    assert!(message(&status).contains("add Adopt to spec.managementPolicies"), "{}", message(&status));
    let drift: Vec<&str> = status.drift.iter().map(|drift| drift.field.as_str()).collect();
    assert_eq!(drift, ["name", "maxMembers", "audioDisabled", "owner"], "what differs is shown");
    claims_nothing(&story, ROOM).await;
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 7 } } })).await;
    story.until_reason(ROOM, "AlreadyExists").await;
    assert_eq!(story.vendor_room(ROOM), before, "a stranger's room was changed");
    goes_without_a_trace(&story, ROOM).await;
    assert!(story.sim.writes_of(ROOM).is_empty());
}

#[tokio::test]
async fn a_room_that_comes_between_the_look_and_the_create_is_not_taken_for_ours() {
    let story = Story::begin("between").await;
    let held = story.fault("room_engine/create_room", roomkeeper_sim::Effect::HoldBefore);
    story.create_room(&json!({})).await;
    story.until_held(held).await;
    story.vendor_makes(ROOM, |room| room.name = "The stranger's".to_owned());
    story.sim.faults().release(held).expect("the fault holds");

    story.until_reason(ROOM, "AlreadyExists").await;
    let room = story.room(ROOM).await.expect("there");
    assert!(room.finalizers().is_empty(), "{:?}", room.finalizers());
    goes_without_a_trace(&story, ROOM).await;
    assert!(story.deeds(ROOM).is_empty());
}

#[tokio::test]
async fn adopt_takes_a_room_over_and_from_then_on_it_is_kept_and_dismissed() {
    let story = Story::begin("adopt").await;
    story.vendor_makes(ROOM, |room| room.owner = "alice".to_owned());
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "AlreadyExists").await;

    story.patch_room(ROOM, &with_adopt()).await;
    story.until_reason(ROOM, "InSync").await;
    claims_the_room(&story, ROOM).await;
    let VendorRoom { name, max_members, audio_disabled, .. } = story.vendor_room(ROOM).expect("there");
    assert_eq!((name.as_str(), max_members, audio_disabled), ("Weekly sync", 300, true));
    assert_eq!(story.deeds(ROOM), ["update_room_info"]);

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.vendor_room(ROOM), None);
    assert_eq!(story.deeds(ROOM), ["update_room_info", "destroy_room"]);
}

/// Two objects that name one room: the names, and how the second reaches the account.
struct Rivals {
    room: &'static str,
    objects: [&'static str; 2],
    config: &'static str,
}

#[tokio::test]
async fn of_two_objects_for_one_room_one_wins_whenever_and_however_they_come() {
    let mut story = Story::prepare("rivals").await;
    story.create_config("same-app", &json!({})).await;
    let at_once = [
        Rivals { room: "room-a", objects: ["a-one", "a-two"], config: "tencent" },
        Rivals { room: "room-b", objects: ["b-one", "b-two"], config: "same-app" },
    ];
    for rivals in &at_once {
        make_rivals(&story, rivals).await;
    }
    story.start_operator();
    for rivals in &at_once {
        one_wins(&story, rivals).await;
    }
    let later = [
        Rivals { room: "room-c", objects: ["c-one", "c-two"], config: "tencent" },
        Rivals { room: "room-d", objects: ["d-one", "d-two"], config: "same-app" },
    ];
    for rivals in &later {
        let [first, second] = rivals.objects;
        make_rival(&story, first, rivals.room, "tencent").await;
        story.until_reason(first, "InSync").await;
        make_rival(&story, second, rivals.room, rivals.config).await;
        assert_eq!(one_wins(&story, rivals).await, first, "a claim wins");
    }
}

async fn make_rival(story: &Story, name: &str, room: &str, config: &str) {
    let spec = json!({ "providerConfigRef": { "name": config }, "tencentRoom": { "roomId": room } });
    story.create_room(&json!({ "metadata": { "name": name }, "spec": spec })).await;
}

async fn make_rivals(story: &Story, rivals: &Rivals) {
    make_rival(story, rivals.objects[0], rivals.room, "tencent").await;
    make_rival(story, rivals.objects[1], rivals.room, rivals.config).await;
}

/// Waits until one of the two has the room, checks that the other changes nothing, and returns the winner.
async fn one_wins(story: &Story, rivals: &Rivals) -> &'static str {
    let decided = |status: &RoomStatus| {
        crate::story::ready(status).is_some_and(|ready| ["InSync", "DuplicateClaim"].contains(&ready.reason.as_str()))
    };
    let [first, second] = rivals.objects;
    let of_first = story.until_status(first, "a decision", decided).await;
    let of_second = story.until_status(second, "a decision", decided).await;
    let (winner, loser, told) = match (of_first.external_id.is_some(), of_second.external_id.is_some()) {
        (true, false) => (first, second, of_second),
        (false, true) => (second, first, of_first),
        both => panic!("{}: two of {both:?} have the room: {of_first:?} {of_second:?}", rivals.room),
    };
    let words = format!("the room belongs to {}/{winner}; delete one of the two objects", story.namespace);
    assert!(message(&told).contains(&words), "{}", message(&told));
    claims_nothing(story, loser).await;
    // One look that finds nothing, the create, one look that sees it. The loser changed nothing; it may have looked, before
    // the credential of the other was accepted.
    assert_eq!(story.deeds(rivals.room), ["create_room"], "{}", rivals.room);
    let calls = story.calls_about(rivals.room);
    assert!((3..=4).contains(&calls.len()), "{}: {calls:?}", rivals.room);
    story.look_again(loser).await;
    assert_eq!(story.calls_about(rivals.room), calls, "{}", rivals.room);
    story.delete_room(loser).await;
    story.until_gone(loser).await;
    story.look_again(winner).await;
    story.until_reason(winner, "InSync").await;
    let writes: Vec<String> = story.sim.writes_of(rivals.room).into_iter().map(|entry| entry.operation).collect();
    assert_eq!(writes, ["room_engine/create_room"], "{}", rivals.room);
    winner
}

#[tokio::test]
async fn when_the_winner_goes_the_room_stays_and_the_other_keeps_it_from_then_on() {
    let story = Story::begin("heir").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.create_room(&of_the_room("heir")).await;
    story.until_reason("heir", "DuplicateClaim").await;
    // What the heir's spec says is not what made the room: the claim alone tells that it is the heir's now.
    story.vendor_changes(ROOM, |room| room.name = "The host's".to_owned());

    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    let heir = format!("the room {EXTERNAL_ID} stays: {}/heir names the same room", story.namespace);
    story.until_event(ROOM, "Released", &heir).await;
    story.until_reason("heir", "InSync").await;
    claims_the_room(&story, "heir").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);

    story.delete_room("heir").await;
    story.until_gone("heir").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info", "destroy_room"]);
}

#[tokio::test]
async fn an_object_that_may_do_nothing_only_looks_and_its_deletion_changes_nothing() {
    let story = Story::begin("observe").await;
    let observe = json!({ "spec": { "managementPolicies": [] } });
    story.create_room(&observe).await;
    story.until_reason(ROOM, "NotFound").await;
    claims_nothing(&story, ROOM).await;

    story.vendor_makes(ROOM, |room| {
        room.owner = "alice".to_owned();
        room.name = "Weekly sync".to_owned();
        room.max_members = 300;
        room.audio_disabled = true;
    });
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    story.vendor_changes(ROOM, |room| room.max_members = 20);
    let status = story.look_again(ROOM).await;
    story.until_reason(ROOM, "DriftNotCorrected").await;
    let drift = status.drift.first().expect("a difference");
    assert_eq!((drift.field.as_str(), drift.desired.as_str(), drift.observed.as_str()), ("maxMembers", "300", "20"));
    claims_nothing(&story, ROOM).await;
    goes_without_a_trace(&story, ROOM).await;
    assert!(story.sim.writes_of(ROOM).is_empty());
}

#[tokio::test]
async fn an_object_that_may_do_nothing_any_more_lets_go_of_its_room() {
    let story = Story::begin("hands-off").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.patch_room(ROOM, &json!({ "spec": { "managementPolicies": [] } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert!(story.room(ROOM).await.expect("there").finalizers().is_empty());
    story.vendor_changes(ROOM, |room| room.max_members = 20);
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "DriftNotCorrected").await;
    goes_without_a_trace(&story, ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room"]);
}

#[tokio::test]
async fn a_replace_that_strips_claim_and_finalizer_loses_nothing() {
    let story = Story::begin("replace").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    for max_members in [300, 50] {
        let mut bare = story.room_manifest(&json!({ "spec": { "tencentRoom": { "maxMembers": max_members } } }));
        bare["metadata"]["resourceVersion"] = json!(story.room(ROOM).await.expect("there").resource_version());
        let bare: Room = serde_json::from_value(bare).expect("a Room");
        let replaced = story.api::<Room>().replace(ROOM, &PostParams::default(), &bare).await.expect("it is taken");
        assert!(replaced.finalizers().is_empty() && replaced.annotations().is_empty(), "nothing was stripped");
        let back = async || story.room(ROOM).await.is_some_and(|room| !room.finalizers().is_empty());
        crate::support::wait_until(crate::story::DEADLINE, "the finalizer to be back", back).await;
        story.until_reason(ROOM, "InSync").await;
        claims_the_room(&story, ROOM).await;
    }
    story
        .until_journal("the edit", |entries| entries.iter().any(|entry| entry.calls("room_engine/update_room_info")))
        .await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info", "destroy_room"]);
}

#[tokio::test]
async fn a_claim_in_another_account_stops_everything_until_it_is_released() {
    let story = Story::begin("moved").await;
    story.open_other_account("other").await;
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let calls = story.calls_about(ROOM).len();

    story.patch_room(ROOM, &json!({ "spec": { "providerConfigRef": { "name": "other" } } })).await;
    let status = story.until_reason(ROOM, "AccountChanged").await;
    assert!(message(&status).contains(&format!("tencent/{APP}")), "{}", message(&status));
    assert_eq!(status.external_id.as_deref(), Some(EXTERNAL_ID));
    story.look_again(ROOM).await;
    assert_eq!(story.calls_about(ROOM).len(), calls, "called about a room of another account");

    story.patch_room(ROOM, &json!({ "spec": { "providerConfigRef": { "name": "tencent" } } })).await;
    story.until_reason(ROOM, "InSync").await;
    let calls = story.calls_about(ROOM).len();
    story.patch_room(ROOM, &json!({ "spec": { "providerConfigRef": { "name": "other" } } })).await;
    story.until_reason(ROOM, "AccountChanged").await;
    story.delete_room(ROOM).await;
    let deleting = async || {
        let room = story.room(ROOM).await.expect("held by its finalizer");
        let status = room.status.unwrap_or_default();
        room.metadata.deletion_timestamp.is_some()
            && Some(status.observed_generation) == room.metadata.generation
            && crate::story::ready(&status).is_some_and(|ready| ready.reason == "AccountChanged")
    };
    crate::support::wait_until(crate::story::DEADLINE, "a deletion that waits for a person", deleting).await;

    story.annotate(ROOM, RELEASE, "true").await;
    story.until_gone(ROOM).await;
    assert_eq!(story.calls_about(ROOM).len(), calls, "called about a room of another account");
    assert!(story.vendor_room(ROOM).is_some(), "the room stays");
    story.sim.world(|world| assert!(world.room(OTHER_APP, ROOM).is_err(), "a second room was made"));
}

#[tokio::test]
async fn a_released_or_paused_object_goes_and_its_room_stays_and_an_event_names_it() {
    let story = Story::begin("let-go").await;
    let rows = [
        (RELEASE, "released", "the annotation roomkeeper.dev/release asks for it"),
        (PAUSED, "paused", "the object was paused when it was deleted"),
    ];
    for (annotation, name, why) in rows {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, "InSync").await;
        story.annotate(name, annotation, "true").await;
        let before = story.vendor_room(name);
        story.delete_room(name).await;
        story.until_gone(name).await;
        assert!(before.is_some() && story.vendor_room(name) == before, "{name}");
        assert_eq!(story.deeds(name), ["create_room"]);
        story.until_event(name, "Released", &format!("the room tencent/{APP}/{name} stays: {why}")).await;
        let about = ListParams::default().fields(&format!("involvedObject.name={name},reason=Dismissed"));
        let dismissed = story.api::<Event>().list(&about).await.expect("events can be listed").items;
        assert!(dismissed.is_empty(), "{name}");
    }
}
