//! The conditions of a status, with the schema and the limits of Kubernetes' own `metav1.Condition`.
//!
//! It does not know when a condition is true; it knows how one is written down.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Type of the condition that says whether the object is as wanted; always present.
pub const READY: &str = "Ready";
/// Type of the condition that says work goes on; present only while true.
pub const RECONCILING: &str = "Reconciling";
/// Type of the condition that says a person must act; present only while true.
pub const STALLED: &str = "Stalled";
/// Type of the condition that says whether the vendor shows something else than the spec.
pub const DRIFTED: &str = "Drifted";

/// Reason of `Ready` on an object that nobody has looked at yet.
pub const PENDING: &str = "Pending";

/// The `observedGeneration` of an object that nobody has looked at: no generation is ever equal to it.
pub const NEVER_OBSERVED: i64 = -1;

/// One aspect of the state of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Name of the aspect: `Ready`, `Reconciling`, `Stalled` or `Drifted`.
    /// `Reconciling` and `Stalled` are present only while they are True.
    #[serde(rename = "type")]
    #[schemars(
        length(max = 316),
        regex(
            pattern = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
        )
    )]
    pub type_: String,

    /// True, False or Unknown.
    pub status: ConditionStatus,

    /// The `metadata.generation` that this condition speaks of; an older one than the object's is out of date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub observed_generation: Option<i64>,

    /// When `status` last changed.
    pub last_transition_time: Time,

    /// Why, as one CamelCase word for programs.
    #[schemars(length(min = 1, max = 1024), regex(pattern = r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"))]
    pub reason: String,

    /// Why and what to do, as a sentence for people.
    #[schemars(length(max = 32_768))]
    pub message: String,
}

/// Whether an aspect holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Nobody knows.
    Unknown,
}

impl ConditionStatus {
    /// Returns the word that is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// Returns the conditions of an object that nobody has looked at: not ready, and not failed.
///
/// They are the schema's default, so that a new object does not look healthy to tools that find no conditions.
/// The time is 1970 until the first status is written: a schema knows no clock.
#[must_use]
pub fn pending() -> Vec<Condition> {
    vec![Condition {
        type_: READY.to_owned(),
        status: ConditionStatus::Unknown,
        observed_generation: None,
        last_transition_time: Time(Timestamp::UNIX_EPOCH),
        reason: PENDING.to_owned(),
        message: "waiting for the Roomkeeper controller to look at this object; if this stays, check that it runs"
            .to_owned(),
    }]
}

/// Returns [`NEVER_OBSERVED`], as serde and the schema want a default.
pub(super) fn never_observed() -> i64 {
    NEVER_OBSERVED
}
