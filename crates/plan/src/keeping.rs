//! What the planners of all engines have in common: whose room it is, making it, sorting differences, ending it.
//!
//! An engine adds what its vendor can do; no rule of ownership, policy or patience stands anywhere else.

mod ending;
mod judge;

use alloc::string::ToString;
use alloc::vec::Vec;

pub(crate) use ending::{Occupancy, dismiss, end_of, waits};
pub(crate) use judge::Judge;

use crate::claim::Ownership;
use crate::decision::{Claiming, Memory, Plan, Tried};
use crate::diff::Change;
use crate::left::{Blocker, Left, Waiting};
use crate::policy::{Policies, Verb, WhenEnded};

/// A call that changes something.
pub trait Act {
    /// Whether this engine makes rooms. Where others make them, naming one in a spec is taking it over.
    const MAKES_ROOMS: bool = true;

    /// Returns the verb that must be allowed for this call.
    fn verb(&self) -> Verb;

    /// Tells whether no later call brings back what this one takes away, or may take.
    fn cannot_be_undone(&self) -> bool {
        self.verb() == Verb::Dismiss
    }

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
        return Plan::only(Left::waits(Waiting::Effect, Vec::new()), Claiming::Take);
    }
    let because = Change { field: "roomId", seen: "no room".into(), wanted: room.into() };
    Plan::step(create, because, Claiming::Take)
}

/// Tells whether a step with this verb was taken.
fn took<A: Act, O>(steps: &[Tried<A, O>], verb: Verb) -> bool {
    steps.iter().any(|tried| tried.step.action.verb() == verb)
}
