//! Compares the room that runs with the dismissal that was begun: has it come to its end?
//!
//! It does not judge: what follows from it is decided in `plan`.

use super::Sight;
use crate::begun::{Begun, Proof, Purpose};
use crate::ids::Timestamp;
use crate::limits;

/// A room that runs, with the look that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// The vendor's clock when it was shown.
    pub(super) as_of: Timestamp,
    /// When its first user joined.
    pub(super) started: Timestamp,
    /// How many people are in it; absent: nobody knows.
    pub(super) people: Option<usize>,
}

impl Session {
    /// Returns the time that tells this room from those that people make anew: the look, or the second after it where
    /// the room began in that very second.
    pub(super) fn mark(&self) -> Timestamp {
        self.as_of.max(Timestamp(self.started.0.saturating_add(1)))
    }

    /// Reads a look; `None`: the room does not run.
    pub(super) fn of(sight: &Sight) -> Option<Self> {
        match sight {
            Sight::Present(seen) => {
                seen.running.map(|running| Session { as_of: seen.as_of, started: running.started, people: seen.people })
            }
            Sight::Absent => None,
        }
    }
}

/// A dismissal that was written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dismissal<'a> {
    /// When the room was seen running, by the vendor's clock; what began before is what is dismissed.
    pub(super) at: Timestamp,
    /// What it was for.
    pub(super) purpose: &'a Purpose,
    /// Whether the vendor accepted it.
    pub(super) accepted: bool,
}

/// How a dismissal that was begun stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It came to its end.
    Ended(Proof),
    /// The vendor accepted it; the list may still lag.
    Accepted,
    /// Nobody knows whether the vendor got it; the list may still lag.
    Lost,
    /// The vendor never got it: the list has caught up and shows the same room.
    NeverSent,
}

impl<'a> Dismissal<'a> {
    /// Reads what was written down; a hand-over is none of this engine's.
    pub(super) fn of(begun: Option<&'a Begun>) -> Option<Self> {
        match begun? {
            Begun::Dismissal { at, purpose, accepted } => Some(Dismissal { at: *at, purpose, accepted: *accepted }),
            Begun::HandOver { .. } => None,
        }
    }

    /// Compares it with what a later look shows.
    ///
    /// Both times are the vendor's. The list at a time may show any state of the [`limits::RTC_LIST_LAG_SECONDS`]
    /// before it, and the call came up to [`limits::RTC_CALL_SECONDS`] after the look that led to it.
    pub(super) fn standing(&self, running: Option<Session>) -> Standing {
        let Some(session) = running else {
            return Standing::Ended(Proof::Gone);
        };
        if session.started >= self.at {
            return Standing::Ended(Proof::CameBack);
        }
        let waited = session.as_of.0.saturating_sub(self.at.0);
        // A call whose reply was lost may take effect as late as one that was accepted.
        let caught_up = limits::RTC_CALL_SECONDS + limits::RTC_PROOF_SECONDS;
        match self.accepted {
            true if waited >= limits::RTC_PROOF_SECONDS => Standing::Ended(Proof::Missing),
            true => Standing::Accepted,
            false if waited >= caught_up => Standing::NeverSent,
            false => Standing::Lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Observed, Running};
    use super::*;

    #[test]
    fn a_dismissal_is_followed_by_the_vendors_clock() {
        let seen = |as_of, started: Option<i64>| {
            let running = started.map(|started| Running { started: Timestamp(started) });
            Session::of(&Sight::Present(Observed { as_of: Timestamp(as_of), running, people: None }))
        };
        // The dismissal was begun at 1000.
        let rows = [
            (true, seen(1_001, None), Standing::Ended(Proof::Gone)),
            (false, seen(1_001, None), Standing::Ended(Proof::Gone)),
            (true, seen(1_010, Some(1_000)), Standing::Ended(Proof::CameBack)),
            (false, seen(1_010, Some(1_000)), Standing::Ended(Proof::CameBack)),
            (true, seen(1_010, Some(999)), Standing::Accepted),
            (true, seen(1_899, Some(900)), Standing::Accepted),
            (true, seen(1_900, Some(900)), Standing::Ended(Proof::Missing)),
            (false, seen(1_959, Some(900)), Standing::Lost),
            (false, seen(1_960, Some(900)), Standing::NeverSent),
            (false, seen(900, Some(800)), Standing::Lost),
        ];
        for (accepted, seen, expected) in rows {
            let dismissal = Dismissal { at: Timestamp(1_000), purpose: &Purpose::Deletion, accepted };
            assert_eq!(dismissal.standing(seen), expected, "{accepted} {seen:?}");
        }
    }
}
