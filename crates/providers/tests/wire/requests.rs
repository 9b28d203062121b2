//! Each call: its path, its body, and what its answer becomes.

use roomkeeper_providers::tencent::accounts::{AccountState, NewAccount, Presence};
use roomkeeper_providers::tencent::room_engine::{
    Member, NewRoom, Password, RoomStatus, RoomUpdate, ShownTakeSeatMode, TakeSeatMode,
};
use roomkeeper_providers::tencent::{Accounts, ConfigError, RoomEngine, usersig};
use roomkeeper_providers::{Class, ExposeSecret, Outcome, Reply, SecretString};
use serde_json::{Value, json};

use crate::vendor::{Vendor, json as answer};
use crate::{NOW, client, failure, response, success};

const ROOM_ENGINE: &str = "POST /v4/room_engine_http_srv";

fn done() -> Reply<()> {
    Reply { value: (), request_id: Some("req-1".into()), date: None }
}

async fn room_engine(answers: impl IntoIterator<Item = Value>) -> (Vendor, RoomEngine) {
    let vendor = Vendor::start(answers.into_iter().map(|body| answer(&body))).await;
    let engine = RoomEngine::new(client(&vendor.endpoint, || NOW));
    (vendor, engine)
}

#[tokio::test]
async fn a_request_has_the_vendors_address_query_and_content_type() {
    let (vendor, engine) = room_engine([success(), success()]).await;
    engine.destroy_room("weekly sync").await.expect("a success");
    engine.destroy_room("weekly sync").await.expect("a success");
    let [first, second] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");

    assert_eq!(first.line(), format!("{ROOM_ENGINE}/destroy_room"));
    let query = first.query();
    assert_eq!(
        query.keys().copied().collect::<Vec<_>>(),
        ["contenttype", "identifier", "random", "sdkappid", "usersig"]
    );
    assert_eq!((query["sdkappid"], query["contenttype"]), ("1400000000", "json"));
    assert_eq!(query["identifier"], "admin%20%2B1");
    query["random"].parse::<u32>().expect("random is an unsigned number of 32 bits");
    assert_ne!(query["random"], second.query()["random"], "each call has a number of its own");
    assert_eq!(query["usersig"], second.query()["usersig"], "one signature serves many calls");
    let claims = usersig::decode(query["usersig"]).expect("a signature as it is, not encoded");
    assert_eq!((claims.identifier.as_str(), claims.issued_at, claims.lifetime), ("admin +1", NOW, 86_400));
    assert!(first.head.to_ascii_lowercase().contains("\r\ncontent-type: application/json"), "{}", first.head);
}

#[tokio::test]
async fn create_sends_what_is_present_and_the_type() {
    let (vendor, engine) = room_engine([success(), success()]).await;
    let bare = NewRoom { room_id: "r".into(), ..NewRoom::default() };
    assert_eq!(engine.create_room(&bare).await.expect("a success"), done());
    let full = NewRoom {
        room_id: "r".into(),
        owner: Some("alice".into()),
        name: Some("周会".into()),
        max_members: Some(300),
        video_disabled: Some(false),
        audio_disabled: Some(true),
        message_disabled: Some(false),
        screen_sharing_disabled: Some(true),
        cloud_recording_disabled: Some(false),
        custom_info: Some("{}".into()),
        seats_enabled: Some(true),
        max_seats: Some(8),
        take_seat_mode: Some(TakeSeatMode::ApplyToTake),
        schedule_start: Some(1_700_000_300),
        schedule_end: Some(1_700_003_900),
        password: Some(Password::Required("hunter2".into())),
        invitees: vec!["bob".into()],
    };
    engine.create_room(&full).await.expect("a success");

    let [first, second] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");
    assert_eq!(first.line(), format!("{ROOM_ENGINE}/create_room"));
    assert_eq!(first.json(), json!({"RoomInfo": {"RoomId": "r", "RoomType": "Conference"}}));
    assert_eq!(
        second.json(),
        json!({
            "RoomInfo": {
                "RoomId": "r", "RoomType": "Conference", "Owner_Account": "alice", "RoomName": "周会",
                "MaxMemberCount": 300, "IsVideoDisabled": false, "IsAudioDisabled": true, "IsMessageDisabled": false,
                "IsScreenSharingDisabled": true, "IsCloudRecordingDisabled": false, "CustomInfo": "{}",
                "IsSeatEnabled": true, "MaxSeatCount": 8, "TakeSeatMode": "ApplyToTake",
                "ScheduleStartTime": 1_700_000_300, "ScheduleEndTime": 1_700_003_900,
                "IsPasswordEnabled": true, "Password": "hunter2",
            },
            "ScheduleInviteeList_Account": ["bob"],
        })
    );
}

