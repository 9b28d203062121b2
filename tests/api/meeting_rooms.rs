//! Meeting rooms: what is taken, what is refused and with which words, and what cannot change.
//!
//! Each row is one object, or one edit of one.

use roomkeeper::api::MeetingRoom;
use serde_json::{Value, json};

use crate::server::{Edit, edit, installed, namespace, refuse, take};

const ID: &str = "ff80808167ef1edf0167f33d650c0662";

pub(crate) fn meeting_room() -> Value {
    json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "MeetingRoom", "metadata": { "name": "board-room" },
        "spec": {
            "providerConfigRef": { "name": "huawei-meeting" },
            "huaweiMeeting": { "id": ID, "owner": { "userId": "alice" }, "name": "Board room" },
        },
    })
}

/// A meeting room with a part of `huaweiMeeting` changed.
fn meeting(patch: Value) -> Value {
    json!({ "spec": { "huaweiMeeting": patch } })
}

/// A meeting room with one field of `owner`, and no other.
fn owner(field: &str, name: &str) -> Value {
    let mut owner = json!({ "userId": null });
    owner[field] = name.into();
    meeting(json!({ "owner": owner }))
}

/// The personal meeting ID of `alice`, with a part of `huaweiMeeting` changed.
fn personal(patch: Value) -> Value {
    let mut named = json!({ "id": null, "personalMeetingId": {} });
    named.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
    meeting(named)
}

fn key(secret: &str, key: &str) -> Value {
    json!({ "secretKeyRef": { "name": secret, "key": key } })
}

#[tokio::test]
async fn right_meeting_rooms_are_taken_and_read() {
    let rows = vec![
        ("the example", json!({})),
        ("an id in capitals", meeting(json!({ "id": "FF80808167EF1EDF0167F33D650C0662" }))),
        ("a meeting number", meeting(json!({ "id": null, "meetingNumber": "0938305104" }))),
        ("a personal meeting ID", personal(json!({}))),
        ("a personal meeting ID that stays", personal(json!({ "onDelete": "Retain" }))),
        ("nobody's owner to manage", meeting(json!({ "owner": null }))),
        ("an owner with an account", owner("account", "alice@example.com")),
        ("an owner in Chinese", owner("userId", "爱丽丝")),
        ("an owner of 64 characters", owner("userId", &"x".repeat(64))),
        ("a name of 128 characters in Chinese", meeting(json!({ "name": "会".repeat(128) }))),
        ("passwords", meeting(json!({ "hostPassword": key("s", "host"), "guestPassword": key("s", "guest") }))),
        (
            "the same key of two Secrets",
            meeting(json!({ "hostPassword": key("a", "k"), "guestPassword": key("b", "k") })),
        ),
        ("no guest password", meeting(json!({ "hostPassword": key("s", "k"), "guestPassword": { "none": {} } }))),
        ("switches", meeting(json!({ "allowGuestFirst": true, "notifyOwner": false, "acceptPasswordLoss": true }))),
        ("it is recycled", meeting(json!({ "onDelete": "Recycle" }))),
        (
            "it is recycled, and owners may change",
            json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" }, "managementPolicies": ["ChangeOwner"] } }),
        ),
        (
            "it stays, and owners may not change",
            json!({ "spec": { "huaweiMeeting": { "onDelete": "Retain" }, "managementPolicies": ["Update"] } }),
        ),
        ("every verb", json!({ "spec": { "managementPolicies": ["Adopt", "Update", "ChangeOwner"] } })),
        ("observe only", json!({ "spec": { "managementPolicies": [] } })),
        (
            "drift of every field",
            json!({ "spec": { "driftCorrection": { "default": "WhenIdle", "fields": {
                "owner": "OnEdit", "name": "OnEdit", "hostPassword": "OnEdit", "guestPassword": "OnEdit",
                "allowGuestFirst": "OnEdit", "notifyOwner": "OnEdit",
            } } } }),
        ),
        ("a dismissal", json!({ "spec": { "dismissal": { "whenOccupied": "Wait", "timeout": "2h" } } })),
        ("the shortest interval", json!({ "spec": { "driftCheckInterval": "30s" } })),
        (
            "a Secret for those who join",
            json!({ "spec": {
                "huaweiMeeting": { "hostPassword": key("s", "host"), "guestPassword": { "none": {} } },
                "writeJoinInfoToSecretRef": { "name": "board-room-join", "includeHostLink": true },
            } }),
        ),
        ("a shared account", json!({ "spec": { "providerConfigRef": { "kind": "ClusterProviderConfig" } } })),
    ];
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.meeting_rooms;
    for room in take::<MeetingRoom>(&client, &rooms, &meeting_room(), rows).await {
        let spec = &room.spec.huawei_meeting;
        assert!(spec.named().is_ok() && !room.room_names().is_empty(), "{room:?}");
        assert!(spec.owner.as_ref().is_none_or(|owner| owner.name().is_ok()), "{room:?}");
    }
}

