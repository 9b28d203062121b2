//! The rooms of Cloud Meeting: lists, changes, and whose they are.

use roomkeeper_sim::Simulator;
use roomkeeper_sim::huawei::meeting::answers::{Fate, MemberId, Offsets, Passwords};
use roomkeeper_sim::huawei::meeting::room::{Room, RoomStatus};
use roomkeeper_sim::huawei::meeting::state::UserStatus;
use serde_json::{Value, json};

use crate::meeting_client::*;

async fn member_list(simulator: &Simulator, token: &str, query: &str) -> Value {
    Letter::get(&format!("/v1/usg/dcs/member/vmr?{query}")).token(token).ok(simulator).await
}

async fn corp_list(simulator: &Simulator, token: &str, query: &str) -> Value {
    Letter::get(&format!("/v1/usg/dcs/corp/vmr?{query}")).token(token).ok(simulator).await
}

async fn update(simulator: &Simulator, token: &str, body: Value) {
    let answered = Letter::put(&format!("/v1/usg/dcs/member/vmr/{ROOM}"), &body).token(token).send(simulator).await;
    assert_eq!((answered.status, answered.text.as_str()), (200, ""), "{body}");
}

fn assign(account: &str, ids: &[&str], token: &str) -> Letter {
    Letter::post(&format!("/v1/usg/dcs/corp/vmr/assign-to-member/{account}"), &json!(ids)).token(token)
}

fn recycle(account: &str, ids: &[&str], token: &str) -> Letter {
    Letter::post(&format!("/v1/usg/dcs/corp/vmr/recycle-from-member/{account}"), &json!(ids)).token(token)
}

#[tokio::test]
async fn a_user_sees_the_settings_of_the_own_rooms() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    let list = member_list(&simulator, &alice, "offset=0&limit=10").await;
    assert_eq!((&list["count"], &list["offset"], &list["limit"]), (&json!(2), &json!(0), &json!(10)));
    assert_eq!(ids(&list), [ROOM, PERSONAL]);
    let mut room = list["data"][0].clone();
    let host_url = room["chairJoinUrl"].take();
    assert!(host_url.as_str().is_some_and(|url| url.contains("/j/938305104/")), "{host_url}");
    assert_eq!(
        room,
        json!({
            "id": ROOM, "vmrId": "938305104", "vmrName": "Board room", "gustPwd": null, "chairPwd": "123456",
            "gustJoinUrl": "https://meeting.example/#/j/938305104", "chairJoinUrl": null,
            "allowGustFirst": false, "gustFirstNotice": false, "vmrMode": 1, "status": 0,
            "vmrPkgId": "ff808081699b56cb0169c411a0980152", "vmrPkgName": "vmr50", "vmrPkgParties": 50,
        })
    );
    assert_eq!(list["data"][1].get("vmrPkgId"), None, "only cloud meeting rooms have a package");
    for (query, shown) in [
        ("specialVmr=true", vec![ROOM]),
        ("specialVmr=false", vec![PERSONAL]),
        ("searchKey=BOARD", vec![ROOM]),
        ("searchKey=9383", vec![ROOM]),
        ("searchKey=0c0664", vec![PERSONAL]),
        ("searchKey=Spare", vec![]),
    ] {
        assert_eq!(ids(&member_list(&simulator, &alice, query).await), shown, "{query}");
    }
    let bob = log_in(&simulator, Some("bob")).await;
    assert_eq!(ids(&member_list(&simulator, &bob, "limit=10").await), [WEBINAR]);
}

