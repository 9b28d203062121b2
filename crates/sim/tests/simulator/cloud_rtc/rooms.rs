//! Rooms: people make them by entering, a dismissal ends them.

use std::time::Duration;

use roomkeeper_sim::{Kind, Options, Simulator, StoppedApp, World, WorldError};
use serde_json::json;

use super::*;
use crate::client::NOON;
use crate::control_port::control;

fn running(room: &str) -> (String, String) {
    (room.to_owned(), "RUNNING".to_owned())
}

fn closed(room: &str) -> (String, String) {
    (room.to_owned(), "CLOSED".to_owned())
}

#[tokio::test]
async fn entering_makes_a_room_and_the_last_one_who_leaves_closes_it() {
    let simulator = simulator().await;
    assert!(shown_rooms(&simulator, &list(ROOMS)).await.is_empty());
    for user in ["alice", "bob", "alice"] {
        simulator.join_rtc(ROOM, user).expect("they enter");
    }
    simulator.clock().advance(Duration::from_secs(60));
    simulator.leave_rtc(ROOM, "alice").expect("she was in");
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1")]);
    simulator.leave_rtc(ROOM, "bob").expect("he was in");
    assert_eq!(simulator.leave_rtc(ROOM, "bob"), Err(WorldError::NoRoom("room-1".to_owned())));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [closed("room-1")]);
    simulator.join_rtc(ROOM, "carol").expect("she enters");
    assert_eq!(simulator.leave_rtc(ROOM, "bob"), Err(WorldError::NotInside("bob".to_owned())));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1"), closed("room-1")]);
}

#[tokio::test]
async fn a_dismissal_is_accepted_without_a_body_and_puts_everybody_out() {
    let simulator = simulator().await;
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    let answer = Draft::post(DISMISS).send(&simulator).await;
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).expect("a header");
    assert_eq!((answer.status, header("content-length")), (202, "0"));
    let entry = simulator.journal().pop().expect("an entry");
    assert_eq!(header("x-request-id"), entry.request_id);
    assert_eq!((entry.operation.as_str(), entry.kind, entry.applied), ("dismiss_room", Kind::Write, true));
    assert_eq!((entry.account.as_deref(), entry.identifier.as_deref()), (Some(PROJECT), Some(KEY)));
    assert_eq!((entry.code, entry.status), (None, Some(202)));
    assert_eq!(simulator.applied("dismiss_room", &format!("{APP}/room-1")), 1);
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [closed("room-1")]);
    assert_eq!(simulator.leave_rtc(ROOM, "alice"), Err(WorldError::NoRoom("room-1".to_owned())));
    // Nothing bars the next one.
    simulator.join_rtc(ROOM, "alice").expect("she comes back");
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1"), closed("room-1")]);
}

#[tokio::test]
async fn a_dismissal_takes_effect_when_the_project_says() {
    let mut slow = project();
    slow.effect_seconds = 30;
    let simulator = simulator_with(slow).await;
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    Draft::post(DISMISS).ok(&simulator, 202).await;
    simulator.clock().advance(Duration::from_secs(29));
    simulator.join_rtc(ROOM, "bob").expect("it still runs");
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1")]);
    // A second one does not put the end off.
    Draft::post(DISMISS).signed_at(simulator.clock().now()).ok(&simulator, 202).await;
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [closed("room-1")]);
    assert!(simulator.leave_rtc(ROOM, "bob").is_err());
}

#[tokio::test]
async fn removed_users_leave_and_the_room_ends_with_the_last() {
    let mut slow = project();
    slow.effect_seconds = 10;
    let simulator = simulator_with(slow).await;
    for user in ["alice", "bob"] {
        simulator.join_rtc(ROOM, user).expect("they enter");
    }
    let remove = |users: &[&str]| Draft::post(REMOVE).json(&json!({ "user_ids": users }));
    remove(&["alice", "nobody"]).ok(&simulator, 202).await;
    simulator.clock().advance(Duration::from_secs(5));
    simulator.leave_rtc(ROOM, "bob").expect("he was in");
    simulator.clock().advance(Duration::from_secs(4));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1")]);
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [closed("room-1")]);
    assert_eq!(simulator.journal()[0].operation, "remove_users");
    assert_eq!(simulator.journal()[0].body, json!({ "user_ids": ["alice", "nobody"] }));
}

