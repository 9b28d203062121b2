//! What people run beside the operator, with the real tools: `make monitoring` has them, and runs these stories.

use std::io::Write as _;
use std::process::{Command, Stdio};

use roomkeeper_sim::{Effect, Fault, Refusal, Times};
use serde_json::json;

use crate::story::{ROOM, Story};

/// A story in which every kind of thing happens that is measured.
async fn eventful(name: &str) -> Story {
    let mut story = Story::prepare(name).await.with_drift_checks("300ms");
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    let fails = Fault::at("room_engine/create_room", Effect::Refuse(Refusal::of(100_013))).times(Times::UntilRemoved);
    story.sim.faults().add(fails).expect("the simulator knows the operation");
    story.create_room(&json!({ "metadata": { "name": "too-many" } })).await;
    story.until_reason("too-many", "AccountLimit").await;
    story
}

#[tokio::test]
#[ignore = "needs promtool; make monitoring runs it"]
async fn promtool_finds_nothing_to_say_about_the_metrics() {
    let story = eventful("promtool").await;
    let (status, text) = story.operator.as_ref().expect("it runs").ask("/metrics").await;
    assert_eq!(status, 200);
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is installed: make monitoring");
    promtool.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    let output = promtool.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}\n{text}", String::from_utf8_lossy(&said));
    for name in ["vendor_calls_total{", "vendor_call_duration_seconds_bucket{", "pass_duration_seconds_bucket{"] {
        assert!(text.contains(&format!("roomkeeper_{name}")), "it had little to look at: {text}");
    }
}
