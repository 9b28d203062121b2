//! What the status says about a finished pass, derived from what its last plan left.
//!
//! Messages are the same, byte for byte, for the same cause: no ids of requests, times or counts.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::decision::{Goal, Plan, Sight, Wanted};
use crate::diff::Change;
use crate::left::{Blocker, Left, Release, Waiting};
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
        plan.left.iter().map(words).min_by_key(|(reason, _)| rank(*reason)).unwrap_or_else(|| match wanted.goal {
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

fn words(left: &Left) -> (Reason, String) {
    match left {
        Left::Wait { why, changes } => waiting(why, changes),
        Left::Blocked { why, changes } => blocked(why, changes),
        Left::Tolerated { changes } => {
            (Reason::DriftTolerated, format!("{} differs; spec.driftCorrection leaves it for now", fields(changes)))
        }
        Left::Unverified { field } => {
            (Reason::AppliedUnverified, format!("applied, but the vendor does not show {field}"))
        }
        Left::Ended => (
            Reason::Ended,
            "the room ended and whenEnded: Leave keeps it so; edit the spec to have it again".to_string(),
        ),
        Left::Paused => {
            (Reason::Paused, "paused by annotation; nobody looks at the room until it is removed".to_string())
        }
        Left::Released(release) => (Reason::Dismissing, format!("the room stays: {}", release_words(release))),
    }
}

fn waiting(why: &Waiting, changes: &[Change]) -> (Reason, String) {
    match why {
        Waiting::Owner { owner } => (
            Reason::WaitingForOwner,
            format!("{owner} is not in the room yet; the owner changes as soon as that user joins"),
        ),
        Waiting::People { .. } => (
            Reason::DismissalWaiting,
            "people are in the room; it is dismissed when they have left (spec.dismissal.whenOccupied: Dismiss \
             removes them, the annotation roomkeeper.dev/release: \"true\" leaves the room)"
                .to_string(),
        ),
        Waiting::Brake => (
            Reason::DismissalHeld,
            "many rooms of this account are being dismissed; this one waits its turn \
             (dismissals.maxPerMinute of the ProviderConfig)"
                .to_string(),
        ),
        Waiting::Effect if changes.is_empty() => {
            (Reason::Reconciling, "the vendor accepted the call and does not show its effect yet".to_string())
        }
        Waiting::Effect => (
            Reason::CorrectingDrift,
            format!("the vendor accepted the change of {} and does not show it yet", fields(changes)),
        ),
    }
}

fn blocked(why: &Blocker, changes: &[Change]) -> (Reason, String) {
    match why {
        Blocker::AlreadyExists => (
            Reason::AlreadyExists,
            format!(
                "a room with this id was there before this object{}; add Adopt to spec.managementPolicies to take it \
                 over, or choose another roomId",
                and_differs(changes)
            ),
        ),
        Blocker::DuplicateClaim { to } => (
            Reason::DuplicateClaim,
            format!("the room belongs to {to}; delete one of the two objects or choose another roomId"),
        ),
        Blocker::AccountChanged { claimed } => (
            Reason::AccountChanged,
            format!(
                "this object's room is in the account {claimed}, its ProviderConfig names another; point \
                 spec.providerConfigRef back, or delete the object with the annotation roomkeeper.dev/release: \"true\""
            ),
        ),
        Blocker::Forbidden(verb) => (
            Reason::DriftNotCorrected,
            format!("{} differs and spec.managementPolicies does not list {verb}", fields(changes)),
        ),
        Blocker::NotFound => (
            Reason::NotFound,
            "the vendor has no such room and spec.managementPolicies does not list Create".to_string(),
        ),
        Blocker::CreateOnly => (
            Reason::InvalidSpec,
            format!(
                "{} can only be set when a room is made; set it back, or delete the object and make it anew",
                fields(changes)
            ),
        ),
        Blocker::NotEffective => (
            Reason::NotEffective,
            format!("the vendor accepted the change of {} twice and does not show it", fields(changes)),
        ),
        Blocker::NotPartial { fields } => (
            Reason::UpdateNotPartial,
            format!("{} changed although it was not sent; add it to the spec to manage it", fields.join(", ")),
        ),
        Blocker::OccupancyUnknown => (
            Reason::OccupancyUnknown,
            "the vendor does not say whether people are in the room; set spec.dismissal.whenOccupied: Dismiss, or \
             annotate with roomkeeper.dev/release: \"true\" to leave the room"
                .to_string(),
        ),
        Blocker::DismissalTimedOut => (
            Reason::DismissalTimedOut,
            "people are still in the room after spec.dismissal.timeout; set spec.dismissal.whenOccupied: Dismiss, or \
             annotate with roomkeeper.dev/release: \"true\" to leave the room"
                .to_string(),
        ),
    }
}

/// Says why a room stays although its object goes.
#[must_use]
pub fn release_words(release: &Release) -> String {
    match release {
        Release::Requested => "the annotation roomkeeper.dev/release asks for it".to_string(),
        Release::Paused => "the object was paused when it was deleted".to_string(),
        Release::Uninstalling => "the CRD is being deleted, and uninstalling dismisses nobody".to_string(),
        Release::NotAllowed => "spec.managementPolicies does not list Dismiss".to_string(),
        Release::NotOurs => "it was never this object's room".to_string(),
        Release::HandedOver { to } => format!("{to} names the same room"),
    }
}

fn fields(changes: &[Change]) -> String {
    changes.iter().map(|change| change.field).collect::<Vec<_>>().join(", ")
}

fn and_differs(changes: &[Change]) -> String {
    if changes.is_empty() { String::new() } else { format!(" and differs in {}", fields(changes)) }
}
