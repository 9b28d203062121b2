//! How an object stands: what `Ready` says, and whether it says it of the object as it is now. Pure.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use roomkeeper_plan::reason::{Advice, CREDENTIALS_ACCEPTED, CREDENTIALS_ACCEPTED_ADVICE, Reason};

use super::explanation::{self as shown, OperatorState, Summary};
use crate::api::Condition;
use crate::api::condition::{ConditionStatus, READY};

/// How an object stands.
pub(super) struct Standing<'a> {
    pub(super) ready: Option<&'a Condition>,
    /// Absent: there is none, or it is one that this version does not know, or a config's own.
    pub(super) reason: Option<Reason>,
    /// Whether anybody has looked at it.
    pub(super) seen: bool,
    /// Whether the status speaks of an earlier version.
    pub(super) stale: bool,
    pub(super) deleting: bool,
    pub(super) paused: bool,
    pub(super) operator: OperatorState,
}

impl<'a> Standing<'a> {
    pub(super) fn of(conditions: &'a [Condition], (generation, observed): (i64, i64), operator: OperatorState) -> Self {
        let ready = conditions.iter().find(|condition| condition.type_ == READY);
        Standing {
            ready,
            reason: ready.and_then(|ready| Reason::parse(&ready.reason)),
            seen: observed >= 0,
            stale: observed != generation,
            deleting: false,
            paused: false,
            operator,
        }
    }

    /// Returns the message of `Ready`.
    pub(super) fn message(&self) -> &'a str {
        self.ready.map_or("", |ready| ready.message.as_str())
    }

    /// Tells whether `Ready` is True of the object as it is now, which nobody deletes.
    pub(super) fn is_ready(&self) -> bool {
        !self.stale && !self.deleting && self.ready.is_some_and(|ready| ready.status == ConditionStatus::True)
    }

    /// Says what `Ready` says, and what that means.
    pub(super) fn summary(&self) -> Summary {
        let reason = self.ready.map_or("Unknown", |ready| ready.reason.as_str());
        let advice = match self.reason {
            Some(reason) => reason.advice(),
            None if reason == CREDENTIALS_ACCEPTED => CREDENTIALS_ACCEPTED_ADVICE,
            None => Advice {
                meaning: "This version of the program does not know the reason.",
                remedy: "Read the message, and use the version of the operator.",
            },
        };
        let is_earlier = self.seen && self.stale;
        let meaning = if is_earlier {
            format!(
                "The operator has not looked at the object as it is now; of an earlier version it said: {}",
                advice.meaning
            )
        } else {
            advice.meaning.to_owned()
        };
        let remedy = if self.stale && self.operator == OperatorState::NotRunning {
            "Have the operator run: nothing is done until it does."
        } else if self.paused {
            Reason::Paused.advice().remedy
        } else if is_earlier {
            "Wait a moment; if it stays, see whether the operator runs and watches this namespace."
        } else {
            advice.remedy
        };
        Summary { reason: reason.to_owned(), meaning, remedy: remedy.to_owned(), message: self.message().to_owned() }
    }
}

/// Returns the conditions as they are shown.
pub(super) fn conditions(conditions: &[Condition]) -> Vec<shown::Condition> {
    conditions
        .iter()
        .map(|condition| shown::Condition {
            type_: condition.type_.clone(),
            status: condition.status.as_str().to_owned(),
            reason: condition.reason.clone(),
            since: transition(&condition.last_transition_time),
            message: condition.message.clone(),
        })
        .collect()
}

/// The schema's default carries the time 1970, which is nobody's transition.
fn transition(time: &Time) -> Option<Time> {
    (time.0.as_second() != 0).then(|| time.clone())
}
