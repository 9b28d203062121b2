//! The rows of the Live Engine.

use std::collections::BTreeMap;

use super::{Change, Row, merged, row, row_in};
use crate::client::*;
use roomkeeper_sim::tencent::Code;
use roomkeeper_sim::{LiveOwner, LivePages, OtherEngine, Package, Payment};
use serde_json::{Value, json};

/// A create of room `new` with further or other fields.
fn create_with(fields: Value) -> Draft {
    let right = json!({ "RoomId": "new", "RoomType": "Live", "SeatTemplate": "AudioSalon" });
    Draft::of(LIVE_CREATE, &json!({ "RoomInfo": merged(right, fields) }))
}

/// An update of room `launch` with further or other fields.
fn update_with(fields: Value) -> Draft {
    Draft::of(LIVE_UPDATE, &json!({ "RoomInfo": merged(json!({ "RoomId": "launch" }), fields) }))
}

/// A change of the owner of room `launch` with other fields.
fn owner_with(fields: Value) -> Draft {
    Draft::of(LIVE_CHANGE_OWNER, &merged(json!({ "RoomId": "launch", "NewOwner_Account": "bob" }), fields))
}

/// A call about room `launch` with further or other fields.
fn launch(path: &str, fields: Value) -> Draft {
    Draft::of(path, &merged(json!({ "RoomId": "launch" }), fields))
}

/// A set of the metadata of room `launch`.
fn set(pairs: &[(&str, &str)]) -> Draft {
    let entries: Vec<Value> = pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    launch(SET_METADATA, json!({ "Metadata": entries }))
}

fn create_rows() -> Vec<Row> {
    vec![
        row("live: no RoomInfo", Code::ParameterInvalid, Draft::of(LIVE_CREATE, &json!({}))),
        row("live: no RoomId", Code::ParameterInvalid, create_with(json!({ "RoomId": null }))),
        row("live: RoomId of 49 bytes", Code::ParameterInvalid, create_with(json!({ "RoomId": "r".repeat(49) }))),
        row("live: no RoomType", Code::ParameterInvalid, create_with(json!({ "RoomType": null }))),
        row("live: RoomType of the other engine", Code::RoomTypeInvalid, {
            create_with(json!({ "RoomType": "Conference" }))
        }),
        row("live: RoomName of 101 bytes", Code::ParameterInvalid, create_with(json!({ "RoomName": "n".repeat(101) }))),
        row("live: CoverURL of 201 bytes", Code::ParameterInvalid, create_with(json!({ "CoverURL": "u".repeat(201) }))),
        row("live: four categories", Code::ParameterInvalid, create_with(json!({ "Category": [1, 2, 3, 4] }))),
        row("live: a category is text", Code::JsonNotParsed, create_with(json!({ "Category": [1, "2"] }))),
        row("live: Category is a number", Code::JsonNotParsed, create_with(json!({ "Category": 1 }))),
        row("live: ActivityStatus is text", Code::JsonNotParsed, create_with(json!({ "ActivityStatus": "1" }))),
        row("live: TakeSeatMode is a number", Code::JsonNotParsed, create_with(json!({ "TakeSeatMode": 1 }))),
        row("live: unknown TakeSeatMode", Code::ParameterInvalid, create_with(json!({ "TakeSeatMode": "None" }))),
        row("live: no SeatTemplate", Code::ParameterInvalid, create_with(json!({ "SeatTemplate": null }))),
        row("live: unknown SeatTemplate", Code::ParameterInvalid, create_with(json!({ "SeatTemplate": "Sofa" }))),
        row("live: a number of seats where the template has one", Code::ParameterInvalid, {
            create_with(json!({ "SeatTemplate": "VideoFixedGrid9Seats", "MaxSeatCount": 4 }))
        }),
        row("live: more seats than bought", Code::OverPackageLimit, create_with(json!({ "MaxSeatCount": 21 }))),
        row("live: more members than bought", Code::OverPackageLimit, create_with(json!({ "MaxMemberCount": 1001 }))),
        row_in("live: the trial's members", Code::OverPackageLimit, |app| app.package = Package::trial(), {
            create_with(json!({ "MaxMemberCount": 21 }))
        }),
        row("live: owner is not imported", Code::AccountNotImported, create_with(json!({ "Owner_Account": "nobody" }))),
        row("live: owner is a number", Code::AccountNotText, create_with(json!({ "Owner_Account": 12 }))),
        row("live: the id of another owner's room", Code::RoomIdInUse, create_with(json!({ "RoomId": "launch" }))),
        row(
            "live: the id of a room of the other engine",
            Code::RoomIdInUse,
            create_with(json!({ "RoomId": "weekly" })),
        ),
        row("live: the id of the same owner's room", Code::RoomIdInUseBySameOwner, {
            create_with(json!({ "RoomId": "launch", "Owner_Account": "alice" }))
        }),
        row_in("live: the id of a group", Code::RoomIdTakenByGroup, |app| app.group_ids.extend(["new".to_owned()]), {
            create_with(json!({}))
        }),
        row_in(
            "live: the second create within a second",
            Code::CreatedTooOften,
            |app| app.last_creates.extend([("new".to_owned(), NOON)]),
            create_with(json!({})),
        ),
        row_in("live: no payment", Code::NoPayment, |app| app.payment = Payment::Missing, create_with(json!({}))),
        row_in(
            "live: a sensitive name",
            Code::SensitiveText,
            |app| app.sensitive_words.extend(["casino".to_owned()]),
            create_with(json!({ "RoomName": "the casino" })),
        ),
    ]
}

