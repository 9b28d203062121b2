//! The lists of rooms and users, and the scale: what they show, filter, page, and how far they are behind.

use std::time::Duration;

use roomkeeper_sim::huawei::cloud_rtc::{Outcome, Room, Visit};
use roomkeeper_sim::{LargePage, Moment, RepeatedRoom, RtcRoom, Simulator, UnknownApp};
use serde_json::{Value, json};

use super::*;
use crate::client::NOON;

fn ids(body: &Value, list: &str, name: &str) -> Vec<String> {
    let rows = body[list].as_array().expect("a list");
    rows.iter().map(|row| row[name].as_str().expect("a text").to_owned()).collect()
}

/// Lets rooms `r0`, `r1`... begin one second after the other, the first at `NOON`, and ends those with an even number.
async fn with_rooms(count: usize) -> Simulator {
    let simulator = simulator().await;
    for number in 0..count {
        let name = format!("r{number}");
        let room = RtcRoom { room: &name, ..ROOM };
        simulator.join_rtc(room, "alice").expect("she enters");
        simulator.clock().advance(Duration::from_secs(1));
        if number % 2 == 0 {
            simulator.leave_rtc(room, "alice").expect("she was in");
        }
    }
    simulator
}

fn change(simulator: &Simulator, change: impl FnOnce(&mut roomkeeper_sim::Project)) {
    simulator.world(|world| change(world.project_mut(PROJECT).expect("the project")));
}

#[tokio::test]
async fn a_room_is_shown_with_every_documented_field() {
    let simulator = with_rooms(2).await;
    let body = list(ROOMS).ok(&simulator, 200).await;
    let row = |room: &str, state: &str, start: &str, end: &str| {
        json!({
            "domain": format!("{APP}.sparkrtc.myhuaweicloud.com"), "app": APP, "room_id": room, "state": state,
            "duration": 1, "start_time": start, "end_time": end,
        })
    };
    let running = row("r1", "RUNNING", "2027-01-15T08:00:01Z", "-");
    let closed = row("r0", "CLOSED", "2027-01-15T08:00:00Z", "2027-01-15T08:00:01Z");
    assert_eq!(body, json!({ "total": 2, "limit": 10, "offset": 0, "room_info_list": [running, closed] }));
    let entry = simulator.journal().pop().expect("an entry");
    assert_eq!((entry.operation.as_str(), entry.applied, entry.room), ("list_rooms", false, None));
    list(ROOMS).with("room_id", "r0").ok(&simulator, 200).await;
    assert_eq!(simulator.journal().pop().and_then(|entry| entry.room), Some(format!("{APP}/r0")));
}

#[tokio::test]
async fn rooms_are_filtered_and_come_in_pages_by_record() {
    let simulator = with_rooms(5).await;
    let rows = [
        (list(ROOMS).with("state", "RUNNING"), 2, vec!["r3", "r1"]),
        (list(ROOMS).with("state", "CLOSED"), 3, vec!["r4", "r2", "r0"]),
        (list(ROOMS).with("room_id", "r3"), 1, vec!["r3"]),
        (list(ROOMS).with("room_id", "r3").with("state", "CLOSED"), 0, vec![]),
        (list(ROOMS).with("limit", "2"), 5, vec!["r4", "r3"]),
        (list(ROOMS).with("limit", "2").with("offset", "1"), 5, vec!["r3", "r2"]),
        (list(ROOMS).with("limit", "2").with("offset", "4"), 5, vec!["r0"]),
        (list(ROOMS).with("offset", "5"), 5, vec![]),
        (Draft::get(ROOMS).with("app", APP).with("end_time", "2027-01-15T08:00:01Z"), 2, vec!["r1", "r0"]),
        (Draft::get(ROOMS).with("app", APP).with("start_time", "2027-01-15T08:00:03Z"), 2, vec!["r4", "r3"]),
    ];
    for (draft, total, wanted) in rows {
        let body = draft.ok(&simulator, 200).await;
        assert_eq!((&body["total"], ids(&body, "room_info_list", "room_id")), (&json!(total), to_texts(&wanted)));
    }
}