#[tokio::test]
async fn an_administrator_sees_who_has_which_room_and_no_settings() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let list = corp_list(&simulator, &chief, "offset=0&limit=100").await;
    assert_eq!(ids(&list), [ROOM, FREE, TERMINAL]);
    assert_eq!(
        list["data"][0],
        json!({
            "id": ROOM, "vmrId": "938305104", "vmrName": "Board room", "vmrPkgName": "vmr50", "vmrPkgParties": 50,
            "member": { "id": "acct-alice", "mark": "Alice" }, "device": null, "status": 0, "expireDate": 0,
        })
    );
    assert_eq!((&list["data"][1]["member"], &list["data"][1]["status"]), (&Value::Null, &json!(2)));
    assert_eq!(list["data"][2]["device"], json!({ "id": "dev-1", "mark": "IdeaHub" }));
    change(&simulator, |app| app.room_mut(TERMINAL).expect("the room").status = Some(RoomStatus::Disabled));
    for (query, shown) in [
        ("vmrMode=1", vec![ROOM, FREE, TERMINAL]),
        ("vmrMode=2", vec![WEBINAR]),
        ("status=0", vec![ROOM]),
        ("status=1", vec![TERMINAL]),
        ("status=2", vec![FREE]),
        ("searchKey=alice", vec![ROOM]),
        ("searchKey=ideahub", vec![TERMINAL]),
        ("searchKey=spare&status=2&vmrMode=1", vec![FREE]),
        ("searchKey=938305105", vec![FREE]),
        ("searchKey=nothing", vec![]),
    ] {
        assert_eq!(ids(&corp_list(&simulator, &chief, query).await), shown, "{query}");
    }
    change(&simulator, |app| app.answers.member_id = MemberId::ThirdAccount);
    assert_eq!(corp_list(&simulator, &chief, "").await["data"][0]["member"]["id"], "alice");
}

