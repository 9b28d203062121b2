//! Decides what to do about a Room Engine room. Pure: the same arguments give the same plan.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::compare::{self, Differences};
use super::{Action, Desired, Goal, Identity, Members, Memory, Observed, Password, Plan, Sight, Wanted, WhenEnded};
use crate::claim::Ownership;
use crate::decision::{Brake, Claiming, Step, Tried};
use crate::diff::Change;
use crate::ids::{Timestamp, UserId};
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::{Correction, Policies, Terms, Verb, WhenOccupied};

/// An update is sent this often before its lack of effect is reported.
const TRIES: usize = 2;

/// Decides what to do now, in order, and what is left and why.
///
/// The caller has asked [`without_looking`](crate::without_looking) first.
pub fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory, now: Timestamp) -> Plan {
    match (&wanted.goal, sight) {
        (Goal::Present(desired), Sight::Absent) => make(desired, wanted, memory),
        (Goal::Present(desired), Sight::Present(seen)) => keep(desired, seen, wanted, memory),
        (Goal::Absent(_), Sight::Absent) => Plan { steps: Vec::new(), left: Vec::new(), claiming: Claiming::GiveUp },
        (Goal::Absent(identity), Sight::Present(seen)) => dismiss(identity, seen, &wanted.terms, memory, now),
    }
}

/// Whose the room on show is.
#[derive(PartialEq)]
enum Whose {
    Ours,
    Strangers,
    /// Neither made nor taken over by us: the policy only lets us look.
    Watched,
}

fn whose(identity: &Identity, seen: &Observed, policies: Policies, ownership: &Ownership) -> Whose {
    let ours = compare::is_of_this_engine(seen)
        && match ownership {
            Ownership::Confirmed => true,
            Ownership::Intended => policies.allow(Verb::Adopt) || compare::is_what_was_sent(identity, seen),
            Ownership::Unclaimed => policies.allow(Verb::Adopt),
            Ownership::OtherAccount(_) => false,
        };
    if ours {
        Whose::Ours
    } else if policies.allow(Verb::Create) || !compare::is_of_this_engine(seen) {
        Whose::Strangers
    } else {
        Whose::Watched
    }
}

/// The room is wanted and not there.
fn make(desired: &Desired, wanted: &Wanted, memory: &Memory) -> Plan {
    let ended = memory.ownership == Ownership::Confirmed && memory.settled_generation == Some(wanted.generation);
    if ended && desired.when_ended == WhenEnded::Leave {
        return Plan::only(Left::Ended, Claiming::AsIs);
    }
    if !wanted.terms.policies.allow(Verb::Create) {
        return Plan::only(Left::blocked(Blocker::NotFound, Vec::new()), Claiming::AsIs);
    }
    let made = memory.tried.iter().any(|tried| matches!(tried.step.action, Action::Create(_)));
    if made {
        // The vendor said yes and shows nothing: asking again might make a second one.
        return Plan::only(Left::Wait { why: Waiting::ForEffect, changes: Vec::new() }, Claiming::Take);
    }
    let because = Change { field: "roomId", seen: "no room".into(), wanted: desired.identity.room.as_str().into() };
    let create = Step { action: Action::Create(Box::new(desired.clone())), because: vec![because] };
    Plan { steps: vec![create], left: Vec::new(), claiming: Claiming::Take }
}

/// The room is wanted and there.
fn keep(desired: &Desired, seen: &Observed, wanted: &Wanted, memory: &Memory) -> Plan {
    let policies = wanted.terms.policies;
    let found = compare::differences(desired, seen);
    match whose(&desired.identity, seen, policies, &memory.ownership) {
        Whose::Ours => correct(desired, seen, wanted, memory, found),
        Whose::Strangers => Plan::only(Left::blocked(Blocker::AlreadyExists, found.all()), Claiming::GiveUp),
        Whose::Watched => {
            let missing = if policies == Policies::OBSERVE_ONLY { Verb::Update } else { Verb::Adopt };
            let mut left: Vec<Left> = found.unverified.iter().map(|&field| Left::Unverified { field }).collect();
            let changes = found.all();
            if !changes.is_empty() {
                left.push(Left::blocked(Blocker::Forbidden(missing), changes));
            }
            Plan { steps: Vec::new(), left, claiming: Claiming::AsIs }
        }
    }
}

