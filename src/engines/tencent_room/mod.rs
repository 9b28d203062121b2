//! `tencentRoom`: joins the planner of the Room Engine with Tencent's client.
//!
//! `spec` parses, `wire` translates; here are the calls.

mod import;
mod spec;
mod wire;

use roomkeeper_plan::Reason;
use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::ids::{RoomId, Timestamp};
use roomkeeper_plan::limits;
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_plan::tencent_room::{
    self as room, Action, Desired, Goal, Identity, Members, Memory, Observed, Plan, SeenPassword, Sight, Switch, Wanted,
};
use roomkeeper_providers as providers;
use roomkeeper_providers::tencent::RoomEngine;
use roomkeeper_providers::tencent::room_engine::Operation;

use super::import::{Asked, Found, Import, Step};
use super::tencent::{find, is_no_room};
use super::{Engine, Invalid, Note};
use crate::accounts::Session;
use crate::api::room::EngineSpec;
use crate::api::status;
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
    const VENDOR: &'static str = "tencent";
    const SUCCESS: Option<&'static str> = Some("0");
    const NO_SUCH_APP: Reason = Reason::CredentialsRejected;

    fn parse(object: &Object) -> Result<Wanted<SecretRef>, Invalid> {
        let object::Spec::Room(manifest) = &object.spec else {
            return Err(super::not_this_engine("spec.tencentRoom"));
        };
        let settings = match manifest.spec.engine().map_err(|error| Invalid::new("spec", error))? {
            EngineSpec::TencentRoom(settings) => settings,
            EngineSpec::TencentLive(_) | EngineSpec::HuaweiRtc(_) => {
                return Err(super::not_this_engine("spec.tencentRoom"));
            }
        };
        let identity = spec::identity(&manifest.room_id().unwrap_or_default(), settings)?;
        let goal = match object.deletion {
            Some(_) => Goal::Absent(identity),
            None => Goal::Present(spec::desired(identity, settings)?),
        };
        Ok(Wanted { goal, terms: terms::of(&object.spec)?, generation: object.generation })
    }

    fn room(wanted: &Wanted<SecretRef>) -> Option<String> {
        let identity = match &wanted.goal {
            Goal::Present(desired) => &desired.identity,
            Goal::Absent(identity) => identity,
        };
        Some(identity.room.as_str().to_owned())
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

    fn sent(wanted: &room::Wanted, session: &Session) -> Option<Sent> {
        match &wanted.goal {
            Goal::Present(desired) => Some(desired.identity.sent(session.tencent().identifier())),
            Goal::Absent(_) => None,
        }
    }

    async fn observe(session: &Session, wanted: &room::Wanted, _memory: &Memory) -> Result<Sight, providers::Error> {
        let (identity, owner, by_occupancy) = match &wanted.goal {
            Goal::Present(desired) => {
                (&desired.identity, desired.identity.owner.as_ref(), wanted.terms.correction.asks_for_occupancy())
            }
            Goal::Absent(identity) => (identity, None, true),
        };
        let id = identity.room.as_str();
        let engine = RoomEngine::new(session.tencent());
        let Some(mut seen) = look(session, &identity.room).await? else {
            return Ok(Sight::Absent);
        };
        if by_occupancy || owner.is_some_and(|owner| owner.as_str() != seen.owner) {
            let list = engine.get_room_member_list(id, || session.pace(Operation::GetRoomMemberList));
            let list = session.call(Operation::GetRoomMemberList, list).await;
            seen.members = match list {
                Ok(reply) => {
                    Members::Listed(reply.value.into_iter().map(|member| member.account.unwrap_or_default()).collect())
                }
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

    async fn execute(
        session: &Session,
        room: &str,
        action: &Action,
    ) -> Result<providers::Reply<Note>, providers::Error> {
        let engine = RoomEngine::new(session.tencent());
        let answer = match action {
            Action::Create(desired) => {
                session.call(Operation::CreateRoom, engine.create_room(&wire::new_room(desired))).await
            }
            Action::Update(patch) => {
                session.call(Operation::UpdateRoomInfo, engine.update_room_info(&wire::room_update(room, patch))).await
            }
            Action::ChangeOwner { from, to } => {
                session.call(Operation::ChangeRoomOwner, engine.change_room_owner(room, from, to.as_str())).await
            }
            Action::Destroy => session.call(Operation::DestroyRoom, engine.destroy_room(room)).await,
        };
        answer.map(|reply| reply.map(|()| None))
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

impl Import for TencentRoom {
    async fn rooms(session: &Session, asked: &Asked, progress: &dyn Fn(Step)) -> Result<Vec<Found>, providers::Error> {
        let look = async |room: &RoomId| look(session, room).await;
        let draft = |room: &RoomId, seen: Observed| seen.is_of_this_engine().then(|| import::draft(room, seen));
        find(&asked.ids, super::tencent_live::TencentLive::FIELD, progress, look, draft).await
    }
}

/// Looks at a room, but not at who is in it; `None`: there is no such room.
async fn look(session: &Session, room: &RoomId) -> Result<Option<Observed>, providers::Error> {
    let (id, engine) = (room.as_str(), RoomEngine::new(session.tencent()));
    match session.call(Operation::GetRoomInfo, engine.get_room_info(id)).await {
        Ok(reply) => Ok(Some(wire::observed(id, session.tencent().identifier(), reply.value))),
        Err(error) if is_no_room(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
