//! The control port: what it shows, changes and refuses.

use roomkeeper_sim::{Delivery, Simulator};
use serde_json::{Value, json};

use crate::client::*;

/// Sends a request to the control port, as curl would, and returns status and JSON.
pub(crate) async fn control(simulator: &Simulator, method: &str, path: &str, body: &str) -> (u16, Value) {
    let method = method.parse().expect("a method");
    let request = http().request(method, format!("{}{path}", simulator.control_url())).body(body.to_owned());
    let response = request.send().await.expect("a reply");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn done(simulator: &Simulator, method: &str, path: &str, body: &str) -> Value {
    let (status, answer) = control(simulator, method, path, body).await;
    assert_eq!(status, 200, "{method} {path}: {answer}");
    answer
}

#[tokio::test]
async fn people_enter_and_leave() {
    let simulator = simulator().await;
    create(&simulator, "a room/with signs", json!({ "MaxMemberCount": 1 })).await;
    let room = "/tencent/1400000000/rooms/a%20room%2Fwith%20signs";
    assert_eq!(done(&simulator, "PUT", &format!("{room}/members/alice"), "").await["members"], json!(["alice"]));
    assert_eq!(info(&simulator, "a room/with signs").await["RoomStatus"], "Running");
    assert_eq!(control(&simulator, "PUT", &format!("{room}/members/bob"), "").await.0, 409, "full");
    assert_eq!(control(&simulator, "PUT", &format!("{room}/members/nobody"), "").await.0, 409, "not imported");
    assert_eq!(done(&simulator, "DELETE", &format!("{room}/members/alice"), "").await["members"], json!([]));
    assert_eq!(control(&simulator, "DELETE", &format!("{room}/members/alice"), "").await.0, 409, "not inside");
}

#[tokio::test]
async fn rooms_come_change_and_go_behind_everybodys_back() {
    let simulator = simulator().await;
    let room = "/tencent/1400000000/rooms/weekly";
    done(&simulator, "PUT", room, r#"{"owner": "bob", "customInfo": "c"}"#).await;
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["Owner_Account"], &shown["RoomName"]), (&json!("bob"), &json!("weekly")));
    done(&simulator, "PATCH", room, r#"{"audioDisabled": true, "customInfo": null}"#).await;
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["IsAudioDisabled"], &shown["CustomInfo"]), (&json!(true), &json!("")));
    done(&simulator, "DELETE", room, "").await;
    assert_eq!(code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await), 100_004);
    assert!(simulator.writes_of("weekly").is_empty(), "none of this was a request");
}

#[tokio::test]
async fn an_app_changes_and_keeps_its_key() {
    let simulator = simulator().await;
    let app = "/tencent/1400000000";
    let shown = done(&simulator, "PATCH", app, r#"{"state": "disabled", "answers": {"passwords": "hidden"}}"#).await;
    assert_eq!((&shown["state"], &shown["secretKey"]), (&json!("disabled"), &json!("(secret)")));
    assert_eq!(code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await), 60_016);
    done(&simulator, "PATCH", app, r#"{"state": "active"}"#).await;
    assert_eq!(code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await), 100_004, "the key still verifies");
}

#[tokio::test]
async fn state_and_journal_are_shown_without_keys_and_signatures() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "IsPasswordEnabled": true, "Password": "hunter2" })).await;
    ok(&simulator, GET, json!({ "RoomId": "weekly" })).await;
    let state = done(&simulator, "GET", "/state", "").await;
    assert_eq!(state["tencent"]["1400000000"]["rooms"]["weekly"]["password"], "hunter2");
    let journal = done(&simulator, "GET", "/journal", "").await;
    assert_eq!(journal.as_array().map(Vec::len), Some(2));
    let later = done(&simulator, "GET", "/journal?since=1", "").await;
    assert_eq!(later.as_array().map(Vec::len), Some(1));
    assert_eq!((&later[0]["number"], &later[0]["operation"]), (&json!(2), &json!("room_engine/get_room_info")));
    assert!(!journal.to_string().contains("hunter2"));
    for shown in [state, journal] {
        assert!(!shown.to_string().contains(KEY));
        assert!(!shown.to_string().contains(&sign(APP, KEY, ADMINISTRATOR, NOON)));
    }
}