fn to_texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn without_a_beginning_only_rooms_of_the_last_hour_are_shown() {
    let simulator = with_rooms(1).await;
    let usual = Draft::get(ROOMS).with("app", APP);
    simulator.clock().stop_at(NOON.plus(Duration::from_secs(3600)));
    assert_eq!(shown_rooms(&simulator, &usual).await.len(), 1);
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(shown_rooms(&simulator, &usual).await.len(), 0, "it began an hour and a second ago");
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await.len(), 1);
}

#[tokio::test]
async fn a_list_that_lags_shows_the_world_as_it_was() {
    let simulator = simulator().await;
    change(&simulator, |project| project.list_lag_seconds = 300);
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    let state = async || shown_rooms(&simulator, &list(ROOMS)).await.pop().map(|(_, state)| state);
    assert_eq!(state().await, None, "nobody has heard of it yet");
    simulator.clock().advance(Duration::from_secs(300));
    assert_eq!(state().await.as_deref(), Some("RUNNING"));
    Draft::post(DISMISS).signed_at(simulator.clock().now()).ok(&simulator, 202).await;
    simulator.clock().advance(Duration::from_secs(299));
    assert_eq!(state().await.as_deref(), Some("RUNNING"), "although it is over");
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(state().await.as_deref(), Some("CLOSED"));
    // The date of the answer is now, not then.
    let answer = list(ROOMS).signed_at(simulator.clock().now()).send(&simulator).await;
    assert_eq!(answer.headers["date"], "Fri, 15 Jan 2027 08:10:00 GMT");
}

#[tokio::test]
async fn what_no_page_says_follows_the_projects_answers() {
    let simulator = with_rooms(1).await;
    let room = RtcRoom { room: "r0", ..ROOM };
    simulator.join_rtc(room, "bob").expect("he enters");
    let each = shown_rooms(&simulator, &list(ROOMS)).await;
    change(&simulator, |project| project.answers.repeated_room = RepeatedRoom::Merged);
    let merged = list(ROOMS).ok(&simulator, 200).await["room_info_list"].clone();
    assert_eq!((each.len(), merged.as_array().map(Vec::len)), (2, Some(1)));
    assert_eq!((&merged[0]["state"], &merged[0]["start_time"]), (&json!("RUNNING"), &json!("2027-01-15T08:00:00Z")));
    simulator.leave_rtc(room, "bob").expect("he was in");
    let merged = list(ROOMS).ok(&simulator, 200).await["room_info_list"].clone();
    assert_eq!((&merged[0]["state"], &merged[0]["end_time"]), (&json!("CLOSED"), &json!("2027-01-15T08:00:01Z")));

    let other = Draft::get(ROOMS).with("app", "another");
    assert_eq!(other.ok(&simulator, 200).await["total"], 0);
    change(&simulator, |project| project.answers.unknown_app = UnknownApp::Refused);
    assert_eq!(other.send(&simulator).await.code().as_deref(), Some("DATA.100011001"));

    let large = list(ROOMS).with("limit", "101");
    assert_eq!(large.send(&simulator).await.status, 400);
    change(&simulator, |project| project.answers.large_page = LargePage::Lowered);
    assert_eq!(large.ok(&simulator, 200).await["limit"], 100);
    change(&simulator, |project| project.largest_page = 5);
    assert_eq!(list(ROOMS).ok(&simulator, 200).await["limit"], 5);
}

/// Alice was in twice and is in now, bob left, carol did not get in.
fn visits() -> Vec<Visit> {
    let at = |seconds: u64| NOON.minus(Duration::from_secs(600 - seconds));
    let visit = |user: &str, joined: Moment, left: Option<Moment>| Visit {
        user: user.to_owned(),
        nickname: user.to_uppercase(),
        joined,
        left,
        ..Visit::default()
    };
    vec![
        visit("alice", at(0), Some(at(10))),
        visit("alice", at(20), None),
        Visit { region: "Bern".to_owned(), isp: "A".to_owned(), ..visit("bob", at(30), Some(at(40))) },
        Visit { outcome: Outcome::Failed, isp: "B".to_owned(), ..visit("carol", at(50), None) },
    ]
}

