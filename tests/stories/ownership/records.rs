//! What becomes of a room if what was written down about it is lost, wrong or copied. The rows are those of the table
//! "What is left" in docs/ownership.md, whose words for them stand in the comments.

use kube::ResourceExt;
use kube::api::{Patch, PatchParams};
use roomkeeper::api::annotations::{CLAIM, RELEASE};
use serde_json::{Value, json};

use super::{claims, merged, records};
use crate::scenes::cloud_meeting::CloudMeeting;
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent::{Room, Show};
use crate::scenes::{Scene, create, writes};
use crate::story::{ROOM, Story, message};

/// Creates an object of the room of its name, which a deletion ends, and waits until it has the room.
async fn keep<S: Scene>(story: &Story, name: &str) {
    if !S::MAKES_ROOMS {
        S::stands(story, name);
    }
    create::<S>(story, name, name, &S::ends_with_its_object()).await;
    story.until_reason(name, "InSync").await;
    claims::<S>(story, name, name).await;
}

async fn strip_claim(story: &Story, name: &str) {
    story.patch_room(name, &json!({ "metadata": { "annotations": { CLAIM: null } } })).await;
    assert_eq!(records(story, name).await.claim, None, "{name}");
}

/// The schema gives the object the status of one that nobody has looked at.
async fn lose_status(story: &Story, name: &str) {
    let nothing = Patch::Merge(json!({ "status": null }));
    let lost = story.objects().patch_status(name, &PatchParams::default(), &nothing).await.expect("it is taken");
    assert_eq!(lost.data["status"]["observedGeneration"], -1, "{name}: {}", lost.data["status"]);
}

/// Checks that an object has its room again, and that its deletion ends the room.
async fn has_it_again<S: Scene>(story: &Story, name: &str, mut written: Vec<String>) {
    story.look_again(name).await;
    story.until_reason(name, "InSync").await;
    claims::<S>(story, name, name).await;
    assert_eq!(writes::<S>(story, name), written, "{name}");
    story.delete_room(name).await;
    story.until_gone(name).await;
    written.push(S::END.to_owned());
    assert_eq!(writes::<S>(story, name), written, "{name}");
}

/// Checks that an object says `AlreadyExists` of its room, and that its deletion leaves the room.
async fn has_lost_it<S: Scene>(story: &Story, name: &str, written: &[String]) {
    story.look_again(name).await;
    let status = story.until_reason(name, "AlreadyExists").await;
    assert!(message(&status).contains("add Adopt to spec.managementPolicies"), "{name}: {}", message(&status));
    let records = records(story, name).await;
    assert_eq!((records.finalizers, records.external_id), (vec![], None), "{name}");
    story.delete_room(name).await;
    story.until_gone(name).await;
    assert_eq!(writes::<S>(story, name), written, "{name}");
}

async fn check_losses<S: Scene>(stage: &str) {
    let mut story = S::stage(stage).await;
    story.start_operator();
    let all = ["stripped", "forgotten", "forgotten-changed", "bare", "hurried", "of-another-account"];
    for name in all {
        keep::<S>(&story, name).await;
    }
    story.kill_operator().await;
    let before = |name: &str| writes::<S>(&story, name);
    let [stripped, forgotten, changed, bare, hurried, elsewhere] = all.map(before);
    for name in ["stripped", "bare", "hurried"] {
        strip_claim(&story, name).await;
    }
    for name in ["forgotten", "forgotten-changed", "bare", "hurried"] {
        lose_status(&story, name).await;
    }
    if S::MAKES_ROOMS {
        S::differs(&story, "forgotten-changed").await;
    }
    story.delete_room("hurried").await;
    // The number, the project and the App ID have digits at this place.
    let another = S::external_id("of-another-account").replacen('1', "7", 1);
    assert_ne!(another, S::external_id("of-another-account"));
    let claim = format!("{another} {}/of-another-account", story.namespace);
    story.annotate("of-another-account", CLAIM, &claim).await;
    story.start_operator();

    // The claim is stripped.
    has_it_again::<S>(&story, "stripped", stripped).await;
    // The status is lost.
    has_it_again::<S>(&story, "forgotten", forgotten).await;
    // The status is lost, and the room is not as a create has sent it.
    if S::MAKES_ROOMS {
        has_lost_it::<S>(&story, "forgotten-changed", &changed).await;
    }
    // Both are lost.
    if S::MAKES_ROOMS {
        has_lost_it::<S>(&story, "bare", &bare).await;
    } else {
        has_it_again::<S>(&story, "bare", bare).await;
    }
    // Both are lost, and it is deleted before a look.
    story.until_gone("hurried").await;
    story.until_event("hurried", "Released", "it was never this object's room").await;
    assert_eq!(writes::<S>(&story, "hurried"), hurried);
    // The claim names a room of another account.
    is_stopped::<S>(&story, "of-another-account", &elsewhere).await;
}

