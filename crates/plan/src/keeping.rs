//! What the planners of all engines have in common: whose room it is, making it, sorting differences, ending it.
//!
//! An engine adds what its vendor can do; no rule of ownership, policy or patience stands anywhere else.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::claim::Ownership;
use crate::decision::{Brake, Claiming, Memory, Plan, Sight, Tried};
use crate::diff::Change;
use crate::ids::Timestamp;
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::{Correction, Policies, Terms, Verb, WhenEnded, WhenOccupied};

/// A change is sent this often before its lack of effect is reported.
const TRIES: usize = 2;

/// A call that changes something.
pub trait Act {
    /// Whether this engine makes rooms. Where others make them, naming one in a spec is taking it over.
    const MAKES_ROOMS: bool = true;

    /// Returns the verb that must be allowed for this call.
    fn verb(&self) -> Verb;

    /// Tells whether a refusal leaves something half done, so that the room is looked at again at once.
    fn leaves_half_done(&self) -> bool {
        false
    }

    /// Tells whether nobody could see afterwards that this call was made, so that it is written down before.
    fn is_written_down_first(&self) -> bool {
        false
    }
}

/// Every difference between a room and its spec, by what could remove it.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// An update removes these.
    pub(crate) update: Vec<Change>,
    /// A change of owner removes this.
    pub(crate) owner: Option<Change>,
    /// Only making the room anew would remove these.
    pub(crate) create_only: Vec<Change>,
    /// Managed, but not shown.
    pub(crate) unverified: Vec<&'static str>,
}

impl Differences {
    fn all(self) -> Vec<Change> {
        self.update.into_iter().chain(self.owner).chain(self.create_only).collect()
    }

    /// Compares a managed field that the vendor may not show.
    pub(crate) fn compare<T: PartialEq + ToString>(
        &mut self,
        field: &'static str,
        seen: Option<&T>,
        wanted: Option<&T>,
    ) {
        match (wanted, seen) {
            (None, _) => {}
            (Some(_), None) => self.unverified.push(field),
            (Some(wanted), Some(seen)) => self.update.extend(Change::between(field, seen, wanted)),
        }
    }
}

/// What tells a room on show from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// It is of another engine.
    OtherEngine,
    /// It is of this engine, but not what a create of this object would have sent.
    OtherRoom,
    /// Its type, owner and name are what a create of this object sends.
    AsSent,
}

/// Whose the room on show is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This object's.
    Ours,
    /// Somebody else's.
    Strangers,
    /// Neither made nor taken over by us: the policy only lets us look.
    Watched,
}

/// Decides whose the room on show is.
pub(crate) fn whose(likeness: Likeness, policies: Policies, ownership: &Ownership) -> Whose {
    let ours = match (likeness, ownership) {
        (Likeness::OtherEngine, _) | (_, Ownership::OtherAccount(_)) => false,
        (Likeness::OtherRoom | Likeness::AsSent, Ownership::Confirmed) | (Likeness::AsSent, Ownership::Intended) => {
            true
        }
        (Likeness::OtherRoom, Ownership::Intended) | (_, Ownership::Unclaimed) => policies.allow(Verb::Adopt),
    };
    if ours {
        Whose::Ours
    } else if policies.allow(Verb::Create) || likeness == Likeness::OtherEngine {
        Whose::Strangers
    } else {
        Whose::Watched
    }
}

/// Plans for a room that is not ours: nothing is done, and the differences are shown.
pub(crate) fn leave_alone<A>(whose: Whose, policies: Policies, found: Differences) -> Plan<A> {
    if whose == Whose::Strangers {
        return Plan::only(Left::blocked(Blocker::AlreadyExists, found.all()), Claiming::GiveUp);
    }
    let missing = if policies == Policies::OBSERVE_ONLY { Verb::Update } else { Verb::Adopt };
    let mut left: Vec<Left> = found.unverified.iter().map(|&field| Left::Unverified { field }).collect();
    let changes = found.all();
    if !changes.is_empty() {
        left.push(Left::blocked(Blocker::Forbidden(missing), changes));
    }
    Plan { left, ..Plan::new(Claiming::AsIs) }
}

