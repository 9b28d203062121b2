//! `tencentRoom`: joins the planner of the Room Engine with Tencent's client.

use roomkeeper_plan::ids::{LimitError, RoomId, Text, Timestamp, UserId};
use roomkeeper_plan::limits;
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_plan::tencent_room::{
    self as room, Action, Desired, Goal, Identity, Members, Memory, Observed, Plan, SeenPassword, Sight, Switch,
    Switches, Wanted,
};
use roomkeeper_providers as providers;
use roomkeeper_providers::tencent::room_engine::{self as vendor, Operation};
use roomkeeper_providers::{Class, ExposeSecret, SecretString, What};

use super::{Engine, Invalid};
use crate::accounts::Session;
use crate::api::room::EngineSpec;
use crate::api::tencent_room::{TakeSeatMode, TencentRoom as Spec};
use crate::api::{PasswordSource, status};
use crate::object::{self, Object};
use crate::terms;

/// The Room Engine of Tencent RTC.
#[derive(Debug)]
pub struct TencentRoom;

impl Engine for TencentRoom {
    type Parsed = Desired<SecretRef>;
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    const FIELD: &'static str = "tencentRoom";

    fn parse(object: &Object) -> Result<Wanted<SecretRef>, Invalid> {
        let object::Spec::Room(manifest) = &object.spec;
        let spec = match manifest.spec.engine().map_err(|error| Invalid::new("spec", error))? {
            EngineSpec::TencentRoom(spec) => spec,
            other @ (EngineSpec::TencentLive(_) | EngineSpec::HuaweiRtc(_)) => {
                let field = format!("spec.{}", other.field());
                return Err(Invalid::new(field, "this version of Roomkeeper does not serve this engine yet"));
            }
        };
        let room = object.room_id.as_deref().unwrap_or_default();
        let identity = identity(room, spec)?;
        let goal = match object.deletion {
            Some(_) => Goal::Absent(identity),
            None => Goal::Present(desired(identity, spec)?),
        };
        Ok(Wanted { goal, terms: terms::of(&manifest.spec)?, generation: object.generation })
    }

    fn room(wanted: &Wanted<SecretRef>) -> String {
        let identity = match &wanted.goal {
            Goal::Present(desired) => &desired.identity,
            Goal::Absent(identity) => identity,
        };
        identity.room.as_str().to_owned()
    }

    fn secrets(parsed: &Desired<SecretRef>) -> Vec<(&'static str, SecretRef)> {
        match &parsed.password {
            Some(room::Password::Set(secret)) => vec![("password", secret.clone())],
            Some(room::Password::None) | None => Vec::new(),
        }
    }

