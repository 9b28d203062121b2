//! Decides what to do about a CloudRTC room. Pure: the same arguments give the same plan.
//!
//! People make the room by joining, so a room that is wanted needs nothing. What is decided here is how a room is
//! dismissed once and not twice, although a reply may be lost and the vendor's list lags behind.

use alloc::string::String;
use alloc::vec;
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
    let running = Session::of(sight);
    match &wanted.goal {
        Goal::Present(desired) => keep(&desired.identity, running, &wanted.terms, memory),
        Goal::Absent(identity) => end(identity, running, &wanted.terms, memory),
    }
}

/// The object is there: only a dismissal that a person asked for has to be made, and one that was begun to be followed.
fn keep(identity: &Identity, running: Option<Session>, terms: &Terms, memory: &Memory) -> Plan {
    let mut plan = Plan::new(Claiming::Take);
    let request = memory.dismiss_request.as_ref();
    if let Some(begun) = Dismissal::of(memory.begun.as_ref()) {
        match begun.standing(running) {
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
            answer(token, identity, running, terms, memory, &mut plan);
        }
        Some(_) | None => {}
    }
    plan
}

/// Tells whether this is the end of what was asked for with this token.
fn answers(followed: Option<&Followed>, token: &String) -> bool {
    match followed {
        Some(Followed::Dismissal { purpose: Purpose::Request(answered), proof: _ }) => answered == token,
        Some(Followed::Dismissal { purpose: Purpose::Deletion, proof: _ } | Followed::HandOver) | None => false,
    }
}

/// A person asks for a dismissal that was not begun.
fn answer(token: &str, identity: &Identity, running: Option<Session>, terms: &Terms, memory: &Memory, plan: &mut Plan) {
    let purpose = Purpose::Request(token.into());
    let Some(session) = running else {
        // What was dismissed for an earlier request or is not there need not be dismissed for this one.
        let proof = if plan.followed.is_some() { Proof::Gone } else { Proof::NotRunning };
        plan.followed = Some(Followed::Dismissal { purpose, proof });
        return;
    };
    if !terms.policies.allow(Verb::Dismiss) {
        plan.left.push(Left::blocked(Blocker::Forbidden(Verb::Dismiss), Vec::new()));
        return;
    }
    // Who asks for it by hand knows that people are in, so nobody is waited for.
    match keeping::waits(Occupancy::Empty, terms, memory, session.as_of) {
        Some(left) => plan.left.push(left),
        None => dismiss(identity, session, purpose, plan),
    }
}

/// The object is being deleted.
fn end(identity: &Identity, running: Option<Session>, terms: &Terms, memory: &Memory) -> Plan {
    match memory.ownership {
        Ownership::Confirmed | Ownership::Intended => {}
        Ownership::Unclaimed | Ownership::OtherAccount(_) => {
            return Plan::only(Left::Released(Release::NotOurs), Claiming::GiveUp);
        }
    }
    let begun = Dismissal::of(memory.begun.as_ref());
    let standing = begun.map(|begun| (begun, begun.standing(running)));
    let mut plan = Plan::new(Claiming::AsIs);
    plan.followed = standing.and_then(|(begun, standing)| match standing {
        Standing::Ended(proof) => Some(begun.ended(proof)),
        Standing::Accepted | Standing::Lost | Standing::NeverSent => None,
    });
    let Some(session) = running else {
        return Plan { claiming: Claiming::GiveUp, ..plan };
    };
    let left = match standing {
        Some((_, Standing::Accepted)) => Some(Left::waits(Waiting::Effect, Vec::new())),
        Some((_, Standing::Lost)) => Some(Left::waits(Waiting::LostReply, Vec::new())),
        // Also where it was for a request: it was the same people.
        Some((_, Standing::Ended(Proof::Missing))) => Some(Left::Released(Release::Unconfirmed)),
        Some((begun, Standing::Ended(Proof::CameBack))) if *begun.purpose == Purpose::Deletion => {
            Some(Left::Released(Release::CameBack))
        }
        Some((_, Standing::Ended(_) | Standing::NeverSent)) | None => {
            keeping::waits(occupancy(session, memory), terms, memory, session.as_of)
        }
    };
    match left {
        Some(Left::Released(release)) => {
            Plan { left: vec![Left::Released(release)], claiming: Claiming::GiveUp, ..plan }
        }
        Some(left) => Plan { left: vec![left], ..plan },
        None => {
            dismiss(identity, session, Purpose::Deletion, &mut plan);
            plan
        }
    }
}

/// Who is in a room that runs: it ends by itself, so nobody in it is not the same as nothing to dismiss.
fn occupancy(session: Session, memory: &Memory) -> Occupancy {
    match session.people {
        // A person asked for its dismissal, and then deleted the object.
        _ if memory.dismiss_request.is_some() => Occupancy::Empty,
        Some(0) => Occupancy::Ending,
        people => Occupancy::of(people),
    }
}

fn dismiss(identity: &Identity, session: Session, purpose: Purpose, plan: &mut Plan) {
    plan.begins = Some(Begun::Dismissal { at: session.mark(), purpose, accepted: false });
    plan.steps.push(Step { action: Action::Dismiss, because: vec![keeping::end_of(identity.room.as_str())] });
}
