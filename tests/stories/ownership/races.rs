//! What changes while a pass is under way: who won when it looked may have lost when it claims.

use roomkeeper_sim::Effect;
use serde_json::json;

use super::claims_nothing;
use super::namespaces::until_the_next_second;
use crate::story::{ROOM, Story};

#[tokio::test]
async fn an_object_that_won_when_it_looked_claims_nothing_if_another_one_has_the_room_by_then() {
    let story = Story::begin("race").await;
    story.create_room(&json!({ "spec": { "managementPolicies": [] } })).await;
    story.until_reason(ROOM, "NotFound").await;

    until_the_next_second(&story).await;
    // The older object may only watch, so the younger one looks, and would make the room.
    let held = story.fault("room_engine/get_room_info", Effect::HoldAfter);
    let younger = json!({ "metadata": { "name": "younger" }, "spec": { "tencentRoom": { "roomId": ROOM } } });
    story.create_room(&younger).await;
    story.until_held(held).await;
    story.patch_room(ROOM, &json!({ "spec": { "managementPolicies": null } })).await;
    story.until_reason(ROOM, "InSync").await;
    story.sim.faults().release(held).expect("it holds the look");

    story.until_reason("younger", "DuplicateClaim").await;
    claims_nothing(&story, "younger").await;
    let writes: Vec<String> = story.sim.writes_of(ROOM).into_iter().map(|entry| entry.operation).collect();
    assert_eq!(writes, ["room_engine/create_room"], "both made the room");
}
