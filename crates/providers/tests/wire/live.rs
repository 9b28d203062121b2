//! Each call of the Live Engine: its path, its body, and what its answer becomes.

use std::collections::BTreeMap;

use roomkeeper_providers::tencent::LiveEngine;
use roomkeeper_providers::tencent::live_engine::{
    Deleted, NewRoom, RoomInfo, RoomUpdate, ShownTakeSeatMode, Statistic, TakeSeatMode,
};
use roomkeeper_providers::{Class, Code, Outcome, Reply, What};
use serde_json::{Value, json};

use crate::vendor::{Vendor, json as answer};
use crate::{NOW, client, failure, response, success};

const LIVE_ENGINE: &str = "POST /v4/live_engine_http_srv";

fn done() -> Reply<()> {
    Reply { value: (), request_id: Some("req-1".into()), date: None }
}

async fn live_engine(answers: impl IntoIterator<Item = Value>) -> (Vendor, LiveEngine) {
    let vendor = Vendor::start(answers.into_iter().map(|body| answer(&body))).await;
    let engine = LiveEngine::new(client(&vendor.endpoint, || NOW));
    (vendor, engine)
}

#[tokio::test]
async fn create_sends_what_is_present_and_the_type() {
    // What a create answers besides the envelope is not documented, and not read.
    let (vendor, engine) = live_engine([success(), response(json!({"RoomId": "r"}))]).await;
    let bare = NewRoom { room_id: "r".into(), ..NewRoom::default() };
    assert_eq!(engine.create_room(&bare).await.expect("a success"), done());
    let full = NewRoom {
        room_id: "r".into(),
        owner: Some("alice".into()),
        name: Some("新品".into()),
        seat_template: Some("AudioSalon".into()),
        max_seats: Some(8),
        take_seat_mode: Some(TakeSeatMode::ApplyToTake),
        max_members: Some(300),
        message_disabled: Some(false),
        public_visible: Some(true),
        cover_url: Some("https://c.example/1.png".into()),
        category: Some(vec![1, 2, 3]),
        activity_status: Some(0),
    };
    assert_eq!(engine.create_room(&full).await.expect("a success"), done());

    let [first, second] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");
    assert_eq!(first.line(), format!("{LIVE_ENGINE}/create_room"));
    assert_eq!(first.json(), json!({"RoomInfo": {"RoomId": "r", "RoomType": "Live"}}));
    assert_eq!(
        second.json(),
        json!({"RoomInfo": {
            "RoomId": "r", "RoomType": "Live", "Owner_Account": "alice", "RoomName": "新品",
            "SeatTemplate": "AudioSalon", "MaxSeatCount": 8, "TakeSeatMode": "ApplyToTake", "MaxMemberCount": 300,
            "IsMessageDisabled": false, "IsPublicVisible": true, "CoverURL": "https://c.example/1.png",
            "Category": [1, 2, 3], "ActivityStatus": 0,
        }})
    );
}

#[tokio::test]
async fn update_sends_what_changes_and_nothing_else() {
    let update = || RoomUpdate { room_id: "r".into(), ..RoomUpdate::default() };
    let rows = [
        (RoomUpdate { name: Some("n".into()), ..update() }, json!({"RoomId": "r", "RoomName": "n"})),
        (RoomUpdate { category: Some(vec![]), ..update() }, json!({"RoomId": "r", "Category": []})),
        (
            RoomUpdate {
                room_id: "r".into(),
                name: Some("n".into()),
                max_members: Some(1),
                message_disabled: Some(true),
                cover_url: Some(String::new()),
                category: Some(vec![7]),
                activity_status: Some(-1),
                public_visible: Some(false),
                take_seat_mode: Some(TakeSeatMode::FreeToTake),
                notice: Some("at eight".into()),
            },
            json!({
                "RoomId": "r", "RoomName": "n", "MaxMemberCount": 1, "IsMessageDisabled": true, "CoverURL": "",
                "Category": [7], "ActivityStatus": -1, "IsPublicVisible": false, "TakeSeatMode": "FreeToTake",
                "Notice": "at eight",
            }),
        ),
    ];
    let (vendor, engine) = live_engine(rows.iter().map(|_| success())).await;
    for (update, _) in &rows {
        assert_eq!(engine.update_room_info(update).await.expect("a success"), done());
    }
    for (request, (_, wanted)) in vendor.requests().iter().zip(rows) {
        assert_eq!(request.line(), format!("{LIVE_ENGINE}/update_room_info"));
        assert_eq!(request.json(), json!({"RoomInfo": wanted}));
    }
}