fn room_rows() -> Vec<Row> {
    let absent = || json!({ "RoomId": "absent" });
    let sensitive: Change = |app| app.sensitive_words.extend(["casino".to_owned()]);
    vec![
        row("live: get without RoomId", Code::ParameterInvalid, Draft::of(LIVE_GET, &json!({}))),
        row("live: get of an absent room", Code::RoomMissing, launch(LIVE_GET, absent())),
        row("live: update without RoomId", Code::ParameterInvalid, update_with(json!({ "RoomId": null }))),
        row("live: update of an absent room", Code::RoomMissing, update_with(absent())),
        row("live: update to a long name", Code::ParameterInvalid, update_with(json!({ "RoomName": "n".repeat(101) }))),
        row("live: Notice of 101 bytes", Code::ParameterInvalid, {
            update_with(json!({ "Notice": "会".repeat(33) + "ab" }))
        }),
        row("live: update to four categories", Code::ParameterInvalid, {
            update_with(json!({ "Category": [1, 2, 3, 4] }))
        }),
        row("live: update to a long CoverURL", Code::ParameterInvalid, {
            update_with(json!({ "CoverURL": "u".repeat(201) }))
        }),
        row("live: update to no members", Code::ParameterInvalid, update_with(json!({ "MaxMemberCount": 0 }))),
        row("live: update over the package", Code::OverPackageLimit, update_with(json!({ "MaxMemberCount": 1001 }))),
        row("live: a flag is text", Code::JsonNotParsed, update_with(json!({ "IsPublicVisible": "true" }))),
        row_in("live: a sensitive notice", Code::SensitiveText, sensitive, update_with(json!({ "Notice": "casino" }))),
        row("live: destroy of an absent room", Code::RoomMissing, launch(LIVE_DESTROY, absent())),
        row("live: owner without NewOwner_Account", Code::ParameterInvalid, {
            owner_with(json!({ "NewOwner_Account": null }))
        }),
        row("live: owner of an absent room", Code::RoomMissing, owner_with(absent())),
        row("live: to nobody", Code::AccountNotImported, owner_with(json!({ "NewOwner_Account": "nobody" }))),
        row("live: to a number", Code::AccountNotText, owner_with(json!({ "NewOwner_Account": 12 }))),
        row_in(
            "live: to somebody outside, where that matters",
            Code::NotMember,
            |app| app.answers.live_owner = LiveOwner::OnlyMembers,
            owner_with(json!({})),
        ),
        row_in(
            "live: a denied operation",
            Code::NotPermitted,
            |app| app.denied_operations.extend(["live_engine/destroy_room".to_owned()]),
            launch(LIVE_DESTROY, json!({})),
        ),
        row_in(
            "live: over the operation's rate",
            Code::ApiRateExceeded,
            |app| app.limits.per_operation.extend([("live_engine/change_room_owner".to_owned(), 0)]),
            owner_with(json!({})),
        ),
        row(
            "live: unknown command",
            Code::UnknownResource,
            launch("live_engine_http_srv/get_room_member_list", json!({})),
        ),
    ]
}

/// Each call of one engine for a room of the other, under both answers to what is not documented.
fn other_engine_rows() -> Vec<Row> {
    let weekly = json!({ "RoomId": "weekly", "NewOwner_Account": "bob", "From_Account": "alice", "Keys": ["a"] });
    let named = json!({ "Metadata": [{ "Key": "a", "Value": "1" }] });
    let live = [LIVE_GET, LIVE_DESTROY, LIVE_CHANGE_OWNER, SET_METADATA, GET_METADATA, DEL_METADATA]
        .map(|path| Draft::of(path, &merged(weekly.clone(), named.clone())));
    let rooms = [GET, DESTROY, CHANGE_OWNER, MEMBERS]
        .map(|path| launch(path, merged(weekly.clone(), json!({ "RoomId": "launch" }))));
    let updates =
        [update_with(json!({ "RoomId": "weekly" })), Draft::of(UPDATE, &json!({ "RoomInfo": { "RoomId": "launch" } }))];
    let hidden: Change = |app| app.answers.other_engine = OtherEngine::RoomMissing;
    let both = |draft: Draft| {
        [
            row("a room of the other engine", Code::RoomTypeInvalid, draft.clone()),
            row_in("a room of the other engine that is not seen", Code::RoomMissing, hidden, draft),
        ]
    };
    live.into_iter().chain(rooms).chain(updates).flat_map(both).collect()
}

