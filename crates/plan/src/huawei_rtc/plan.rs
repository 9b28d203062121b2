//! Decides what to do about a CloudRTC room. Pure: the same arguments give the same plan.
//!
//! People make the room by joining, so a room that is wanted needs nothing. What is decided here is how a room is
//! dismissed once and not twice, although a reply may be lost and the vendor's list lags behind.

use alloc::vec::Vec;

use super::compare::{Dismissal, Session, Standing};
use super::{Action, Goal, Identity, Memory, Plan, Sight, Wanted};
use crate::begun::{Begun, Followed, Proof, Purpose};
use crate::claim::Ownership;
use crate::decision::{Claiming, Step};
use crate::keeping::{self, Occupancy};
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::{Terms, Verb};

/// Decides what to do now and what is left and why. The time is [`Observed::as_of`](super::Observed::as_of).
///
/// The caller has asked [`without_looking`](crate::without_looking) first.
pub fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory) -> Plan {
    let (Goal::Present(super::Desired { identity }) | Goal::Absent(identity)) = &wanted.goal;
    let scene = Scene { identity, running: Session::of(sight), terms: &wanted.terms, memory };
    match &wanted.goal {
        Goal::Present(_) => scene.keep(),
        Goal::Absent(_) => scene.end(),
    }
}

/// What there is to decide about.
struct Scene<'a> {
    identity: &'a Identity,
    /// Absent: the room does not run.
    running: Option<Session>,
    terms: &'a Terms,
    memory: &'a Memory,
}

impl Scene<'_> {
    /// The object is there: only a dismissal that a person asks for is made, and followed until it is answered.
    fn keep(&self) -> Plan {
        let may_end = self.terms.policies.allow(Verb::Dismiss);
        let mut plan = Plan::new(if may_end { Claiming::Take } else { Claiming::AsIs });
        let Some(token) = &self.memory.dismiss_request else {
            return plan;
        };
        let purpose = Purpose::Request(token.clone());
        match self.begun() {
            Some((_, Standing::Accepted)) => plan.left.push(Left::waits(Waiting::Effect, Vec::new())),
            Some((_, Standing::Lost)) => plan.left.push(Left::waits(Waiting::LostReply, Vec::new())),
            Some((begun, Standing::Ended(proof))) if *begun == purpose => {
                plan.followed = Some(Followed::Dismissal { purpose, proof });
            }
            // What was begun for an earlier request is over, and this one is another.
            Some((_, Standing::Ended(_) | Standing::NeverSent)) | None => self.answer(purpose, &mut plan),
        }
        plan
    }

    /// A person asks for a dismissal that was not begun.
    fn answer(&self, purpose: Purpose, plan: &mut Plan) {
        let Some(session) = self.running else {
            plan.followed = Some(Followed::Dismissal { purpose, proof: Proof::NotRunning });
            return;
        };
        if !self.terms.policies.allow(Verb::Dismiss) {
            plan.left.push(Left::blocked(Blocker::Forbidden(Verb::Dismiss), Vec::new()));
            return;
        }
        // Who asks for it by hand knows that people are in, so nobody is waited for.
        match keeping::waits(Occupancy::Empty, self.terms, self.memory, session.as_of) {
            Some(left) => plan.left.push(left),
            None => self.dismiss(session, purpose, plan),
        }
    }

    /// The object is being deleted.
    fn end(&self) -> Plan {
        match self.memory.ownership {
            Ownership::Confirmed | Ownership::Intended => {}
            Ownership::Unclaimed | Ownership::OtherAccount(_) => {
                return Plan::only(Left::Released(Release::NotOurs), Claiming::GiveUp);
            }
        }
        let mut plan = Plan::new(Claiming::AsIs);
        let begun = self.begun();
        if let Some((purpose, Standing::Ended(proof))) = begun
            && self.is_open(purpose)
        {
            plan.followed = Some(Followed::Dismissal { purpose: purpose.clone(), proof });
        }
        let Some(session) = self.running else {
            plan.claiming = Claiming::GiveUp;
            return plan;
        };
        match self.left(session, begun) {
            Some(left) => {
                if left.release().is_some() {
                    plan.claiming = Claiming::GiveUp;
                }
                plan.left.push(left);
            }
            None => self.dismiss(session, Purpose::Deletion, &mut plan),
        }
        plan
    }

    /// Why a room of a deleted object is not dismissed now; `None`: it is.
    fn left(&self, session: Session, begun: Option<(&Purpose, Standing)>) -> Option<Left> {
        match begun {
            Some((_, Standing::Accepted)) => Some(Left::waits(Waiting::Effect, Vec::new())),
            Some((_, Standing::Lost)) => Some(Left::waits(Waiting::LostReply, Vec::new())),
            Some((Purpose::Deletion, Standing::Ended(Proof::Missing))) => Some(Left::Released(Release::Unconfirmed)),
            Some((Purpose::Deletion, Standing::Ended(Proof::CameBack))) => Some(Left::Released(Release::CameBack)),
            // What was begun for a request is over, and did not end this room.
            Some((_, Standing::Ended(_) | Standing::NeverSent)) | None => {
                keeping::waits(self.occupancy(session), self.terms, self.memory, session.as_of)
            }
        }
    }

    /// Returns what was begun, for what, and how it stands.
    fn begun(&self) -> Option<(&Purpose, Standing)> {
        let begun = Dismissal::of(self.memory.begun.as_ref())?;
        Some((begun.purpose, begun.standing(self.running)))
    }

    /// Tells whether nobody was told yet how a dismissal for this came out.
    fn is_open(&self, purpose: &Purpose) -> bool {
        match purpose {
            Purpose::Deletion => true,
            Purpose::Request(token) => self.memory.dismiss_request.as_ref() == Some(token),
        }
    }

    /// Who is in a room that runs: it ends by itself, so nobody in it is not the same as nothing to dismiss.
    fn occupancy(&self, session: Session) -> Occupancy {
        match session.people {
            // A person asked for its dismissal, and the object is deleted before that was done.
            _ if self.is_asked_for() => Occupancy::Empty,
            Some(0) => Occupancy::Ending,
            people => Occupancy::of(people),
        }
    }

    /// Tells whether a person asked for a dismissal that was not made yet; who came back after it was, is waited for.
    fn is_asked_for(&self) -> bool {
        let Some(token) = &self.memory.dismiss_request else {
            return false;
        };
        match self.begun() {
            Some((Purpose::Request(begun), Standing::Ended(_))) => begun != token,
            Some((Purpose::Request(_) | Purpose::Deletion, _)) | None => true,
        }
    }

    fn dismiss(&self, session: Session, purpose: Purpose, plan: &mut Plan) {
        plan.begins = Some(Begun::Dismissal { at: session.mark(), purpose, accepted: false });
        let because = [keeping::end_of(self.identity.room.as_str())].into();
        plan.steps.push(Step { action: Action::Dismiss, because });
    }
}
