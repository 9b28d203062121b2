//! What the Live Engine's operations do when they are allowed to.

use std::time::Duration;

use crate::client::*;
use crate::control_port::control;
use roomkeeper_sim::{
    AbsentFields, AbsentOwner, AbsentRoomName, Answers, Effect, Fault, LivePages, Shown, Simulator, Statistic,
};
use serde_json::{Value, json};

/// Creates a live room with these fields besides those that every create has.
async fn create(simulator: &Simulator, room: &str, fields: Value) {
    let mut info = json!({ "RoomId": room, "RoomType": "Live", "SeatTemplate": "VideoDynamicGrid9Seats" });
    for (name, value) in fields.as_object().expect("an object") {
        info[name] = value.clone();
    }
    ok(simulator, LIVE_CREATE, json!({ "RoomInfo": info })).await;
}

async fn info(simulator: &Simulator, room: &str) -> Value {
    ok(simulator, LIVE_GET, json!({ "RoomId": room })).await["Response"]["RoomInfo"].clone()
}

fn answers(simulator: &Simulator, change: impl FnOnce(&mut Answers)) {
    simulator.world(|world| change(&mut world.app_mut(APP).expect("the app").answers));
}

#[tokio::test]
async fn a_created_room_has_the_documented_defaults() {
    let simulator = simulator().await;
    let room = json!({ "RoomId": "launch", "RoomType": "Live", "SeatTemplate": "VideoDynamicGrid9Seats" });
    let answer = ok(&simulator, LIVE_CREATE, json!({ "RoomInfo": room })).await;
    assert_eq!(answer["Response"], json!({ "RoomId": "launch" }));
    assert_eq!(
        info(&simulator, "launch").await,
        json!({
            "RoomId": "launch", "RoomName": "launch", "RoomType": "Live", "Owner_Account": "administrator",
            "CreateTime": NOON.unix_seconds(), "IsSeatEnabled": true, "TakeSeatMode": "FreeToTake",
            "MaxSeatCount": 20, "MaxMemberCount": 1000, "IsMessageDisabled": false, "CoverURL": "", "Category": [],
            "ActivityStatus": 0, "ViewCount": 0, "IsPublicVisible": true, "Notice": "", "MemberCount": 0,
            "OnlineCount": 0, "SeatTemplate": "VideoDynamicGrid9Seats",
        })
    );
}

#[tokio::test]
async fn a_created_room_has_everything_that_was_asked_for() {
    let simulator = simulator().await;
    let wanted = json!({
        "RoomName": "新品", "Owner_Account": "alice", "SeatTemplate": "Karaoke", "MaxSeatCount": 9,
        "TakeSeatMode": "ApplyToTake", "MaxMemberCount": 300, "IsMessageDisabled": true, "IsPublicVisible": false,
        "CoverURL": "https://c.example/1.png", "Category": [3, 1], "ActivityStatus": -7,
    });
    create(&simulator, "launch", wanted.clone()).await;
    let shown = info(&simulator, "launch").await;
    for (field, value) in wanted.as_object().expect("an object") {
        assert_eq!(&shown[field], value, "{field}");
    }
}

#[tokio::test]
async fn an_update_changes_what_it_carries_and_nothing_else() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({ "RoomName": "Launch", "Category": [1], "ActivityStatus": 4 })).await;
    let mut wanted = info(&simulator, "launch").await;
    let change = json!({ "MaxMemberCount": 7, "Notice": "at eight", "IsPublicVisible": false, "CoverURL": "u" });
    let mut sent = json!({
        "RoomId": "launch",
        // None of these can be changed by an update.
        "RoomType": "Conference", "Owner_Account": "bob", "SeatTemplate": "AudioSalon", "MaxSeatCount": 3,
        "IsSeatEnabled": false, "ViewCount": 9,
    });
    for (field, value) in change.as_object().expect("an object") {
        (sent[field], wanted[field]) = (value.clone(), value.clone());
    }
    ok(&simulator, LIVE_UPDATE, json!({ "RoomInfo": sent })).await;
    assert_eq!(info(&simulator, "launch").await, wanted);
}

#[tokio::test]
async fn a_create_takes_no_notice() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({ "Notice": "at eight" })).await;
    assert_eq!(info(&simulator, "launch").await["Notice"], "");
}