#[tokio::test]
async fn update_sends_what_changes_and_nothing_else() {
    let rows = [
        (RoomUpdate { name: Some("n".into()), ..update() }, json!({"RoomId": "r", "RoomName": "n"})),
        (
            RoomUpdate {
                max_members: Some(1),
                video_disabled: Some(true),
                audio_disabled: Some(false),
                message_disabled: Some(true),
                screen_sharing_disabled: Some(false),
                cloud_recording_disabled: Some(true),
                custom_info: Some(String::new()),
                take_seat_mode: Some(TakeSeatMode::FreeToTake),
                password: Some(Password::Required("hunter2".into())),
                ..update()
            },
            json!({
                "RoomId": "r", "MaxMemberCount": 1, "IsVideoDisabled": true, "IsAudioDisabled": false,
                "IsMessageDisabled": true, "IsScreenSharingDisabled": false, "IsCloudRecordingDisabled": true,
                "CustomInfo": "", "TakeSeatMode": "FreeToTake", "IsPasswordEnabled": true, "Password": "hunter2",
            }),
        ),
        (RoomUpdate { password: Some(Password::None), ..update() }, json!({"RoomId": "r", "IsPasswordEnabled": false})),
    ];
    let (vendor, engine) = room_engine(rows.iter().map(|_| success())).await;
    for (update, _) in &rows {
        assert_eq!(engine.update_room_info(update).await.expect("a success"), done());
    }
    for (request, (_, wanted)) in vendor.requests().iter().zip(rows) {
        assert_eq!(request.line(), format!("{ROOM_ENGINE}/update_room_info"));
        assert_eq!(request.json(), json!({"RoomInfo": wanted}));
    }
}

fn update() -> RoomUpdate {
    RoomUpdate { room_id: "r".into(), ..RoomUpdate::default() }
}

#[tokio::test]
async fn the_other_writes_name_room_and_owners() {
    let (vendor, engine) = room_engine([success(), success()]).await;
    assert_eq!(engine.destroy_room("r").await.expect("a success"), done());
    assert_eq!(engine.change_room_owner("r", "alice", "bob").await.expect("a success"), done());
    let [destroy, change] = <[_; 2]>::try_from(vendor.requests()).expect("two calls");
    assert_eq!(destroy.json(), json!({"RoomId": "r"}));
    assert_eq!(change.line(), format!("{ROOM_ENGINE}/change_room_owner"));
    assert_eq!(change.json(), json!({"RoomId": "r", "From_Account": "alice", "NewOwner_Account": "bob"}));
}

