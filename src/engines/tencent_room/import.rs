//! What an object would say of a room that the Room Engine shows. Pure.

use roomkeeper_plan::ids::{LimitError, RoomId, Text, UserId};
use roomkeeper_plan::tencent_room::{CustomInfo, Observed, SeenPassword, Switch};

use crate::api::Password;
use crate::api::tencent_room::{Schedule, Seats, TencentRoom};
use crate::engines::import::{Draft, LeftOut, Part, PasswordIsSet, Visibility, object_name};
use crate::engines::tencent::{at_least_one_member, room_name, seen_mode};

/// Drafts the object for a room.
pub(super) fn draft(id: &RoomId, seen: Observed) -> Draft {
    let object = object_name(id.as_str());
    let mut left = LeftOut::default();
    let called = (seen.name != id.as_str()).then(|| format!("{:?}", seen.name));
    let (password, passwords) = password(&seen.password, &object, &mut left);
    let part = TencentRoom {
        room_id: Some(id.as_str().to_owned()),
        owner: left.unless("owner", Some(seen.owner.clone()), |owner| UserId::parse(owner)),
        name: left.unless("name", Some(seen.name.clone()), |name| room_name(name)),
        max_members: left.unless("maxMembers", seen.max_members, |number| at_least_one_member(*number)),
        video_disabled: left.shown("videoDisabled", seen.switches.get(Switch::Video)),
        audio_disabled: left.shown("audioDisabled", seen.switches.get(Switch::Audio)),
        message_disabled: left.shown("messageDisabled", seen.switches.get(Switch::Message)),
        screen_sharing_disabled: left.shown("screenSharingDisabled", seen.switches.get(Switch::ScreenSharing)),
        cloud_recording_disabled: left.shown("cloudRecordingDisabled", seen.switches.get(Switch::CloudRecording)),
        custom_info: left.unless("customInfo", seen.custom_info.clone(), |info| custom_info(info)),
        take_seat_mode: seen_mode(seen.take_seat_mode.as_deref(), &mut left),
        password,
        schedule: schedule(&seen, &mut left),
        seats: seats(&seen, &mut left),
        invitees: Vec::new(),
        when_ended: None,
    };
    Draft {
        room: id.as_str().to_owned(),
        object,
        called,
        part: Part::TencentRoom(Box::new(part)),
        left_out: left,
        passwords,
        unfit: None,
    }
}

fn custom_info(text: &str) -> Result<CustomInfo, LimitError> {
    Text::parse(text)
}

fn password(seen: &SeenPassword, secret: &str, left: &mut LeftOut) -> (Option<Password>, Vec<PasswordIsSet>) {
    let is = match seen {
        SeenPassword::NotShown => {
            left.hidden.push("password");
            return (None, Vec::new());
        }
        SeenPassword::Off => return (Some(Password::none()), Vec::new()),
        SeenPassword::On(Some(_)) => Visibility::Shown,
        SeenPassword::On(None) => Visibility::Masked,
    };
    let set = PasswordIsSet { field: "password", key: "password", is };
    (Some(Password::from_secret(secret, set.key)), vec![set])
}

/// Each room has a time, also one that nobody scheduled, and it counts only for a room that is made: made again, it
/// would ask for a time that is over.
fn schedule(seen: &Observed, left: &mut LeftOut) -> Option<Schedule> {
    if seen.schedule_start.is_some() || seen.schedule_end.is_some() {
        let why = "counts only when a room is made, and one that is made again would be open at the same time again";
        left.refused.push(("schedule", why.to_owned()));
    }
    None
}

fn seats(seen: &Observed, left: &mut LeftOut) -> Option<Seats> {
    let seats = Seats {
        enabled: left.shown("seats.enabled", seen.seats_enabled),
        max: left.unless("seats.max", seen.max_seats, |number| at_least_one_member(*number)),
    };
    (seats != Seats::default()).then_some(seats)
}
