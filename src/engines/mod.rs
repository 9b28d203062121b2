//! The engines: how each joins its planner with its vendor's client. One file each, the same parts in each.
//!
//! An engine holds no state and makes no decision: `parse` and `plan` are pure, `observe` only reads the vendor,
//! `execute` does one step as it stands.

pub mod huawei_meeting;
pub mod huawei_rtc;
pub mod import;
mod tencent;
pub mod tencent_live;
pub mod tencent_room;

use std::fmt::{Debug, Display};
use std::future::Future;

use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::ids::{Account, Timestamp};
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_plan::{Act, Memory, Plan, Reason, Sight, Wanted};
use roomkeeper_providers as providers;
use roomkeeper_providers::Call;
use roomkeeper_providers::tencent::{live_engine, room_engine};

use crate::accounts::Session;
use crate::api::room::EngineSpec;
use crate::api::status::Observed;
use crate::join_info::JoinInfo;
use crate::object::{Object, Spec};

/// A spec that cannot be acted upon, with the field and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Invalid {
    /// Path of the field, from the root of the object.
    pub field: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

impl Invalid {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, why: impl Display) -> Self {
        Invalid { field: field.into(), why: why.to_string() }
    }
}

/// One engine of one vendor.
pub trait Engine: Sized + Send + Sync + 'static {
    /// What the spec asks for, with references to Secrets.
    type Parsed: Send + Sync;
    /// What the spec asks for, with the values of the Secrets.
    type Desired: Send + Sync;
    /// What tells the room from others.
    type Identity: Clone + Send + Sync;
    /// What the vendor shows.
    type Observed: Clone + Debug + Send + Sync;
    /// One call that changes something.
    type Action: Act + Clone + Debug + Display + Send + Sync;

    /// Name of the engine's field in the spec.
    const FIELD: &'static str;
    /// Name of the vendor's field in a config, and the first part of its accounts.
    const VENDOR: &'static str;
    /// The vendor's code for success; absent: it has none.
    const SUCCESS: Option<&'static str>;
    /// What it means that the vendor does not know the app: a config for another place, or a spec with a wrong id.
    const NO_SUCH_APP: Reason;

    /// Parses and checks a spec, once; a deleted object's goal is an absent room. Pure.
    ///
    /// # Errors
    /// Names the field that breaks a rule. An object being deleted is only asked for its identity.
    fn parse(object: &Object) -> Result<Wanted<Self::Parsed, Self::Identity>, Invalid>;

    /// Returns the vendor's id of the room, as it stands in claims; absent: only a look can tell. Pure.
    fn room(wanted: &Wanted<Self::Parsed, Self::Identity>) -> Option<String>;

    /// Returns the id of the room on show and every name that a spec could call it by; absent: there is only one name,
    /// which is the id. Pure.
    fn named(_seen: &Self::Observed) -> Option<Named> {
        None
    }

    /// Returns the Secrets that the spec names, with the field that names each. Pure.
    fn secrets(parsed: &Self::Parsed) -> Vec<(&'static str, SecretRef)>;

    /// Puts the values in the place of the references. Pure.
    ///
    /// # Errors
    /// Names the field whose value the vendor would not take.
    fn resolve(parsed: Self::Parsed, values: &[(&'static str, SecretValue)]) -> Result<Self::Desired, Invalid>;

    /// Returns what tells the room that a create makes from others; `None`: this engine makes no rooms. Pure.
    fn sent(wanted: &Wanted<Self::Desired, Self::Identity>, session: &Session) -> Option<Sent>;

    /// Looks at the room, and at what else the plan needs by what is wanted and remembered. Reads the vendor.
    ///
    /// # Errors
    /// Whatever the vendor answers but "there is no such room", which is a sight.
    fn observe(
        session: &Session,
        wanted: &Wanted<Self::Desired, Self::Identity>,
        memory: &Memory<Self::Action, Self::Observed>,
    ) -> impl Future<Output = Result<Sight<Self::Observed>, providers::Error>> + Send;

    /// Decides. Pure.
    fn plan(
        wanted: &Wanted<Self::Desired, Self::Identity>,
        sight: &Sight<Self::Observed>,
        memory: &Memory<Self::Action, Self::Observed>,
        now: Timestamp,
    ) -> Plan<Self::Action>;

    /// Does one step. Writes the vendor, and chooses nothing.
    ///
    /// # Errors
    /// Whatever the vendor answers but success.
    fn execute(
        session: &Session,
        room: &str,
        action: &Self::Action,
    ) -> impl Future<Output = Result<providers::Reply<Note>, providers::Error>> + Send;

    /// Returns how people join the room on show; absent: this engine does not tell. Pure.
    fn join_info(_seen: &Self::Observed) -> Option<JoinInfo> {
        None
    }

    /// Returns what the status shows of a sight: the managed fields and the running state, never a secret. Pure.
    fn report(desired: &Self::Desired, seen: &Self::Observed) -> Observed;
}

/// How a room is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The vendor's id, as it stands in claims.
    pub room: String,
    /// Every name that a spec could call it by, in the form of [`Object::names`].
    pub names: Vec<String>,
}

/// What a step's answer tells people besides success, for the event; absent: nothing.
pub type Note = Option<String>;

/// Checks that an account is of the vendor that an engine needs.
///
/// # Errors
/// Names both, for a spec that points an engine to another vendor's account.
pub fn same_vendor<E: Engine>(account: &Account) -> Result<(), Invalid> {
    if account.vendor() == E::VENDOR {
        return Ok(());
    }
    let (field, vendor) = (E::FIELD, E::VENDOR);
    let why = format!("names the account {account}, but {field} needs a ProviderConfig with spec.{vendor}");
    Err(Invalid::new("spec.providerConfigRef", why))
}

/// Refuses an object of another engine than the parser's, which the dispatch never sends there.
fn not_this_engine(field: &str) -> Invalid {
    Invalid::new(field, "is missing; the object is of another engine")
}

/// The engines, each with what the queue must know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// [`tencent_room::TencentRoom`]
    TencentRoom,
    /// [`tencent_live::TencentLive`]
    TencentLive,
    /// [`huawei_rtc::HuaweiRtc`]
    HuaweiRtc,
    /// [`huawei_meeting::HuaweiMeeting`]
    HuaweiMeeting,
}

impl Served {
    /// Every engine.
    pub const ALL: [Served; 4] = [Served::TencentRoom, Served::TencentLive, Served::HuaweiRtc, Served::HuaweiMeeting];

    /// Returns the engine of an object; one that names none is told so by the parser of the first.
    #[must_use]
    pub fn of(object: &Object) -> Self {
        match &object.spec {
            Spec::Room(room) => match room.spec.engine() {
                Ok(EngineSpec::TencentLive(_)) => Served::TencentLive,
                Ok(EngineSpec::HuaweiRtc(_)) => Served::HuaweiRtc,
                Ok(EngineSpec::TencentRoom(_)) | Err(_) => Served::TencentRoom,
            },
            Spec::MeetingRoom(_) => Served::HuaweiMeeting,
        }
    }

    /// Returns the name of the engine's field in a spec.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Served::TencentRoom => tencent_room::TencentRoom::FIELD,
            Served::TencentLive => tencent_live::TencentLive::FIELD,
            Served::HuaweiRtc => huawei_rtc::HuaweiRtc::FIELD,
            Served::HuaweiMeeting => huawei_meeting::HuaweiMeeting::FIELD,
        }
    }

    /// Returns the vendor of the engine's accounts.
    #[must_use]
    pub fn vendor(self) -> &'static str {
        match self {
            Served::TencentRoom => tencent_room::TencentRoom::VENDOR,
            Served::TencentLive => tencent_live::TencentLive::VENDOR,
            Served::HuaweiRtc => huawei_rtc::HuaweiRtc::VENDOR,
            Served::HuaweiMeeting => huawei_meeting::HuaweiMeeting::VENDOR,
        }
    }

    /// Returns the call that each pass of the engine begins with, whose limit paces the passes; absent: passes share the
    /// vendor's lists, so their number costs nothing.
    #[must_use]
    pub fn first_call(self) -> Option<Call> {
        match self {
            Served::TencentRoom => Some(room_engine::Operation::GetRoomInfo.into()),
            Served::TencentLive => Some(live_engine::Operation::GetRoomInfo.into()),
            Served::HuaweiRtc | Served::HuaweiMeeting => None,
        }
    }
}
