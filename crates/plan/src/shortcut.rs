//! Decides what is plain before anyone looks at the vendor, so that it needs no credential and no call.

use alloc::vec::Vec;

use crate::begun::Begun;
use crate::claim::Ownership;
use crate::decision::{Brake, Claiming, Goal, Instruction, Memory, Plan, Rivalry, Wanted};
use crate::left::{Blocker, Left, Release, Waiting};
use crate::policy::{Terms, Verb};

/// Decides what needs no look at the vendor, and so no credential; `None`: look first.
#[must_use]
pub fn without_looking<D, I, A, O>(wanted: &Wanted<D, I>, memory: &Memory<A, O>) -> Option<Plan<A>> {
    match &wanted.goal {
        Goal::Present(_) => before_keeping(memory),
        Goal::Absent(_) => before_dismissing(&wanted.terms, memory),
    }
}

/// A paused object has nothing done, whatever a person asks for meanwhile: a dismissal waits until the pause is over.
fn before_keeping<A, O>(memory: &Memory<A, O>) -> Option<Plan<A>> {
    if memory.instruction == Instruction::Pause {
        return Some(Plan::only(Left::Paused, Claiming::AsIs));
    }
    if let Rivalry::Lost { to } = &memory.rivalry {
        let lost = Blocker::DuplicateClaim { to: to.clone() };
        return Some(Plan::only(Left::blocked(lost, Vec::new()), Claiming::GiveUp));
    }
    account_changed(memory)
}

fn before_dismissing<A, O>(terms: &Terms, memory: &Memory<A, O>) -> Option<Plan<A>> {
    let release = match (memory.instruction, &memory.ownership, &memory.rivalry) {
        (Instruction::Uninstall, _, _) => Release::Uninstalling,
        (Instruction::Release, _, _) => Release::Requested,
        (_, Ownership::Unclaimed, _) | (_, _, Rivalry::Lost { .. }) => Release::NotOurs,
        (Instruction::Pause, _, _) => Release::Paused,
        (Instruction::None, _, Rivalry::Alone | Rivalry::Won { .. }) => match stays(terms, memory) {
            Some(release) if !is_half_done(memory) => release,
            Some(_) | None => return account_changed(memory).or_else(|| still_held(memory)),
        },
    };
    Some(Plan::only(Left::Released(release), Claiming::GiveUp))
}

/// Returns why the room stays although its object is deleted and nobody asked to let it go; `None`: it is to be ended.
pub(crate) fn stays<A, O>(terms: &Terms, memory: &Memory<A, O>) -> Option<Release> {
    match &memory.rivalry {
        _ if !terms.policies.allow(Verb::Dismiss) => Some(Release::NotAllowed),
        Rivalry::Won { over } => Some(Release::HandedOver { to: over.clone() }),
        Rivalry::Alone | Rivalry::Lost { .. } => None,
    }
}

/// Tells whether the room may be nobody's, in the middle of a hand-over: it is not left so.
fn is_half_done<A, O>(memory: &Memory<A, O>) -> bool {
    match &memory.begun {
        Some(Begun::HandOver { .. }) => true,
        Some(Begun::Dismissal { .. }) | None => false,
    }
}

/// A room that waits for its turn is not looked at meanwhile: there may be hundreds of them.
fn still_held<A, O>(memory: &Memory<A, O>) -> Option<Plan<A>> {
    match memory.brake {
        Brake::StillHeld => Some(Plan::only(Left::waits(Waiting::Brake, Vec::new()), Claiming::AsIs)),
        Brake::Free | Brake::Held => None,
    }
}

fn account_changed<A, O>(memory: &Memory<A, O>) -> Option<Plan<A>> {
    match &memory.ownership {
        Ownership::OtherAccount(claimed) => {
            let changed = Blocker::AccountChanged { claimed: claimed.clone() };
            Some(Plan::only(Left::blocked(changed, Vec::new()), Claiming::AsIs))
        }
        Ownership::Confirmed | Ownership::Intended | Ownership::Unclaimed => None,
    }
}
