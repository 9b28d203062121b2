//! Earlier states of single targets, so that a look can be answered from before the last writes.
//! Remembers only what requests changed, not what happened behind their back.

use std::collections::{BTreeMap, VecDeque};

use crate::target::{Snapshot, Target};

/// How many earlier states are kept of one target.
const DEPTH: usize = 16;

/// The states of each target before its last writes.
#[derive(Debug, Default)]
pub(crate) struct Past {
    before_writes: BTreeMap<Target, VecDeque<Snapshot>>,
}

impl Past {
    /// Remembers what a target was before a write changed it.
    pub(crate) fn remember(&mut self, target: Target, before: Snapshot) {
        let states = self.before_writes.entry(target).or_default();
        if states.len() == DEPTH {
            states.pop_front();
        }
        states.push_back(before);
    }

    /// Returns what a target was before its last `writes` writes: the oldest known state if there were fewer,
    /// nothing if there were none.
    pub(crate) fn before(&self, target: &Target, writes: u32) -> Option<Snapshot> {
        let states = self.before_writes.get(target)?;
        let back = usize::try_from(writes).unwrap_or(usize::MAX);
        match back {
            0 => None,
            _ => states.get(states.len().saturating_sub(back)).cloned(),
        }
    }
}