impl Differences {
    fn all(self) -> Vec<Change> {
        self.update.into_iter().chain(self.owner).chain(self.create_only).collect()
    }
}

/// The room is ours: sorts each difference into what is done now and what is left.
fn correct(desired: &Desired, seen: &Observed, wanted: &Wanted, memory: &Memory, found: Differences) -> Plan {
    let mut plan = Plan { steps: Vec::new(), left: Vec::new(), claiming: Claiming::Take };
    if !found.create_only.is_empty() {
        plan.left.push(Left::blocked(Blocker::CreateOnly, found.create_only));
    }
    let judge = Judge { wanted, memory, occupied: seen.people().is_none_or(|people| people > 0) };
    let unsent = unsent_changes(memory, seen);
    let mut update = judge.sort(Verb::Update, found.update, &mut plan.left);
    update.extend(judge.unshown(desired, &found.unverified));
    plan.left.extend(found.unverified.iter().map(|&field| Left::Unverified { field }));
    if !unsent.is_empty() {
        plan.left.push(Left::blocked(Blocker::NotPartial { fields: unsent }, update));
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

/// The new owner must be in the room (page `change_room_owner`); until then there is nothing to ask the vendor.
fn hand_over(to: &UserId, change: Change, seen: &Observed, plan: &mut Plan) {
    let absent = match &seen.members {
        Members::Listed(members) => !members.iter().any(|member| member == to.as_str()),
        Members::NotAsked => false,
    };
    if absent {
        let why = Waiting::ForOwner { owner: to.as_str().to_string() };
        plan.left.push(Left::Wait { why, changes: vec![change] });
    } else {
        let action = Action::ChangeOwner { from: seen.owner.clone(), to: to.clone() };
        plan.steps.push(Step { action, because: vec![change] });
    }
}

/// What decides whether a difference is corrected now.
struct Judge<'a> {
    wanted: &'a Wanted,
    memory: &'a Memory,
    occupied: bool,
}

impl Judge<'_> {
    /// Returns the changes to make now; puts the others into `left`, grouped by their reason.
    fn sort(&self, verb: Verb, changes: Vec<Change>, left: &mut Vec<Left>) -> Vec<Change> {
        let terms = &self.wanted.terms;
        let (tolerated, strict): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| self.tolerates(terms, change));
        if !tolerated.is_empty() {
            left.push(Left::Tolerated { changes: tolerated });
        }
        if strict.is_empty() {
            return strict;
        }
        if !terms.policies.allow(verb) {
            left.push(Left::blocked(Blocker::Forbidden(verb), strict));
            return Vec::new();
        }
        let (stuck, open): (Vec<_>, Vec<_>) = strict.into_iter().partition(|change| self.tries(change) >= TRIES);
        if !stuck.is_empty() {
            left.push(Left::blocked(Blocker::NotEffective, stuck));
        }
        open
    }

    fn tolerates(&self, terms: &Terms, change: &Change) -> bool {
        match terms.correction.of(change.field) {
            Correction::Always => false,
            Correction::WhenIdle => self.occupied,
            Correction::OnEdit => !self.edited() || sent(&self.memory.earlier, change.field),
        }
    }

    fn edited(&self) -> bool {
        self.memory.settled_generation.is_none_or(|settled| settled < self.wanted.generation)
    }

    /// How often the vendor accepted just this change from just this state.
    fn tries(&self, change: &Change) -> usize {
        let all = self.memory.earlier.iter().chain(&self.memory.tried);
        all.filter(|tried| tried.step.because.contains(change)).count()
    }

    /// Returns the changes for managed fields that the vendor does not show: they are sent once for an edit of the
    /// spec, a password once for each version of its Secret.
    fn unshown(&self, desired: &Desired, unverified: &[&'static str]) -> Vec<Change> {
        if !self.wanted.terms.policies.allow(Verb::Update) {
            return Vec::new();
        }
        let due = |field: &&'static str| match (*field, &desired.password) {
            ("password", Some(Password::Set(secret))) => {
                self.memory.applied_secrets.get("password") != Some(&secret.version)
            }
            ("invitees" | "schedule.start" | "schedule.end" | "seats.enabled" | "seats.max", _) => false,
            (_, _) => self.edited(),
        };
        let change = |field| Change { field, seen: "not shown".to_string(), wanted: wanted_text(field, desired) };
        unverified
            .iter()
            .copied()
            .filter(due)
            .map(change)
            .filter(|change| self.tries(change) == 0 && !self.created())
            .collect()
    }

    /// A room made in this pass was made with every field of the spec.
    fn created(&self) -> bool {
        self.memory.tried.iter().any(|tried| matches!(tried.step.action, Action::Create(_)))
    }
}