#[tokio::test]
async fn a_room_is_read_however_the_vendor_writes_its_values() {
    let room = json!({
        "RoomId": "r", "RoomName": "n", "RoomType": "Conference", "Owner_Account": 144_115, "MaxMemberCount": "300",
        "MaxSeatCount": 8, "IsVideoDisabled": "false", "IsAudioDisabled": true, "IsMessageDisabled": "true",
        "IsScreenSharingDisabled": null, "CustomInfo": "", "ScheduleStartTime": 1_700_000_000, "ScheduleEndTime": "",
        "RoomStatus": "Running", "IsSeatEnabled": 1, "TakeSeatMode": 2, "CreateTime": "1700000000", "MemberCount": 3,
        "IsPasswordEnabled": true, "Password": "hunter2", "SomethingNew": {"a": [1]},
    });
    let (vendor, engine) = room_engine([response(json!({"RoomInfo": room}))]).await;
    let room = engine.get_room_info("r").await.expect("a room").value;
    assert_eq!(vendor.requests()[0].line(), format!("{ROOM_ENGINE}/get_room_info"));
    assert_eq!(vendor.requests()[0].json(), json!({"RoomId": "r"}));
    assert_eq!((room.owner.as_deref(), room.max_members, room.max_seats), (Some("144115"), Some(300), Some(8)));
    assert_eq!(
        (room.video_disabled, room.audio_disabled, room.message_disabled),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!((room.screen_sharing_disabled, room.cloud_recording_disabled), (None, None));
    assert_eq!((room.custom_info.as_deref(), room.schedule_end, room.seats_enabled), (Some(""), None, Some(true)));
    assert_eq!(
        (room.schedule_start, room.created, room.member_count),
        (Some(1_700_000_000), Some(1_700_000_000), Some(3))
    );
    assert_eq!(room.status, Some(RoomStatus::Running));
    assert_eq!(room.take_seat_mode, Some(ShownTakeSeatMode::Mode(TakeSeatMode::ApplyToTake)));
    assert_eq!(room.password.as_ref().map(SecretString::expose_secret), Some("hunter2"));
    assert!(!format!("{room:?}").contains("hunter2"));
}

#[tokio::test]
async fn an_answer_without_the_room_or_with_another_one_is_not_a_room() {
    let rows = [
        success(),
        response(json!({})),
        response(json!({"RoomInfo": "r"})),
        response(json!({"RoomInfo": {"RoomId": "other"}})),
    ];
    let (_vendor, engine) = room_engine(rows.clone()).await;
    for row in rows {
        let error = engine.get_room_info("r").await.expect_err("no such room shown");
        assert_eq!((error.class(), error.request_id()), (Class::Unknown, Some("req-1")), "{row}: {error}");
    }
}

#[tokio::test]
async fn members_are_read_to_the_last_page() {
    let page = |names: &[&str], next: &str| {
        let members: Vec<_> = names.iter().map(|name| json!({"Member_Account": name, "Role": "Member"})).collect();
        response(json!({"MemberList": members, "Next": next}))
    };
    let (vendor, engine) = room_engine([page(&["a", "b"], "2"), page(&[], "3"), page(&["c"], "")]).await;
    let members = engine.get_room_member_list("r", || std::future::ready(())).await.expect("three pages").value;
    let member = |name: &str| Member { account: Some(name.into()), role: Some("Member".into()), ..Member::default() };
    assert_eq!(members, ["a", "b", "c"].map(member));
    let asked: Vec<_> = vendor.requests().iter().map(|request| request.json()).collect();
    assert_eq!(asked, ["", "2", "3"].map(|next| json!({"RoomId": "r", "Count": 50, "Next": next})));
}

#[tokio::test]
async fn a_member_list_that_never_ends_is_an_error_not_a_loop() {
    let same = response(json!({"MemberList": [], "Next": "2"}));
    let (vendor, engine) = room_engine([same.clone(), same]).await;
    assert_eq!(
        engine.get_room_member_list("r", || std::future::ready(())).await.expect_err("a page twice").class(),
        Class::Unknown
    );
    assert_eq!(vendor.requests().len(), 2);

    let growing = (1..=200).map(|page| response(json!({"MemberList": null, "Next": page})));
    let (vendor, engine) = room_engine(growing).await;
    assert_eq!(
        engine.get_room_member_list("r", || std::future::ready(())).await.expect_err("no last page").class(),
        Class::Unknown
    );
    assert_eq!(vendor.requests().len(), 200);
}

#[tokio::test]
async fn accounts_are_checked_and_imported() {
    let mut checked = success();
    checked["ResultItem"] = json!([
        {"UserID": "alice", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "Imported"},
        {"UserID": "bob", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "NotImported"},
        {"UserID": "carol", "ResultCode": 70_402, "ResultInfo": "bad name"},
    ]);
    let vendor = Vendor::start([checked.clone(), checked, success()].map(|body| answer(&body))).await;
    let accounts = Accounts::new(client(&vendor.endpoint, || NOW));

    let states = accounts.account_check(&["alice", "bob", "carol"]).await.expect("an answer").value;
    let state = |account: &str, presence| AccountState { account: account.into(), presence };
    let failed = Presence::Failed { code: 70_402, message: "bad name".into() };
    assert_eq!(
        states,
        [state("alice", Presence::Imported), state("bob", Presence::NotImported), state("carol", failed)]
    );
    assert_eq!(accounts.account_check(&["dave"]).await.expect_err("dave is left out").class(), Class::Unknown);
    let account = NewAccount { account: "alice".into(), nickname: Some("Alice".into()), picture: None };
    assert_eq!(accounts.account_import(&account).await.expect("a success"), done());

    let [check, _, import] = <[_; 3]>::try_from(vendor.requests()).expect("three calls");
    assert_eq!(check.line(), "POST /v4/im_open_login_svc/account_check");
    assert_eq!(check.json(), json!({"CheckItem": [{"UserID": "alice"}, {"UserID": "bob"}, {"UserID": "carol"}]}));
    assert_eq!(import.line(), "POST /v4/im_open_login_svc/account_import");
    assert_eq!(import.json(), json!({"UserID": "alice", "Nick": "Alice"}));
}

#[tokio::test]
async fn a_check_of_none_or_too_many_accounts_calls_nobody() {
    let vendor = Vendor::start([]).await;
    let accounts = Accounts::new(client(&vendor.endpoint, || NOW));
    assert_eq!(accounts.account_check(&[]).await.expect("nothing to ask").value, []);
    let error = accounts.account_check(&["a"; 101]).await.expect_err("one too many");
    assert_eq!((error.class(), error.outcome()), (Class::Invalid, Outcome::Refused));
    assert_eq!(vendor.requests().len(), 0);
}

#[tokio::test]
async fn a_path_in_the_endpoint_is_kept() {
    let vendor = Vendor::start([answer(&failure(100_004))]).await;
    let behind_a_path = vendor.endpoint.join("tencent/").expect("a path");
    let engine = RoomEngine::new(client(&behind_a_path, || NOW));
    engine.destroy_room("r").await.expect_err("there is no room");
    assert_eq!(vendor.requests()[0].line(), "POST /tencent/v4/room_engine_http_srv/destroy_room");
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_refused_before_any_call() {
    use roomkeeper_providers::http;
    use roomkeeper_providers::tencent::{Client, Config, SdkAppId};

    let rows = [
        ("ftp://h.example/", "admin", "k", ConfigError::Endpoint),
        ("https://user@h.example/", "admin", "k", ConfigError::Endpoint),
        ("https://h.example/?a=b", "admin", "k", ConfigError::Endpoint),
        ("https://h.example/", "", "k", ConfigError::Identifier),
        ("https://h.example/", "a\nTLS.sdkappid:1", "k", ConfigError::Identifier),
        ("https://h.example/", "admin", "", ConfigError::KeyEmpty),
        ("https://h.example/", "admin", "k\n", ConfigError::KeyPadded),
    ];
    for (endpoint, identifier, key, wanted) in rows {
        let config = Config {
            endpoint: endpoint.parse().expect("a URL"),
            sdk_app_id: SdkAppId(1),
            identifier: identifier.into(),
            key: key.into(),
            http: http::Client::new(&http::Settings::default()).expect("the default settings"),
        };
        assert!(!format!("{config:?}").contains("\"k"), "{config:?}");
        assert_eq!(Client::new(config).expect_err("cannot work"), wanted, "{endpoint} {identifier:?}");
    }
}