#[tokio::test]
async fn a_change_of_owner_names_the_room_and_the_new_owner_only() {
    let (vendor, engine) = live_engine([success()]).await;
    assert_eq!(engine.change_room_owner("r", "bob").await.expect("a success"), done());
    let [change] = <[_; 1]>::try_from(vendor.requests()).expect("one call");
    assert_eq!(change.line(), format!("{LIVE_ENGINE}/change_room_owner"));
    assert_eq!(change.json(), json!({"RoomId": "r", "NewOwner_Account": "bob"}));
}

#[tokio::test]
async fn a_destroyed_room_gives_the_statistics_that_can_be_read_and_is_never_a_failure() {
    let told = json!({
        "TotalViewers": 12, "TotalGiftsSent": "3", "TotalGiftCoins": 99_999_999_999_u64,
        "TotalUniqueGiftSenders": null, "TotalLikesReceived": "many", "TotalMsgCount": 4,
    });
    let wanted = Statistic {
        viewers: Some(12),
        gifts_sent: Some(3),
        gift_coins: Some(99_999_999_999),
        gift_senders: None,
        likes_received: None,
    };
    let nothing = Statistic::default();
    let rows = [
        (response(json!({ "Statistic": told })), wanted),
        (success(), nothing),
        (response(json!({})), nothing),
        (response(json!({ "Statistic": "none" })), nothing),
        (response(json!(null)), nothing),
    ];
    let (vendor, engine) = live_engine(rows.iter().map(|(answer, _)| answer.clone())).await;
    for (row, wanted) in rows {
        let reply = engine.destroy_room("r").await.expect("destroyed");
        assert_eq!((reply.value, reply.request_id.as_deref()), (wanted, Some("req-1")), "{row}");
    }
    assert_eq!(vendor.requests()[0].line(), format!("{LIVE_ENGINE}/destroy_room"));
    assert_eq!(vendor.requests()[0].json(), json!({"RoomId": "r"}));
}

#[tokio::test]
async fn a_room_is_read_however_the_vendor_writes_its_values() {
    let newest = json!({
        "RoomId": "r", "RoomName": "n", "RoomType": "Live", "Owner_Account": "alice", "CreateTime": 1_693_271_354,
        "IsSeatEnabled": true, "TakeSeatMode": "ApplyToTake", "MaxSeatCount": 8, "MaxMemberCount": 300,
        "IsMessageDisabled": "false", "CoverURL": "https://c.example/1.png", "Category": [1, "2"],
        "ActivityStatus": "1", "ViewCount": 10, "IsPublicVisible": true, "Notice": "at eight",
        "SeatTemplate": "Karaoke", "MemberCount": 3, "OnlineCount": 2, "LifetimeAfterNoUsers": 1800,
    });
    let oldest = json!({"RoomId": "r", "Owner_Account": 144_115_233_775_727_695_u64, "TakeSeatMode": 1});
    let unheard = json!({"RoomId": "r", "TakeSeatMode": "Lottery", "Category": null});
    let (vendor, engine) =
        live_engine([newest, oldest, unheard].map(|room| response(json!({ "RoomInfo": room })))).await;

    let wanted = RoomInfo {
        room_id: Some("r".into()),
        room_type: Some("Live".into()),
        owner: Some("alice".into()),
        name: Some("n".into()),
        created: Some(1_693_271_354),
        seat_template: Some("Karaoke".into()),
        seats_enabled: Some(true),
        max_seats: Some(8),
        take_seat_mode: Some(ShownTakeSeatMode::Mode(TakeSeatMode::ApplyToTake)),
        max_members: Some(300),
        message_disabled: Some(false),
        cover_url: Some("https://c.example/1.png".into()),
        category: Some(vec![1, 2]),
        activity_status: Some(1),
        public_visible: Some(true),
        notice: Some("at eight".into()),
        view_count: Some(10),
        member_count: Some(3),
        online_count: Some(2),
    };
    assert_eq!(engine.get_room_info("r").await.expect("a room").value, wanted);
    let wanted = RoomInfo {
        room_id: Some("r".into()),
        owner: Some("144115233775727695".into()),
        take_seat_mode: Some(ShownTakeSeatMode::Mode(TakeSeatMode::FreeToTake)),
        ..RoomInfo::default()
    };
    assert_eq!(engine.get_room_info("r").await.expect("a room").value, wanted);
    let room = engine.get_room_info("r").await.expect("a room").value;
    assert_eq!(room.take_seat_mode, Some(ShownTakeSeatMode::Other("Lottery".into())));
    assert_eq!((room.category, room.public_visible, room.member_count), (None, None, None));
    assert_eq!(vendor.requests()[0].line(), format!("{LIVE_ENGINE}/get_room_info"));
    assert_eq!(vendor.requests()[0].json(), json!({"RoomId": "r"}));
}

