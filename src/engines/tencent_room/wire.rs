//! Between the planner's words and the vendor's: what is sent, and what is shown.
//!
//! Field by field and without a decision; limits were checked when the spec was parsed.

use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::secret::SecretValue;
use roomkeeper_plan::tencent_room::{self as room, Desired, Members, Observed, SeenPassword, Switch, Switches};
use roomkeeper_providers::tencent::room_engine as vendor;
use roomkeeper_providers::{ExposeSecret, SecretString};

use crate::engines::tencent::sent_mode;

pub(super) fn observed(id: &str, caller: &str, info: vendor::RoomInfo) -> Observed {
    Observed {
        caller: caller.to_owned(),
        room_type: info.room_type,
        owner: info.owner.unwrap_or_default(),
        name: info.name.unwrap_or_else(|| id.to_owned()),
        max_members: info.max_members,
        switches: Switches::default()
            .with(Switch::Video, info.video_disabled)
            .with(Switch::Audio, info.audio_disabled)
            .with(Switch::Message, info.message_disabled)
            .with(Switch::ScreenSharing, info.screen_sharing_disabled)
            .with(Switch::CloudRecording, info.cloud_recording_disabled),
        custom_info: info.custom_info,
        take_seat_mode: info.take_seat_mode.map(|mode| mode.as_str().to_owned()),
        password: match (info.password_enabled, info.password) {
            (Some(false), _) => SeenPassword::Off,
            (Some(true), password) => {
                let shown = password.map(|password| password.expose_secret().to_owned());
                SeenPassword::On(shown.filter(|text| !text.is_empty()).map(Into::into))
            }
            (None, _) => SeenPassword::NotShown,
        },
        schedule_start: info.schedule_start.map(Timestamp),
        schedule_end: info.schedule_end.map(Timestamp),
        seats_enabled: info.seats_enabled,
        max_seats: info.max_seats,
        room_status: info.status.map(|status| status.as_str().to_owned()),
        member_count: info.member_count,
        members: Members::NotAsked,
    }
}

pub(super) fn new_room(desired: &Desired) -> vendor::NewRoom {
    vendor::NewRoom {
        room_id: desired.identity.room.as_str().to_owned(),
        owner: desired.identity.owner.as_ref().map(|owner| owner.as_str().to_owned()),
        name: desired.identity.name.as_ref().map(|name| name.as_str().to_owned()),
        max_members: desired.max_members,
        video_disabled: desired.switches.get(Switch::Video),
        audio_disabled: desired.switches.get(Switch::Audio),
        message_disabled: desired.switches.get(Switch::Message),
        screen_sharing_disabled: desired.switches.get(Switch::ScreenSharing),
        cloud_recording_disabled: desired.switches.get(Switch::CloudRecording),
        custom_info: desired.custom_info.as_ref().map(|info| info.as_str().to_owned()),
        seats_enabled: desired.seats.and_then(|seats| seats.enabled),
        max_seats: desired.seats.and_then(|seats| seats.max),
        take_seat_mode: desired.take_seat_mode.map(sent_mode),
        schedule_start: desired.schedule.and_then(|schedule| schedule.start).map(|time| time.0),
        schedule_end: desired.schedule.and_then(|schedule| schedule.end).map(|time| time.0),
        password: desired.password.as_ref().map(sent_password),
        invitees: desired.invitees.iter().map(|user| user.as_str().to_owned()).collect(),
    }
}

pub(super) fn room_update(id: &str, patch: &room::Patch) -> vendor::RoomUpdate {
    vendor::RoomUpdate {
        room_id: id.to_owned(),
        name: Some(patch.name.clone()),
        max_members: patch.max_members,
        video_disabled: patch.switches.get(Switch::Video),
        audio_disabled: patch.switches.get(Switch::Audio),
        message_disabled: patch.switches.get(Switch::Message),
        screen_sharing_disabled: patch.switches.get(Switch::ScreenSharing),
        cloud_recording_disabled: patch.switches.get(Switch::CloudRecording),
        custom_info: patch.custom_info.clone(),
        take_seat_mode: patch.take_seat_mode.map(sent_mode),
        password: patch.password.as_ref().map(sent_password),
    }
}

fn sent_password(password: &room::Password<SecretValue>) -> vendor::Password {
    match password {
        room::Password::None => vendor::Password::None,
        room::Password::Set(secret) => vendor::Password::Required(SecretString::from(secret.value.expose())),
    }
}
