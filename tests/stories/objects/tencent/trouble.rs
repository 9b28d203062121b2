//! Rooms that a person has to do something about.

use futures::future::join_all;
use futures::{FutureExt, join};
use roomkeeper_plan::reason::Reason;
use roomkeeper_sim::Effect;
use serde_json::{Value, json};

use super::{Engine, LIVE, ROOM, Scene, Stage, of_the_other_account};
use crate::story::Story;
use crate::support::golden::file_name;

#[tokio::test]
async fn rooms_of_the_room_engine_that_have_trouble() {
    check_trouble("trouble-room", &ROOM).await;
}

#[tokio::test]
async fn rooms_of_the_live_engine_that_have_trouble() {
    check_trouble("trouble-live", &LIVE).await;
}

async fn check_trouble(name: &str, engine: &'static Engine) {
    let mut story = Story::prepare(name).await;
    story.open_other_account("other").await;
    story.rotate("other", "secretKey", "canary-wrong-key").await;
    story.vendor_makes("already-exists", |room| room.room_type = engine.room_type);
    story.start_operator();
    let stage = Stage::of(&story, engine);
    let scenes: [Scene<'_>; 6] = [
        disagreeing(stage).boxed_local(),
        without_effect(stage).boxed_local(),
        changed_too_much(stage).boxed_local(),
        refused(stage).boxed_local(),
        others(stage).boxed_local(),
        moved(stage).boxed_local(),
    ];
    join_all(scenes).await;
}

/// The policy forbids what would help.
async fn disagreeing(stage: Stage<'_>) {
    let name = stage.make_as(Reason::DriftNotCorrected, &json!({ "spec": { "managementPolicies": ["Create"] } })).await;
    stage.story.vendor_changes(&name, |room| room.message_disabled = false);
    stage.look(&name).await;
    stage.create_as(Reason::NotFound, &json!({ "spec": { "managementPolicies": ["Update"] } })).await;
    join!(stage.golden.reaches(Reason::DriftNotCorrected), stage.golden.reaches(Reason::NotFound));
}

async fn without_effect(stage: Stage<'_>) {
    let name = stage.make_as(Reason::NotEffective, &json!({})).await;
    stage.fault("update_room_info", &name, Effect::AcceptOnly);
    stage.edit(&name, &json!({ "name": "Renamed" })).await;
    stage.golden.reaches(Reason::NotEffective).await;
}

/// A field that nobody manages changes together with an update.
async fn changed_too_much(stage: Stage<'_>) {
    let name = stage.make_as(Reason::UpdateNotPartial, &json!({})).await;
    let held = stage.hold_looks(&name);
    stage.edit(&name, &json!({ "name": "Renamed" })).await;
    stage.story.until_held(held).await;
    stage.until_next_look(held).await;
    stage.story.vendor_changes(&name, |room| room.max_members = 7);
    stage.story.sim.faults().remove(held).expect("it holds");
    stage.golden.reaches(Reason::UpdateNotPartial).await;
}

/// What the vendor, or the cluster, refuses.
async fn refused(stage: Stage<'_>) {
    type Trouble = Option<(&'static str, Effect)>;
    let rows: [(Reason, Trouble, Value); 8] = [
        (Reason::ProviderConfigNotReady, None, json!({ "spec": { "providerConfigRef": { "name": "missing" } } })),
        (Reason::ProviderUnavailable, Some(("get_room_info", Effect::Status { code: 502 })), json!({})),
        (Reason::UnexpectedAnswer, Some(("get_room_info", Effect::Html { status: 200 })), json!({})),
        (Reason::InvalidSpec, Some(("create_room", Effect::refuse(100_026))), json!({})),
        (Reason::CredentialsRejected, None, of_the_other_account()),
        (Reason::PermissionDenied, Some(("create_room", Effect::refuse(100_006))), json!({})),
        (Reason::AccountLimit, None, stage.spec(&json!({ "maxMembers": 5000 }))),
        (Reason::OwnerNotFound, None, stage.spec(&json!({ "owner": "dora" }))),
    ];
    join_all(rows.map(async |(reason, fault, more)| {
        if let Some((operation, effect)) = fault {
            stage.fault(operation, &file_name(&reason.to_string()), effect);
        }
        stage.create_as(reason, &more).await;
        stage.golden.reaches(reason).await;
    }))
    .await;
}

/// Rooms that are another's.
async fn others(stage: Stage<'_>) {
    stage.create_as(Reason::AlreadyExists, &json!({})).await;
    stage.create("first", &json!({})).await;
    stage.story.until_reason("first", "InSync").await;
    stage.create_as(Reason::DuplicateClaim, &stage.spec(&json!({ "roomId": "first" }))).await;
    join!(stage.golden.reaches(Reason::AlreadyExists), stage.golden.reaches(Reason::DuplicateClaim));
}

async fn moved(stage: Stage<'_>) {
    let name = stage.make_as(Reason::AccountChanged, &json!({})).await;
    stage.story.patch_room(&name, &of_the_other_account()).await;
    stage.golden.reaches(Reason::AccountChanged).await;
}
