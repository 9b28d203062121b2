//! Parses `spec.tencentRoom`, once, with the limits that the CRD has too: what the API server refuses, this refuses.
//!
//! Pure; every error names the field and what to do.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use roomkeeper_plan::ids::{Text, Timestamp, UserId};
use roomkeeper_plan::limits;
use roomkeeper_plan::secret::SecretRef;
use roomkeeper_plan::tencent_room::{self as room, Desired, Identity, Switch, Switches};

use crate::api::PasswordSource;
use crate::api::tencent_room::{self as api, TencentRoom as Spec};
use crate::engines::Invalid;
use crate::engines::tencent::{Part, take_seat_mode, when_ended};

const PART: Part = Part("tencentRoom");

/// Parses what tells the room from others.
pub(super) fn identity(room: &str, spec: &Spec) -> Result<Identity, Invalid> {
    PART.identity(room, spec.owner.as_ref(), spec.name.as_ref())
}

/// Parses the settings.
pub(super) fn desired(identity: Identity, spec: &Spec) -> Result<Desired<SecretRef>, Invalid> {
    let password = match &spec.password {
        None => None,
        Some(password) => Some(match password.source().map_err(|error| PART.refuse("password", error))? {
            PasswordSource::None => room::Password::None,
            PasswordSource::Secret(secret) => {
                room::Password::Set(SecretRef { name: secret.name.clone(), key: secret.key.clone() })
            }
        }),
    };
    Ok(Desired {
        identity,
        max_members: PART.at_least_one("maxMembers", spec.max_members)?,
        switches: Switches::default()
            .with(Switch::Video, spec.video_disabled)
            .with(Switch::Audio, spec.audio_disabled)
            .with(Switch::Message, spec.message_disabled)
            .with(Switch::ScreenSharing, spec.screen_sharing_disabled)
            .with(Switch::CloudRecording, spec.cloud_recording_disabled),
        custom_info: PART.optional("customInfo", spec.custom_info.as_ref(), Text::parse)?,
        take_seat_mode: spec.take_seat_mode.map(take_seat_mode),
        password,
        schedule: spec.schedule.as_ref().map(schedule).transpose()?,
        seats: spec.seats.as_ref().map(seats).transpose()?,
        invitees: invitees(&spec.invitees)?,
        when_ended: when_ended(spec.when_ended()),
    })
}

fn schedule(schedule: &api::Schedule) -> Result<room::Schedule, Invalid> {
    let seconds = |time: &Time| Timestamp(time.0.as_second());
    let (start, end) = (schedule.start.as_ref().map(seconds), schedule.end.as_ref().map(seconds));
    let shortest = i64::from(limits::SCHEDULE_MIN_SECONDS);
    if start.zip(end).is_some_and(|(start, end)| end.0 - start.0 < shortest) {
        return Err(PART.refuse("schedule.end", format!("must be at least {shortest} seconds after the start")));
    }
    Ok(room::Schedule { start, end })
}

fn seats(seats: &api::Seats) -> Result<room::Seats, Invalid> {
    Ok(room::Seats { enabled: seats.enabled, max: PART.at_least_one("seats.max", seats.max)? })
}

fn invitees(users: &[String]) -> Result<Vec<UserId>, Invalid> {
    if users.len() > limits::INVITEES {
        let why = format!("has {} users, at most {} are taken", users.len(), limits::INVITEES);
        return Err(PART.refuse("invitees", why));
    }
    let parsed = users.iter().map(|user| UserId::parse(user)).collect::<Result<_, _>>();
    parsed.map_err(|error| PART.refuse("invitees", error))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::api::Room;
    use crate::engines::Engine;
    use crate::engines::tencent_room::TencentRoom;
    use crate::object::Object;

    fn verdict(spec: &Value) -> Result<(), String> {
        let mut room = json!({
            "apiVersion": "roomkeeper.dev/v1alpha1",
            "kind": "Room",
            "metadata": { "name": "weekly-sync", "namespace": "events" },
            "spec": { "providerConfigRef": { "name": "tencent" } },
        });
        room["spec"].as_object_mut().expect("an object").extend(spec.as_object().expect("an object").clone());
        let room: Room = serde_json::from_value(room).expect("it decodes");
        TencentRoom::parse(&Object::from(room)).map(drop).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn the_parser_refuses_what_the_api_server_refuses_and_names_the_field() {
        let long = "会".repeat(34);
        let rows = [
            (json!({ "tencentRoom": { "name": long } }), "spec.tencentRoom.name: has 102 bytes"),
            (json!({ "tencentRoom": { "name": "" } }), "spec.tencentRoom.name: must not be empty"),
            (json!({ "tencentRoom": { "roomId": "x".repeat(49) } }), "spec.tencentRoom.roomId: has 49 bytes"),
            (json!({ "tencentRoom": { "roomId": "café" } }), "spec.tencentRoom.roomId: holds 'é'"),
            (json!({ "tencentRoom": { "owner": "x".repeat(33) } }), "spec.tencentRoom.owner: has 33 bytes"),
            (json!({ "tencentRoom": { "maxMembers": 0 } }), "spec.tencentRoom.maxMembers: is 0"),
            (json!({ "tencentRoom": { "seats": { "max": 0 } } }), "spec.tencentRoom.seats.max: is 0"),
            (json!({ "tencentRoom": { "customInfo": "x".repeat(501) } }), "spec.tencentRoom.customInfo: has 501 bytes"),
            (json!({ "tencentRoom": { "invitees": ["é"] } }), "spec.tencentRoom.invitees: holds 'é'"),
            (json!({ "tencentRoom": { "invitees": vec!["a"; 301] } }), "spec.tencentRoom.invitees: has 301 users"),
            (
                json!({ "tencentRoom": { "schedule": { "start": "2030-01-01T00:00:00Z", "end": "2030-01-01T00:04:59Z" } } }),
                "spec.tencentRoom.schedule.end: must be at least 300 seconds",
            ),
            (json!({ "tencentRoom": { "password": {} } }), "spec.tencentRoom.password: set exactly one of"),
            (
                json!({ "tencentRoom": {}, "driftCheckInterval": "29s" }),
                "spec.driftCheckInterval: must be at least 30s",
            ),
            (json!({ "tencentRoom": {}, "huaweiRtc": { "appId": "a" } }), "spec: set exactly one of"),
            (json!({}), "spec: set exactly one of"),
        ];
        for (spec, expected) in rows {
            let refused = verdict(&spec).expect_err("refused");
            assert!(refused.starts_with(expected), "{refused:?} is not {expected:?}");
        }
        for good in
            [json!({ "tencentRoom": {} }), json!({ "tencentRoom": { "name": "会".repeat(33), "customInfo": "" } })]
        {
            assert_eq!(verdict(&good), Ok(()));
        }
    }
}