#[tokio::test]
async fn who_enters_while_others_are_being_removed_stays() {
    let mut slow = project();
    slow.effect_seconds = 10;
    let simulator = simulator_with(slow).await;
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    Draft::post(REMOVE).json(&json!({ "user_ids": ["alice"] })).ok(&simulator, 202).await;
    simulator.clock().advance(Duration::from_secs(5));
    simulator.join_rtc(ROOM, "bob").expect("it runs");
    simulator.clock().advance(Duration::from_secs(60));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1")]);
    simulator.leave_rtc(ROOM, "bob").expect("he was in");
}

#[tokio::test]
async fn an_unknown_room_and_an_unknown_app_are_not_found() {
    let simulator = simulator().await;
    let other_app = DISMISS.replace(APP, "another");
    for path in [DISMISS, &other_app] {
        let answer = Draft::post(path).send(&simulator).await;
        assert_eq!((answer.status, answer.code().as_deref()), (404, Some("RTC.00001003")), "{path}");
        assert_eq!(simulator.journal().pop().expect("an entry").code.expect("a code"), "RTC.00001003");
    }
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    Draft::post(DISMISS).ok(&simulator, 202).await;
    assert_eq!(Draft::post(DISMISS).send(&simulator).await.status, 404, "it is over");
}

#[tokio::test]
async fn a_stopped_app_lets_nobody_in_and_keeps_those_inside() {
    let simulator = simulator().await;
    simulator.join_rtc(ROOM, "alice").expect("she enters");
    Draft::post(&format!("/v2/apps/{APP}/disable")).ok(&simulator, 200).await;
    assert_eq!(simulator.join_rtc(ROOM, "bob"), Err(WorldError::Stopped(APP.to_owned())));
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [running("room-1")]);
    let dismiss = Draft::post(DISMISS);
    assert_eq!(dismiss.send(&simulator).await.code().as_deref(), Some("RTC.00001016"));
    simulator.world(|world| {
        world.project_mut(PROJECT).expect("the project").answers.stopped_app = StoppedApp::Served;
    });
    dismiss.ok(&simulator, 202).await;
}

#[tokio::test]
async fn people_enter_and_leave_over_the_control_port() {
    let simulator = simulator().await;
    let room = format!("/huaweiRtc/{PROJECT}/apps/{APP}/rooms/room-1");
    let alice = format!("{room}/users/alice");
    assert_eq!(control(&simulator, "PUT", &alice, "").await, (200, json!({ "users": ["alice"] })));
    assert_eq!(control(&simulator, "DELETE", &format!("{room}/users/bob"), "").await.0, 409);
    assert_eq!(control(&simulator, "DELETE", &alice, "").await, (200, json!({ "users": [] })));
    assert_eq!(control(&simulator, "DELETE", &alice, "").await.0, 404, "the room is over");
    control(&simulator, "PUT", &alice, "").await;
    assert_eq!(control(&simulator, "DELETE", &room, "").await.0, 200);
    assert_eq!(control(&simulator, "DELETE", &room, "").await.0, 404);
    assert_eq!(shown_rooms(&simulator, &list(ROOMS)).await, [closed("room-1"), closed("room-1")]);
    for path in [format!("/huaweiRtc/7/apps/{APP}"), format!("/huaweiRtc/{PROJECT}/apps/7")] {
        assert_eq!(control(&simulator, "PATCH", &path, "{}").await.0, 404, "{path}");
    }
    let app = format!("/huaweiRtc/{PROJECT}/apps/{APP}");
    assert_eq!(control(&simulator, "PATCH", &app, r#"{"state": "ARREARS"}"#).await.0, 200);
    assert_eq!(control(&simulator, "PUT", &alice, "").await.0, 409, "the app is stopped");
    assert!(simulator.writes_of(&format!("{APP}/room-1")).is_empty(), "none of this was a request");
}

#[tokio::test]
async fn a_seeded_room_without_times_begins_with_the_simulator() {
    let seed = "
        huaweiRtc:
          p:
            accessKeys: { AK: { secret: SK } }
            apps: { a: { rooms: [{ roomId: r, visits: [{ user: alice }] }, { roomId: old, started: 1000, ended: 2000 }] } }";
    let simulator = Simulator::start(Options::from(World::from_yaml(seed).expect("a seed"))).await.expect("free ports");
    let now = simulator.clock().now();
    simulator.world(|world| {
        let app = world.rtc_app("p", "a").expect("the app");
        let inside: Vec<&str> = app.running("r", now).expect("it runs").inside(now).map(|visit| &*visit.user).collect();
        assert_eq!((inside, app.rooms[1].started.unix_millis()), (vec!["alice"], 1000));
        assert!(now.since(app.rooms[0].started) < Duration::from_secs(60) && NOON > now);
    });
}