#[tokio::test]
async fn an_answer_without_the_room_or_with_another_one_is_not_a_room() {
    let rows = [
        success(),
        response(json!({})),
        response(json!({"RoomInfo": {"RoomId": "other"}})),
        response(json!({"RoomInfo": {"RoomId": "r", "Category": "1,2"}})),
    ];
    let (_vendor, engine) = live_engine(rows.clone()).await;
    for row in rows {
        let error = engine.get_room_info("r").await.expect_err("no such room shown");
        assert_eq!((error.class(), error.request_id()), (Class::Unknown, Some("req-1")), "{row}: {error}");
    }
}

#[tokio::test]
async fn metadata_is_set_shown_and_deleted_by_key() {
    let shown = response(json!({"Metadata": [{"Key": "b", "Value": 2}, {"Key": "a", "Value": "1"}, {"Key": "c"}]}));
    let none = [response(json!({"Metadata": null})), response(json!({}))];
    let answers = [success(), shown].into_iter().chain(none).chain([success(), failure(100_503)]);
    let (vendor, engine) = live_engine(answers).await;
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
    };

    let texts = pairs(&[("b", "2"), ("a", "")]);
    assert_eq!(engine.set_room_metadata("r", &texts).await.expect("a success"), done());
    let all = engine.get_room_metadata("r", &[]).await.expect("an answer").value;
    assert_eq!(all, pairs(&[("a", "1"), ("b", "2"), ("c", "")]));
    for _ in 0..2 {
        assert_eq!(engine.get_room_metadata("r", &["a", "x"]).await.expect("an answer").value, pairs(&[]));
    }
    let deleted = engine.del_room_metadata("r", &["a"]).await.expect("a success");
    assert_eq!(deleted, Reply { value: Deleted::Some, request_id: Some("req-1".into()), date: None });
    let nothing = engine.del_room_metadata("r", &["a"]).await.expect("none of them is there, as was wished");
    assert_eq!(nothing, Reply { value: Deleted::Nothing, request_id: Some("req-2".into()), date: None });

    let sent: Vec<_> = vendor.requests().iter().map(|request| (request.line().to_owned(), request.json())).collect();
    let line = |command: &str| format!("{LIVE_ENGINE}/{command}_room_metadata");
    let texts = json!({"RoomId": "r", "Metadata": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]});
    assert_eq!(sent[0], (line("set"), texts));
    assert_eq!(sent[1], (line("get"), json!({"RoomId": "r", "Keys": []})));
    assert_eq!(sent[2], (line("get"), json!({"RoomId": "r", "Keys": ["a", "x"]})));
    assert_eq!(sent[4], (line("del"), json!({"RoomId": "r", "Keys": ["a"]})));
}

#[tokio::test]
async fn no_metadata_and_no_keys_call_nobody() {
    let (vendor, engine) = live_engine([]).await;
    let silent = engine.set_room_metadata("r", &BTreeMap::new()).await.expect("nothing to set");
    assert_eq!(silent.request_id, None);
    assert_eq!(engine.del_room_metadata("r", &[]).await.expect("nothing to delete").value, Deleted::Nothing);
    assert_eq!(vendor.requests().len(), 0);
}

#[tokio::test]
async fn a_refusal_keeps_its_meaning_for_the_call_and_its_code() {
    let no_room = Class::NotFound { what: What::Room };
    let (_vendor, engine) = live_engine([100_004, 100_503, 100_004, 100_010].map(failure)).await;
    let bare = NewRoom { room_id: "r".into(), ..NewRoom::default() };
    let errors = [
        (engine.destroy_room("r").await.map(|_| ()).expect_err("gone"), no_room, 100_004),
        (engine.get_room_metadata("r", &[]).await.map(|_| ()).expect_err("odd"), Class::Unknown, 100_503),
        (engine.del_room_metadata("r", &["a"]).await.map(|_| ()).expect_err("gone"), no_room, 100_004),
        (engine.create_room(&bare).await.map(|_| ()).expect_err("there"), Class::Exists, 100_010),
    ];
    for (error, class, code) in errors {
        assert_eq!((error.class(), error.code()), (class, Some(&Code::Tencent(code))), "{error}");
        assert_eq!((error.outcome(), error.request_id()), (Outcome::Refused, Some("req-2")));
    }
}
