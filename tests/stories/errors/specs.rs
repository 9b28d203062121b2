//! Specs that cannot be acted upon: refused by the API server where it can tell, by the operator where it cannot.

use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject};
use roomkeeper::api::Room;
use serde_json::{Value, json};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;

use super::{another_room_is_served, fails_alike_again};
use crate::story::{APP, DEADLINE, ROOM, Story, message};
use crate::support::{wait_for, wait_until};

#[tokio::test]
async fn the_api_server_refuses_a_wrong_spec_and_names_the_field() {
    let story = Story::begin("refused-spec").await;
    let chinese = "周".repeat(33) + "会";
    assert_eq!(chinese.len(), 102, "34 characters, and too many bytes");
    let rows = [
        (json!({ "tencentRoom": { "name": chinese } }), "spec.tencentRoom.name", "100 bytes"),
        (json!({ "tencentLive": { "owner": "alice" } }), "spec", "tencentRoom, tencentLive"),
    ];
    for (spec, field, words) in rows {
        let manifest = story.room_manifest(&json!({ "spec": spec }));
        let room: Room = serde_json::from_value(manifest).expect("the words are right, the values are not");
        let refused = story.api::<Room>().create(&PostParams::default(), &room).await.expect_err(field);
        let kube::Error::Api(answer) = refused else { panic!("{field}: {refused}") };
        let causes = answer.details.iter().flat_map(|details| &details.causes);
        let named = causes.clone().any(|cause| cause.field == field && cause.message.contains(words));
        assert!(answer.code == 422 && named, "{field}: {:?}", causes.collect::<Vec<_>>());
    }
    another_room_is_served(&story, &json!({})).await;
}

#[tokio::test]
async fn an_engine_of_another_vendor_than_its_config_says_so_and_calls_nobody() {
    let story = Story::begin("engine").await;
    let engine = json!({
        "tencentRoom": null,
        "huaweiRtc": { "appId": "app", "roomId": "call" },
        "dismissal": { "whenOccupied": "Wait" },
    });
    story.create_room(&json!({ "metadata": { "name": "call" }, "spec": engine })).await;
    let status = story.until_reason("call", "InvalidSpec").await;
    let words = format!(
        "spec.providerConfigRef: names the account tencent/{APP}, but huaweiRtc needs a ProviderConfig with spec.huaweiRtc"
    );
    assert_eq!(message(&status), words);
    fails_alike_again(&story, "call", &status).await;
    assert!(story.calls_about("call").is_empty());
    another_room_is_served(&story, &json!({})).await;

    let room = story.room("call").await.expect("there");
    assert_eq!(room.metadata.finalizers, None);
    story.delete_room("call").await;
    story.until_gone("call").await;
}

#[tokio::test]
async fn a_field_that_only_a_create_can_set_is_named_when_it_is_edited() {
    let story = Story::begin("create-only").await;
    let schedule = |end: &str| json!({ "spec": { "tencentRoom": { "schedule": { "end": end } } } });
    story.create_room(&schedule("2099-01-01T10:00:00Z")).await;
    story.until_reason(ROOM, "InSync").await;

    story.patch_room(ROOM, &schedule("2099-01-01T11:00:00Z")).await;
    let status = story.until_reason(ROOM, "InvalidSpec").await;
    assert!(message(&status).contains("schedule.end can only be set when a room is made"), "{}", message(&status));
    assert_eq!(status.drift.first().map(|drift| drift.field.as_str()), Some("schedule.end"));
    fails_alike_again(&story, ROOM, &status).await;
    another_room_is_served(&story, &json!({ "metadata": { "name": "bystander" } })).await;
    // What can be changed is changed all the same.
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    story.until_reason(ROOM, "InvalidSpec").await;
    assert_eq!(story.vendor_room(ROOM).expect("there").max_members, 50);

    story.patch_room(ROOM, &schedule("2099-01-01T10:00:00Z")).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
}

