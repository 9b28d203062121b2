//! What goes wrong is said on the object that it concerns, with the field and what to do, and the others are served.

mod accounts;
mod answers;
mod rotation;
mod specs;

use roomkeeper::api::RoomStatus;
use serde_json::{Value, json};

use crate::story::{ROOM, Story, message};

/// Names the config of another account, which [`Story::open_other_account`] opened as `other`.
fn of_the_other_account(name: &str) -> Value {
    json!({ "metadata": { "name": name }, "spec": { "providerConfigRef": { "name": "other" } } })
}

/// Proves that the operator goes on: a room that has nothing to do with the trouble is made and becomes ready.
async fn another_room_is_served(story: &Story, manifest: &Value) {
    let name = manifest["metadata"]["name"].as_str().unwrap_or(ROOM);
    story.create_room(manifest).await;
    story.until_reason(name, "InSync").await;
    assert_eq!(story.deeds(name), ["create_room"]);
}

/// Has a failing object looked at once more: the same cause must be told in the same bytes, or the status never rests.
async fn fails_alike_again(story: &Story, name: &str, before: &RoomStatus) {
    let after = story.look_again(name).await;
    assert_eq!(after.conditions, before.conditions, "{name}");
    assert_eq!(after.last_failure, before.last_failure, "{name}");
    let requests = story.sim.journal().into_iter().map(|entry| entry.request_id);
    let told: Vec<String> = requests.filter(|id| message(&after).contains(id)).collect();
    assert!(told.is_empty(), "{name}: a request id in the message: {}", message(&after));
}