async fn with_visits() -> Simulator {
    let simulator = simulator().await;
    let started = NOON.minus(Duration::from_secs(600));
    let room = Room { room_id: "room-1".to_owned(), started, ended: None, visits: visits() };
    change(&simulator, |project| project.apps.get_mut(APP).expect("the app").rooms.push(room));
    simulator
}

#[tokio::test]
async fn users_are_shown_once_each_or_each_time_that_they_entered() {
    let simulator = with_visits().await;
    let body = list(USERS).ok(&simulator, 200).await;
    assert_eq!(ids(&body, "users", "uid"), ["carol", "bob", "alice"]);
    assert_eq!(ids(&body, "users", "state"), ["FAIL", "OFFLINE", "ONLINE"]);
    assert_eq!(ids(&body, "users", "join_time")[2], "2027-01-15T07:50:00Z");
    assert_eq!(ids(&body, "users", "leave_time"), ["2027-01-15T07:50:50Z", "2027-01-15T07:50:40Z", "-"]);
    let detail = list(USERS).with("type", "detail").ok(&simulator, 200).await;
    assert_eq!(ids(&detail, "users", "uid"), ["carol", "bob", "alice", "alice"]);
    assert_eq!(ids(&detail, "users", "state"), ["FAIL", "OFFLINE", "ONLINE", "OFFLINE"]);
    let mut sessions = ids(&detail, "users", "session");
    sessions.sort();
    sessions.dedup();
    assert_eq!(sessions.len(), 4, "each has one of its own");
}

#[tokio::test]
async fn users_are_filtered_and_come_in_pages() {
    let simulator = with_visits().await;
    let rows = [
        (list(USERS).with("state", "ONLINE"), vec!["alice"]),
        (list(USERS).with("state", "ONLINE").with("state", "FAIL"), vec!["carol", "alice"]),
        (list(USERS).with("type", "detail").with("state", "OFFLINE"), vec!["bob", "alice"]),
        (list(USERS).with("uid", "bob"), vec!["bob"]),
        (list(USERS).with("nickname", "BOB"), vec!["bob"]),
        (list(USERS).with("region", "Bern").with("region", "Basel"), vec!["bob"]),
        (list(USERS).with("isp", "A").with("isp", "B"), vec!["carol", "bob"]),
        (list(USERS).with("room_id", "room-2"), vec![]),
        (list(USERS).with("limit", "1").with("offset", "1"), vec!["bob"]),
        (Draft::get(USERS).with("app", APP).with("start_time", "2027-01-15T07:50:25Z"), vec!["carol", "bob"]),
    ];
    for (draft, wanted) in rows {
        let body = draft.ok(&simulator, 200).await;
        assert_eq!(ids(&body, "users", "uid"), wanted, "{draft:?}");
    }
    change(&simulator, |project| project.list_lag_seconds = 575);
    let body = list(USERS).ok(&simulator, 200).await;
    assert_eq!(
        (ids(&body, "users", "uid"), ids(&body, "users", "state")),
        (vec!["alice".into()], vec!["ONLINE".into()])
    );
}

#[tokio::test]
async fn the_scale_counts_users_and_rooms_each_minute() {
    let simulator = with_visits().await;
    let scale = |metric: &str| {
        let draft = Draft::get(SCALE).with("app", APP).with("metric", metric);
        draft.with("start_time", "2027-01-15T07:49:30Z").with("end_time", "2027-01-15T07:51:00Z")
    };
    let users = scale("OnlineUsers").ok(&simulator, 200).await;
    let row = |time: &str, value: u64| json!({ "time": time, "value": value });
    assert_eq!(users, json!({ "scale": [row("2027-01-15T07:50:00Z", 1), row("2027-01-15T07:51:00Z", 1)] }));
    let rooms = scale("RoomCount").with("room_id", "room-2").ok(&simulator, 200).await;
    assert_eq!(rooms, json!({ "scale": [row("2027-01-15T07:50:00Z", 0), row("2027-01-15T07:51:00Z", 0)] }));
    change(&simulator, |project| project.list_lag_seconds = 600);
    assert_eq!(scale("RoomCount").ok(&simulator, 200).await["scale"], json!([row("2027-01-15T07:50:00Z", 1)]));
}
