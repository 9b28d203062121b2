//! Rooms: what is taken, what is refused and with which words, and what cannot change.
//!
//! Each row is one object, or one edit of one.

use roomkeeper::api::Room;
use serde_json::{Value, json};

use crate::server::{Edit, changed, edit, installed, namespace, refuse, take};

pub(crate) fn room() -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room", "metadata": { "name": "weekly-sync" },
        "spec": { "providerConfigRef": { "name": "tencent" }, "tencentRoom": { "owner": "alice", "name": "Weekly sync" } },
    })
}

/// A room with one field of `tencentRoom` changed.
pub(crate) fn tencent(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencentRoom": { field: value } } })
}

/// A live room with one field.
fn live(field: &str, value: Value) -> Value {
    json!({ "spec": { "tencentRoom": null, "tencentLive": { field: value } } })
}

/// A CloudRTC room with a part of the spec changed.
fn rtc(spec: Value) -> Value {
    let right = json!({ "spec": {
        "tencentRoom": null, "huaweiRtc": { "appId": "5ff9701f2346968bb306cb43" }, "dismissal": { "whenOccupied": "Wait" },
    } });
    // Not a merge: a null in the patch must stay one.
    let mut patch = right;
    for (field, value) in spec.as_object().unwrap() {
        patch["spec"][field] = value.clone();
    }
    patch
}

#[tokio::test]
async fn right_rooms_are_taken_and_read() {
    let rows = vec![
        ("the example", json!({})),
        ("a name of 100 bytes in Chinese", tencent("name", json!("会".repeat(33) + "x"))),
        ("an id of 48 bytes with a space", tencent("roomId", json!(format!("a {}", "b".repeat(46))))),
        (
            "a long name with an id",
            json!({ "metadata": { "name": "n".repeat(60) }, "spec": { "tencentRoom": { "roomId": "r" } } }),
        ),
        ("no password", tencent("password", json!({ "none": {} }))),
        ("a password", tencent("password", json!({ "secretKeyRef": { "name": "s", "key": "k" } }))),
        ("an explicit null is an absent field", tencent("password", json!(null))),
        (
            "a schedule of five minutes",
            tencent("schedule", json!({ "start": "2030-01-31T09:00:00Z", "end": "2030-01-31T09:05:00Z" })),
        ),
        (
            "seats and invitees",
            json!({ "spec": { "tencentRoom": { "seats": { "enabled": true, "max": 8 }, "invitees": ["bob"] } } }),
        ),
        ("the shortest interval", json!({ "spec": { "driftCheckInterval": "30s" } })),
        ("a mixed interval", json!({ "spec": { "driftCheckInterval": "1h30m" } })),
        ("observe only", json!({ "spec": { "managementPolicies": [] } })),
        (
            "every verb",
            json!({ "spec": { "managementPolicies": ["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"] } }),
        ),
        (
            "drift of one field",
            json!({ "spec": { "driftCorrection": { "default": "WhenIdle", "fields": { "password": "OnEdit" } } } }),
        ),
        (
            "a shared account",
            json!({ "spec": { "providerConfigRef": { "kind": "ClusterProviderConfig", "name": "c" } } }),
        ),
        ("a live room", live("metadata", json!({ "k".repeat(50): "v".repeat(2048) }))),
        ("a CloudRTC room", rtc(json!({}))),
        ("a CloudRTC room with its verb", rtc(json!({ "managementPolicies": ["Dismiss"] }))),
    ];
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    for room in take::<Room>(&client, &rooms, &room(), rows).await {
        assert!(room.spec.engine().is_ok() && !room.room_names().is_empty() && room.spec.policy().is_ok(), "{room:?}");
    }
}

