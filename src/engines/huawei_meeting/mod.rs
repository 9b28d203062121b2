//! `huaweiMeeting`: joins the planner of Cloud Meeting with Huawei's client.
//!
//! `spec` parses, `look` looks, `wire` translates, `import` and `draft` are for rooms without an object; here is what is
//! left.

mod draft;
mod import;
mod look;
mod spec;
mod wire;

use roomkeeper_plan::Reason;
use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::huawei_meeting::{
    self as room, Action, Desired, Goal, Identity, Links, Memory, Mode, Named, Observed, Plan, SeenOwner, Sight, Wanted,
};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_providers as providers;
use roomkeeper_providers::huawei::meeting::Operation;

use super::import::{Asked, Found, Import, Step};
use super::{Engine, Invalid, Note};
use crate::accounts::Session;
use crate::api::status;
use crate::join_info::JoinInfo;
use crate::object::Object;
use look::{Interest, Question, Settings};

/// Huawei Cloud Meeting.
#[derive(Debug)]
pub struct HuaweiMeeting;

impl Engine for HuaweiMeeting {
    type Parsed = Desired<SecretRef>;
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    const FIELD: &'static str = "huaweiMeeting";
    const VENDOR: &'static str = "huaweiMeeting";
    const SUCCESS: Option<&'static str> = None;
    const NO_SUCH_APP: Reason = Reason::CredentialsRejected;

    fn parse(object: &Object) -> Result<Wanted<SecretRef>, Invalid> {
        spec::wanted(object)
    }

    fn room(wanted: &Wanted<SecretRef>) -> Option<String> {
        let identity = match &wanted.goal {
            Goal::Present(desired) => &desired.identity,
            Goal::Absent(identity) => identity,
        };
        match &identity.named {
            Named::Id(id) => Some(id.as_str().to_owned()),
            Named::Number(_) | Named::Personal => None,
        }
    }

    fn named(seen: &Observed) -> Option<super::Named> {
        let id = seen.id.as_str().to_owned();
        let mut names = vec![id.clone(), format!("number:{}", seen.number)];
        if let (Mode::Personal, SeenOwner::Person(owner)) = (seen.mode, &seen.owner) {
            names.extend(owner.user_id.iter().map(|user| format!("owner:user:{user}")));
            names.push(format!("owner:account:{}", owner.account));
        }
        Some(super::Named { room: id, names })
    }

    fn secrets(parsed: &Desired<SecretRef>) -> Vec<(&'static str, SecretRef)> {
        spec::secrets(parsed)
    }

    fn resolve(parsed: Desired<SecretRef>, values: &[(&'static str, SecretValue)]) -> Result<Desired, Invalid> {
        spec::resolve(parsed, values)
    }

    fn sent(_wanted: &Wanted, _session: &Session) -> Option<Sent> {
        None
    }

    async fn observe(session: &Session, wanted: &Wanted, _memory: &Memory) -> Result<Sight, providers::Error> {
        let idle = wanted.terms.correction.asks_for_occupancy();
        let question = match &wanted.goal {
            Goal::Present(desired) => Question {
                named: &desired.identity.named,
                owner: desired.identity.owner.as_ref(),
                settings: match (desired.manages_settings(), desired.links) {
                    (false, Links::Unwanted) => Settings::Skip,
                    (true, Links::Unwanted | Links::Wanted) | (false, Links::Wanted) => Settings::Read,
                },
                conference: if idle { Interest::Always } else { Interest::ForOwner },
            },
            Goal::Absent(identity) => Question {
                named: &identity.named,
                // A personal room is found by its owner, also if the spec names it by its id.
                owner: identity.owner.as_ref(),
                settings: Settings::Skip,
                conference: Interest::Always,
            },
        };
        look::look(session, question).await
    }

    fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
        room::plan(wanted, sight, memory, now)
    }

    async fn execute(
        session: &Session,
        room: &str,
        action: &Action,
    ) -> Result<providers::Reply<Note>, providers::Error> {
        let client = session.meeting();
        let answer = match action {
            Action::Update(update) => {
                let sent = wire::update(update);
                session.call(Operation::UpdateVmr, client.update_vmr(&update.as_user, room, &sent)).await
            }
            Action::Recycle { from, ending: _ } => {
                session.call(Operation::RecycleVmr, client.recycle_vmr(&wire::account(from), room)).await
            }
            Action::Assign { to } => {
                session.call(Operation::AssignVmr, client.assign_vmr(&wire::account(to), room)).await
            }
        };
        answer.map(|reply| reply.map(|()| None))
    }

    fn join_info(seen: &Observed) -> Option<JoinInfo> {
        wire::join_info(seen)
    }

    fn report(desired: &Desired, seen: &Observed) -> status::Observed {
        wire::report(desired, seen)
    }
}

impl Import for HuaweiMeeting {
    async fn rooms(session: &Session, asked: &Asked, progress: &dyn Fn(Step)) -> Result<Vec<Found>, providers::Error> {
        import::rooms(session, asked, progress).await
    }
}
