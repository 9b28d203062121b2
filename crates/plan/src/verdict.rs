//! What the status says about a finished pass, derived from what its last plan left.
//!
//! Messages are the same, byte for byte, for the same cause: no ids of requests, times or counts.

mod words;

use alloc::string::{String, ToString};

pub use words::release_words;

use crate::decision::{Goal, Plan, Sight, Wanted};
use crate::reason::{Reason, Status};

/// The outcome of a pass in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Reason of `Ready`.
    pub reason: Reason,
    /// Message of `Ready`: what is the matter and what to do.
    pub message: String,
    /// Value of `Drifted`; absent: the condition is not shown.
    pub drifted: Option<Status>,
}

/// Returns the verdict on a pass that ended with this plan, whose steps are all done.
#[must_use]
pub fn of<D, I, A, O>(wanted: &Wanted<D, I>, sight: Option<&Sight<O>>, plan: &Plan<A>) -> Verdict {
    let (reason, message) =
        plan.left.iter().map(words::of).min_by_key(|(reason, _)| rank(*reason)).unwrap_or_else(|| match wanted.goal {
            Goal::Present(_) => (Reason::InSync, "the vendor shows what the spec asks for".to_string()),
            Goal::Absent(_) => (Reason::Dismissing, "the room is gone".to_string()),
        });
    let reason = match (&wanted.goal, reason) {
        (Goal::Absent(_), Reason::Reconciling) => Reason::Dismissing,
        (_, reason) => reason,
    };
    Verdict { reason, message, drifted: drifted(&wanted.goal, sight, reason, plan) }
}

/// The most urgent reason is the one shown: what a person must do, then what is waited for, then the rest.
fn rank(reason: Reason) -> u8 {
    match (reason.ready(), reason) {
        (Status::False, Reason::InvalidSpec) => 0,
        (Status::False, _) if reason.mark() == crate::reason::Mark::Stalled => 1,
        (Status::False, _) => 2,
        (Status::Unknown, _) => 3,
        (Status::True, Reason::DriftTolerated) => 4,
        (Status::True, _) => 5,
    }
}

fn drifted<D, I, A, O>(goal: &Goal<D, I>, sight: Option<&Sight<O>>, reason: Reason, plan: &Plan<A>) -> Option<Status> {
    let (Goal::Present(_), Some(Sight::Present(_))) = (goal, sight) else {
        return None;
    };
    if plan.left.iter().any(|left| !left.changes().is_empty()) || reason == Reason::UpdateNotPartial {
        Some(Status::True)
    } else if reason == Reason::AppliedUnverified {
        Some(Status::Unknown)
    } else {
        Some(Status::False)
    }
}
