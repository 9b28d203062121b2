//! What the operator may do: whatever is allowed or not, the simulator counts the writes.

use roomkeeper::api::annotations::RECONCILE_REQUESTED_AT;
use roomkeeper_sim::Kind;
use serde_json::{Value, json};

use crate::story::{ROOM, Story, message};

/// Every verb, in the order of the bits of a subset.
const VERBS: [&str; 5] = ["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"];

/// Returns the verbs of a subset.
fn verbs(subset: usize) -> Vec<&'static str> {
    VERBS.into_iter().enumerate().filter(|(bit, _)| subset & (1 << bit) != 0).map(|(_, verb)| verb).collect()
}

fn writes(story: &Story) -> usize {
    story.sim.journal().iter().filter(|entry| entry.kind == Kind::Write).count()
}

/// Creates one room for each subset of the verbs, by the name of its subset.
async fn create_all(story: &Story, spec: &Value) -> Vec<(String, Vec<&'static str>)> {
    let mut rooms = Vec::new();
    for subset in 0..1 << VERBS.len() {
        let (name, verbs) = (format!("room-{subset}"), verbs(subset));
        let mut room = json!({ "metadata": { "name": name }, "spec": { "managementPolicies": verbs } });
        crate::story::merge(&mut room["spec"], spec);
        story.create_room(&room).await;
        rooms.push((name, verbs));
    }
    rooms
}

#[tokio::test]
async fn each_subset_of_the_verbs_makes_only_the_rooms_that_it_may_make() {
    let story = Story::begin("policies-make").await;
    for (name, verbs) in create_all(&story, &json!({})).await {
        let reason = if verbs.contains(&"Create") { "InSync" } else { "NotFound" };
        story.until_reason(&name, reason).await;
        let expected: &[&str] = if verbs.contains(&"Create") { &["create_room"] } else { &[] };
        assert_eq!(story.deeds(&name), expected, "{verbs:?}");
    }
}

#[tokio::test]
async fn each_subset_of_the_verbs_does_only_what_it_may_to_a_room_that_was_there() {
    let story = Story::begin("policies-adopt").await;
    for subset in 0..1 << VERBS.len() {
        story.vendor_makes(&format!("room-{subset}"), |room| {
            room.name = "Another name".into();
            room.members.insert("alice".into());
        });
    }
    let wanted = json!({ "tencentRoom": { "maxMembers": null, "audioDisabled": null } });
    for (name, verbs) in create_all(&story, &wanted).await {
        let may = |verb| verbs.contains(&verb);
        let ours = may("Adopt");
        let reason = match (ours, may("Create")) {
            (true, _) if may("Update") && may("ChangeOwner") => "InSync",
            (true, _) => "DriftNotCorrected",
            (false, true) => "AlreadyExists",
            (false, false) => "DriftNotCorrected",
        };
        story.until_reason(&name, reason).await;
        let mut expected = Vec::new();
        expected.extend((ours && may("Update")).then_some("update_room_info"));
        expected.extend((ours && may("ChangeOwner")).then_some("change_room_owner"));
        assert_eq!(story.deeds(&name), expected, "{verbs:?}");
        if ours {
            story.vendor_changes(&name, |room| room.members.clear());
        }
        story.delete_room(&name).await;
        story.until_gone(&name).await;
        expected.extend((ours && may("Dismiss")).then_some("destroy_room"));
        assert_eq!(story.deeds(&name), expected, "{verbs:?}, deleted");
    }
}

#[tokio::test]
async fn an_operator_that_only_observes_writes_to_no_vendor_and_says_what_it_would_do() {
    let mut story = Story::prepare("observe-only").await;
    story.start_operator();
    for name in [ROOM, "edited", "going"] {
        story.create_room(&json!({ "metadata": { "name": name } })).await;
        story.until_reason(name, "InSync").await;
    }
    story.kill_operator().await;
    story.with_flags(&["--observe-only"]);
    story.vendor_changes(ROOM, |room| room.name = "Renamed".into());
    story.patch_room("edited", &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.create_room(&json!({ "metadata": { "name": "new" } })).await;
    story.delete_room("going").await;
    let before = writes(&story);
    story.start_operator();
    story.annotate(ROOM, RECONCILE_REQUESTED_AT, "now").await;
    for (name, reason, would) in [
        (ROOM, "DriftNotCorrected", "change the room (name)"),
        ("edited", "DriftNotCorrected", "change the room (maxMembers)"),
        ("new", "NotFound", "make the room"),
        ("going", "DismissalHeld", "end the room"),
    ] {
        let status = story.until_reason(name, reason).await;
        let said = message(&status);
        assert!(said.contains("--observe-only") && said.contains(would), "{name}: {said}");
    }
    assert_eq!(writes(&story), before, "nothing was written to the vendor");
    let new = story.room("new").await.expect("there").metadata;
    assert_eq!((new.finalizers, new.annotations), (None, None), "and nothing was claimed");

    story.kill_operator().await;
    story.with_flags(&[]);
    story.start_operator();
    story.until_gone("going").await;
    for name in [ROOM, "edited", "new"] {
        story.until_reason(name, "InSync").await;
    }
    assert_eq!(story.deeds("going"), ["create_room", "destroy_room"], "what waited goes on");
}
