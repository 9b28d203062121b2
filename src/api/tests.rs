//! What absent fields mean, as the accessors tell it.

use serde_json::json;

use super::huawei_meeting::{MeetingName, OnDelete};
use super::{
    ManagementPolicy, MeetingRoom, Password, PasswordSource, ProviderConfigKind, ProviderConfigSpec, Room, RoomStatus,
    WhenEnded, WhenOccupied,
};

fn room(spec: serde_json::Value) -> Room {
    let object = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room",
        "metadata": { "name": "weekly-sync", "namespace": "events" }, "spec": spec,
    });
    serde_json::from_value(object).expect("the spec decodes")
}

fn meeting_room(engine: serde_json::Value, policies: serde_json::Value) -> MeetingRoom {
    let object = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "MeetingRoom",
        "metadata": { "name": "board-room", "namespace": "events" },
        "spec": {
            "providerConfigRef": { "name": "huawei-meeting" }, "huaweiMeeting": engine, "managementPolicies": policies,
        },
    });
    serde_json::from_value(object).expect("the spec decodes")
}

#[test]
fn absent_fields_mean_what_their_docs_say() {
    let room = room(json!({ "providerConfigRef": { "name": "tencent" }, "tencentRoom": {} }));
    assert_eq!(room.spec.provider_config_ref.kind, ProviderConfigKind::ProviderConfig);
    assert_eq!(room.room_id().as_deref(), Ok("weekly-sync"));
    assert_eq!(room.spec.policy().expect("one engine").when_occupied(), WhenOccupied::Wait);
    let policies: Vec<_> = room.spec.policies().expect("one engine").into_iter().collect();
    let all_but_adopt = ManagementPolicy::ALL.into_iter().filter(|verb| *verb != ManagementPolicy::Adopt);
    assert_eq!(policies, all_but_adopt.collect::<Vec<_>>());
    assert_eq!(room.spec.tencent_room.expect("is set").when_ended(), WhenEnded::Recreate);

    let account = ProviderConfigSpec::default();
    assert_eq!((account.rate_percent(), account.dismissals_per_minute()), (50, 20));
}

#[test]
fn an_empty_list_of_policies_is_not_an_absent_one() {
    let room = room(json!({ "providerConfigRef": { "name": "a" }, "tencentLive": {}, "managementPolicies": [] }));
    assert!(room.spec.policies().expect("one engine").is_empty());
    assert_eq!(room.spec.tencent_live.expect("is set").when_ended(), WhenEnded::Leave);
}

#[test]
fn a_cloud_rtc_room_can_only_be_dismissed() {
    let room = room(json!({ "providerConfigRef": { "name": "a" }, "huaweiRtc": { "appId": "app", "roomId": "r" } }));
    assert_eq!(room.spec.policies().expect("one engine").into_iter().collect::<Vec<_>>(), [ManagementPolicy::Dismiss]);
    assert_eq!(room.room_id().as_deref(), Ok("r"));
}

#[test]
fn a_meeting_room_is_recycled_only_if_owners_may_change() {
    const ID: &str = "ff80808167ef1edf0167f33d650c0662";
    use ManagementPolicy::{Adopt, ChangeOwner, Dismiss, Update};
    let rows = [
        ("nothing is said", json!(null), "Retain", vec![Update, ChangeOwner]),
        ("it is recycled", json!(null), "Recycle", vec![Update, ChangeOwner, Dismiss]),
        ("owners may change", json!(["ChangeOwner"]), "Recycle", vec![ChangeOwner, Dismiss]),
        ("owners may not change", json!(["Adopt", "Update"]), "Recycle", vec![Adopt, Update]),
        ("verbs that it has not", json!(["Create", "Dismiss"]), "Retain", vec![]),
        ("observe only", json!([]), "Retain", vec![]),
    ];
    for (what, listed, on_delete, allowed) in rows {
        let room = meeting_room(json!({ "id": ID, "onDelete": on_delete }), listed);
        assert_eq!(room.spec.policies().into_iter().collect::<Vec<_>>(), allowed, "{what}");
        assert_eq!(room.spec.policy().policies, room.spec.policies(), "{what}");
        assert_eq!(room.spec.may_claim(), !allowed.is_empty(), "{what}");
    }
}

#[test]
fn absent_fields_of_a_meeting_room_mean_what_their_docs_say() {
    let room = meeting_room(json!({ "meetingNumber": "938305104" }), json!(null));
    let engine = &room.spec.huawei_meeting;
    assert_eq!(engine.named(), Ok(MeetingName::Number("938305104")));
    assert_eq!((engine.on_delete(), engine.accepts_password_loss()), (OnDelete::Retain, false));
    assert_eq!(room.spec.policy().when_occupied(), WhenOccupied::Wait);
    assert_eq!(room.spec.write_join_info_to_secret_ref, None);
}

