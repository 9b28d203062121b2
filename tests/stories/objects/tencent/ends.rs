//! Rooms whose objects are being deleted.

use futures::FutureExt;
use futures::future::join_all;
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::Effect;
use serde_json::json;

use super::{Engine, LIVE, ROOM, Scene, Stage, of_the_other_account, open_reticent_account};
use crate::objects::slow_down;
use crate::story::{APP, Story, merge};

#[tokio::test]
async fn rooms_of_the_room_engine_that_end() {
    check_ends("ends-room", &ROOM).await;
}

#[tokio::test]
async fn rooms_of_the_live_engine_that_end() {
    check_ends("ends-live", &LIVE).await;
}

async fn check_ends(name: &str, engine: &'static Engine) {
    let mut story = Story::prepare(name).await;
    open_reticent_account(&story).await;
    slow_down(&story, "other").await;
    story.start_operator();
    let stage = Stage::of(&story, engine);
    let scenes: [Scene<'_>; 5] = [
        deleted(stage).boxed_local(),
        dismissing(stage).boxed_local(),
        occupied(stage).boxed_local(),
        held_back(stage).boxed_local(),
        unknown_occupancy(stage).boxed_local(),
    ];
    join_all(scenes).await;
}

/// A deletion that nobody has looked at.
async fn deleted(stage: Stage<'_>) {
    stage.create("deleted", &json!({})).await;
    stage.story.until_reason("deleted", "InSync").await;
    let held = stage.hold_looks("deleted");
    stage.story.delete_room("deleted").await;
    stage.story.until_held(held).await;
    stage.golden.keeps("deleted").await;
}

/// The vendor said yes and still shows the room.
async fn dismissing(stage: Stage<'_>) {
    let name = stage.make_as(Reason::Dismissing, &json!({})).await;
    stage.fault("destroy_room", &name, Effect::AcceptOnly);
    stage.story.delete_room(&name).await;
    stage.golden.reaches(Reason::Dismissing).await;
}

/// People are in, and in one of two rooms for longer than the spec allows.
async fn occupied(stage: Stage<'_>) {
    let rows = [
        (Reason::DismissalWaiting, json!({})),
        (Reason::DismissalTimedOut, json!({ "spec": { "dismissal": { "timeout": "1s" } } })),
    ];
    join_all(rows.map(async |(reason, more)| {
        let name = stage.make_as(reason, &more).await;
        stage.story.sim.join(APP, &name, "bob").expect("bob is an account");
        stage.story.delete_room(&name).await;
        stage.golden.reaches(reason).await;
    }))
    .await;
}

/// The account's one dismissal of this minute is spent.
async fn held_back(stage: Stage<'_>) {
    let mut at_once = of_the_other_account();
    merge(&mut at_once, &json!({ "spec": { "dismissal": { "whenOccupied": "Dismiss" } } }));
    stage.create("first", &at_once).await;
    stage.story.until_reason("first", "InSync").await;
    let name = stage.make_as(Reason::DismissalHeld, &at_once).await;
    stage.story.delete_room("first").await;
    stage.story.until_gone("first").await;
    stage.story.delete_room(&name).await;
    stage.golden.reaches(Reason::DismissalHeld).await;
}

/// Only the Live Engine may keep silent about who is in.
async fn unknown_occupancy(stage: Stage<'_>) {
    if stage.engine.folder == LIVE.folder {
        let name = stage.make_as(Reason::OccupancyUnknown, &of_the_other_account()).await;
        stage.story.delete_room(&name).await;
        stage.golden.reaches(Reason::OccupancyUnknown).await;
    }
}
