//! What the Room Engine's operations do when they are allowed to.

use std::time::Duration;

use crate::client::*;
use roomkeeper_sim::{AbsentFields, AbsentOwner, AbsentRoomName, Shown};
use serde_json::json;

#[tokio::test]
async fn a_created_room_has_the_documented_defaults() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    let start = NOON.unix_seconds();
    assert_eq!(
        info(&simulator, "weekly").await,
        json!({
            "RoomId": "weekly", "RoomName": "weekly", "RoomType": "Conference", "Owner_Account": "administrator",
            "MaxMemberCount": 1000, "MaxSeatCount": 20, "IsVideoDisabled": false, "IsAudioDisabled": false,
            "IsMessageDisabled": false, "IsScreenSharingDisabled": false, "IsCloudRecordingDisabled": false,
            "CustomInfo": "", "ScheduleStartTime": start, "ScheduleEndTime": start + 3600, "RoomStatus": "None",
            "IsSeatEnabled": false, "TakeSeatMode": "None", "CreateTime": start, "IsPasswordEnabled": false,
            "Password": "", "MemberCount": 0,
        })
    );
}

#[tokio::test]
async fn a_created_room_has_everything_that_was_asked_for() {
    let simulator = simulator().await;
    let start = NOON.unix_seconds() + 600;
    let wanted = json!({
        "RoomName": "周会", "Owner_Account": "alice", "MaxMemberCount": 300, "MaxSeatCount": 9, "IsVideoDisabled": true,
        "IsAudioDisabled": true, "IsMessageDisabled": true, "IsScreenSharingDisabled": true,
        "IsCloudRecordingDisabled": true, "CustomInfo": "x", "ScheduleStartTime": start,
        "ScheduleEndTime": start + 300, "IsSeatEnabled": true, "TakeSeatMode": "ApplyToTake",
        "IsPasswordEnabled": true, "Password": "4711",
    });
    create(&simulator, "weekly", wanted.clone()).await;
    let shown = info(&simulator, "weekly").await;
    for (field, value) in wanted.as_object().expect("an object") {
        assert_eq!(&shown[field], value, "{field}");
    }
    assert_eq!(shown["RoomStatus"], "NotStarted");
}

#[tokio::test]
async fn invitees_of_a_create_are_kept() {
    let simulator = simulator().await;
    let body = json!({
        "RoomInfo": { "RoomId": "weekly", "RoomType": "Conference" }, "ScheduleInviteeList_Account": ["alice", "bob"],
    });
    ok(&simulator, CREATE, body).await;
    let invitees = simulator.world(|world| world.room(APP, "weekly").expect("the room").invitees.clone());
    assert!(invitees.iter().eq(["alice", "bob"]));
}

#[tokio::test]
async fn an_update_changes_what_it_carries_and_nothing_else() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "RoomName": "Weekly", "CustomInfo": "kept", "IsSeatEnabled": true })).await;
    let before = info(&simulator, "weekly").await;
    let change = json!({ "RoomId": "weekly", "IsAudioDisabled": true, "MaxMemberCount": 7 });
    ok(&simulator, UPDATE, json!({ "RoomInfo": change })).await;
    let mut wanted = before;
    wanted["IsAudioDisabled"] = json!(true);
    wanted["MaxMemberCount"] = json!(7);
    assert_eq!(info(&simulator, "weekly").await, wanted);
}

#[tokio::test]
async fn an_update_ignores_fields_that_only_a_create_takes() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    let before = info(&simulator, "weekly").await;
    let change = json!({
        "RoomId": "weekly", "RoomType": "Live", "Owner_Account": "bob", "ScheduleStartTime": 1, "ScheduleEndTime": "x",
        "IsSeatEnabled": true, "MaxSeatCount": 3, "Unheard": [1],
    });
    ok(&simulator, UPDATE, json!({ "RoomInfo": change })).await;
    assert_eq!(info(&simulator, "weekly").await, before);
}

