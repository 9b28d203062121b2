//! The policy fields that every kind of room has: what may be done, when drift is corrected, how a room ends.
//!
//! It decides nothing: it is the words in which a user permits.

use std::collections::{BTreeMap, BTreeSet};

use roomkeeper_plan::limits::DRIFT_CHECK_MIN_SECONDS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interval::Interval;
use super::rules::{self, Message, Rule};

/// One thing that the operator may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum ManagementPolicy {
    /// Create the room if it is not there.
    Create,
    /// Take over a room that was there before.
    Adopt,
    /// Change what differs.
    Update,
    /// Hand the room to another owner.
    ChangeOwner,
    /// End the room when the object is deleted.
    Dismiss,
}

impl ManagementPolicy {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Adopt, Self::Update, Self::ChangeOwner, Self::Dismiss];
}

/// When a difference between the spec and the vendor is corrected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum DriftMode {
    /// At once.
    #[default]
    Always,
    /// When nobody is in the room.
    WhenIdle,
    /// Once after an edit of the spec; later differences are only reported.
    OnEdit,
}

/// What happens to differences that appear while a room runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftCorrection {
    /// How fields are treated that `fields` does not name.
    /// `Always` corrects a difference at once, `WhenIdle` waits until nobody is in the room, `OnEdit` applies each edit
    /// of the spec once and then only reports differences.
    /// Absent: `Always`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<DriftMode>,

    /// How single fields are treated, by the name that the field has in the engine's spec: `audioDisabled: OnEdit`.
    /// Hosts mute people and hand over rooms while they run; name here what is theirs to change.
    /// Absent: every field is treated as `default` says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 16))]
    pub fields: BTreeMap<String, DriftMode>,
}

/// What happens if people are in the room that shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum WhenOccupied {
    /// Wait until they left.
    Wait,
    /// Remove them.
    Dismiss,
}

/// How a room ends when its object is deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dismissal {
    /// What to do if people are in the room: `Wait` until they left, or `Dismiss` the room and them with it.
    /// Where the vendor does not say how many are in, `Wait` blocks with the reason OccupancyUnknown.
    /// Absent: `Wait`. The engine `huaweiRtc` has no default: a person must choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_occupied: Option<WhenOccupied>,

    /// How long a deletion may wait, as a duration such as `2h`.
    /// After it the object reports DismissalTimedOut and stays: it is never let go silently.
    /// Absent: it waits as long as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Interval>,
}

/// What happens when a room is over at the vendor while the object is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum WhenEnded {
    /// Create it again.
    Recreate,
    /// Leave it ended until the spec is edited.
    Leave,
}

/// The policy fields of a spec as they are in effect, whatever its kind.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyFields<'a> {
    /// What the operator may do: what the spec lists, or what its kind and engine have without a list.
    pub policies: BTreeSet<ManagementPolicy>,
    /// When differences are corrected; absent: always, at once.
    pub drift_correction: Option<&'a DriftCorrection>,
    /// How the room ends; absent: as [`PolicyFields::when_occupied`] says, without a time limit.
    pub dismissal: Option<&'a Dismissal>,
    /// How often to look again; absent: as the controller is set.
    pub drift_check_interval: Option<Interval>,
}

impl PolicyFields<'_> {
    /// Returns what happens to people who are in the room when it shall end: what the spec says, or `Wait`.
    #[must_use]
    pub fn when_occupied(&self) -> WhenOccupied {
        self.dismissal.and_then(|dismissal| dismissal.when_occupied).unwrap_or(WhenOccupied::Wait)
    }
}

/// Refuses verbs that the engine has not.
pub(super) fn only_verbs(engine: &str, verbs: &[ManagementPolicy]) -> Rule {
    let names: Vec<String> = verbs.iter().map(|verb| format!("{verb:?}")).collect();
    let listed: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    Rule::new(format!(
        "!has(self.{engine}) || !has(self.managementPolicies) || self.managementPolicies.all(p, p in [{}])",
        listed.join(", ")
    ))
    .message(Message::Message(format!(
        "managementPolicies: {engine} can do no more than {}; remove the other verbs",
        names.join(", ")
    )))
    .field_path(".managementPolicies")
}

/// Refuses names in `driftCorrection.fields` that the engine does not have.
pub(super) fn only_fields(engine: &str, fields: &[&str]) -> Rule {
    let listed: Vec<String> = fields.iter().map(|field| format!("'{field}'")).collect();
    Rule::new(format!(
        "!has(self.{engine}) || !has(self.driftCorrection) || !has(self.driftCorrection.fields) \
         || self.driftCorrection.fields.all(f, f in [{}])",
        listed.join(", ")
    ))
    .message(Message::Message(format!(
        "driftCorrection.fields names a field that {engine} cannot correct; it has {}",
        fields.join(", ")
    )))
    .field_path(".driftCorrection.fields")
}

/// Refuses drift checks that come too often.
pub(super) fn drift_check_interval_is_long_enough() -> Rule {
    Rule::new(format!(
        "!has(self.driftCheckInterval) || duration(self.driftCheckInterval) >= duration('{DRIFT_CHECK_MIN_SECONDS}s')"
    ))
    .message(Message::Message(format!(
        "driftCheckInterval must be at least {DRIFT_CHECK_MIN_SECONDS}s: a shorter one only spends the vendor's quota"
    )))
    .field_path(".driftCheckInterval")
}

/// Requires a choice where guessing would throw people out or wait for ever.
pub(super) fn occupied_rooms_of_huawei_rtc_need_a_choice() -> Rule {
    rules::required(
        "!has(self.huaweiRtc) || (has(self.dismissal) && has(self.dismissal.whenOccupied))",
        "dismissal.whenOccupied is required for huaweiRtc: choose Wait (until people left) or Dismiss (remove them)",
        ".dismissal.whenOccupied",
    )
}

/// Refuses a drift policy where nothing can be updated.
pub(super) fn huawei_rtc_has_no_drift() -> Rule {
    rules::forbidden(
        "!has(self.huaweiRtc) || !has(self.driftCorrection)",
        "driftCorrection: a huaweiRtc room has nothing that can be updated; remove it",
        ".driftCorrection",
    )
}