/// Plans for a room that is wanted and not there.
pub(crate) fn make<A: Act, O>(
    room: &str,
    create: A,
    when_ended: WhenEnded,
    generation: i64,
    policies: Policies,
    memory: &Memory<A, O>,
) -> Plan<A> {
    let ended = memory.ownership == Ownership::Confirmed && memory.settled_generation == Some(generation);
    if ended && when_ended == WhenEnded::Leave {
        return Plan::only(Left::Ended, Claiming::AsIs);
    }
    if !policies.allow(Verb::Create) {
        return Plan::only(Left::blocked(Blocker::NotFound, Vec::new()), Claiming::AsIs);
    }
    if took(&memory.tried, Verb::Create) {
        // The vendor said yes and shows nothing: asking again might make a second one.
        return Plan::only(Left::Wait { why: Waiting::Effect, changes: Vec::new() }, Claiming::Take);
    }
    let because = Change { field: "roomId", seen: "no room".into(), wanted: room.into() };
    Plan::step(create, because, Claiming::Take)
}

/// Plans for a room that is there and is to go; `people` are in it, absent: nobody knows.
pub(crate) fn dismiss<A: Act, O>(
    room: &str,
    destroy: A,
    likeness: Likeness,
    people: Option<usize>,
    terms: &Terms,
    memory: &Memory<A, O>,
    now: Timestamp,
) -> Plan<A> {
    // A claim whose create was never seen covers only the room that the create would have made.
    let ours = match memory.ownership {
        Ownership::Confirmed => likeness != Likeness::OtherEngine,
        Ownership::Intended => likeness == Likeness::AsSent,
        Ownership::Unclaimed | Ownership::OtherAccount(_) => false,
    };
    if !ours {
        return Plan::only(Left::Released(Release::NotOurs), Claiming::GiveUp);
    }
    if let Some(left) = waits(people, terms, memory, now) {
        return Plan::only(left, Claiming::AsIs);
    }
    let because = Change { field: "roomId", seen: room.into(), wanted: "no room".into() };
    Plan::step(destroy, because, Claiming::AsIs)
}

/// What keeps a dismissal waiting; `None`: nothing.
fn waits<A: Act, O>(people: Option<usize>, terms: &Terms, memory: &Memory<A, O>, now: Timestamp) -> Option<Left> {
    if took(&memory.tried, Verb::Dismiss) {
        return Some(Left::Wait { why: Waiting::Effect, changes: Vec::new() });
    }
    match (terms.when_occupied, people) {
        (WhenOccupied::Dismiss, _) | (WhenOccupied::Wait, Some(0)) => {}
        (WhenOccupied::Wait, None) => return Some(Left::blocked(Blocker::OccupancyUnknown, Vec::new())),
        (WhenOccupied::Wait, Some(people)) => {
            let waited = memory.deletion_requested.map(|since| now.0 - since.0);
            let timed_out = terms.dismissal_timeout.zip(waited).is_some_and(|(timeout, waited)| waited >= timeout);
            return Some(if timed_out {
                Left::blocked(Blocker::DismissalTimedOut, Vec::new())
            } else {
                Left::Wait { why: Waiting::People { people }, changes: Vec::new() }
            });
        }
    }
    match memory.brake {
        Brake::Free => None,
        Brake::Held => Some(Left::Wait { why: Waiting::Brake, changes: Vec::new() }),
    }
}

/// Tells whether a step with this verb was taken.
fn took<A: Act, O>(steps: &[Tried<A, O>], verb: Verb) -> bool {
    steps.iter().any(|tried| tried.step.action.verb() == verb)
}