#[tokio::test]
async fn faults_are_scripted_shown_released_and_removed() {
    let simulator = simulator().await;
    let fault = r#"{"operation": "room_engine/get_room_info", "times": "untilRemoved", "effect": "holdBefore"}"#;
    let id = done(&simulator, "POST", "/faults", fault).await["id"].clone();
    let look = Draft::of(GET, &json!({ "RoomId": "weekly" }));
    let (first, ()) = tokio::join!(look.answer(&simulator), async {
        let held = |entries: &[roomkeeper_sim::Entry]| entries.iter().any(|entry| entry.delivery == Delivery::Held);
        simulator.until("a held request", DEADLINE, held).await.expect("it is held");
        let standing = done(&simulator, "GET", "/faults", "").await;
        assert_eq!((&standing[0]["id"], &standing[0]["held"], &standing[0]["left"]), (&id, &json!(1), &Value::Null));
        done(&simulator, "POST", &format!("/faults/{id}/release"), "").await;
    });
    assert_eq!(code(&first), 100_004);
    done(&simulator, "DELETE", &format!("/faults/{id}"), "").await;
    assert_eq!(control(&simulator, "POST", &format!("/faults/{id}/release"), "").await.0, 404);
    done(&simulator, "POST", "/faults", r#"{"effect": {"delay": {"milliseconds": 7}}}"#).await;
    let standing = done(&simulator, "GET", "/faults", "").await;
    assert_eq!(standing[0]["fault"]["effect"], json!({ "delay": { "milliseconds": 7 } }));
    done(&simulator, "DELETE", "/faults", "").await;
    assert_eq!(done(&simulator, "GET", "/faults", "").await, json!([]));
}

#[tokio::test]
async fn the_clock_stands_moves_and_runs() {
    let simulator = simulator().await;
    let stopped = done(&simulator, "POST", "/clock", r#"{"stopAtUnixSeconds": 1800000000}"#).await;
    assert_eq!(stopped, json!({ "mode": "manual", "nowUnixMillis": 1_800_000_000_000_u64 }));
    let moved = done(&simulator, "POST", "/clock", r#"{"advanceSeconds": 60}"#).await;
    assert_eq!(moved["nowUnixMillis"], 1_800_000_060_000_u64);
    assert_eq!(done(&simulator, "POST", "/clock", r#""run""#).await["mode"], "automatic");
    assert_eq!(done(&simulator, "POST", "/clock", r#""stop""#).await["mode"], "manual");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_a_reason() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    let before = simulator.world(|world| world.clone());
    let room = "/tencent/1400000000/rooms/weekly";
    let rows = [
        ("PATCH", room, r#"{"audioDisabeld": true}"#, 400, "audioDisabeld"),
        ("PATCH", room, r#"{"audioDisabled": "true"}"#, 400, "boolean"),
        ("PATCH", room, "{", 400, "EOF"),
        ("PATCH", "/tencent/1400000000/rooms/other", "{}", 404, "other"),
        ("PATCH", "/tencent/7/rooms/weekly", "{}", 404, "app 7"),
        ("PUT", "/tencent/7/rooms/weekly", "{}", 404, "app 7"),
        ("DELETE", "/tencent/1400000000/rooms/other", "", 404, "other"),
        ("PATCH", "/tencent/1400000000", r#"{"state": "asleep"}"#, 400, "asleep"),
        ("POST", "/faults", r#"{"effect": "explode"}"#, 400, "explode"),
        (
            "POST",
            "/faults",
            r#"{"operation": "room_engine/explode", "effect": "throttle"}"#,
            400,
            "room_engine/explode",
        ),
        ("DELETE", "/faults/7", "", 404, "fault 7"),
        ("POST", "/clock", r#"{"rewind": 1}"#, 400, "rewind"),
    ];
    for (method, path, body, status, word) in rows {
        let (got, answer) = control(&simulator, method, path, body).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(got == status && error.contains(word), "{method} {path} {body}: {got} {answer}");
    }
    assert!(simulator.world(|world| *world == before));
}