#[tokio::test]
async fn wrong_rooms_are_refused_by_the_field() {
    const ENGINE: &str = "set exactly one of tencentRoom, tencentLive and huaweiRtc";
    const ID: &str = "spec.tencentRoom.roomId";
    let rows = vec![
        ("two engines", json!({ "spec": { "tencentLive": {} } }), "spec", ENGINE),
        ("no engine", json!({ "spec": { "tencentRoom": null } }), "spec", ENGINE),
        (
            "a name of 101 bytes in Chinese",
            tencent("name", json!("会".repeat(33) + "xx")),
            "spec.tencentRoom.name",
            "100 bytes",
        ),
        ("a name of 101 letters", tencent("name", json!("x".repeat(101))), "spec.tencentRoom.name", "100"),
        ("an empty name", tencent("name", json!("")), "spec.tencentRoom.name", "at least 1"),
        ("an id in Chinese", tencent("roomId", json!("会议")), ID, "printable ASCII"),
        ("an id with a line end", tencent("roomId", json!("a\nb")), ID, "printable ASCII"),
        ("an id of 49 bytes", tencent("roomId", json!("x".repeat(49))), ID, "48"),
        ("a long object name without an id", json!({ "metadata": { "name": "n".repeat(49) } }), ID, "set roomId"),
        ("an owner in Chinese", tencent("owner", json!("爱丽丝")), "spec.tencentRoom.owner", "printable ASCII"),
        ("an owner of 33 bytes", tencent("owner", json!("x".repeat(33))), "spec.tencentRoom.owner", "32"),
        (
            "501 bytes of own text",
            tencent("customInfo", json!("é".repeat(250) + "x")),
            "spec.tencentRoom.customInfo",
            "500 bytes",
        ),
        (
            "a password from both",
            tencent("password", json!({ "secretKeyRef": { "name": "s", "key": "k" }, "none": {} })),
            "spec.tencentRoom.password",
            "exactly one of secretKeyRef and none",
        ),
        (
            "a password from nowhere",
            tencent("password", json!({})),
            "spec.tencentRoom.password",
            "exactly one of secretKeyRef and none",
        ),
        (
            "nobody may enter",
            tencent("maxMembers", json!(0)),
            "spec.tencentRoom.maxMembers",
            "greater than or equal to 1",
        ),
        (
            "more people than a number holds",
            tencent("maxMembers", json!(5_000_000_000_u64)),
            "spec.tencentRoom.maxMembers",
            "less than or equal to 4294967295",
        ),
        ("no seats", tencent("seats", json!({ "max": 0 })), "spec.tencentRoom.seats.max", "greater than or equal to 1"),
        (
            "four minutes",
            tencent("schedule", json!({ "start": "2030-01-31T09:00:00Z", "end": "2030-01-31T09:04:59Z" })),
            "spec.tencentRoom.schedule.end",
            "300 seconds",
        ),
        (
            "an invitee in Chinese",
            tencent("invitees", json!(["bob", "爱丽丝"])),
            "spec.tencentRoom.invitees",
            "printable ASCII",
        ),
        (
            "a seat mode of our own",
            tencent("takeSeatMode", json!("Free")),
            "spec.tencentRoom.takeSeatMode",
            "FreeToTake",
        ),
        (
            "an interval of 29 seconds",
            json!({ "spec": { "driftCheckInterval": "29s" } }),
            "spec.driftCheckInterval",
            "at least 30s",
        ),
        (
            "an interval in days",
            json!({ "spec": { "driftCheckInterval": "1d" } }),
            "spec.driftCheckInterval",
            "should match",
        ),
        (
            "an unknown verb",
            json!({ "spec": { "managementPolicies": ["Delete"] } }),
            "spec.managementPolicies[0]",
            "Dismiss",
        ),
        (
            "a verb twice",
            json!({ "spec": { "managementPolicies": ["Create", "Create"] } }),
            "spec.managementPolicies[1]",
            "Duplicate",
        ),
        (
            "drift of a field of another engine",
            json!({ "spec": { "driftCorrection": { "fields": { "notice": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "tencentRoom cannot correct",
        ),
        (
            "drift of a create-only field",
            json!({ "spec": { "driftCorrection": { "fields": { "seats": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "cannot correct",
        ),
        (
            "an account without a name",
            json!({ "spec": { "providerConfigRef": { "name": "" } } }),
            "spec.providerConfigRef.name",
            "at least 1",
        ),
        (
            "an account of another kind",
            json!({ "spec": { "providerConfigRef": { "kind": "Secret" } } }),
            "spec.providerConfigRef.kind",
            "ClusterProviderConfig",
        ),
        ("a notice of 101 bytes", live("notice", json!("é".repeat(50) + "x")), "spec.tencentLive.notice", "100 bytes"),
        (
            "a cover of 201 bytes",
            live("coverUrl", json!("é".repeat(100) + "x")),
            "spec.tencentLive.coverUrl",
            "200 bytes",
        ),
        ("four categories", live("category", json!([1, 2, 3, 4])), "spec.tencentLive.category", "3 items"),
        (
            "a key of 51 bytes",
            live("metadata", json!({ "k".repeat(51): "v" })),
            "spec.tencentLive.metadata",
            "50 bytes",
        ),
        (
            "a value of 2049 bytes",
            live("metadata", json!({ "k": "é".repeat(1024) + "x" })),
            "spec.tencentLive.metadata",
            "2048 bytes",
        ),
        (
            "17 KB of values",
            live("metadata", (0..9).map(|key| (key.to_string(), json!("v".repeat(1900)))).collect()),
            "spec.tencentLive.metadata",
            "16384 bytes",
        ),
        (
            "a CloudRTC id with a dot",
            rtc(json!({ "huaweiRtc": { "appId": "app", "roomId": ".." } })),
            "spec.huaweiRtc.roomId",
            "should match",
        ),
        (
            "a CloudRTC object name with a dot",
            changed(&rtc(json!({})), &json!({ "metadata": { "name": "a.b" } })),
            "spec.huaweiRtc.roomId",
            "set roomId",
        ),
        (
            "CloudRTC cannot create",
            rtc(json!({ "managementPolicies": ["Dismiss", "Create"] })),
            "spec.managementPolicies",
            "huaweiRtc can do no more than Dismiss",
        ),
        (
            "CloudRTC cannot adopt",
            rtc(json!({ "managementPolicies": ["Dismiss", "Adopt"] })),
            "spec.managementPolicies",
            "huaweiRtc can do no more than Dismiss",
        ),
        (
            "CloudRTC cannot update",
            rtc(json!({ "managementPolicies": ["Dismiss", "Update"] })),
            "spec.managementPolicies",
            "huaweiRtc can do no more than Dismiss",
        ),
        (
            "CloudRTC cannot change owners",
            rtc(json!({ "managementPolicies": ["Dismiss", "ChangeOwner"] })),
            "spec.managementPolicies",
            "huaweiRtc can do no more than Dismiss",
        ),
        (
            "CloudRTC without a choice",
            rtc(json!({ "dismissal": { "timeout": "1h" } })),
            "spec.dismissal.whenOccupied",
            "choose Wait",
        ),
        (
            "CloudRTC without a dismissal",
            rtc(json!({ "dismissal": null })),
            "spec.dismissal.whenOccupied",
            "choose Wait",
        ),
        (
            "CloudRTC has no drift",
            rtc(json!({ "driftCorrection": { "default": "OnEdit" } })),
            "spec.driftCorrection",
            "remove it",
        ),
    ];
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    refuse(&client, &rooms, &room(), rows).await;
}

#[tokio::test]
async fn the_identity_of_a_room_cannot_change() {
    const ID: Edit = Edit::Refused("spec.tencentRoom.roomId", "create another Room");
    const ENGINE: Edit = Edit::Refused("spec", "the engine of a Room");
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.rooms;
    let rows = vec![
        ("another id", tencent("roomId", json!("a")), tencent("roomId", json!("b")), ID),
        ("an id appears", json!({}), tencent("roomId", json!("a")), ID),
        ("an id goes", tencent("roomId", json!("a")), tencent("roomId", json!(null)), ID),
        ("the id that is in effect is written down", json!({}), tencent("roomId", json!("row-3")), Edit::Taken),
        (
            "the id that is in effect is left out",
            tencent("roomId", json!("row-4")),
            tencent("roomId", json!(null)),
            Edit::Taken,
        ),
        ("another engine", json!({}), live("name", json!("Show")), ENGINE),
        (
            "a live id changes",
            live("roomId", json!("a")),
            json!({ "spec": { "tencentLive": { "roomId": "b" } } }),
            Edit::Refused("spec.tencentLive.roomId", "create another Room"),
        ),
        (
            "another CloudRTC app",
            rtc(json!({})),
            json!({ "spec": { "huaweiRtc": { "appId": "other" } } }),
            Edit::Refused("spec.huaweiRtc.appId", "create another Room"),
        ),
        (
            "another CloudRTC room",
            rtc(json!({})),
            json!({ "spec": { "huaweiRtc": { "roomId": "other" } } }),
            Edit::Refused("spec.huaweiRtc.roomId", "create another Room"),
        ),
        (
            "another name and owner",
            json!({}),
            json!({ "spec": { "tencentRoom": { "name": "Other", "owner": null } } }),
            Edit::Taken,
        ),
        (
            "another ProviderConfig",
            json!({}),
            json!({ "spec": { "providerConfigRef": { "name": "other" } } }),
            Edit::Taken,
        ),
        (
            "create-only fields are the controller's to judge",
            json!({}),
            tencent("invitees", json!(["bob"])),
            Edit::Taken,
        ),
    ];
    edit(&client, &rooms, &room(), rows).await;
}