#[test]
fn objects_that_name_one_room_have_a_name_in_common() {
    let rooms = [
        (json!({ "tencentRoom": {} }), vec!["weekly-sync"]),
        (json!({ "tencentLive": { "roomId": "show" } }), vec!["show"]),
        (json!({ "huaweiRtc": { "appId": "app" } }), vec!["app/weekly-sync"]),
        (json!({ "huaweiRtc": { "appId": "app", "roomId": "r" } }), vec!["app/r"]),
        (json!({}), vec![]),
    ];
    for (mut spec, names) in rooms {
        spec["providerConfigRef"] = json!({ "name": "a" });
        assert_eq!(room(spec.clone()).room_names(), names, "{spec}");
    }
    let meeting_rooms = [
        (json!({ "id": "FF80808167EF1EDF0167F33D650C0662" }), vec!["ff80808167ef1edf0167f33d650c0662"]),
        (json!({ "meetingNumber": "938305104" }), vec!["number:938305104"]),
        (json!({ "personalMeetingId": {}, "owner": { "userId": "alice" } }), vec!["owner:user:alice"]),
        (json!({ "personalMeetingId": {}, "owner": { "account": "a@b" } }), vec!["owner:account:a@b"]),
        (json!({ "personalMeetingId": {} }), vec![]),
        (json!({}), vec![]),
    ];
    for (engine, names) in meeting_rooms {
        assert_eq!(meeting_room(engine.clone(), json!(null)).room_names(), names, "{engine}");
    }
}

#[test]
fn an_object_that_only_watches_claims_nothing() {
    let rows = [
        (json!({ "tencentRoom": {} }), json!(null), true),
        (json!({ "tencentRoom": {} }), json!(["Adopt"]), true),
        (json!({ "tencentRoom": {} }), json!(["Update", "Dismiss"]), false),
        (json!({ "huaweiRtc": { "appId": "a" } }), json!(null), true),
        (json!({ "huaweiRtc": { "appId": "a" } }), json!([]), false),
        (json!({}), json!(null), false),
    ];
    for (mut spec, policies, claims) in rows {
        spec["providerConfigRef"] = json!({ "name": "a" });
        spec["managementPolicies"] = policies;
        assert_eq!(room(spec.clone()).spec.may_claim(), claims, "{spec}");
    }
}

#[test]
fn two_names_of_a_meeting_room_or_none_are_named() {
    for engine in [json!({}), json!({ "meetingNumber": "1", "personalMeetingId": {} })] {
        let error = meeting_room(engine, json!(null)).spec.huawei_meeting.named().expect_err("not exactly one");
        assert!(error.to_string().starts_with("set exactly one of `spec.huaweiMeeting.id`"), "{error}");
    }
}

#[test]
fn two_engines_or_none_are_named() {
    for engines in [json!({}), json!({ "tencentRoom": {}, "tencentLive": {} })] {
        let mut spec = engines;
        spec["providerConfigRef"] = json!({ "name": "a" });
        let error = room(spec).spec.engine().expect_err("not exactly one").to_string();
        assert_eq!(error, "set exactly one of `spec.tencentRoom`, `spec.tencentLive`, `spec.huaweiRtc`");
    }
}

#[test]
fn a_password_has_one_source() {
    assert_eq!(Password::none().source(), Ok(PasswordSource::None));
    let wanted = Password::from_secret("room", "key");
    assert!(
        matches!(wanted.source(), Ok(PasswordSource::Secret(secret)) if secret.name == "room" && secret.key == "key")
    );
    let both = Password { none: Password::none().none, ..wanted };
    for broken in [both, Password::default()] {
        assert_eq!(
            broken.source().expect_err("not exactly one").to_string(),
            "set exactly one of `secretKeyRef`, `none`"
        );
    }
}

#[test]
fn a_status_of_another_version_is_read() {
    let status: RoomStatus = serde_json::from_value(json!({
        "observed": { "takeSeatMode": "Sometimes", "temperature": 21 }, "newField": true,
    }))
    .expect("what is missing has a default, what is new is passed over");
    assert_eq!(status.observed.and_then(|observed| observed.take_seat_mode).as_deref(), Some("Sometimes"));
    assert_eq!(status.conditions, RoomStatus::default().conditions);
    assert_eq!(status.observed_generation, -1);
}
