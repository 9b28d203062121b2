//! What each thing that a plan leaves means for `Ready`, and what a person can do about it.
//!
//! The same cause has the same words; nothing that changes from look to look stands in them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::diff::Change;
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::Verb;
use crate::reason::Reason;

/// What else a person can do about a deletion that waits.
const LEAVE: &str = "the annotation roomkeeper.dev/release: \"true\" leaves the room";

/// Returns the reason and the message for one thing that a plan leaves.
pub(super) fn of(left: &Left) -> (Reason, String) {
    match left {
        Left::Wait { why, changes } => waiting(why, changes),
        Left::Blocked { why, changes } => (reason(why), blocked(why, changes)),
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
            format!(
                "people are in the room; it is dismissed when they have left (spec.dismissal.whenOccupied: Dismiss \
                 removes them, {LEAVE})"
            ),
        ),
        Waiting::End => (
            Reason::DismissalWaiting,
            format!(
                "the room runs and shows nobody in it; it ends by itself (spec.dismissal.whenOccupied: Dismiss ends it \
                 now, {LEAVE})"
            ),
        ),
        Waiting::Conference if changes.is_empty() => (
            Reason::DismissalWaiting,
            format!(
                "a conference runs in the room; it is recycled when that is over (spec.dismissal.whenOccupied: Dismiss \
                 does not wait, {LEAVE})"
            ),
        ),
        Waiting::Conference => (
            Reason::CorrectingDrift,
            format!("a conference runs in the room; {} changes when it is over", fields(changes)),
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
        Waiting::LostReply => (
            Reason::Reconciling,
            "the answer to a call was lost; the vendor's list tells within minutes whether it took effect".to_string(),
        ),
        Waiting::Preflight if changes.is_empty() => {
            (Reason::Reconciling, "what must be known about the room was not shown yet".to_string())
        }
        Waiting::Preflight => (
            Reason::CorrectingDrift,
            format!("{} differs; what must be known before it is changed was not shown yet", fields(changes)),
        ),
    }
}

fn reason(why: &Blocker) -> Reason {
    match why {
        Blocker::AlreadyExists => Reason::AlreadyExists,
        Blocker::DuplicateClaim { .. } => Reason::DuplicateClaim,
        Blocker::AccountChanged { .. } => Reason::AccountChanged,
        Blocker::ObserveOnly(Verb::Create) => Reason::NotFound,
        Blocker::ObserveOnly(Verb::Dismiss) => Reason::DismissalHeld,
        Blocker::Forbidden(_) | Blocker::ObserveOnly(Verb::Adopt | Verb::Update | Verb::ChangeOwner) => {
            Reason::DriftNotCorrected
        }
        Blocker::NotFound | Blocker::NoSuchRoom => Reason::NotFound,
        Blocker::CreateOnly
        | Blocker::OtherKind { .. }
        | Blocker::SamePasswords
        | Blocker::OwnerFixed
        | Blocker::OwnerRefused { .. } => Reason::InvalidSpec,
        Blocker::NotEffective => Reason::NotEffective,
        Blocker::NotPartial { .. } => Reason::UpdateNotPartial,
        Blocker::OccupancyUnknown => Reason::OccupancyUnknown,
        Blocker::DismissalTimedOut => Reason::DismissalTimedOut,
        Blocker::RoomDisabled => Reason::RoomDisabled,
        Blocker::UnknownState { .. } => Reason::UnexpectedAnswer,
        Blocker::Unallocated => Reason::Unallocated,
        Blocker::PasswordUnknown { .. } => Reason::PasswordUnknown,
        Blocker::OwnerNotFound { .. } => Reason::OwnerNotFound,
        Blocker::OwnerInactive { .. } | Blocker::OwnerNotAddressable { .. } => Reason::OwnerNotAddressable,
        Blocker::OwnerFull { .. } => Reason::AccountLimit,
    }
}

/// Says what a verb does to a room.
fn deed(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "make the room",
        Verb::Adopt => "take the room over",
        Verb::Update => "change the room",
        Verb::ChangeOwner => "change the room's owner",
        Verb::Dismiss => "end the room",
    }
}

