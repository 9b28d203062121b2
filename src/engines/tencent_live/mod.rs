//! `tencentLive`: joins the planner of the Live Engine with Tencent's client.
//!
//! `spec` parses, `wire` translates; here are the calls.

mod import;
mod spec;
mod wire;

use roomkeeper_plan::Reason;
use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::ids::{RoomId, Timestamp};
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_plan::tencent_live::{
    self as room, Action, Desired, Goal, Identity, Memory, Observed, Plan, SeenMetadata, Sight, Wanted,
};
use roomkeeper_providers as providers;
use roomkeeper_providers::tencent::LiveEngine;
use roomkeeper_providers::tencent::live_engine::Operation;

use super::import::{Asked, Found, Import, Step};
use super::tencent::{find, is_no_room};
use super::{Engine, Invalid, Note};
use crate::accounts::Session;
use crate::api::room::EngineSpec;
use crate::api::status;
use crate::object::{self, Object};
use crate::terms;

/// The Live Engine of Tencent RTC.
#[derive(Debug)]
pub struct TencentLive;

impl Engine for TencentLive {
    type Parsed = Desired;
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    const FIELD: &'static str = "tencentLive";
    const VENDOR: &'static str = "tencent";
    const SUCCESS: Option<&'static str> = Some("0");
    const NO_SUCH_APP: Reason = Reason::CredentialsRejected;

    fn parse(object: &Object) -> Result<Wanted, Invalid> {
        let object::Spec::Room(manifest) = &object.spec else {
            return Err(super::not_this_engine("spec.tencentLive"));
        };
        let settings = match manifest.spec.engine().map_err(|error| Invalid::new("spec", error))? {
            EngineSpec::TencentLive(settings) => settings,
            EngineSpec::TencentRoom(_) | EngineSpec::HuaweiRtc(_) => {
                return Err(super::not_this_engine("spec.tencentLive"));
            }
        };
        let identity = spec::identity(&manifest.room_id().unwrap_or_default(), settings)?;
        let goal = match object.deletion {
            Some(_) => Goal::Absent(identity),
            None => Goal::Present(spec::desired(identity, settings)?),
        };
        Ok(Wanted { goal, terms: terms::of(&object.spec)?, generation: object.generation })
    }

    fn room(wanted: &Wanted) -> Option<String> {
        let identity = match &wanted.goal {
            Goal::Present(desired) => &desired.identity,
            Goal::Absent(identity) => identity,
        };
        Some(identity.room.as_str().to_owned())
    }

    fn secrets(_parsed: &Desired) -> Vec<(&'static str, SecretRef)> {
        Vec::new()
    }

    fn resolve(parsed: Desired, _values: &[(&'static str, SecretValue)]) -> Result<Desired, Invalid> {
        Ok(parsed)
    }

    fn sent(wanted: &room::Wanted, session: &Session) -> Option<Sent> {
        match &wanted.goal {
            Goal::Present(desired) => Some(desired.identity.sent(session.tencent().identifier())),
            Goal::Absent(_) => None,
        }
    }

    async fn observe(session: &Session, wanted: &room::Wanted, _memory: &Memory) -> Result<Sight, providers::Error> {
        let (identity, metadata) = match &wanted.goal {
            Goal::Present(desired) => (&desired.identity, desired.metadata.as_ref()),
            Goal::Absent(identity) => (identity, None),
        };
        let seen = look(session, &identity.room, if metadata.is_some() { Texts::Read } else { Texts::Skip }).await?;
        Ok(seen.map_or(Sight::Absent, Sight::Present))
    }

    fn plan(wanted: &room::Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
        room::plan(wanted, sight, memory, now)
    }

    async fn execute(
        session: &Session,
        room: &str,
        action: &Action,
    ) -> Result<providers::Reply<Note>, providers::Error> {
        let engine = LiveEngine::new(session.tencent());
        let answer = match action {
            Action::Create(desired) => {
                session.call(Operation::CreateRoom, engine.create_room(&wire::new_room(desired))).await
            }
            Action::Update(patch) => {
                session.call(Operation::UpdateRoomInfo, engine.update_room_info(&wire::room_update(room, patch))).await
            }
            Action::SetMetadata(texts) => {
                session.call(Operation::SetRoomMetadata, engine.set_room_metadata(room, texts)).await
            }
            Action::ChangeOwner { to } => {
                session.call(Operation::ChangeRoomOwner, engine.change_room_owner(room, to.as_str())).await
            }
            Action::Destroy => {
                let ended = session.call(Operation::DestroyRoom, engine.destroy_room(room)).await;
                // The vendor tells the numbers of the show here and nowhere else.
                return ended.map(|reply| reply.map(|statistic| wire::told(&statistic)));
            }
        };
        answer.map(|reply| reply.map(|()| None))
    }

    fn report(desired: &Desired, seen: &Observed) -> status::Observed {
        wire::report(desired, seen)
    }
}

impl Import for TencentLive {
    async fn rooms(session: &Session, asked: &Asked, progress: &dyn Fn(Step)) -> Result<Vec<Found>, providers::Error> {
        let look = async |room: &RoomId| look(session, room, Texts::Read).await;
        let draft = |room: &RoomId, seen: Observed| seen.is_of_this_engine().then(|| import::draft(room, seen));
        find(&asked.ids, super::tencent_room::TencentRoom::FIELD, progress, look, draft).await
    }
}

/// Whether a look reads the metadata, which has a call of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Texts {
    Read,
    Skip,
}

/// Looks at a room; `None`: there is no such room.
async fn look(session: &Session, room: &RoomId, texts: Texts) -> Result<Option<Observed>, providers::Error> {
    let (id, engine) = (room.as_str(), LiveEngine::new(session.tencent()));
    let info = match session.call(Operation::GetRoomInfo, engine.get_room_info(id)).await {
        Ok(reply) => reply.value,
        Err(error) if is_no_room(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let seen = wire::observed(id, session.tencent().identifier(), info);
    if texts == Texts::Skip {
        return Ok(Some(seen));
    }
    match session.call(Operation::GetRoomMetadata, engine.get_room_metadata(id, &[])).await {
        Ok(reply) => Ok(Some(Observed { metadata: SeenMetadata::Shown(reply.value), ..seen })),
        // It ended between the two calls.
        Err(error) if is_no_room(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