#[tokio::test]
async fn an_absent_name_and_absent_fields_follow_the_worlds_answers() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({ "RoomName": "Launch", "CoverURL": "u", "IsPublicVisible": false })).await;
    let texts = json!({ "RoomId": "launch", "Metadata": [{ "Key": "a", "Value": "1" }] });
    ok(&simulator, SET_METADATA, texts).await;
    let update = json!({ "RoomInfo": { "RoomId": "launch", "IsMessageDisabled": true } });
    answers(&simulator, |answers| answers.absent_room_name = AbsentRoomName::ResetToId);
    ok(&simulator, LIVE_UPDATE, update.clone()).await;
    let shown = info(&simulator, "launch").await;
    assert_eq!((&shown["RoomName"], &shown["CoverURL"]), (&json!("launch"), &json!("u")));
    answers(&simulator, |answers| answers.absent_fields = AbsentFields::Reset);
    ok(&simulator, LIVE_UPDATE, update).await;
    let shown = info(&simulator, "launch").await;
    assert_eq!((&shown["CoverURL"], &shown["IsPublicVisible"]), (&json!(""), &json!(true)));
    assert_eq!(shown["IsMessageDisabled"], true);
    assert_eq!(shown["SeatTemplate"], "VideoDynamicGrid9Seats", "no update changes it");
    let kept = ok(&simulator, GET_METADATA, json!({ "RoomId": "launch", "Keys": [] })).await;
    assert_eq!(kept["Response"]["Metadata"], json!([{ "Key": "a", "Value": "1" }]));
}

#[tokio::test]
async fn what_no_page_promises_can_be_hidden() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({})).await;
    type Hide = fn(&mut Answers);
    let hides: [(Hide, &[&str]); 4] = [
        (|answers| answers.live_counts = Shown::Hidden, &["MemberCount", "OnlineCount"]),
        (|answers| answers.notice = Shown::Hidden, &["Notice"]),
        (|answers| answers.public_visible = Shown::Hidden, &["IsPublicVisible"]),
        (|answers| answers.live_pages = LivePages::Older, &["SeatTemplate"]),
    ];
    for (hide, fields) in hides {
        for field in fields {
            assert!(info(&simulator, "launch").await.get(field).is_some(), "{field} is shown");
        }
        answers(&simulator, hide);
        for field in fields {
            assert!(info(&simulator, "launch").await.get(field).is_none(), "{field} is hidden");
        }
    }
}

#[tokio::test]
async fn the_older_pages_show_a_number_and_tell_no_statistics() {
    let simulator = simulator().await;
    answers(&simulator, |answers| answers.live_pages = LivePages::Older);
    for (room, mode, number) in [("free", "FreeToTake", 1), ("asked", "ApplyToTake", 2)] {
        create(&simulator, room, json!({ "TakeSeatMode": mode, "IsSeatEnabled": true })).await;
        let shown = info(&simulator, room).await;
        assert_eq!((&shown["TakeSeatMode"], &shown["IsSeatEnabled"]), (&json!(number), &json!(true)));
        let answer = ok(&simulator, LIVE_DESTROY, json!({ "RoomId": room })).await;
        assert!(answer.get("Response").is_none());
    }
}

#[tokio::test]
async fn entries_are_counted_and_told_at_the_end() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({ "Owner_Account": "alice" })).await;
    for account in ["alice", "bob", "bob"] {
        simulator.join(APP, "launch", account).expect("enters");
    }
    simulator.leave(APP, "launch", "bob").expect("leaves");
    simulator.join(APP, "launch", "bob").expect("enters again");
    simulator.leave(APP, "launch", "alice").expect("leaves");
    let counts = async || {
        let shown = info(&simulator, "launch").await;
        ["ViewCount", "MemberCount", "OnlineCount"].map(|field| shown[field].clone())
    };
    assert_eq!(counts().await, [3, 1, 1]);
    answers(&simulator, |answers| answers.absent_owner = AbsentOwner::Counted);
    assert_eq!(counts().await, [3, 2, 1]);
    simulator.world(|world| {
        let room = world.room_mut(APP, "launch").expect("the room");
        let viewers = room.live.statistic.viewers;
        room.live.statistic = Statistic { viewers, gifts_sent: 5, gift_coins: 60, gift_senders: 2, likes_received: 7 };
    });
    let answer = ok(&simulator, LIVE_DESTROY, json!({ "RoomId": "launch" })).await;
    assert_eq!(
        answer["Response"]["Statistic"],
        json!({
            "TotalViewers": 3, "TotalGiftsSent": 5, "TotalGiftCoins": 60, "TotalUniqueGiftSenders": 2,
            "TotalLikesReceived": 7,
        })
    );
    assert_eq!(code(&call(&simulator, LIVE_GET, json!({ "RoomId": "launch" })).await), 100_004);
}

#[tokio::test]
async fn the_owner_changes_without_being_in_the_room() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({ "Owner_Account": "alice" })).await;
    for _ in 0..2 {
        ok(&simulator, LIVE_CHANGE_OWNER, json!({ "RoomId": "launch", "NewOwner_Account": "bob" })).await;
        assert_eq!(info(&simulator, "launch").await["Owner_Account"], "bob");
    }
}