// A table of sentences, one for each blocker.
fn blocked(why: &Blocker, changes: &[Change]) -> String {
    match why {
        Blocker::AlreadyExists => format!(
            "a room with this id was there before this object{}; add Adopt to spec.managementPolicies to take it over, \
             or choose another roomId",
            and_differs(changes)
        ),
        Blocker::DuplicateClaim { to } => {
            format!("the room belongs to {to}; delete one of the two objects or name another room")
        }
        Blocker::AccountChanged { claimed } => format!(
            "this object's room is in the account {claimed}, its ProviderConfig names another; point \
             spec.providerConfigRef back, or delete the object with the annotation roomkeeper.dev/release: \"true\""
        ),
        Blocker::Forbidden(verb) if changes.is_empty() => format!(
            "the annotation roomkeeper.dev/dismiss-requested-at asks for it and spec.managementPolicies does not list \
             {verb}; list it, or remove the annotation"
        ),
        Blocker::Forbidden(verb) => {
            format!("{} differs and spec.managementPolicies does not list {verb}", fields(changes))
        }
        Blocker::ObserveOnly(verb) => format!(
            "the operator was started with --observe-only and changes nothing at any vendor; it would {} ({})",
            deed(*verb),
            fields(changes)
        ),
        Blocker::NotFound => "the vendor has no such room and spec.managementPolicies does not list Create".to_string(),
        Blocker::CreateOnly => format!(
            "{} can only be set when a room is made; set it back, or delete the object and make it anew",
            fields(changes)
        ),
        Blocker::NotEffective => {
            format!("the vendor accepted the change of {} twice and does not show it", fields(changes))
        }
        Blocker::NotPartial { managed, unmanaged } => not_partial(managed, unmanaged),
        Blocker::OccupancyUnknown => {
            "the vendor does not say whether people are in the room; set spec.dismissal.whenOccupied: Dismiss, or \
             annotate with roomkeeper.dev/release: \"true\" to leave the room"
                .to_string()
        }
        Blocker::DismissalTimedOut => {
            "the room is still in use after spec.dismissal.timeout; set spec.dismissal.whenOccupied: Dismiss, or \
             annotate with roomkeeper.dev/release: \"true\" to leave the room"
                .to_string()
        }
        Blocker::NoSuchRoom => {
            "the vendor shows no such room, and none can be made: packages bring them; correct what the spec names the \
             room by (in a new object: it cannot change)"
                .to_string()
        }
        Blocker::OtherKind { kind } => format!(
            "the spec names {kind}, which is no meeting room; name another room (in a new object: it cannot change)"
        ),
        Blocker::RoomDisabled => "the room is disabled at the vendor; enable it in the vendor's console".to_string(),
        Blocker::UnknownState { state } => {
            format!("the vendor shows the room in the state {state}, which is not documented; nothing is changed in it")
        }
        Blocker::Unallocated => {
            "the room belongs to nobody; set owner and allow ChangeOwner in spec.managementPolicies, or assign it in \
             the vendor's console"
                .to_string()
        }
        Blocker::PasswordUnknown { fields } => format!(
            "an update would lose {}, which the vendor does not show; set it in the spec, or set acceptPasswordLoss: true",
            fields.join(", ")
        ),
        Blocker::SamePasswords => {
            "the host password and the guest password would be the same, which the vendor refuses; change one of them"
                .to_string()
        }
        Blocker::OwnerNotFound { owner } => {
            format!("the vendor knows no user {owner}, who shall own the room; add that user, or correct owner")
        }
        Blocker::OwnerInactive { owner } => {
            format!("the account of {owner}, who shall own the room, is not active; activate it, or correct owner")
        }
        Blocker::OwnerFull { owner } => format!(
            "{owner}, who shall own the room, has as many rooms as a user may have; take one away, or correct owner"
        ),
        Blocker::OwnerRefused { owner } => format!(
            "the vendor refuses to give the room to {owner}; correct owner, or edit the spec to have it tried again"
        ),
        Blocker::OwnerNotAddressable { owner } => format!(
            "the room belongs to {owner}, for whom nobody can act; assign it to an active user with a third-party user \
             id in the vendor's console"
        ),
        Blocker::OwnerFixed => {
            "a personal meeting ID stays its user's; set owner back, or name another room in a new object".to_string()
        }
    }
}

/// Says what an update changed too. An edit of the spec lets all of it go on, so nothing else is asked for beside one.
fn not_partial(managed: &[&'static str], unmanaged: &[&'static str]) -> String {
    let all = [unmanaged, managed].concat().join(", ");
    let way = match (managed, unmanaged) {
        ([], _) => "add it to the spec to manage it".to_string(),
        (_, []) => "to have it put back, edit the spec or ask for a look with the annotation \
                    roomkeeper.dev/reconcile-requested-at"
            .to_string(),
        (_, unmanaged) => format!("add {} to the spec, and the rest is put back", unmanaged.join(", ")),
    };
    format!("an update that did not ask for it changed {all} too; {way}")
}

/// Says why a room stays although its object goes.
#[must_use]
pub fn release_words(release: &Release) -> String {
    match release {
        Release::Requested => "the annotation roomkeeper.dev/release asks for it".to_string(),
        Release::Paused => "the object was paused when it was deleted".to_string(),
        Release::Uninstalling => "the CRD is being deleted, and uninstalling dismisses nobody".to_string(),
        Release::NotAllowed => {
            "the spec leaves it (no Dismiss in spec.managementPolicies, or onDelete: Retain)".to_string()
        }
        Release::NotOurs => "it was never this object's room".to_string(),
        Release::HandedOver { to } => format!("{to} names the same room"),
        Release::Unconfirmed => "it was dismissed, and the vendor did not show the effect".to_string(),
        Release::CameBack => "it was dismissed, and people have joined it again".to_string(),
        Release::OwnerFixed => "a personal meeting ID cannot be taken from its user".to_string(),
    }
}

fn fields(changes: &[Change]) -> String {
    changes.iter().map(|change| change.field).collect::<Vec<_>>().join(", ")
}

fn and_differs(changes: &[Change]) -> String {
    if changes.is_empty() { String::new() } else { format!(" and differs in {}", fields(changes)) }
}