fn metadata_rows() -> Vec<Row> {
    let full: Change = |app| {
        if let Some(room) = app.rooms.get_mut("launch") {
            room.live.metadata = (0..10).map(|number| (format!("k{number}"), String::new())).collect();
        }
    };
    let heavy: Change = |app| {
        if let Some(room) = app.rooms.get_mut("launch") {
            room.live.metadata = BTreeMap::from_iter((0..8).map(|number| (format!("k{number}"), "v".repeat(2048))));
        }
    };
    vec![
        row("an eleventh key", Code::MetadataTooManyKeys, {
            set(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"].map(|key| (key, "")))
        }),
        row_in("an eleventh key beside ten", Code::MetadataTooManyKeys, full, set(&[("k0", "1"), ("new", "1")])),
        row("a value of 2049 bytes", Code::MetadataValueTooLong, set(&[("a", &"v".repeat(2049))])),
        row_in("16385 bytes of values", Code::MetadataTooLong, heavy, set(&[("new", "v")])),
        row("a key of 51 bytes", Code::MetadataKeyTooLong, set(&[(&"k".repeat(51), "v")])),
        row("an empty key", Code::ParameterInvalid, set(&[("", "v")])),
        row("no metadata to set", Code::ParameterInvalid, set(&[])),
        row("set without Metadata", Code::ParameterInvalid, launch(SET_METADATA, json!({}))),
        row("set of an absent room", Code::RoomMissing, launch(SET_METADATA, json!({ "RoomId": "absent" }))),
        row("a value is a number", Code::JsonNotParsed, {
            launch(SET_METADATA, json!({ "Metadata": [{ "Key": "a", "Value": 1 }] }))
        }),
        row(
            "a value is missing",
            Code::ParameterInvalid,
            launch(SET_METADATA, json!({ "Metadata": [{ "Key": "a" }] })),
        ),
        row("get without Keys", Code::ParameterInvalid, launch(GET_METADATA, json!({}))),
        row("a key is a number", Code::JsonNotParsed, launch(GET_METADATA, json!({ "Keys": [1] }))),
        row("get of an absent room's", Code::RoomMissing, launch(GET_METADATA, json!({ "RoomId": "absent" }))),
        row("delete without Keys", Code::ParameterInvalid, launch(DEL_METADATA, json!({}))),
        row("delete of no keys", Code::MetadataKeysMissing, launch(DEL_METADATA, json!({ "Keys": [] }))),
        row_in("delete of other keys", Code::MetadataKeysMissing, full, launch(DEL_METADATA, json!({ "Keys": ["x"] }))),
        row("delete of an absent room's", Code::RoomMissing, launch(DEL_METADATA, json!({ "RoomId": "absent" }))),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    [create_rows(), room_rows(), other_engine_rows(), metadata_rows()].into_iter().flatten().collect()
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_taken() {
    let simulator = simulator_with(super::world()).await;
    let longest = json!({
        "RoomId": "~ ".repeat(24), "RoomType": "Live", "RoomName": "会".repeat(33) + "a", "CoverURL": "u".repeat(200),
        "Category": [-1, 0, 1], "MaxMemberCount": 1000, "MaxSeatCount": 20, "SeatTemplate": "Karaoke",
    });
    ok(&simulator, LIVE_CREATE, json!({ "RoomInfo": longest })).await;
    ok(&simulator, LIVE_UPDATE, json!({ "RoomInfo": { "RoomId": "launch", "Notice": "n".repeat(100) } })).await;
    let value = "v".repeat(2048);
    let entries: Vec<Value> =
        (0..8).map(|number| json!({ "Key": format!("{number}{}", "k".repeat(49)), "Value": value })).collect();
    ok(&simulator, SET_METADATA, json!({ "RoomId": "launch", "Metadata": entries })).await;
    let empty = json!([{ "Key": "a", "Value": "" }, { "Key": "b", "Value": "" }]);
    ok(&simulator, SET_METADATA, json!({ "RoomId": "launch", "Metadata": empty })).await;
}

#[tokio::test]
async fn the_older_pages_ask_for_no_template_and_take_any_number_of_seats() {
    let mut app = super::world();
    app.answers.live_pages = LivePages::Older;
    let simulator = simulator_with(app).await;
    for (number, fields) in
        [json!({ "SeatTemplate": null }), json!({ "SeatTemplate": "Sofa", "MaxSeatCount": 3 })].into_iter().enumerate()
    {
        let answer = create_with(merged(fields, json!({ "RoomId": format!("new{number}") }))).answer(&simulator).await;
        assert_eq!(code(&answer), 0, "{answer}");
    }
}