    fn resolve(parsed: Desired<SecretRef>, values: &[(&'static str, SecretValue)]) -> Result<Desired, Invalid> {
        parsed.resolve(|reference| {
            let field =
                || format!("the key {} of the Secret {} (spec.tencentRoom.password)", reference.key, reference.name);
            let value = values.iter().find(|(field, _)| *field == "password").map(|(_, value)| value.clone());
            let value = value.ok_or_else(|| Invalid::new(field(), "was not read"))?;
            let length = value.value.expose().len();
            if length == 0 || length > limits::ROOM_PASSWORD_BYTES {
                let limit = limits::ROOM_PASSWORD_BYTES;
                return Err(Invalid::new(field(), format!("has {length} bytes, a password has 1 to {limit}")));
            }
            Ok(value)
        })
    }

    async fn observe(session: &Session, wanted: &room::Wanted) -> Result<Sight, providers::Error> {
        let (identity, owner, by_occupancy) = match &wanted.goal {
            Goal::Present(desired) => {
                (&desired.identity, desired.identity.owner.as_ref(), wanted.terms.correction.asks_for_occupancy())
            }
            Goal::Absent(identity) => (identity, None, true),
        };
        let id = identity.room.as_str();
        let engine = session.room_engine();
        let answer = session.call(Operation::GetRoomInfo, engine.get_room_info(id)).await;
        let info = match answer {
            Ok(reply) => reply.value,
            Err(error) if is_no_room(&error) => return Ok(Sight::Absent),
            Err(error) => return Err(error),
        };
        let mut seen = observed(id, session.identifier(), info);
        if by_occupancy || owner.is_some_and(|owner| owner.as_str() != seen.owner) {
            let list = engine.get_room_member_list(id, || session.pace(Operation::GetRoomMemberList));
            let list = session.call(Operation::GetRoomMemberList, list).await;
            seen.members = match list {
                Ok(reply) => Members::Listed(reply.value.into_iter().filter_map(|member| member.account).collect()),
                // It ended between the two calls.
                Err(error) if is_no_room(&error) => return Ok(Sight::Absent),
                Err(error) => return Err(error),
            };
        }
        Ok(Sight::Present(seen))
    }

    fn plan(wanted: &room::Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
        room::plan(wanted, sight, memory, now)
    }

    fn verb(action: &Action) -> Verb {
        action.verb()
    }

    async fn execute(session: &Session, room: &str, action: &Action) -> Result<providers::Reply<()>, providers::Error> {
        let engine = session.room_engine();
        match action {
            Action::Create(desired) => {
                session.call(Operation::CreateRoom, engine.create_room(&new_room(desired))).await
            }
            Action::Update(patch) => {
                session.call(Operation::UpdateRoomInfo, engine.update_room_info(&room_update(room, patch))).await
            }
            Action::ChangeOwner { from, to } => {
                session.call(Operation::ChangeRoomOwner, engine.change_room_owner(room, from, to.as_str())).await
            }
            Action::Destroy => session.call(Operation::DestroyRoom, engine.destroy_room(room)).await,
        }
    }

    fn report(desired: &Desired, seen: &Observed) -> status::Observed {
        let switch = |switch| desired.switches.get(switch).and(seen.switches.get(switch));
        let time = |seconds: Timestamp| k8s_openapi::jiff::Timestamp::from_second(seconds.0).ok().map(Into::into);
        let schedule = desired.schedule;
        let seats = desired.seats;
        status::Observed {
            owner: Some(seen.owner.clone()),
            name: desired.identity.name.as_ref().map(|_| seen.name.clone()),
            max_members: desired.max_members.and(seen.max_members).map(i64::from),
            video_disabled: switch(Switch::Video),
            audio_disabled: switch(Switch::Audio),
            message_disabled: switch(Switch::Message),
            screen_sharing_disabled: switch(Switch::ScreenSharing),
            cloud_recording_disabled: switch(Switch::CloudRecording),
            custom_info: desired.custom_info.as_ref().and(seen.custom_info.clone()),
            take_seat_mode: desired.take_seat_mode.and(seen.take_seat_mode.clone()),
            password_enabled: desired.password.as_ref().and(match seen.password {
                SeenPassword::NotShown => None,
                SeenPassword::Off => Some(false),
                SeenPassword::On(_) => Some(true),
            }),
            schedule_start: schedule.and(seen.schedule_start).and_then(time),
            schedule_end: schedule.and(seen.schedule_end).and_then(time),
            seats_enabled: seats.and(seen.seats_enabled),
            max_seats: seats.and(seen.max_seats).map(i64::from),
            room_status: seen.room_status.clone(),
            ..status::Observed::default()
        }
    }
}

fn is_no_room(error: &providers::Error) -> bool {
    error.class() == Class::NotFound { what: What::Room }
}

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

fn identity(room: &str, spec: &Spec) -> Result<Identity, Invalid> {
    Ok(Identity {
        room: RoomId::parse(room).map_err(|error| Invalid::new(at("roomId"), error))?,
        owner: optional("owner", spec.owner.as_ref(), UserId::parse)?,
        name: optional("name", spec.name.as_ref(), Text::parse)?,
    })
}

fn desired(identity: Identity, spec: &Spec) -> Result<Desired<SecretRef>, Invalid> {
    let password = match &spec.password {
        None => None,
        Some(password) => Some(match password.source().map_err(|error| Invalid::new(at("password"), error))? {
            PasswordSource::None => room::Password::None,
            PasswordSource::Secret(secret) => {
                room::Password::Set(SecretRef { name: secret.name.clone(), key: secret.key.clone() })
            }
        }),
    };
    let invitees = spec.invitees.iter().map(|user| UserId::parse(user)).collect::<Result<_, _>>();
    Ok(Desired {
        identity,
        max_members: spec.max_members,
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
        schedule: spec.schedule.as_ref().map(|schedule| room::Schedule {
            start: schedule.start.as_ref().map(|time| Timestamp(time.0.as_second())),
            end: schedule.end.as_ref().map(|time| Timestamp(time.0.as_second())),
        }),
        seats: spec.seats.as_ref().map(|seats| room::Seats { enabled: seats.enabled, max: seats.max }),
        invitees: invitees.map_err(|error| Invalid::new(at("invitees"), error))?,
        when_ended: match spec.when_ended() {
            crate::api::WhenEnded::Recreate => room::WhenEnded::Recreate,
            crate::api::WhenEnded::Leave => room::WhenEnded::Leave,
        },
    })
}

fn observed(id: &str, caller: &str, info: vendor::RoomInfo) -> Observed {
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

fn new_room(desired: &Desired) -> vendor::NewRoom {
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

fn room_update(id: &str, patch: &room::Patch) -> vendor::RoomUpdate {
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

fn sent_mode(mode: room::TakeSeatMode) -> vendor::TakeSeatMode {
    match mode {
        room::TakeSeatMode::FreeToTake => vendor::TakeSeatMode::FreeToTake,
        room::TakeSeatMode::ApplyToTake => vendor::TakeSeatMode::ApplyToTake,
    }
}

fn sent_password(password: &room::Password<SecretValue>) -> vendor::Password {
    match password {
        room::Password::None => vendor::Password::None,
        room::Password::Set(secret) => vendor::Password::Required(SecretString::from(secret.value.expose())),
    }
}