#[tokio::test]
async fn an_object_that_cannot_be_decoded_is_told_so_once_and_disturbs_nobody() {
    let mut story = Story::prepare_alone("undecodable").await;
    story.versions.judge_nothing();
    take_the_schema_away(&story).await;
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;

    let resource = ApiResource::erase::<Room>(&());
    let rooms = Api::<DynamicObject>::namespaced_with(story.client.clone(), &story.namespace, &resource);
    edit(&rooms, ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": "many" } } })).await;
    let strange = story.room_manifest(&json!({ "metadata": { "name": "strange" }, "spec": { "tencentRoom": 7 } }));
    let strange: DynamicObject = serde_json::from_value(strange).expect("anything is an object");
    rooms.create(&PostParams::default(), &strange).await.expect("the schema is gone");
    for (name, field) in [(ROOM, "spec.tencentRoom.maxMembers"), ("strange", "spec.tencentRoom")] {
        let ready = until_invalid(&rooms, name).await;
        let told = ready["message"].as_str().unwrap_or_default();
        assert!(told.contains(&format!("the object cannot be read: {field}: ")), "{name}: {told}");
        assert!(told.contains("correct the field"), "{name}: {told}");
    }
    another_room_is_served(&story, &json!({ "metadata": { "name": "bystander" } })).await;

    // An edit that heals nothing is news from the watch, and no news for the status.
    edit(&rooms, "strange", &json!({ "metadata": { "labels": { "edited": "true" } } })).await;
    another_room_is_served(&story, &json!({ "metadata": { "name": "after-the-edit" } })).await;
    story.kill_operator().await;
    story.start_operator();
    another_room_is_served(&story, &json!({ "metadata": { "name": "after-the-restart" } })).await;
    let audit = story.plane.audit().expect("this control plane keeps an audit log");
    let told = audit.iter().filter(|event| event.namespace == story.namespace && event.name == "strange");
    let told = told.filter(|event| event.verb == "patch" && event.subresource == "status");
    assert_eq!(told.count(), 1, "the status was written more than once");

    edit(&rooms, ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 50 } } })).await;
    story.until_reason(ROOM, "InSync").await;
    assert_eq!(story.deeds(ROOM), ["create_room", "update_room_info"]);
    let log = story.log();
    assert!(!log.contains("panicked"), "{log}");
}

/// Makes the API server take any object as a Room, as one with the CRD of another version may.
async fn take_the_schema_away(story: &Story) {
    let patch = json!([
        { "op": "remove", "path": "/spec/versions/0/selectableFields" },
        {
            "op": "replace",
            "path": "/spec/versions/0/schema/openAPIV3Schema",
            "value": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
        },
    ]);
    let patch = Patch::Json::<()>(serde_json::from_value(patch).expect("a JSON patch"));
    let definitions = Api::<CustomResourceDefinition>::all(story.client.clone());
    definitions.patch("rooms.roomkeeper.dev", &PatchParams::default(), &patch).await.expect("the CRD takes it");
    let resource = ApiResource::erase::<Room>(&());
    let rooms = Api::<DynamicObject>::namespaced_with(story.client.clone(), &story.namespace, &resource);
    let probe = json!({ "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "metadata": { "name": "probe" } });
    let probe: DynamicObject = serde_json::from_value(probe).expect("anything is an object");
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    wait_until(DEADLINE, "the schema to be gone", async || rooms.create(&dry_run, &probe).await.is_ok()).await;
}

async fn edit(rooms: &Api<DynamicObject>, name: &str, patch: &Value) {
    rooms.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.expect("the schema is gone");
}

/// Waits until an object that no type can hold is `InvalidSpec` in its newest generation.
async fn until_invalid(rooms: &Api<DynamicObject>, name: &str) -> Value {
    let what = format!("{name} to be InvalidSpec");
    wait_for(DEADLINE, &what, async || {
        let room = rooms.get(name).await.expect("the API server answers");
        let status = &room.data["status"];
        let conditions = status["conditions"].as_array()?;
        let ready = conditions.iter().find(|condition| condition["type"] == "Ready")?;
        let current = status["observedGeneration"].as_i64() == room.metadata.generation;
        (current && ready["reason"] == "InvalidSpec").then(|| ready.clone())
    })
    .await
}
