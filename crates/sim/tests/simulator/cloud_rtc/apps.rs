//! Apps: list, show, create, start, stop, delete.

use http::Method;
use roomkeeper_sim::{RtcApp, RtcAppState, SecretText};
use serde_json::{Value, json};

use super::*;
use crate::control_port::control;

fn app(path: &str) -> String {
    format!("/v2/apps/{APP}{path}")
}

#[tokio::test]
async fn an_app_is_shown_with_every_documented_field() {
    let mut project = project();
    let key = Some(SecretText::from("the app's key"));
    let created = roomkeeper_sim::Moment::from_unix_millis(1_767_225_600_075);
    let shown = RtcApp { name: "mine".to_owned(), app_key: key, created, state_changed: created, ..RtcApp::default() };
    project.apps.insert(APP.to_owned(), shown);
    let simulator = simulator_with(project).await;
    let time = "2026-01-01T00:00:00.075Z";
    let wanted = json!({
        "app_name": "mine", "app_id": APP, "state": { "state": "ACTIVATION", "update_time": time }, "scope": "GLOBAL",
        "tenant_name": "example", "domain": format!("{APP}.sparkrtc.myhuaweicloud.com"), "create_time": time,
        "authentication": { "enable": true, "expire": 300, "app_key": "the app's key", "update_time": time },
        "callbacks": {},
        "auto_record_mode": { "mode": "AUTO_RECORD_OFF", "record_rule_id": "", "update_time": time },
    });
    assert_eq!(Draft::get(&app("")).ok(&simulator, 200).await, wanted);
    assert_eq!(Draft::get("/v2/apps").ok(&simulator, 200).await, json!({ "count": 1, "apps": [wanted] }));
    let told = control(&simulator, "GET", "/state", "").await.1.to_string();
    let journal = control(&simulator, "GET", "/journal", "").await.1.to_string();
    for secret in ["the app's key", SECRET] {
        assert!(!told.contains(secret) && !journal.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_app_is_made_stopped_started_and_deleted() {
    let simulator = simulator().await;
    let made = Draft::post("/v2/apps").json(&json!({ "app_name": "second" })).ok(&simulator, 201).await;
    let id = made["app_id"].as_str().expect("an id").to_owned();
    let path = |rest: &str| format!("/v2/apps/{id}{rest}");
    let state = |body: Value| body["state"]["state"].as_str().expect("a state").to_owned();
    assert_eq!(state(Draft::get(&path("")).ok(&simulator, 200).await), "ACTIVATION");
    let stopped = Draft::post(&path("/disable")).ok(&simulator, 200).await;
    assert_eq!((&stopped["app_id"], state(stopped.clone())), (&json!(id), "DEACTIVATION".to_owned()));
    assert_eq!(state(Draft::post(&path("/enable")).ok(&simulator, 200).await), "ACTIVATION");
    let deleted = Draft::new(Method::DELETE, &path("")).send(&simulator).await;
    assert_eq!((deleted.status, deleted.headers.get("content-length")), (204, None));
    assert_eq!(Draft::get(&path("")).send(&simulator).await.status, 404);
    let operations: Vec<String> =
        simulator.journal().into_iter().filter(|entry| entry.applied).map(|entry| entry.operation).collect();
    assert_eq!(operations, ["create_app", "stop_app", "start_app", "delete_app"]);
}

#[tokio::test]
async fn apps_come_in_pages_by_page_number() {
    let mut project = project();
    project.apps.clear();
    for (number, state) in [RtcAppState::Activation, RtcAppState::Deactivation, RtcAppState::Arrears].iter().enumerate()
    {
        project.apps.insert(format!("a{number}"), RtcApp { state: *state, ..RtcApp::default() });
    }
    let simulator = simulator_with(project).await;
    let rows = [
        (Draft::get("/v2/apps").with("limit", "2"), 3, vec!["a0", "a1"]),
        (Draft::get("/v2/apps").with("limit", "2").with("offset", "1"), 3, vec!["a2"]),
        (Draft::get("/v2/apps").with("limit", "2").with("offset", "2"), 3, vec![]),
        (Draft::get("/v2/apps").with("state", "DEACTIVATION"), 1, vec!["a1"]),
        (Draft::get("/v2/apps").with("state", "ARREARS"), 1, vec!["a2"]),
    ];
    for (draft, count, wanted) in rows {
        let body = draft.ok(&simulator, 200).await;
        let ids: Vec<&str> =
            body["apps"].as_array().expect("a list").iter().map(|app| app["app_id"].as_str().expect("an id")).collect();
        assert_eq!((&body["count"], ids), (&json!(count), wanted), "{draft:?}");
    }
}

#[tokio::test]
async fn an_app_changes_over_the_control_port_and_its_key_stays_hidden() {
    let simulator = simulator().await;
    let path = format!("/huaweiRtc/{PROJECT}/apps/other");
    let made = control(&simulator, "PUT", &path, r#"{"appKey": "hunter2", "rooms": [{"roomId": "r"}]}"#).await;
    assert_eq!((made.0, &made.1["appKey"], &made.1["name"]), (200, &json!("(secret)"), &json!("other")));
    assert_eq!(made.1["rooms"][0]["started"], 1_800_000_000_000_u64);
    let shown = Draft::get("/v2/apps/other").ok(&simulator, 200).await;
    assert_eq!(shown["authentication"]["app_key"], "hunter2");
    let project = control(&simulator, "PATCH", &format!("/huaweiRtc/{PROJECT}"), r#"{"listLagSeconds": 5}"#).await;
    assert_eq!((project.0, &project.1["accessKeys"][KEY]["secret"]), (200, &json!("(secret)")));
    assert_eq!(control(&simulator, "DELETE", &path, "").await.0, 200);
    assert_eq!(control(&simulator, "DELETE", &path, "").await.0, 404);
    assert_eq!(control(&simulator, "PATCH", "/huaweiRtc/7", "{}").await.0, 404);
    Draft::get(&app("")).ok(&simulator, 200).await;
}
