//! Several operators in one cluster, each of which serves the configs with its label.

use kube::api::{Patch, PatchParams};
use roomkeeper::api::ProviderConfig;
use serde_json::json;

use crate::story::{DEADLINE, ROOM, Story};
use crate::support::wait_until;

/// Gives the story's config a label for the releases, or takes it away.
async fn label(story: &Story, release: Option<&str>) {
    let patch = Patch::Merge(json!({ "metadata": { "labels": { "release": release } } }));
    story.api::<ProviderConfig>().patch("tencent", &PatchParams::default(), &patch).await.expect("it is there");
}

#[tokio::test]
async fn the_rooms_of_a_config_without_the_label_are_left_alone_until_it_has_it_and_when_it_has_lost_it() {
    let mut story = Story::prepare("releases").await;
    story.with_flags(&["--watch-label-selector=release=a"]);
    label(&story, Some("b")).await;
    story.create_room(&json!({})).await;
    let operator = story.start_another_operator("a");
    let left_alone = async |times: usize| {
        let what = format!("the object to be left alone {times} times");
        let is_so = async || operator.log().matches("left alone").count() >= times;
        story.patiently(&what, wait_until(DEADLINE, &what, is_so)).await;
    };
    left_alone(1).await;
    let room = story.object(ROOM).await.expect("it is there");
    assert_eq!((&room.data["status"]["observedGeneration"], room.metadata.annotations), (&json!(-1), None));
    assert!(story.sim.journal().is_empty(), "nobody may call the vendor");

    label(&story, Some("a")).await;
    story.until_reason(ROOM, "InSync").await;
    label(&story, None).await;
    left_alone(2).await;
    let calls = story.sim.journal().len();
    let before = story.object(ROOM).await.expect("it is there");
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 7 } } })).await;
    left_alone(3).await;
    assert_eq!(story.sim.journal().len(), calls);
    let now = story.object(ROOM).await.expect("it is there");
    assert_eq!(now.data["status"], before.data["status"], "the edit is not this operator's to answer");

    label(&story, Some("a")).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
}