/// Tells whether one of these steps was taken because of this field.
fn sent(steps: &[Tried<Action, Observed>], field: &str) -> bool {
    steps.iter().any(|tried| tried.step.because.iter().any(|change| change.field == field))
}

fn wanted_text(field: &str, desired: &Desired) -> String {
    match (field, &desired.password) {
        ("password", Some(Password::None)) => "not set".to_string(),
        (_, _) => "set".to_string(),
    }
}

/// Fields that the last update for this goal changed without having sent them.
fn unsent_changes(memory: &Memory, seen: &Observed) -> Vec<&'static str> {
    let all = memory.earlier.iter().chain(&memory.tried);
    let last = all.rev().find_map(|Tried { step, before }| match (&step.action, before) {
        (Action::Update(patch), Sight::Present(before)) => Some((patch, before)),
        (Action::Update(_) | Action::Create(_) | Action::ChangeOwner { .. } | Action::Destroy, _) => None,
    });
    last.map(|(patch, before)| compare::changed_unsent(patch, before, seen)).unwrap_or_default()
}

/// The room is there and is to go.
fn dismiss(identity: &Identity, seen: &Observed, terms: &Terms, memory: &Memory, now: Timestamp) -> Plan {
    // A claim whose create was never seen covers only the room that the create would have made.
    let ours = match memory.ownership {
        Ownership::Confirmed => compare::is_of_this_engine(seen),
        Ownership::Intended => compare::is_what_was_sent(identity, seen),
        Ownership::Unclaimed | Ownership::OtherAccount(_) => false,
    };
    if !ours {
        return Plan::only(Left::Released(Release::NotOurs), Claiming::GiveUp);
    }
    if let Some(left) = waits(seen, terms, memory, now) {
        return Plan::only(left, Claiming::AsIs);
    }
    let because = Change { field: "roomId", seen: identity.room.as_str().into(), wanted: "no room".into() };
    let destroy = Step { action: Action::Destroy, because: vec![because] };
    Plan { steps: vec![destroy], left: Vec::new(), claiming: Claiming::AsIs }
}

/// What keeps a dismissal waiting; `None`: nothing.
fn waits(seen: &Observed, terms: &Terms, memory: &Memory, now: Timestamp) -> Option<Left> {
    if memory.tried.iter().any(|tried| tried.step.action == Action::Destroy) {
        return Some(Left::Wait { why: Waiting::ForEffect, changes: Vec::new() });
    }
    match (terms.when_occupied, seen.people()) {
        (WhenOccupied::Dismiss, _) | (WhenOccupied::Wait, Some(0)) => {}
        (WhenOccupied::Wait, None) => return Some(Left::blocked(Blocker::OccupancyUnknown, Vec::new())),
        (WhenOccupied::Wait, Some(people)) => return Some(wait_for_people(people, terms, memory, now)),
    }
    match memory.brake {
        Brake::Free => None,
        Brake::Held => Some(Left::Wait { why: Waiting::ForBrake, changes: Vec::new() }),
    }
}

fn wait_for_people(people: usize, terms: &Terms, memory: &Memory, now: Timestamp) -> Left {
    let waited = memory.deletion_requested.map(|since| now.0 - since.0);
    match (terms.dismissal_timeout, waited) {
        (Some(timeout), Some(waited)) if waited >= timeout => Left::blocked(Blocker::DismissalTimedOut, Vec::new()),
        (_, _) => Left::Wait { why: Waiting::ForPeople { people }, changes: Vec::new() },
    }
}
