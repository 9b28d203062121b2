//! What happens next to an object, and when. Pure; it promises nothing that the operator has not written down.

use std::time::Duration;

use roomkeeper_plan::reason::Reason;

use super::explanation::OperatorState;
use super::standing::Standing;
use crate::api::Interval;
use crate::api::annotations;
use crate::cli::DRIFT_CHECK_INTERVAL;
use crate::controller::{NEXT_CHECK, NEXT_TRIAL};
use crate::object::Object;
use crate::report::{self, Pause};
use crate::schedule::{FIRST_PAUSE, LONGEST_PAUSE};

/// What makes the operator look at a room at once.
const AT_ONCE: &str =
    "At once when the object, its annotations, its config or a Secret that one of them names changes.";
/// The same of a config.
const CONFIG_AT_ONCE: &str = "At once when the config or a Secret that it names changes.";

/// Says what happens next to a room.
pub(super) fn room(object: &Object, standing: &Standing<'_>) -> Vec<String> {
    if let Some(nothing) = without_operator(standing) {
        return vec![nothing];
    }
    if standing.deleting && object.is_told(annotations::RELEASE) {
        return vec!["The object goes at the operator's next look, at once, and the room stays.".to_owned()];
    }
    if standing.paused {
        return vec![if standing.deleting {
            "The object goes at the operator's next look, at once, and the room stays: it is paused.".to_owned()
        } else {
            format!("Nothing, until the annotation {} is removed.", annotations::PAUSED)
        }];
    }
    let Some(reason) = standing.reason.filter(|_| !standing.stale) else {
        return vec!["The operator looks at it as soon as it comes to it, mostly within seconds.".to_owned()];
    };
    let mut next: Vec<String> = waits(reason, object).into_iter().collect();
    next.push(again(reason, object));
    next.push(AT_ONCE.to_owned());
    next
}

/// Says what happens next to a config.
pub(super) fn config(standing: &Standing<'_>) -> Vec<String> {
    if let Some(nothing) = without_operator(standing) {
        return vec![nothing];
    }
    if standing.stale {
        return vec!["The operator looks at it as soon as it comes to it, mostly within seconds.".to_owned()];
    }
    let pause = if standing.reason == Some(Reason::ProviderUnavailable) { NEXT_TRIAL } else { NEXT_CHECK };
    let pause = interval(pause);
    vec![
        format!("Looked at again {pause} after its last look; when that was is not written down."),
        CONFIG_AT_ONCE.to_owned(),
    ]
}

fn without_operator(standing: &Standing<'_>) -> Option<String> {
    match standing.operator {
        OperatorState::NotRunning => {
            Some("Nothing, as long as no operator runs; one that starts looks at it at once.".to_owned())
        }
        OperatorState::Running | OperatorState::Unknown => None,
    }
}

/// Says when it is looked at again by itself.
fn again(reason: Reason, object: &Object) -> String {
    match report::pause(reason) {
        Pause::DriftCheck => {
            let (every, whose) = match object.drift_check_interval() {
                Some(own) => (interval(own), "spec.driftCheckInterval"),
                None => (
                    DRIFT_CHECK_INTERVAL.to_owned(),
                    "unless the operator was started with another --drift-check-interval",
                ),
            };
            format!("Looked at again about {every} after its last look ({whose}); when that was is not written down.")
        }
        Pause::Backoff | Pause::After(_) => format!(
            "Looked at again by itself: {} after a look, then less and less often, at least every {}; where the vendor \
             says how long to wait, then.",
            interval(FIRST_PAUSE),
            interval(LONGEST_PAUSE)
        ),
    }
}

/// Says what a room waits for that is neither the operator's to do nor a person's with the object.
fn waits(reason: Reason, object: &Object) -> Option<String> {
    let timeout = || {
        let policy = object.spec.policy().ok()?;
        policy.dismissal.and_then(|dismissal| dismissal.timeout)
    };
    match reason {
        Reason::WaitingForOwner => Some("It waits until the new owner joins the room.".to_owned()),
        Reason::DismissalWaiting => Some(match timeout() {
            Some(timeout) => format!(
                "It waits until all have left; {timeout} after the deletion it says DismissalTimedOut, and goes on waiting."
            ),
            None => "It waits until all have left, for as long as that takes.".to_owned(),
        }),
        Reason::DismissalTimedOut => Some("It waits until all have left.".to_owned()),
        Reason::DismissalHeld => {
            Some("It waits for its turn, or for an operator that may change something.".to_owned())
        }
        Reason::Pending
        | Reason::Reconciling
        | Reason::InSync
        | Reason::AppliedUnverified
        | Reason::CorrectingDrift
        | Reason::DriftTolerated
        | Reason::DriftNotCorrected
        | Reason::NotEffective
        | Reason::UpdateNotPartial
        | Reason::ProviderConfigNotReady
        | Reason::ProviderUnavailable
        | Reason::UnexpectedAnswer
        | Reason::InvalidSpec
        | Reason::CredentialsRejected
        | Reason::PermissionDenied
        | Reason::AccountLimit
        | Reason::OwnerNotFound
        | Reason::OwnerNotAddressable
        | Reason::PasswordUnknown
        | Reason::NotFound
        | Reason::Ended
        | Reason::RoomDisabled
        | Reason::Unallocated
        | Reason::AlreadyExists
        | Reason::DuplicateClaim
        | Reason::AccountChanged
        | Reason::Paused
        | Reason::Dismissing
        | Reason::OccupancyUnknown => None,
    }
}

/// Writes a length of time as specs do.
fn interval(time: Duration) -> String {
    Interval::from_seconds(time.as_secs()).to_string()
}