#[tokio::test]
async fn a_page_beyond_the_end_is_the_last_page_again() {
    let mut app = app();
    for number in 0..23 {
        let id = format!("ee80808167ef1edf0167f33d650c{number:04}");
        app = app.with_room(&id, Room::numbered(&format!("7{number:08}")).owned_by("acct-bob"));
    }
    let simulator = simulator_with(app).await;
    let (bob, chief) = (log_in(&simulator, Some("bob")).await, log_in(&simulator, None).await);
    // Bob has 23 rooms and the webinar; the enterprise has 26 cloud meeting rooms.
    for (offset, start, length) in [(0, 0, 10), (10, 10, 10), (20, 20, 4), (24, 20, 4), (1000, 20, 4)] {
        let list = member_list(&simulator, &bob, &format!("limit=10&offset={offset}")).await;
        let shown = (list["offset"].as_u64(), ids(&list).len(), list["count"].as_u64());
        assert_eq!(shown, (Some(start), length, Some(24)), "offset {offset}");
    }
    for (offset, length) in [(20, 6), (26, 6), (30, 6)] {
        assert_eq!(ids(&corp_list(&simulator, &chief, &format!("limit=10&offset={offset}")).await).len(), length);
    }
    let first = member_list(&simulator, &bob, "").await;
    assert_eq!((ids(&first).len(), &first["limit"]), (10, &json!(10)), "the usual page has 10");
    change(&simulator, |app| app.answers.default_page = 100);
    assert_eq!(ids(&member_list(&simulator, &bob, "").await).len(), 24);
    change(&simulator, |app| app.answers.largest_page = 5);
    let short = member_list(&simulator, &bob, "limit=100").await;
    assert_eq!((ids(&short).len(), &short["limit"]), (5, &json!(5)), "a page is never larger than the largest");
    change(&simulator, |app| app.answers.offsets = Offsets::Pages);
    let second = member_list(&simulator, &bob, "limit=5&offset=1").await;
    assert_eq!((ids(&second)[0], &second["offset"]), ("ee80808167ef1edf0167f33d650c0005", &json!(1)));
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_carry_unless_the_world_says_otherwise() {
    let simulator = simulator().await;
    let alice = log_in(&simulator, Some("alice")).await;
    let all = json!({
        "vmrName": "Renamed", "chairPwd": "4567", "gustPwd": "1234567890123456", "allowGustFirst": true,
        "gustFirstNotice": true,
    });
    update(&simulator, &alice, all.clone()).await;
    let full = room(&simulator, ROOM);
    assert_eq!(
        (full.name.as_str(), full.chair_pwd.as_str(), full.gust_pwd.as_str()),
        ("Renamed", "4567", "1234567890123456")
    );
    assert!(full.allow_gust_first && full.gust_first_notice);
    update(&simulator, &alice, json!({})).await;
    assert_eq!(room(&simulator, ROOM), full);
    // The vendor's page for curl sends flags as texts, its SDK sends null for what is not set.
    update(&simulator, &alice, json!({ "gustPwd": "", "allowGustFirst": "false", "vmrName": null })).await;
    let cleared = Room { gust_pwd: String::new(), allow_gust_first: false, ..full };
    assert_eq!(room(&simulator, ROOM), cleared);
    assert_eq!(member_list(&simulator, &alice, "").await["data"][0]["gustPwd"], Value::Null);
    change(&simulator, |app| app.answers.absent_fields = Fate::Reset);
    update(&simulator, &alice, json!({ "vmrName": "Only the name" })).await;
    let reset = room(&simulator, ROOM);
    assert_eq!((reset.name.as_str(), reset.gust_first_notice), ("Only the name", false));
    assert_ne!(reset.chair_pwd, "4567");
    assert_eq!((&reset.number, &reset.owner), (&cleared.number, &cleared.owner));
    update(&simulator, &alice, all).await;
    assert_eq!(room(&simulator, ROOM).chair_pwd, "4567");
}

#[tokio::test]
async fn passwords_can_be_masked() {
    let simulator = simulator().await;
    change(&simulator, |app| app.answers.passwords = Passwords::Masked);
    let alice = log_in(&simulator, Some("alice")).await;
    update(&simulator, &alice, json!({ "gustPwd": "654321" })).await;
    let shown = member_list(&simulator, &alice, "").await["data"][0].clone();
    assert_eq!((&shown["chairPwd"], &shown["gustPwd"]), (&json!("******"), &json!("******")));
    let sent_back = Letter::put(&format!("/v1/usg/dcs/member/vmr/{ROOM}"), &json!({ "chairPwd": "******" }));
    assert_eq!(sent_back.token(&alice).refused(&simulator).await, (400, "SIM.ParameterInvalid".to_owned()));
    update(&simulator, &alice, json!({ "gustPwd": "" })).await;
    assert_eq!(member_list(&simulator, &alice, "").await["data"][0]["gustPwd"], Value::Null, "none is not masked");
}

#[tokio::test]
async fn the_owner_changes_in_two_calls() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    recycle("acct-alice?accountType=0", &[ROOM], &chief).ok(&simulator).await;
    assert_eq!(room(&simulator, ROOM).shown_status(), RoomStatus::Unallocated);
    assert_eq!(room(&simulator, ROOM).chair_pwd, "123456", "the settings stay");
    assign("bob?accountType=1", &[ROOM, FREE], &chief).ok(&simulator).await;
    for id in [ROOM, FREE] {
        assert_eq!(room(&simulator, id).owner.as_deref(), Some("acct-bob"));
    }
    let (alice, bob) = (log_in(&simulator, Some("alice")).await, log_in(&simulator, Some("bob")).await);
    assert_eq!(ids(&member_list(&simulator, &alice, "").await), [PERSONAL]);
    assert_eq!(ids(&member_list(&simulator, &bob, "").await), [ROOM, FREE, WEBINAR]);
    let rows: Vec<_> = simulator.writes_of(ROOM).into_iter().map(|entry| (entry.operation, entry.applied)).collect();
    assert_eq!(rows, [("disassociate_vmr".to_owned(), true), ("associate_vmr".to_owned(), true)]);
    change(&simulator, |app| app.answers.recycled_settings = Fate::Reset);
    recycle("acct-bob", &[ROOM], &chief).ok(&simulator).await;
    let reset = room(&simulator, ROOM);
    assert_eq!((reset.name.as_str(), reset.owner.as_deref()), ("938305104", None));
    assert_ne!(reset.chair_pwd, "123456");
}

#[tokio::test]
async fn rooms_are_given_and_taken_all_or_none() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let before = simulator.world(|world| world.clone());
    assert_eq!(assign("acct-bob", &[FREE, ROOM], &chief).refused(&simulator).await.1, "SIM.RoomAllocated");
    assert_eq!(recycle("acct-alice", &[ROOM, FREE], &chief).refused(&simulator).await.1, "SIM.RoomNotWithUser");
    let delete = Letter::post("/v1/usg/dcs/corp/vmr/delete", &json!([FREE, NOWHERE])).token(&chief);
    assert_eq!(delete.refused(&simulator).await.1, "SIM.RoomUnknown");
    assert!(simulator.world(|world| *world == before));
    assert!(simulator.journal().iter().all(|entry| !entry.applied));
}