#[tokio::test]
async fn metadata_is_kept_by_key_until_it_is_deleted() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({})).await;
    let entry = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let shown = async |keys: Value| {
        let body = json!({ "RoomId": "launch", "Keys": keys });
        ok(&simulator, GET_METADATA, body).await["Response"]["Metadata"].clone()
    };
    assert_eq!(shown(json!([])).await, json!([]));
    let texts = json!({ "RoomId": "launch", "Metadata": [entry("b", "2"), entry("a", "1"), entry("a", "3")] });
    ok(&simulator, SET_METADATA, texts).await;
    ok(&simulator, SET_METADATA, json!({ "RoomId": "launch", "Metadata": [entry("c", "二")] })).await;
    assert_eq!(shown(json!([])).await, json!([entry("a", "3"), entry("b", "2"), entry("c", "二")]));
    assert_eq!(shown(json!(["c", "x"])).await, json!([entry("c", "二")]));
    ok(&simulator, DEL_METADATA, json!({ "RoomId": "launch", "Keys": ["a", "c", "x"] })).await;
    assert_eq!(shown(json!([])).await, json!([entry("b", "2")]));
    assert_eq!(simulator.applied("live_engine/set_room_metadata", "launch"), 2);
}

#[tokio::test]
async fn a_show_ends_30_minutes_after_the_last_one_left() {
    let simulator = simulator().await;
    let rooms = ["left", "returned", "never-entered"];
    for room in rooms {
        create(&simulator, room, json!({})).await;
    }
    let there = || simulator.world(|world| rooms.map(|room| world.room(APP, room).is_ok()));
    for room in ["left", "returned"] {
        simulator.join(APP, room, "alice").expect("enters");
        simulator.leave(APP, room, "alice").expect("leaves");
    }
    simulator.join(APP, "returned", "alice").expect("enters again");
    simulator.clock().advance(Duration::from_secs(30 * 60 - 1));
    assert_eq!(there(), [true, true, true]);
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(there(), [false, true, true]);
    assert_eq!(code(&call(&simulator, LIVE_GET, json!({ "RoomId": "left" })).await), 100_004);
}

#[tokio::test]
async fn faults_and_journal_work_as_for_the_other_engine() {
    let simulator = simulator().await;
    create(&simulator, "launch", json!({})).await;
    let set = json!({ "RoomId": "launch", "Metadata": [{ "Key": "a", "Value": "1" }] });
    ok(&simulator, SET_METADATA, set.clone()).await;
    let stale = Fault::at("live_engine/get_room_metadata", Effect::StaleRead { writes: 1 });
    simulator.faults().add(stale).expect("a fault");
    let keys = json!({ "RoomId": "launch", "Keys": [] });
    assert_eq!(ok(&simulator, GET_METADATA, keys.clone()).await["Response"]["Metadata"], json!([]));
    assert_eq!(ok(&simulator, GET_METADATA, keys).await["Response"]["Metadata"], set["Metadata"]);
    simulator.faults().add(Fault::at("live_engine/destroy_room", Effect::AcceptOnly)).expect("a fault");
    let answer = ok(&simulator, LIVE_DESTROY, json!({ "RoomId": "launch" })).await;
    assert_eq!(answer["Response"]["Statistic"]["TotalViewers"], 0);
    assert_eq!(simulator.applied("live_engine/destroy_room", "launch"), 0);
    assert_eq!(simulator.writes_of("launch").len(), 3);
    info(&simulator, "launch").await;
}

#[tokio::test]
async fn the_control_port_makes_live_rooms() {
    let simulator = simulator().await;
    let room = "/tencent/1400000000/rooms/surprise";
    let values = r#"{"roomType": "Live", "owner": "bob", "live": {"notice": "at eight", "metadata": {"a": "1"}}}"#;
    assert_eq!(control(&simulator, "PUT", room, values).await.0, 200);
    assert_eq!(control(&simulator, "PATCH", room, r#"{"live": {"coverUrl": "u"}}"#).await.0, 200);
    let shown = info(&simulator, "surprise").await;
    assert_eq!((&shown["Owner_Account"], &shown["TakeSeatMode"]), (&json!("bob"), &json!("FreeToTake")));
    assert_eq!((&shown["Notice"], &shown["CoverURL"]), (&json!("at eight"), &json!("u")));
    assert_eq!(shown["IsPublicVisible"], true);
    assert_eq!(control(&simulator, "PUT", &format!("{room}/members/alice"), "").await.0, 200);
    assert_eq!(info(&simulator, "surprise").await["ViewCount"], 1);
}
