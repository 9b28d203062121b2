//! Sorting differences: which are corrected now, which are left, and why.
//!
//! It knows no vendor and no field; what corrects a difference is the engine's own call.

use alloc::vec::Vec;

use super::{Act, Occupancy, took};
use crate::decision::{Memory, Sight, Tried};
use crate::diff::Change;
use crate::left::{Blocker, Left};
use crate::policy::{Correction, Terms, Verb};

/// A change is sent this often before its lack of effect is reported.
const TRIES: usize = 2;

/// Decides for each difference of a room of ours whether it is corrected now.
pub(crate) struct Judge<'a, A, O> {
    pub(crate) terms: &'a Terms,
    pub(crate) generation: i64,
    pub(crate) memory: &'a Memory<A, O>,
    /// Who is in the room.
    pub(crate) occupancy: Occupancy,
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
            Correction::WhenIdle => self.occupancy != Occupancy::Empty,
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

    /// Tells whether a step with this verb may be taken for a change that nobody can leave for now.
    pub(crate) fn may_take(&self, verb: Verb, change: &Change) -> bool {
        self.terms.policies.allow(verb) && self.tries(change) < TRIES
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
        let due = unverified.iter().copied().filter(|field| due(field));
        due.map(Change::unshown).filter(|change| self.tries(change) == 0).collect()
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
