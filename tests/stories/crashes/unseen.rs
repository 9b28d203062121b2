//! What others do to an object while the watches are late.

use roomkeeper_sim::{Entry, Shown};
use serde_json::json;

use super::Act;
use super::late_watches::{Nudge, versions};
use super::tencent::Act as Tencent;
use super::tencent::Engine::Room;
use crate::story::{APP, DEADLINE, ROOM, Story};

/// The object of these stories.
const NAME: &str = "unseen";

#[tokio::test]
async fn what_is_seen_for_an_object_is_not_written_to_a_later_one_of_its_name() {
    let act = Tencent::Create(Room);
    let mut story = Tencent::stage("later-status").await.with_relay().await;
    story.vendor_makes(NAME, |room| room.max_members = 100);
    story.start_operator();
    let watching = json!({ "metadata": { "name": NAME }, "spec": { "managementPolicies": [] } });
    story.create_room(&watching).await;
    story.until_reason(NAME, "DriftNotCorrected").await;
    let mut nudge = Nudge::of(&story, act, NAME).await;

    story.relay().hold("rooms");
    story.delete_room(NAME).await;
    story.until_gone(NAME).await;
    story.create_room(&watching).await;
    story.vendor_changes(NAME, |room| room.max_members = 200);
    nudge.push().await;
    nudge.push().await;
    assert_eq!(act.scene(&story, NAME).await, "unclaimed, Pending, carol's room for 200");
    story.relay().release();
    story.until_reason(NAME, "DriftNotCorrected").await;
}

#[tokio::test]
async fn a_password_that_the_vendor_does_not_show_is_not_sent_again_for_a_late_watch() {
    let mut story = Story::prepare("late-password").await.with_relay().await;
    story.sim.world(|world| world.app_mut(APP).expect("the app").answers.passwords = Shown::Hidden);
    story.create_secret("door", "code", "314159").await;
    story.start_operator();
    let password = json!({ "secretKeyRef": { "name": "door", "key": "code" } });
    story.create_room(&json!({ "spec": { "tencentRoom": { "password": password } } })).await;
    story.until_reason(ROOM, "AppliedUnverified").await;
    let mut nudge = Nudge::of(&story, Tencent::Edit(Room), ROOM).await;

    story.relay().hold("rooms");
    story.rotate("door", "code", "271828").await;
    let is_sent = |entries: &[Entry]| entries.iter().any(|entry| entry.calls("room_engine/update_room_info"));
    story.until_journal("the new password", is_sent).await;
    story.relay().until_held("rooms", DEADLINE).await;
    for version in versions(&story, ROOM).await {
        story.relay().let_pass("rooms", version);
        nudge.push().await;
    }
    story.relay().release();
    story.look_again(ROOM).await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    assert_eq!(story.vendor_room(ROOM).expect("there").password, "271828");
}
