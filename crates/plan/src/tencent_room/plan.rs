//! Decides what to do about a Room Engine room. Pure: the same arguments give the same plan.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::compare;
use super::{Action, Desired, Goal, Members, Memory, Observed, Password, Plan, Sight, Wanted};
use crate::decision::{Claiming, Step};
use crate::diff::Change;
use crate::ids::{Timestamp, UserId};
use crate::keeping::{self, Differences, Judge, Occupancy, Whose};
use crate::left::{Blocker, Left, Waiting};
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
    let found = compare::differences(desired, seen);
    let likeness = compare::likeness(&desired.identity, seen, memory.sent.as_ref());
    match keeping::whose(likeness, policies, &memory.ownership) {
        Whose::Ours => correct(desired, seen, wanted, memory, found),
        whose @ (Whose::Strangers | Whose::Watched) => keeping::leave_alone(whose, policies, found),
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
    update.extend(judge.unshown(&found.unverified, |field| is_due(field, desired, &judge)));
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
    let owner = judge.sort(Verb::ChangeOwner, found.owner.into_iter().collect(), &mut plan.left);
    if let (Some(to), Some(change)) = (&desired.identity.owner, owner.into_iter().next()) {
        hand_over(to, change, seen, &mut plan);
    }
    plan
}

/// Tells whether a field that the vendor does not show has to be sent: after an edit of the spec, and a password for
/// each new version of its Secret.
fn is_due(field: &str, desired: &Desired, judge: &Judge<'_, Action, Observed>) -> bool {
    match (field, &desired.password) {
        (_, _) if judge.just_made() => false,
        ("password", Some(Password::Set(secret))) => {
            judge.memory.applied_secrets.get("password") != Some(&secret.version)
        }
        ("invitees" | "schedule.start" | "schedule.end" | "seats.enabled" | "seats.max", _) => false,
        (_, _) => judge.edited(),
    }
}

/// The new owner must be in the room (page `change_room_owner`); until then there is nothing to ask the vendor.
fn hand_over(to: &UserId, change: Change, seen: &Observed, plan: &mut Plan) {
    let absent = match &seen.members {
        Members::Listed(members) => !members.iter().any(|member| member == to.as_str()),
        Members::NotAsked => false,
    };
    if absent {
        let why = Waiting::Owner { owner: to.as_str().to_string() };
        plan.left.push(Left::Wait { why, changes: vec![change] });
    } else {
        let action = Action::ChangeOwner { from: seen.owner.clone(), to: to.clone() };
        plan.steps.push(Step { action, because: vec![change] });
    }
}

/// Fields that an update changed without having sent them; `None`: it was no update.
fn changed_unsent(action: &Action, before: &Observed, after: &Observed) -> Option<Vec<&'static str>> {
    match action {
        Action::Update(patch) => Some(compare::changed_unsent(patch, before, after)),
        Action::Create(_) | Action::ChangeOwner { .. } | Action::Destroy => None,
    }
}
