//! What a fault is: which requests it meets, how often, and what it does to them. Plain data.
//! Neither counts nor holds anything; `faults` does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, VendorCode};
use crate::service::Call;

/// A fault: what it meets, how often, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// The operation it meets, such as `room_engine/update_room_info`; absent: every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The room it meets; absent: every one, and requests that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// How many requests it meets; absent: one.
    #[serde(default)]
    pub times: Times,
    /// What it does.
    pub effect: Effect,
}

impl Fault {
    /// Returns a fault that meets the next request of any operation.
    pub const fn anywhere(effect: Effect) -> Self {
        Self { operation: None, room: None, times: Times::Once, effect }
    }

    /// Returns a fault that meets the next request of one operation.
    pub fn at(operation: &str, effect: Effect) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::anywhere(effect) }
    }

    /// Narrows the fault to requests that name this room.
    #[must_use]
    pub fn room(self, room: &str) -> Self {
        Self { room: Some(room.to_owned()), ..self }
    }

    /// Sets how many requests the fault meets.
    #[must_use]
    pub fn times(self, times: Times) -> Self {
        Self { times, ..self }
    }

    /// Returns whether the fault is about this call.
    pub(crate) fn meets(&self, call: &Call) -> bool {
        self.operation.as_ref().is_none_or(|operation| *operation == call.operation)
            && self.room.as_ref().is_none_or(|room| Some(room) == call.room.as_ref())
    }
}

/// How many requests a fault meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Times {
    /// The next one.
    #[default]
    Once,
    /// The next so many.
    Count(u32),
    /// All until the fault is removed.
    UntilRemoved,
}

/// What a fault does to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Effect {
    /// Refuses it with a code; it is not applied.
    Refuse(Refusal),
    /// Refuses it as one that came too often; it is not applied.
    Throttle,
    /// Applies it at once and answers late: a caller that gave up meanwhile has lost the answer, not the change.
    Delay {
        /// How late, in real time.
        #[serde(rename = "milliseconds", with = "milliseconds")]
        by: Duration,
    },
    /// Answers a look with what its target was before its last writes. A write is applied as usual.
    StaleRead {
        /// How many writes back. Only writes by requests count; at most 16 are remembered.
        writes: u32,
    },
    /// Says that it succeeded, if it would have, and changes nothing.
    AcceptOnly,
    /// Applies it and closes the connection without an answer.
    ApplyThenDrop,
    /// Closes the connection without an answer; it is not applied.
    DropBefore,
    /// Applies it and closes the connection after half of the answer's body.
    HalfBody,
    /// Answers with an HTML page, as a proxy would; it is not applied.
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// Answers with a status and no body; it is not applied.
    Status {
        /// The HTTP status.
        code: u16,
    },
    /// Holds it before it is applied. If its caller goes away meanwhile it is never applied.
    HoldBefore,
    /// Applies it and holds the answer.
    HoldAfter,
}

impl Effect {
    /// Returns the effect that refuses with a code, and with the status and text that belong to it.
    pub fn refuse(code: impl Into<VendorCode>) -> Self {
        Self::Refuse(Refusal::of(code))
    }

    /// Returns the name in the journal, which is also the one in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refuse(_) => "refuse",
            Self::Throttle => "throttle",
            Self::Delay { .. } => "delay",
            Self::StaleRead { .. } => "staleRead",
            Self::AcceptOnly => "acceptOnly",
            Self::ApplyThenDrop => "applyThenDrop",
            Self::DropBefore => "dropBefore",
            Self::HalfBody => "halfBody",
            Self::Html { .. } => "html",
            Self::Status { .. } => "status",
            Self::HoldBefore => "holdBefore",
            Self::HoldAfter => "holdAfter",
        }
    }

    /// Whether requests wait for a release.
    pub(crate) const fn holds(&self) -> bool {
        match self {
            Self::HoldBefore | Self::HoldAfter => true,
            Self::Refuse(_)
            | Self::Throttle
            | Self::Delay { .. }
            | Self::StaleRead { .. }
            | Self::AcceptOnly
            | Self::ApplyThenDrop
            | Self::DropBefore
            | Self::HalfBody
            | Self::Html { .. }
            | Self::Status { .. } => false,
        }
    }

    /// The HTTP status that the effect answers with, if it has one of its own.
    pub(crate) const fn status(&self) -> Option<u16> {
        match self {
            Self::Refuse(refusal) => refusal.status,
            Self::Html { status } => Some(*status),
            Self::Status { code } => Some(*code),
            Self::Throttle
            | Self::Delay { .. }
            | Self::StaleRead { .. }
            | Self::AcceptOnly
            | Self::ApplyThenDrop
            | Self::DropBefore
            | Self::HalfBody
            | Self::HoldBefore
            | Self::HoldAfter => None,
        }
    }
}

/// A duration as whole milliseconds in JSON.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
