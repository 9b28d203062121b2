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
    /// The object is there: only a dismissal that a person asks for is made, and one that was begun is followed.
    fn keep(&self) -> Plan {
        let mut plan = Plan::new(Claiming::Take);
        let request = self.memory.dismiss_request.as_deref();
        if let Some(begun) = Dismissal::of(self.memory.begun.as_ref()) {
            match begun.standing(self.running) {
                Standing::Accepted => plan.left.push(Left::waits(Waiting::Effect, Vec::new())),
                Standing::Lost => plan.left.push(Left::waits(Waiting::LostReply, Vec::new())),
                Standing::Ended(proof) => plan.followed = Some(begun.ended(proof)),
                // Nobody asks for it any more.
                Standing::NeverSent if request.is_none() => plan.followed = Some(begun.ended(Proof::Missing)),
                Standing::NeverSent => {}
            }
        }
        match request {
            Some(token) if plan.left.is_empty() && !answers(plan.followed.as_ref(), token) => {
                self.answer(token, &mut plan);
            }
            Some(_) | None => {}
        }
        plan
    }

    /// A person asks for a dismissal that was not begun.
    fn answer(&self, token: &str, plan: &mut Plan) {
        let purpose = Purpose::Request(token.into());
        let Some(session) = self.running else {
            // What was dismissed for an earlier request or is not there need not be dismissed for this one.
            let proof = if plan.followed.is_some() { Proof::Gone } else { Proof::NotRunning };
            plan.followed = Some(Followed::Dismissal { purpose, proof });
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
        let begun = Dismissal::of(self.memory.begun.as_ref()).map(|begun| (begun, begun.standing(self.running)));
        let mut plan = Plan::new(Claiming::AsIs);
        if let Some((begun, Standing::Ended(proof))) = begun {
            plan.followed = Some(begun.ended(proof));
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
    fn left(&self, session: Session, begun: Option<(Dismissal<'_>, Standing)>) -> Option<Left> {
        match begun {
            Some((_, Standing::Accepted)) => Some(Left::waits(Waiting::Effect, Vec::new())),
            Some((_, Standing::Lost)) => Some(Left::waits(Waiting::LostReply, Vec::new())),
            // Also where it was for a request: it was the same people.
            Some((_, Standing::Ended(Proof::Missing))) => Some(Left::Released(Release::Unconfirmed)),
            Some((begun, Standing::Ended(Proof::CameBack))) if *begun.purpose == Purpose::Deletion => {
                Some(Left::Released(Release::CameBack))
            }
            Some((_, Standing::Ended(_) | Standing::NeverSent)) | None => {
                keeping::waits(self.occupancy(session), self.terms, self.memory, session.as_of)
            }
        }
    }

    /// Who is in a room that runs: it ends by itself, so nobody in it is not the same as nothing to dismiss.
    fn occupancy(&self, session: Session) -> Occupancy {
        match session.people {
            // A person asked for its dismissal, and the object is deleted before it was answered.
            _ if self.memory.dismiss_request.is_some() => Occupancy::Empty,
            Some(0) => Occupancy::Ending,
            people => Occupancy::of(people),
        }
    }

    fn dismiss(&self, session: Session, purpose: Purpose, plan: &mut Plan) {
        plan.begins = Some(Begun::Dismissal { at: session.mark(), purpose, accepted: false });
        let because = [keeping::end_of(self.identity.room.as_str())].into();
        plan.steps.push(Step { action: Action::Dismiss, because });
    }
}

/// Tells whether this is the end of what was asked for with this token.
fn answers(followed: Option<&Followed>, token: &str) -> bool {
    match followed {
        Some(Followed::Dismissal { purpose: Purpose::Request(answered), proof: _ }) => answered == token,
        Some(Followed::Dismissal { purpose: Purpose::Deletion, proof: _ } | Followed::HandOver) | None => false,
    }
}
