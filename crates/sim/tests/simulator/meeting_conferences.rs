//! Conferences in the rooms of Cloud Meeting: people begin and leave them, requests find and end them.

use std::time::Duration;

use reqwest::Method;
use roomkeeper_sim::huawei::meeting::conference::Conference;
use roomkeeper_sim::{Simulator, WorldError};
use serde_json::{Value, json};

use crate::client::DEADLINE;
use crate::control_port::control;
use crate::meeting_client::*;

async fn online(simulator: &Simulator, token: &str, query: &str) -> Value {
    Letter::get(&format!("/v1/mmc/management/conferences/online?{query}")).token(token).ok(simulator).await
}

/// Returns the id of the conference that runs in Alice's room.
async fn running(simulator: &Simulator) -> String {
    let chief = log_in(simulator, None).await;
    let list = online(simulator, &chief, "queryAll=true&searchKey=938305104").await;
    list["data"][0]["conferenceID"].as_str().expect("a conference").to_owned()
}

async fn control_token(simulator: &Simulator, conference: &str) -> Value {
    let letter = Letter::get(&format!("/v1/mmc/control/conferences/token?conferenceID={conference}"));
    letter.header("X-Password", "123456").header("X-Login-Type", "1").ok(simulator).await["data"].clone()
}

fn stop(conference: &str, token: &str) -> Letter {
    Letter::new(Method::PUT, &format!("/v1/mmc/control/conferences/stop?conferenceID={conference}"))
        .header("X-Conference-Authorization", token)
}

#[tokio::test]
async fn the_first_who_enters_begins_a_conference_and_the_last_ends_it() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    assert_eq!(online(&simulator, &alice, "").await, json!({ "offset": 0, "limit": 20, "count": 0, "data": [] }));
    for person in ["guest", "alice", "guest"] {
        simulator.join_meeting(APP_ID, ROOM, person).expect("there is room");
    }
    let list = online(&simulator, &alice, "").await;
    let conference = &list["data"][0];
    assert_eq!(list["count"], 1);
    assert_eq!((&conference["vmrID"], &conference["vmrConferenceID"]), (&json!(ROOM), &json!("938305104")));
    assert_eq!((&conference["vmrFlag"], &conference["conferenceState"]), (&json!(1), &json!("Created")));
    assert_eq!(
        (&conference["onlineAttendeeAmount"], &conference["startTime"]),
        (&json!(2), &json!("2026-01-01 00:00"))
    );
    assert_ne!(conference["conferenceID"], "938305104", "the conference has an id of its own");
    let first = running(&simulator).await;
    simulator.leave_meeting(APP_ID, ROOM, "guest").expect("guest is in");
    simulator.leave_meeting(APP_ID, ROOM, "alice").expect("alice is in");
    assert_eq!(online(&simulator, &alice, "").await["count"], 0);
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    assert_ne!(running(&simulator).await, first, "it is another conference");
}

#[tokio::test]
async fn nobody_enters_a_full_or_missing_room() {
    let simulator = simulator().await;
    change(&simulator, |app| app.room_mut(ROOM).expect("the room").package.parties = 1);
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    assert_eq!(simulator.join_meeting(APP_ID, ROOM, "bob"), Err(WorldError::Full(ROOM.to_owned())));
    assert_eq!(simulator.join_meeting(APP_ID, NOWHERE, "bob"), Err(WorldError::NoRoom(NOWHERE.to_owned())));
    assert_eq!(simulator.join_meeting("x", ROOM, "bob"), Err(WorldError::NoMeetingApp("x".to_owned())));
    assert_eq!(simulator.leave_meeting(APP_ID, ROOM, "bob"), Err(WorldError::NotInside("bob".to_owned())));
    assert_eq!(simulator.leave_meeting(APP_ID, NOWHERE, "bob"), Err(WorldError::NoRoom(NOWHERE.to_owned())));
}

