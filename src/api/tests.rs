//! What absent fields mean, as the accessors tell it.

use serde_json::json;

use super::{
    ManagementPolicy, Password, PasswordSource, ProviderConfigKind, ProviderConfigSpec, Room, RoomStatus, WhenEnded,
    WhenOccupied,
};

fn room(spec: serde_json::Value) -> Room {
    let object = json!({
        "apiVersion": "roomkeeper.dev/v1alpha1", "kind": "Room",
        "metadata": { "name": "weekly-sync", "namespace": "events" }, "spec": spec,
    });
    serde_json::from_value(object).expect("the spec decodes")
}

#[test]
fn absent_fields_mean_what_their_docs_say() {
    let room = room(json!({ "providerConfigRef": { "name": "tencent" }, "tencentRoom": {} }));
    assert_eq!(room.spec.provider_config_ref.kind, ProviderConfigKind::ProviderConfig);
    assert_eq!(room.room_id().as_deref(), Ok("weekly-sync"));
    assert_eq!(room.spec.when_occupied(), WhenOccupied::Wait);
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