#[tokio::test]
async fn an_account_has_at_most_32_rooms_besides_the_personal_one() {
    let mut app = app();
    for number in 0..31 {
        let id = format!("ee80808167ef1edf0167f33d650c{number:04}");
        app = app.with_room(&id, Room::numbered(&format!("7{number:08}")).owned_by("acct-alice"));
    }
    let simulator = simulator_with(app).await;
    let chief = log_in(&simulator, None).await;
    // Alice has 32 and a personal meeting ID.
    assert_eq!(assign("acct-alice", &[FREE], &chief).refused(&simulator).await, (400, "SIM.TooManyRooms".to_owned()));
    recycle("acct-alice", &[ROOM], &chief).ok(&simulator).await;
    assign("acct-alice", &[FREE], &chief).ok(&simulator).await;
}

#[tokio::test]
async fn a_deleted_room_is_gone() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    Letter::post("/v1/usg/dcs/corp/vmr/delete", &json!([FREE, ROOM])).token(&chief).ok(&simulator).await;
    assert_eq!(ids(&corp_list(&simulator, &chief, "").await), [TERMINAL]);
    assert_eq!(simulator.applied("delete_corp_vmr", FREE), 1);
}

#[tokio::test]
async fn a_user_is_shown_with_all_rooms() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let show = |target: &str| Letter::get(&format!("/v1/usg/dcs/corp/member/{target}")).token(&chief);
    for target in ["alice?accountType=1", "acct-alice?accountType=0", "acct-alice"] {
        let shown = show(target).ok(&simulator).await;
        assert_eq!(
            (&shown["userAccount"], &shown["thirdAccount"]),
            (&json!("acct-alice"), &json!("alice")),
            "{target}"
        );
        let rooms: Vec<_> = shown["vmrList"].as_array().expect("a list").iter().collect();
        assert_eq!(rooms.len(), 2);
        assert_eq!((&rooms[0]["id"], &rooms[0]["vmrMode"], &rooms[0]["status"]), (&json!(ROOM), &json!(1), &json!(0)));
        assert_eq!((&rooms[1]["vmrId"], &rooms[1]["vmrMode"]), (&json!("912345678"), &json!(0)));
    }
    let dora = show("dora%40example.com").ok(&simulator).await;
    assert_eq!((&dora["userAccount"], &dora["thirdAccount"]), (&json!("dora@example.com"), &Value::Null));
    assert_eq!(show("alice?accountType=0").refused(&simulator).await, (400, "USG.201040000".to_owned()));
    change(&simulator, |app| {
        let users = &mut app.enterprises.get_mut(CORP).expect("the corp").users;
        users.get_mut("acct-alice").expect("alice").status = UserStatus::Disabled;
    });
    assert_eq!(show("acct-alice").ok(&simulator).await["status"], 1);
}

#[tokio::test]
async fn many_users_are_looked_at_without_registering_any() {
    let simulator = simulator().await;
    let chief = log_in(&simulator, None).await;
    let list = |query: &str, ids: Value| Letter::post(&format!("/v1/usg/abs/users/list{query}"), &ids).token(&chief);
    let found = list("?idType=THIRD_ACCOUNT", json!([{ "id": "alice" }, { "id": "alcie" }])).ok(&simulator).await;
    let row = |index: usize| {
        (found[index]["id"].as_str(), found[index]["statusCode"].as_i64(), found[index]["account"].as_str())
    };
    assert_eq!(row(0), (Some("alice"), Some(0), Some("acct-alice")));
    assert_eq!(row(1), (Some("alcie"), Some(2), None));
    let by_id = Letter::get("/v1/usg/dcs/corp/member/acct-alice").token(&chief).ok(&simulator).await["id"].clone();
    assert_eq!(list("", json!([{ "id": by_id }])).ok(&simulator).await[0]["account"], "acct-alice");
    assert_eq!(list("?idType=USER_ID", json!([{ "id": "alice" }])).ok(&simulator).await[0]["statusCode"], 2);
}
