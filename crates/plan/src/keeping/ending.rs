//! Ending a room: who is in it, and what a dismissal waits for.
//!
//! It knows no vendor; what ends a room is the engine's own call.

use alloc::vec::Vec;

use super::{Act, Likeness, took};
use crate::claim::Ownership;
use crate::decision::{Brake, Claiming, Memory, Plan};
use crate::diff::Change;
use crate::ids::Timestamp;
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::{Terms, Verb, WhenOccupied};

/// Who is in a room, as far as the vendor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occupancy {
    /// Nobody.
    Empty,
    /// So many people.
    People(usize),
    /// Nobody, and yet the room runs: it ends by itself.
    Ending,
    /// A conference, whose people nobody counts.
    Conference,
    /// The vendor does not say, or was not asked.
    Unknown,
}

impl Occupancy {
    /// Reads a number of people; absent: nobody knows.
    pub(crate) fn of(people: Option<usize>) -> Self {
        match people {
            Some(0) => Occupancy::Empty,
            Some(people) => Occupancy::People(people),
            None => Occupancy::Unknown,
        }
    }

    /// Returns what a dismissal waits for that throws nobody out.
    fn waits_for(self) -> Result<Option<Waiting>, Blocker> {
        match self {
            Occupancy::Empty => Ok(None),
            Occupancy::People(people) => Ok(Some(Waiting::People { people })),
            Occupancy::Ending => Ok(Some(Waiting::End)),
            Occupancy::Conference => Ok(Some(Waiting::Conference)),
            Occupancy::Unknown => Err(Blocker::OccupancyUnknown),
        }
    }
}

/// Plans for a room that is there and is to go.
pub(crate) fn dismiss<A: Act, O>(
    room: &str,
    destroy: A,
    likeness: Likeness,
    occupancy: Occupancy,
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
    if let Some(left) = waits(occupancy, terms, memory, now) {
        return Plan::only(left, Claiming::AsIs);
    }
    Plan::step(destroy, end_of(room), Claiming::AsIs)
}

/// Returns why a room is dismissed.
pub(crate) fn end_of(room: &str) -> Change {
    Change { field: "roomId", seen: room.into(), wanted: "no room".into() }
}

/// What keeps a dismissal waiting; `None`: nothing.
pub(crate) fn waits<A: Act, O>(
    occupancy: Occupancy,
    terms: &Terms,
    memory: &Memory<A, O>,
    now: Timestamp,
) -> Option<Left> {
    if took(&memory.tried, Verb::Dismiss) {
        return Some(Left::waits(Waiting::Effect, Vec::new()));
    }
    let people = match terms.when_occupied {
        WhenOccupied::Dismiss => Ok(None),
        WhenOccupied::Wait => occupancy.waits_for(),
    };
    match people {
        Ok(None) => match memory.brake {
            Brake::Free => None,
            Brake::Held | Brake::StillHeld => Some(Left::waits(Waiting::Brake, Vec::new())),
        },
        Err(unknown) => Some(Left::blocked(unknown, Vec::new())),
        Ok(Some(why)) => {
            let waited = memory.deletion_requested.map(|since| now.0 - since.0);
            let timed_out = terms.dismissal_timeout.zip(waited).is_some_and(|(timeout, waited)| waited >= timeout);
            Some(if timed_out {
                Left::blocked(Blocker::DismissalTimedOut, Vec::new())
            } else {
                Left::waits(why, Vec::new())
            })
        }
    }
}