#[tokio::test]
async fn wrong_meeting_rooms_are_refused_by_the_field() {
    const NAME: &str = "set exactly one of id, meetingNumber and personalMeetingId";
    const OWNER: &str = "spec.huaweiMeeting.owner";
    const USER: &str = "spec.huaweiMeeting.owner.userId";
    const GUEST: &str = "spec.huaweiMeeting.guestPassword";
    const ON_DELETE: &str = "spec.huaweiMeeting.onDelete";
    const JOIN_INFO: &str = "spec.writeJoinInfoToSecretRef.name";
    let verbs = |verbs: &[&str]| json!({ "spec": { "managementPolicies": verbs } });
    let recycled =
        |verbs: &[&str]| json!({ "spec": { "huaweiMeeting": { "onDelete": "Recycle" }, "managementPolicies": verbs } });
    let join_info = |password: &str, value: Value| json!({ "spec": { "huaweiMeeting": { password: value }, "writeJoinInfoToSecretRef": { "name": "s" } } });
    let rows = vec![
        ("no engine", json!({ "spec": { "huaweiMeeting": null } }), "spec.huaweiMeeting", "Required"),
        ("no name", meeting(json!({ "id": null })), "spec.huaweiMeeting", NAME),
        ("an id and a number", meeting(json!({ "meetingNumber": "1" })), "spec.huaweiMeeting", NAME),
        ("an id and a personal one", meeting(json!({ "personalMeetingId": {} })), "spec.huaweiMeeting", NAME),
        ("an id of 31 digits", meeting(json!({ "id": "f".repeat(31) })), "spec.huaweiMeeting.id", "at least 32"),
        ("an id of 33 digits", meeting(json!({ "id": "f".repeat(33) })), "spec.huaweiMeeting.id", "more than 32"),
        ("an id that is no number", meeting(json!({ "id": "g".repeat(32) })), "spec.huaweiMeeting.id", "should match"),
        (
            "a number with a space",
            meeting(json!({ "id": null, "meetingNumber": "938 305 104" })),
            "spec.huaweiMeeting.meetingNumber",
            "should match",
        ),
        (
            "a number of 33 digits",
            meeting(json!({ "id": null, "meetingNumber": "9".repeat(33) })),
            "spec.huaweiMeeting.meetingNumber",
            "more than 32",
        ),
        (
            "a number without quotes",
            meeting(json!({ "id": null, "meetingNumber": 938_305_104 })),
            "spec.huaweiMeeting.meetingNumber",
            "must be of type string",
        ),
        ("nobody's personal ID", personal(json!({ "owner": null })), OWNER, "required with personalMeetingId"),
        ("a personal ID is recycled", personal(json!({ "onDelete": "Recycle" })), ON_DELETE, "leave onDelete out"),
        (
            "an owner by both",
            meeting(json!({ "owner": { "account": "a" } })),
            OWNER,
            "exactly one of userId and account",
        ),
        (
            "an owner by neither",
            meeting(json!({ "owner": { "userId": null } })),
            OWNER,
            "exactly one of userId and account",
        ),
        ("an owner without a name", owner("userId", ""), USER, "at least 1"),
        ("an owner of 65 characters", owner("userId", &"x".repeat(65)), USER, "more than 64"),
        ("an owner that is another path", owner("userId", ".."), USER, "should match"),
        ("an owner with a slash", owner("userId", "a/../b"), USER, "should match"),
        ("an account with a line end", owner("account", "a\nb"), "spec.huaweiMeeting.owner.account", "should match"),
        ("an empty name", meeting(json!({ "name": "" })), "spec.huaweiMeeting.name", "at least 1"),
        ("a name of 129 characters", meeting(json!({ "name": "会".repeat(129) })), "spec.huaweiMeeting.name", "128"),
        (
            "a host password from nowhere",
            meeting(json!({ "hostPassword": {} })),
            "spec.huaweiMeeting.hostPassword.secretKeyRef",
            "Required",
        ),
        (
            "a guest password from nowhere",
            meeting(json!({ "guestPassword": {} })),
            GUEST,
            "exactly one of secretKeyRef",
        ),
        (
            "a guest password and none",
            meeting(json!({ "guestPassword": { "secretKeyRef": { "name": "s", "key": "k" }, "none": {} } })),
            GUEST,
            "exactly one of secretKeyRef",
        ),
        (
            "one password for both",
            meeting(json!({ "hostPassword": key("s", "k"), "guestPassword": key("s", "k") })),
            GUEST,
            "name another key",
        ),
        ("an end of our own", meeting(json!({ "onDelete": "Delete" })), ON_DELETE, "Recycle"),
        ("it is recycled, and nothing may be done", recycled(&[]), ON_DELETE, "list ChangeOwner"),
        ("it is recycled, and owners may not change", recycled(&["Adopt", "Update"]), ON_DELETE, "list ChangeOwner"),
        ("it cannot be made", verbs(&["Create", "Update"]), "spec.managementPolicies", "packages make rooms"),
        ("it cannot be dismissed", verbs(&["Dismiss"]), "spec.managementPolicies", "huaweiMeeting.onDelete says"),
        (
            "five verbs",
            verbs(&["Create", "Adopt", "Update", "ChangeOwner", "Dismiss"]),
            "spec.managementPolicies",
            "remove",
        ),
        ("an unknown verb", verbs(&["Delete"]), "spec.managementPolicies[0]", "Adopt"),
        ("a verb twice", verbs(&["Update", "Update"]), "spec.managementPolicies[1]", "Duplicate"),
        (
            "drift of a field of another engine",
            json!({ "spec": { "driftCorrection": { "fields": { "maxMembers": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "huaweiMeeting cannot correct",
        ),
        (
            "drift of what is no setting",
            json!({ "spec": { "driftCorrection": { "fields": { "onDelete": "OnEdit" } } } }),
            "spec.driftCorrection.fields",
            "it has owner, name, hostPassword, guestPassword, allowGuestFirst, notifyOwner",
        ),
        (
            "an interval of 29 seconds",
            json!({ "spec": { "driftCheckInterval": "29s" } }),
            "spec.driftCheckInterval",
            "at least 30s",
        ),
        (
            "a Secret with a bad name",
            json!({ "spec": { "writeJoinInfoToSecretRef": { "name": "A_b" } } }),
            JOIN_INFO,
            "should match",
        ),
        ("a Secret without a name", json!({ "spec": { "writeJoinInfoToSecretRef": {} } }), JOIN_INFO, "Required"),
        ("the host password's Secret", join_info("hostPassword", key("s", "k")), JOIN_INFO, "name another one"),
        ("the guest password's Secret", join_info("guestPassword", key("s", "k")), JOIN_INFO, "name another one"),
        (
            "an account without a name",
            json!({ "spec": { "providerConfigRef": { "name": "" } } }),
            "spec.providerConfigRef.name",
            "at least 1",
        ),
    ];
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.meeting_rooms;
    refuse(&client, &rooms, &meeting_room(), rows).await;
}

#[tokio::test]
async fn the_identity_of_a_meeting_room_cannot_change() {
    const WORDS: &str = "create another MeetingRoom";
    let refused = |field| Edit::Refused(field, WORDS);
    let (id, number) = ("spec.huaweiMeeting.id", "spec.huaweiMeeting.meetingNumber");
    let (personal_id, owner_field) = ("spec.huaweiMeeting.personalMeetingId", "spec.huaweiMeeting.owner");
    let by_number = || meeting(json!({ "id": null, "meetingNumber": "1" }));
    let rows = vec![
        ("another id", json!({}), meeting(json!({ "id": "0".repeat(32) })), refused(id)),
        ("an id in other letters", json!({}), meeting(json!({ "id": ID.to_uppercase() })), refused(id)),
        ("a number for an id", json!({}), by_number(), refused(id)),
        ("a number appears", json!({}), by_number(), refused(number)),
        ("another number", by_number(), meeting(json!({ "meetingNumber": "2" })), refused(number)),
        ("an id for a number", by_number(), meeting(json!({ "id": ID, "meetingNumber": null })), refused(number)),
        ("a personal one for an id", json!({}), personal(json!({})), refused(personal_id)),
        (
            "an id for a personal one",
            personal(json!({})),
            meeting(json!({ "id": ID, "personalMeetingId": null })),
            refused(personal_id),
        ),
        ("another person's", personal(json!({})), owner("userId", "bob"), refused(owner_field)),
        ("another way to name the person", personal(json!({})), owner("account", "alice"), refused(owner_field)),
        (
            "nobody's",
            personal(json!({})),
            meeting(json!({ "owner": null })),
            Edit::Refused(owner_field, "required with personalMeetingId"),
        ),
        ("the person stays", personal(json!({})), meeting(json!({ "name": "Other" })), Edit::Taken),
        ("another owner", json!({}), owner("account", "bob"), Edit::Taken),
        ("no owner to manage", json!({}), meeting(json!({ "owner": null })), Edit::Taken),
        ("an owner to manage", meeting(json!({ "owner": null })), owner("userId", "bob"), Edit::Taken),
        (
            "another ProviderConfig",
            json!({}),
            json!({ "spec": { "providerConfigRef": { "name": "other" } } }),
            Edit::Taken,
        ),
        ("it shall be recycled", json!({}), meeting(json!({ "onDelete": "Recycle" })), Edit::Taken),
    ];
    let (client, _) = installed().await;
    let rooms = namespace(&client).await.meeting_rooms;
    edit(&client, &rooms, &meeting_room(), rows).await;
}
