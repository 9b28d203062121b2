//! Parses `spec.tencentRoom`, once, with the limits that the CRD has too: what the API server refuses, this refuses.
//!
//! Pure; every error names the field and what to do.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use roomkeeper_plan::ids::{LimitError, RoomId, Text, Timestamp, UserId};
use roomkeeper_plan::limits;
use roomkeeper_plan::secret::SecretRef;
use roomkeeper_plan::tencent_room::{self as room, Desired, Identity, Switch, Switches};

use crate::api::PasswordSource;
use crate::api::tencent_room::{self as api, TakeSeatMode, TencentRoom as Spec};
use crate::engines::Invalid;

fn at(field: &str) -> String {
    format!("spec.tencentRoom.{field}")
}

/// Parses an optional text, and names its field if it breaks a limit.
fn optional<T>(
    field: &str,
    text: Option<&String>,
    parse: impl Fn(&str) -> Result<T, LimitError>,
) -> Result<Option<T>, Invalid> {
    text.map(|text| parse(text)).transpose().map_err(|error| Invalid::new(at(field), error))
}

pub(super) fn identity(room: &str, spec: &Spec) -> Result<Identity, Invalid> {
    Ok(Identity {
        room: RoomId::parse(room).map_err(|error| Invalid::new(at("roomId"), error))?,
        owner: optional("owner", spec.owner.as_ref(), UserId::parse)?,
        name: optional("name", spec.name.as_ref(), |name| {
            if name.is_empty() { Err(LimitError::Empty) } else { Text::parse(name) }
        })?,
    })
}

pub(super) fn desired(identity: Identity, spec: &Spec) -> Result<Desired<SecretRef>, Invalid> {
    let password = match &spec.password {
        None => None,
        Some(password) => Some(match password.source().map_err(|error| Invalid::new(at("password"), error))? {
            PasswordSource::None => room::Password::None,
            PasswordSource::Secret(secret) => {
                room::Password::Set(SecretRef { name: secret.name.clone(), key: secret.key.clone() })
            }
        }),
    };
    Ok(Desired {
        identity,
        max_members: at_least("maxMembers", spec.max_members)?,
        switches: Switches::default()
            .with(Switch::Video, spec.video_disabled)
            .with(Switch::Audio, spec.audio_disabled)
            .with(Switch::Message, spec.message_disabled)
            .with(Switch::ScreenSharing, spec.screen_sharing_disabled)
            .with(Switch::CloudRecording, spec.cloud_recording_disabled),
        custom_info: optional("customInfo", spec.custom_info.as_ref(), Text::parse)?,
        take_seat_mode: spec.take_seat_mode.map(|mode| match mode {
            TakeSeatMode::FreeToTake => room::TakeSeatMode::FreeToTake,
            TakeSeatMode::ApplyToTake => room::TakeSeatMode::ApplyToTake,
        }),
        password,
        schedule: spec.schedule.as_ref().map(schedule).transpose()?,
        seats: spec.seats.as_ref().map(seats).transpose()?,
        invitees: invitees(&spec.invitees)?,
        when_ended: match spec.when_ended() {
            crate::api::WhenEnded::Recreate => room::WhenEnded::Recreate,
            crate::api::WhenEnded::Leave => room::WhenEnded::Leave,
        },
    })
}

fn at_least(field: &str, number: Option<u32>) -> Result<Option<u32>, Invalid> {
    match number {
        Some(number) if number < limits::MEMBERS_MIN => {
            Err(Invalid::new(at(field), format!("is {number}, must be at least {}", limits::MEMBERS_MIN)))
        }
        number => Ok(number),
    }
}

fn schedule(schedule: &api::Schedule) -> Result<room::Schedule, Invalid> {
    let seconds = |time: &Time| Timestamp(time.0.as_second());
    let (start, end) = (schedule.start.as_ref().map(seconds), schedule.end.as_ref().map(seconds));
    let shortest = i64::from(limits::SCHEDULE_MIN_SECONDS);
    if start.zip(end).is_some_and(|(start, end)| end.0 - start.0 < shortest) {
        return Err(Invalid::new(at("schedule.end"), format!("must be at least {shortest} seconds after the start")));
    }
    Ok(room::Schedule { start, end })
}

fn seats(seats: &api::Seats) -> Result<room::Seats, Invalid> {
    Ok(room::Seats { enabled: seats.enabled, max: at_least("seats.max", seats.max)? })
}

fn invitees(users: &[String]) -> Result<Vec<UserId>, Invalid> {
    if users.len() > limits::INVITEES {
        let why = format!("has {} users, at most {} are taken", users.len(), limits::INVITEES);
        return Err(Invalid::new(at("invitees"), why));
    }
    let parsed = users.iter().map(|user| UserId::parse(user)).collect::<Result<_, _>>();
    parsed.map_err(|error| Invalid::new(at("invitees"), error))
}