#[tokio::test]
async fn only_an_administrator_sees_the_conferences_of_others() {
    let simulator = simulator().await;
    change(&simulator, |app| {
        let corp = app.enterprises.get_mut(CORP).expect("the corp");
        // One under a random number, in no room.
        let random =
            Conference { subject: "Stand-up".to_owned(), host: "acct-bob".to_owned(), ..Conference::default() };
        corp.conferences.insert("555".to_owned(), random);
    });
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    let (bob, chief) = (log_in(&simulator, Some("bob")).await, log_in(&simulator, None).await);
    assert_eq!(online(&simulator, &bob, "queryAll=true").await["count"], 1, "a user sees the own ones");
    assert_eq!(online(&simulator, &chief, "").await["count"], 0);
    let all = online(&simulator, &chief, "queryAll=true&limit=1").await;
    assert_eq!((&all["count"], all["data"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    let random = online(&simulator, &chief, "queryAll=true&searchKey=stand").await["data"][0].clone();
    assert_eq!((&random["vmrFlag"], &random["vmrID"], &random["conferenceID"]), (&json!(0), &json!(""), &json!("555")));
}

#[tokio::test]
async fn the_hosts_password_gives_a_token_that_ends_the_conference() {
    let simulator = simulator().await;
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    let conference = running(&simulator).await;
    let data = control_token(&simulator, &conference).await;
    assert_eq!((&data["confTokenExpireTime"], &data["role"]), (&json!(1800), &json!(1)));
    assert_eq!(data["expireTime"], (RECORDED.unix_seconds() + 1800) * 1000);
    let stop = stop(&conference, data["token"].as_str().expect("a token"));
    let answered = stop.send(&simulator).await;
    assert_eq!((answered.status, answered.text.as_str()), (200, ""));
    assert_eq!(simulator.applied("stop_conference", ROOM), 1);
    assert!(simulator.world(|world| world.huawei_meeting[APP_ID].enterprises[CORP].running_in(ROOM).is_none()));
    assert_eq!(stop.refused(&simulator).await, (400, "MMC.111072005".to_owned()));
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("whoever was in may enter again");
}

#[tokio::test]
async fn a_control_token_lives_for_half_an_hour() {
    let simulator = simulator().await;
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    let conference = running(&simulator).await;
    let token = control_token(&simulator, &conference).await["token"].as_str().expect("a token").to_owned();
    simulator.clock().advance(Duration::from_secs(1800));
    assert_eq!(stop(&conference, &token).refused(&simulator).await, (401, "SIM.ControlTokenInvalid".to_owned()));
}

#[tokio::test]
async fn a_conference_in_no_room_has_a_password_of_its_own() {
    let simulator = simulator().await;
    change(&simulator, |app| {
        let conference = Conference { chair_pwd: "123456".to_owned(), ..Conference::default() };
        app.enterprises.get_mut(CORP).expect("the corp").conferences.insert("555".to_owned(), conference);
    });
    control_token(&simulator, "555").await;
}

#[tokio::test]
async fn its_host_or_an_administrator_ends_a_conference_without_a_password() {
    let simulator = simulator().await;
    for who in [Some("alice"), None] {
        simulator.join_meeting(APP_ID, ROOM, "guest").expect("there is room");
        let conference = running(&simulator).await;
        let token = log_in(&simulator, who).await;
        let target = format!("/v1/mmc/management/conferences?conferenceID={conference}&type=1");
        Letter::delete(&target).token(&token).ok(&simulator).await;
        assert_eq!(Letter::delete(&target).token(&token).refused(&simulator).await.1, "MMC.111070005");
    }
    assert_eq!(simulator.applied("delete_conference", ROOM), 2);
}

#[tokio::test]
async fn the_control_port_moves_people_and_changes_rooms() {
    let simulator = simulator().await;
    let base = format!("/huaweiMeeting/{APP_ID}");
    let person = format!("{base}/rooms/{ROOM}/people/a%20guest");
    let (status, shown) = control(&simulator, "PUT", &person, "").await;
    assert_eq!((status, &shown["people"]), (200, &json!(["a guest"])));
    assert_eq!(shown["conference"], running(&simulator).await);
    assert_eq!(control(&simulator, "DELETE", &person, "").await, (200, json!({ "conference": null, "people": null })));
    assert_eq!(control(&simulator, "DELETE", &person, "").await.0, 409);
    let patch = r#"{"name": "Renamed", "gustPwd": "4321", "status": "disabled"}"#;
    assert_eq!(control(&simulator, "PATCH", &format!("{base}/rooms/{ROOM}"), patch).await.0, 200);
    let changed = room(&simulator, ROOM);
    assert_eq!((changed.name.as_str(), changed.gust_pwd.as_str()), ("Renamed", "4321"));
    assert_eq!(control(&simulator, "DELETE", &format!("{base}/rooms/{FREE}"), "").await.0, 200);
    assert_eq!(control(&simulator, "DELETE", &format!("{base}/rooms/{FREE}"), "").await.0, 404);
    let new_room = json!({ "enterprises": { CORP: { "rooms": { NOWHERE: { "owner": "acct-bob" } } } } });
    let (status, shown) = control(&simulator, "PATCH", &base, &new_room.to_string()).await;
    let made = &shown["enterprises"][CORP]["rooms"][NOWHERE];
    assert_eq!((status, made["number"].as_str().map(str::len)), (200, Some(9)), "a room has a number");
    assert_eq!(shown["appKey"], "(secret)");
    for (method, path, body, status, word) in [
        ("PATCH", format!("{base}/rooms/{FREE}"), "{}", 404, FREE),
        ("PATCH", format!("{base}/rooms/{ROOM}"), r#"{"nmae": ""}"#, 400, "nmae"),
        ("PATCH", "/huaweiMeeting/x".to_owned(), "{}", 404, "`x`"),
        ("PUT", format!("/huaweiMeeting/x/rooms/{ROOM}/people/a"), "", 404, "`x`"),
    ] {
        let (got, answer) = control(&simulator, method, &path, body).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(got == status && error.contains(word), "{method} {path} {body}: {got} {answer}");
    }
    assert!(simulator.journal().iter().all(|entry| entry.room.is_none()), "none of this was a request");
}

#[tokio::test]
async fn the_state_shows_no_key_password_or_token() {
    let simulator = simulator().await;
    simulator.join_meeting(APP_ID, ROOM, "alice").expect("there is room");
    let answer = LogIn::of(Some("alice")).letter().ok(&simulator).await;
    let conference = running(&simulator).await;
    let control_token = control_token(&simulator, &conference).await;
    let (_, state) = control(&simulator, "GET", "/state", "").await;
    let state = state.to_string();
    assert!(state.contains("938305104") && state.contains("(secret)"));
    for secret in [&answer["accessToken"], &answer["refreshToken"], &control_token["token"], &json!(APP_KEY)] {
        assert!(!state.contains(secret.as_str().expect("a secret")));
    }
    assert!(!state.contains("Dora's password"));
}

#[tokio::test]
async fn a_world_condition_can_be_waited_for() {
    let simulator = simulator().await;
    let token = log_in(&simulator, Some("alice")).await;
    let renamed = |world: &roomkeeper_sim::World| {
        world.huawei_meeting[APP_ID].room(ROOM).is_some_and(|room| room.name == "Renamed")
    };
    let (waited, _) = tokio::join!(simulator.until_world("the new name", DEADLINE, renamed), async {
        Letter::put(&format!("/v1/usg/dcs/member/vmr/{ROOM}"), &json!({ "vmrName": "Renamed" }))
            .token(&token)
            .ok(&simulator)
            .await
    });
    waited.expect("it was renamed");
}
