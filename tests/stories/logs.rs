//! The log: a line for each transition, and another level without a restart.

use roomkeeper_sim::{Effect, Refusal};
use serde_json::{Value, json};

use crate::story::{APP, DEADLINE, ROOM, Story};
use crate::support::wait_until;

#[tokio::test]
async fn each_deed_and_transition_is_a_line_with_object_account_and_request_id() {
    let mut story = Story::prepare("log").await;
    story.with_flags(&["--log-format=json"]);
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    story.fault("room_engine/update_room_info", Effect::Refuse(Refusal::of(100_013)));
    story.patch_room(ROOM, &json!({ "spec": { "tencentRoom": { "maxMembers": 12 } } })).await;
    story.until_reason(ROOM, "AccountLimit").await;
    let call = |operation: &str| {
        let journal = story.sim.journal();
        let entry = journal.into_iter().find(|entry| entry.calls(operation)).expect("it was called");
        entry.request_id
    };
    let lines = || {
        let log = story.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.map(|line| line["fields"].clone()).collect::<Vec<Value>>()
    };
    let rows = [
        ("Created", Some(call("room_engine/create_room"))),
        ("AccountLimit", Some(call("room_engine/update_room_info"))),
    ];
    for (reason, request_id) in rows {
        let what = format!("a line about {reason}");
        let told = async || lines().iter().any(|line| line["reason"] == reason);
        story.patiently(&what, wait_until(DEADLINE, &what, told)).await;
        let line = lines().into_iter().find(|line| line["reason"] == reason).expect("it is there");
        assert_eq!(line["object"], format!("Room {}/{ROOM}", story.namespace), "{line}");
        assert_eq!(line["account"], format!("tencent/{APP}"), "{line}");
        assert_eq!(line["request_id"].as_str(), request_id.as_deref(), "{line}");
    }
}

#[tokio::test]
async fn what_is_logged_can_be_changed_while_the_operator_runs_and_back() {
    let story = Story::begin("log-level").await;
    let operator = story.operator.as_ref().expect("it runs");
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let calls = || story.log().matches("vendor call").count();
    assert!(calls() > 0, "the story asks for everything");

    assert_eq!(operator.ask_to_log("warn,roomkeeper=nonsense").await, 400);
    assert_eq!(operator.ask_to_log("warn,roomkeeper=info").await, 200);
    let before = calls();
    story.look_again(ROOM).await;
    assert_eq!(calls(), before, "calls are told at another level");
    assert_eq!(operator.ask_to_log("").await, 200);
    story.look_again(ROOM).await;
    let told = async || calls() > before;
    story.patiently("the calls to be told again", wait_until(DEADLINE, "the calls to be told again", told)).await;
}
