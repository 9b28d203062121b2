//! Rooms that are there and wanted: in sync, or on the way.

use futures::future::join_all;
use futures::{FutureExt, join};
use roomkeeper::api::annotations::PAUSED;
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::Effect;
use serde_json::json;

use super::{Engine, LIVE, ROOM, Scene, Stage, of_the_other_account, open_reticent_account};
use crate::story::{APP, Story, merge};

#[tokio::test]
async fn rooms_of_the_room_engine_that_are_kept() {
    check_kept("kept-room", &ROOM).await;
}

#[tokio::test]
async fn rooms_of_the_live_engine_that_are_kept() {
    check_kept("kept-live", &LIVE).await;
}

async fn check_kept(name: &str, engine: &'static Engine) {
    let mut story = Story::prepare(name).await;
    open_reticent_account(&story).await;
    let stage = Stage::of(&story, engine);
    stage.create_as(Reason::Pending, &json!({})).await;
    stage.golden.keeps("pending").await;
    story.start_operator();
    let stage = Stage::of(&story, engine);
    let scenes: [Scene<'_>; 10] = [
        in_sync(stage).boxed_local(),
        edited(stage).boxed_local(),
        applied_unverified(stage).boxed_local(),
        reconciling(stage).boxed_local(),
        correcting_drift(stage).boxed_local(),
        drift_tolerated(stage).boxed_local(),
        waiting_for_owner(stage).boxed_local(),
        ended(stage).boxed_local(),
        paused(stage).boxed_local(),
        paused_later(stage).boxed_local(),
    ];
    join_all(scenes).await;
}

async fn in_sync(stage: Stage<'_>) {
    stage.create_as(Reason::InSync, &json!({})).await;
    stage.golden.reaches(Reason::InSync).await;
}

/// An edit that nobody has looked at: the conditions are those of the generation before.
async fn edited(stage: Stage<'_>) {
    stage.create("edited", &json!({})).await;
    stage.story.until_reason("edited", "InSync").await;
    let held = stage.hold_looks("edited");
    stage.edit("edited", &json!({ "maxMembers": 50 })).await;
    stage.story.until_held(held).await;
    stage.golden.keeps("edited").await;
}

async fn applied_unverified(stage: Stage<'_>) {
    let mut unshown = of_the_other_account();
    merge(&mut unshown, &stage.spec(&(stage.engine.unshown)()));
    stage.create_as(Reason::AppliedUnverified, &unshown).await;
    stage.golden.reaches(Reason::AppliedUnverified).await;
}

/// The vendor said yes to the create and shows no room.
async fn reconciling(stage: Stage<'_>) {
    stage.fault("create_room", "reconciling", Effect::AcceptOnly);
    stage.create_as(Reason::Reconciling, &json!({})).await;
    stage.golden.reaches(Reason::Reconciling).await;
}

/// Somebody changes the name as often as it is put right, until the pass gives up.
async fn correcting_drift(stage: Stage<'_>) {
    let name = stage.make_as(Reason::CorrectingDrift, &json!({})).await;
    let held = stage.hold_looks(&name);
    stage.edit(&name, &json!({ "name": "Renamed" })).await;
    stage.story.until_held(held).await;
    for rename in ["One", "Two", "Three"] {
        stage.story.vendor_changes(&name, |room| room.name = rename.to_owned());
        stage.until_next_look(held).await;
    }
    stage.golden.reaches(Reason::CorrectingDrift).await;
}

async fn drift_tolerated(stage: Stage<'_>) {
    let policy = json!({ "spec": { "driftCorrection": { "fields": { "messageDisabled": "OnEdit" } } } });
    let name = stage.make_as(Reason::DriftTolerated, &policy).await;
    stage.story.vendor_changes(&name, |room| room.message_disabled = false);
    stage.look(&name).await;
    stage.golden.reaches(Reason::DriftTolerated).await;
}

async fn waiting_for_owner(stage: Stage<'_>) {
    let name = stage.make_as(Reason::WaitingForOwner, &of_the_other_account()).await;
    stage.edit(&name, &json!({ "owner": "bob" })).await;
    stage.golden.reaches(Reason::WaitingForOwner).await;
}

async fn ended(stage: Stage<'_>) {
    let name = stage.make_as(Reason::Ended, &stage.spec(&json!({ "whenEnded": "Leave" }))).await;
    stage.story.sim.world(|world| world.app_mut(APP).expect("the app").rooms.remove(&name));
    stage.look(&name).await;
    stage.golden.reaches(Reason::Ended).await;
}

async fn paused(stage: Stage<'_>) {
    stage.create_as(Reason::Paused, &json!({ "metadata": { "annotations": { PAUSED: "true" } } })).await;
    stage.golden.reaches(Reason::Paused).await;
}

/// Objects that were in sync when they were paused; one is edited since.
async fn paused_later(stage: Stage<'_>) {
    for name in ["paused-in-sync", "paused-edited"] {
        stage.create(name, &json!({})).await;
        stage.story.until_reason(name, "InSync").await;
        stage.story.annotate(name, PAUSED, "true").await;
    }
    stage.edit("paused-edited", &json!({ "maxMembers": 50 })).await;
    join!(stage.golden.keeps("paused-in-sync"), stage.golden.keeps("paused-edited"));
}