/// Decides for each difference of a room of ours whether it is corrected now.
pub(crate) struct Judge<'a, A, O> {
    pub(crate) terms: &'a Terms,
    pub(crate) generation: i64,
    pub(crate) memory: &'a Memory<A, O>,
    /// People in the room; absent: nobody knows.
    pub(crate) people: Option<usize>,
}

impl<A: Act, O> Judge<'_, A, O> {
    /// Returns the changes to make now; puts the others into `left`, grouped by their reason.
    pub(crate) fn sort(&self, verb: Verb, changes: Vec<Change>, left: &mut Vec<Left>) -> Vec<Change> {
        let (tolerated, strict): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| self.tolerates(change.field));
        if !tolerated.is_empty() {
            left.push(Left::Tolerated { changes: tolerated });
        }
        if strict.is_empty() {
            return strict;
        }
        if !self.terms.policies.allow(verb) {
            left.push(Left::blocked(Blocker::Forbidden(verb), strict));
            return Vec::new();
        }
        let (stuck, open): (Vec<_>, Vec<_>) = strict.into_iter().partition(|change| self.tries(change) >= TRIES);
        if !stuck.is_empty() {
            left.push(Left::blocked(Blocker::NotEffective, stuck));
        }
        open
    }

    fn tolerates(&self, field: &str) -> bool {
        match self.terms.correction.of(field) {
            Correction::Always => false,
            Correction::WhenIdle => self.people.is_none_or(|people| people > 0),
            Correction::OnEdit => !self.edited() || sent(&self.memory.earlier, field),
        }
    }

    /// Tells whether the spec was edited since all was well.
    pub(crate) fn edited(&self) -> bool {
        self.memory.settled_generation.is_none_or(|settled| settled < self.generation)
    }

    /// How often the vendor accepted just this change from just this state.
    fn tries(&self, change: &Change) -> usize {
        self.steps().filter(|tried| tried.step.because.contains(change)).count()
    }

    /// Tells whether the room was made in this pass, by a create that sent what a create can send.
    pub(crate) fn just_made(&self) -> bool {
        took(&self.memory.tried, Verb::Create)
    }

    /// Returns the changes to send for managed fields that the vendor does not show: those that are `due`, each once.
    pub(crate) fn unshown(&self, unverified: &[&'static str], due: impl Fn(&'static str) -> bool) -> Vec<Change> {
        if !self.terms.policies.allow(Verb::Update) {
            return Vec::new();
        }
        let change = |field| Change { field, seen: "not shown".to_string(), wanted: "as in the spec".to_string() };
        let due = unverified.iter().copied().filter(|field| due(field));
        due.map(change).filter(|change| self.tries(change) == 0).collect()
    }

    /// Returns the fields that the last update for this goal changed without having been asked to, by the first look
    /// after it: what changes later, a host has changed.
    ///
    /// `changed` compares the looks before and after an update; `None`: the action is no update.
    pub(crate) fn unsent(
        &self,
        seen: &O,
        changed: impl Fn(&A, &O, &O) -> Option<Vec<&'static str>>,
    ) -> Vec<&'static str> {
        let last = self.steps().rev().find_map(|Tried { step, before, after }| match (before, after) {
            (Sight::Present(before), Some(Sight::Present(after))) => changed(&step.action, before, after),
            (Sight::Present(before), None) => changed(&step.action, before, seen),
            (Sight::Absent, _) | (Sight::Present(_), Some(Sight::Absent)) => None,
        });
        last.unwrap_or_default()
    }

    /// Returns the steps that were accepted for this goal, oldest first.
    pub(crate) fn steps(&self) -> impl DoubleEndedIterator<Item = &Tried<A, O>> {
        self.memory.earlier.iter().chain(&self.memory.tried)
    }
}

/// Tells whether one of these steps was taken because of this field.
fn sent<A, O>(steps: &[Tried<A, O>], field: &str) -> bool {
    steps.iter().any(|tried| tried.step.because.iter().any(|change| change.field == field))
}
