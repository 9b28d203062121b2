//! `roomkeeper doctor`: what it finds where all is well, and of each thing that is broken.

mod accounts;
mod broken;
pub mod stage;

use serde_json::{Value, json};

use crate::cloud_meeting;
use crate::story::{ROOM, Story};
use roomkeeper_sim::Kind;
use stage::{doctor, flags, furnish, golden};

#[tokio::test]
async fn where_all_is_well_nothing_fails_and_nothing_is_changed() {
    let mut story = Story::prepare_alone("doctor-well").await;
    furnish(&story).await;
    cloud_meeting::furnish(&story).await;
    story.start_operator();
    story.create_room(&json!({})).await;
    story.until_reason(ROOM, "InSync").await;
    cloud_meeting::create_room(&story, &json!({})).await;
    let story = story.about(roomkeeper::key::Kind::MeetingRoom);
    story.until_reason("board-room", "InSync").await;
    story.until_config("tencent", "CredentialsAccepted").await;
    story.until_config("meeting", "CredentialsAccepted").await;

    let called = story.sim.journal().len();
    let (code, text) = doctor(&story, &flags(&story)).await;
    assert_eq!(golden(&story, &text), include_str!("doctor/well.txt"), "{text}");
    assert_eq!(code, 0);
    let calls = story.sim.journal().split_off(called);
    let mut names: Vec<&str> = calls.iter().map(|entry| entry.operation.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accounts/account_check", "app_auth", "log_out"], "one read each, and a log-in is given back");
    assert!(calls.iter().all(|entry| entry.kind == Kind::Read), "{calls:?}");

    let (code, text) = doctor(&story, &[flags(&story), ["-o", "json"].map(str::to_owned).to_vec()].concat()).await;
    let document: Value = serde_json::from_str(&text).expect("it is JSON");
    let checks = document["checks"].as_array().expect("a list").clone();
    assert!(checks.iter().all(|check| check["outcome"] == "ok" && check["next"].is_null()), "{document:#}");
    assert_eq!((code, document["summary"]["ok"].as_u64()), (0, Some(checks.len() as u64)));
    story.assert_no_secret_was_told().await;
    for secret in story.secrets().await {
        assert!(!text.contains(&secret), "{secret} is printed");
    }
}