#[tokio::test]
async fn an_absent_name_and_absent_fields_follow_the_worlds_answers() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "RoomName": "Weekly", "CustomInfo": "c", "IsVideoDisabled": true })).await;
    let update = json!({ "RoomInfo": { "RoomId": "weekly", "IsAudioDisabled": true } });
    simulator.world(|world| {
        world.app_mut(APP).expect("the app").answers.absent_room_name = AbsentRoomName::ResetToId;
    });
    ok(&simulator, UPDATE, update.clone()).await;
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["RoomName"], &shown["CustomInfo"]), (&json!("weekly"), &json!("c")));
    simulator.world(|world| world.app_mut(APP).expect("the app").answers.absent_fields = AbsentFields::Reset);
    ok(&simulator, UPDATE, update).await;
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["CustomInfo"], &shown["IsVideoDisabled"]), (&json!(""), &json!(false)));
    assert_eq!(shown["IsAudioDisabled"], true);
}

#[tokio::test]
async fn passwords_and_member_counts_can_be_hidden() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "IsPasswordEnabled": true, "Password": "4711" })).await;
    simulator.world(|world| {
        let answers = &mut world.app_mut(APP).expect("the app").answers;
        answers.passwords = Shown::Hidden;
        answers.member_count = Shown::Hidden;
    });
    let shown = info(&simulator, "weekly").await;
    for field in ["Password", "IsPasswordEnabled", "MemberCount"] {
        assert!(shown.get(field).is_none(), "{field} is hidden");
    }
}

#[tokio::test]
async fn a_room_runs_while_somebody_is_in_it() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "Owner_Account": "alice" })).await;
    simulator.join(APP, "weekly", "bob").expect("bob enters");
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["RoomStatus"], &shown["MemberCount"]), (&json!("Running"), &json!(1)));
    simulator.leave(APP, "weekly", "bob").expect("bob leaves");
    let shown = info(&simulator, "weekly").await;
    assert_eq!((&shown["RoomStatus"], &shown["MemberCount"]), (&json!("None"), &json!(0)));
}

#[tokio::test]
async fn an_absent_owner_counts_only_if_the_world_says_so() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "Owner_Account": "alice" })).await;
    simulator.join(APP, "weekly", "bob").expect("bob enters");
    let list = ok(&simulator, MEMBERS, json!({ "RoomId": "weekly" })).await;
    assert_eq!(list["Response"]["MemberList"].as_array().map(Vec::len), Some(1));
    simulator.world(|world| world.app_mut(APP).expect("the app").answers.absent_owner = AbsentOwner::Counted);
    assert_eq!(info(&simulator, "weekly").await["MemberCount"], 2);
    let list = ok(&simulator, MEMBERS, json!({ "RoomId": "weekly" })).await;
    let roles: Vec<_> = list["Response"]["MemberList"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|member| (member["Member_Account"].clone(), member["Role"].clone()))
        .collect();
    assert_eq!(roles, [(json!("alice"), json!("RoomOwner")), (json!("bob"), json!("Member"))]);
}

#[tokio::test]
async fn the_member_list_comes_in_pages() {
    let names: Vec<String> = (0..120).map(|number| format!("user{number:03}")).collect();
    let simulator = simulator_with(app().with_accounts(names.iter().map(String::as_str))).await;
    create(&simulator, "weekly", json!({})).await;
    for name in &names {
        simulator.join(APP, "weekly", name).expect("enters");
    }
    for (count, sizes) in [(None, vec![50, 50, 20]), (Some(60), vec![60, 60]), (Some(200), vec![120])] {
        let mut next = json!("");
        let mut seen = Vec::new();
        for size in sizes {
            let body = json!({ "RoomId": "weekly", "Count": count, "Next": next });
            let page = ok(&simulator, MEMBERS, body).await["Response"].clone();
            let members = page["MemberList"].as_array().expect("a list").clone();
            assert_eq!(members.len(), size);
            seen.extend(members.iter().map(|member| member["Member_Account"].as_str().map(str::to_owned)));
            next = page["Next"].clone();
        }
        assert_eq!(next, "", "the last page");
        assert!(seen.into_iter().flatten().eq(names.iter().cloned()));
    }
}

#[tokio::test]
async fn the_owner_changes_once_the_new_one_is_in_the_room() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({ "Owner_Account": "alice" })).await;
    let change = json!({ "RoomId": "weekly", "From_Account": "alice", "NewOwner_Account": "bob" });
    assert_eq!(code(&call(&simulator, CHANGE_OWNER, change.clone()).await), 100_005);
    simulator.join(APP, "weekly", "bob").expect("bob enters");
    ok(&simulator, CHANGE_OWNER, change).await;
    assert_eq!(info(&simulator, "weekly").await["Owner_Account"], "bob");
}