/// Checks that nothing is done about an object, also if it is deleted, until a person releases it.
async fn is_stopped<S: Scene>(story: &Story, name: &str, written: &[String]) {
    story.look_again(name).await;
    story.until_reason(name, "AccountChanged").await;
    story.delete_room(name).await;
    story.until_status(name, "a deletion that waits", |status| message(status).contains(RELEASE)).await;
    story.until_reason(name, "AccountChanged").await;
    story.annotate(name, RELEASE, "true").await;
    story.until_gone(name).await;
    assert_eq!(writes::<S>(story, name), written, "{name}");
}

#[tokio::test]
async fn a_room_is_known_again_by_what_is_left_of_its_records() {
    check_losses::<Room>("records-room").await;
}

#[tokio::test]
async fn a_show_is_known_again_by_what_is_left_of_its_records() {
    check_losses::<Show>("records-show").await;
}

#[tokio::test]
async fn a_room_of_cloud_rtc_is_its_objects_whatever_is_left_of_its_records() {
    check_losses::<CloudRtc>("records-rtc").await;
}

#[tokio::test]
async fn a_meeting_room_is_its_objects_whatever_is_left_of_its_records() {
    check_losses::<CloudMeeting>("records-vmr").await;
}

/// Returns what a copy of an object takes along.
async fn copied<S: Scene>(story: &Story, name: &str) -> Value {
    let original = story.object(name).await.expect("there");
    assert!(original.annotations().contains_key(CLAIM) && !original.finalizers().is_empty());
    let metadata = json!({ "annotations": original.annotations(), "finalizers": original.finalizers() });
    merged(S::ends_with_its_object(), &json!({ "metadata": metadata }))
}

/// A copy is an object under another name or in another namespace, with annotations and finalizer.
async fn check_copies<S: Scene>(stage: &str) {
    let mut story = S::stage(stage).await;
    let (home, elsewhere) = (story.namespace.clone(), story.open_namespace("b").await);
    story.go_to(&elsewhere);
    S::open(&story).await;
    story.go_to(&home);
    story.start_operator();
    keep::<S>(&story, ROOM).await;
    let (copy, written) = (copied::<S>(&story, ROOM).await, writes::<S>(&story, ROOM));
    let places = [(&home, "copy"), (&elsewhere, ROOM)];

    // A copy beside the original.
    for (namespace, name) in places {
        story.go_to(namespace);
        create::<S>(&story, name, ROOM, &copy).await;
        let status = story.until_reason(name, "DuplicateClaim").await;
        assert!(message(&status).contains(&format!("{home}/{ROOM}")), "{}", message(&status));
        assert_eq!(records(&story, name).await.finalizers, [""; 0], "{name}");
        story.delete_room(name).await;
        story.until_gone(name).await;
    }
    // A copy beside the original, deleted before anybody looked at it.
    story.kill_operator().await;
    for (namespace, name) in places {
        story.go_to(namespace);
        create::<S>(&story, name, ROOM, &copy).await;
        story.delete_room(name).await;
        assert!(story.object(name).await.is_some(), "the copied finalizer holds it");
    }
    story.start_operator();
    for (namespace, name) in places {
        story.go_to(namespace);
        story.until_gone(name).await;
        story.until_event(name, "Released", "it was never this object's room").await;
    }
    // A copy alone, with a room that nobody keeps any more.
    story.go_to(&home);
    story.look_again(ROOM).await;
    story.until_reason(ROOM, "InSync").await;
    story.annotate(ROOM, RELEASE, "true").await;
    story.delete_room(ROOM).await;
    story.until_gone(ROOM).await;
    assert_eq!(writes::<S>(&story, ROOM), written, "the copies reached the room");
    story.go_to(&elsewhere);
    create::<S>(&story, ROOM, ROOM, &copy).await;
    if S::MAKES_ROOMS {
        has_lost_it::<S>(&story, ROOM, &written).await;
    } else {
        has_it_again::<S>(&story, ROOM, written).await;
    }
}

#[tokio::test]
async fn a_copied_room_claims_nothing_and_dismisses_nothing() {
    check_copies::<Room>("copied-room").await;
}

#[tokio::test]
async fn a_copied_show_claims_nothing_and_dismisses_nothing() {
    check_copies::<Show>("copied-show").await;
}

#[tokio::test]
async fn a_copied_room_of_cloud_rtc_has_the_room_only_when_the_original_is_gone() {
    check_copies::<CloudRtc>("copied-rtc").await;
}

#[tokio::test]
async fn a_copied_meeting_room_has_the_room_only_when_the_original_is_gone() {
    check_copies::<CloudMeeting>("copied-vmr").await;
}
