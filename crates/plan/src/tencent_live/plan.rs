//! Decides what to do about a Live Engine room. Pure: the same arguments give the same plan.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::{Action, Desired, Goal, Memory, Observed, Plan, Sight, Wanted, compare};
use crate::decision::{Claiming, Step};
use crate::ids::Timestamp;
use crate::keeping::{self, Differences, Judge, Occupancy, Whose};
use crate::left::{Blocker, Left};
use crate::policy::Verb;

/// Decides what to do now, in order, and what is left and why.
///
/// The caller has asked [`without_looking`](crate::without_looking) first.
pub fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
    let terms = &wanted.terms;
    match (&wanted.goal, sight) {
        (Goal::Present(desired), Sight::Absent) => {
            let (room, create) = (desired.identity.room.as_str(), Action::Create(Box::new(desired.clone())));
            keeping::make(room, create, desired.when_ended, wanted.generation, terms.policies, memory)
        }
        (Goal::Present(desired), Sight::Present(seen)) => keep(desired, seen, wanted, memory),
        (Goal::Absent(_), Sight::Absent) => Plan::new(Claiming::GiveUp),
        (Goal::Absent(identity), Sight::Present(seen)) => {
            let (room, likeness) = (identity.room.as_str(), compare::likeness(identity, seen, memory.sent.as_ref()));
            keeping::dismiss(room, Action::Destroy, likeness, Occupancy::of(seen.people()), terms, memory, now)
        }
    }
}

/// The room is wanted and there.
fn keep(desired: &Desired, seen: &Observed, wanted: &Wanted, memory: &Memory) -> Plan {
    let policies = wanted.terms.policies;
    let mut found = compare::differences(desired, seen);
    match keeping::whose(compare::likeness(&desired.identity, seen, memory.sent.as_ref()), policies, &memory.ownership)
    {
        Whose::Ours => correct(desired, seen, wanted, memory, found),
        whose @ (Whose::Strangers | Whose::Watched) => {
            let metadata = compare::differing(desired.metadata.as_ref(), &seen.metadata);
            found.update.extend(compare::metadata_change(&metadata, &seen.metadata));
            keeping::leave_alone(whose, policies, found)
        }
    }
}

/// The room is ours: sorts each difference into what is done now and what is left.
fn correct(desired: &Desired, seen: &Observed, wanted: &Wanted, memory: &Memory, found: Differences) -> Plan {
    let mut plan = Plan::new(Claiming::Take);
    if !found.create_only.is_empty() {
        plan.left.push(Left::blocked(Blocker::CreateOnly, found.create_only));
    }
    let judge =
        Judge { terms: &wanted.terms, generation: wanted.generation, memory, occupancy: Occupancy::of(seen.people()) };
    let mut update = judge.sort(Verb::Update, found.update, &mut plan.left);
    update.extend(judge.unshown(&found.unverified, |field| is_due(field, &judge)));
    plan.left.extend(found.unverified.iter().map(|&field| Left::Unverified { field }));
    let unsent = judge.unsent(seen, changed_unsent);
    if !unsent.is_empty() {
        let (managed, unmanaged) = unsent.into_iter().partition(|field| compare::is_managed(desired, field));
        plan.left.push(Left::blocked(Blocker::NotPartial { managed, unmanaged }, update));
        return plan;
    }
    if !update.is_empty() {
        let fields: Vec<&str> = update.iter().map(|change| change.field).collect();
        let patch = compare::patch(desired, seen, &fields);
        plan.steps.push(Step { action: Action::Update(Box::new(patch)), because: update });
    }
    let metadata = compare::differing(desired.metadata.as_ref(), &seen.metadata);
    let change = compare::metadata_change(&metadata, &seen.metadata);
    let because = judge.sort(Verb::Update, change.into_iter().collect(), &mut plan.left);
    if !because.is_empty() {
        plan.steps.push(Step { action: Action::SetMetadata(metadata), because });
    }
    let owner = judge.sort(Verb::ChangeOwner, found.owner.into_iter().collect(), &mut plan.left);
    if let (Some(to), Some(change)) = (&desired.identity.owner, owner.into_iter().next()) {
        plan.steps.push(Step { action: Action::ChangeOwner { to: to.clone() }, because: vec![change] });
    }
    plan
}

/// Tells whether a field that the vendor does not show has to be sent: after an edit of the spec, unless a create has
/// just sent it. A create takes no notice.
fn is_due(field: &str, judge: &Judge<'_, Action, Observed>) -> bool {
    match field {
        "seatTemplate" | "maxSeats" => false,
        "notice" => judge.edited(),
        _ => judge.edited() && !judge.just_made(),
    }
}

/// Fields that an update changed without having sent them; `None`: it was no update.
fn changed_unsent(action: &Action, before: &Observed, after: &Observed) -> Option<Vec<&'static str>> {
    match action {
        Action::Update(patch) => Some(compare::changed_unsent(patch, before, after)),
        Action::Create(_) | Action::SetMetadata(_) | Action::ChangeOwner { .. } | Action::Destroy => None,
    }
}