#[tokio::test]
async fn a_destroyed_room_is_gone_and_its_id_is_free() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    ok(&simulator, DESTROY, json!({ "RoomId": "weekly" })).await;
    assert_eq!(code(&call(&simulator, GET, json!({ "RoomId": "weekly" })).await), 100_004);
    simulator.clock().advance(Duration::from_secs(1));
    create(&simulator, "weekly", json!({})).await;
}

#[tokio::test]
async fn a_room_ends_24_hours_after_the_last_member_left() {
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
    simulator.clock().advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(there(), [true, true, true]);
    simulator.clock().advance(Duration::from_secs(1));
    assert_eq!(there(), [false, true, true]);
}

#[tokio::test]
async fn an_ended_room_is_gone_for_requests_too() {
    let simulator = simulator().await;
    create(&simulator, "weekly", json!({})).await;
    simulator.join(APP, "weekly", "alice").expect("enters");
    simulator.leave(APP, "weekly", "alice").expect("leaves");
    simulator.clock().advance(Duration::from_secs(24 * 3600));
    let usersig = sign(APP, KEY, ADMINISTRATOR, simulator.clock().now());
    let get = Draft::of(GET, &json!({ "RoomId": "weekly" })).with("usersig", &usersig);
    assert_eq!(code(&get.answer(&simulator).await), 100_004);
}

#[tokio::test]
async fn an_imported_account_can_own_a_room() {
    let simulator = simulator().await;
    let status = async || {
        let answer =
            ok(&simulator, CHECK, json!({ "CheckItem": [{ "UserID": "alice" }, { "UserID": "carol" }] })).await;
        answer["ResultItem"].clone()
    };
    let item =
        |account, status| json!({ "UserID": account, "ResultCode": 0, "ResultInfo": "", "AccountStatus": status });
    assert_eq!(status().await, json!([item("alice", "Imported"), item("carol", "NotImported")]));
    for _ in 0..2 {
        ok(&simulator, IMPORT, json!({ "UserID": "carol", "Nick": "Carol" })).await;
    }
    assert_eq!(status().await, json!([item("alice", "Imported"), item("carol", "Imported")]));
    create(&simulator, "weekly", json!({ "Owner_Account": "carol" })).await;
}

#[tokio::test]
async fn every_answer_has_the_envelope_and_a_fresh_request_id() {
    let simulator = simulator().await;
    let answers = [
        ok(&simulator, IMPORT, json!({ "UserID": "carol" })).await,
        call(&simulator, GET, json!({ "RoomId": "absent" })).await,
        Draft::of("nowhere", &json!({})).answer(&simulator).await,
    ];
    let statuses = ["OK", "FAIL", "FAIL"];
    let mut ids = Vec::new();
    for (answer, status) in answers.iter().zip(statuses) {
        assert_eq!(answer["ActionStatus"], status);
        assert_eq!(answer["ErrorInfo"].as_str().map(str::is_empty), Some(status == "OK"));
        assert!(answer.get("Response").is_none());
        ids.push(answer["RequestId"].as_str().expect("a request id"));
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let noted: Vec<String> = simulator.journal().into_iter().map(|entry| entry.request_id).collect();
    assert_eq!(noted, ids);
}

#[tokio::test]
async fn two_apps_do_not_share_rooms() {
    let simulator = simulator().await;
    simulator.world(|world| world.tencent.insert(7, app()));
    create(&simulator, "weekly", json!({})).await;
    let usersig = sign(7, KEY, ADMINISTRATOR, NOON);
    let get = Draft::of(GET, &json!({ "RoomId": "weekly" })).with("sdkappid", "7").with("usersig", &usersig);
    assert_eq!(code(&get.answer(&simulator).await), 100_004);
}

#[tokio::test]
async fn other_paths_are_not_found() {
    let simulator = simulator().await;
    let response = http().get(format!("{}/elsewhere", simulator.url())).send().await.expect("a reply");
    assert_eq!(response.status(), 404);
    assert!(simulator.journal().is_empty());
}
