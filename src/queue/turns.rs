//! Whose turn it is: the lanes of each account, the line of accounts, and the slots in use.
//! It must not know of times or of what happens to a key after its pass.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::num::NonZeroUsize;

use super::{Depths, Lane, Name};

/// A number that only grows; the order within a lane.
pub(super) type Place = u64;

#[derive(Debug)]
pub(super) struct Turns<K, A> {
    slots: usize,
    running: usize,
    last_place: Place,
    accounts: HashMap<A, Account<K>>,
    /// Every account with ready keys once, the next to be served first. Accounts that ran empty leave when seen.
    line: VecDeque<A>,
}

/// An account that has ready keys or running passes, or still stands in line.
#[derive(Debug)]
struct Account<K> {
    edit: BTreeMap<Place, K>,
    drift: BTreeMap<Place, K>,
    running: usize,
    stands: Stands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    InLine,
    Aside,
}

impl<K: Clone, A: Name> Turns<K, A> {
    pub(super) fn new(slots: NonZeroUsize) -> Self {
        Self { slots: slots.get(), running: 0, last_place: 0, accounts: HashMap::new(), line: VecDeque::new() }
    }

    /// Puts a key at the end of a lane, and returns the place by which it can leave.
    pub(super) fn join(&mut self, name: &A, lane: Lane, key: &K) -> Place {
        self.last_place += 1;
        let account = self.accounts.entry(name.clone()).or_insert_with(Account::new);
        account.lane(lane).insert(self.last_place, key.clone());
        if account.stands == Stands::Aside {
            account.stands = Stands::InLine;
            self.line.push_back(name.clone());
        }
        self.last_place
    }

    /// Takes a key out of the lane that it joined.
    pub(super) fn leave(&mut self, name: &A, lane: Lane, place: Place) {
        if let Some(account) = self.accounts.get_mut(name) {
            account.lane(lane).remove(&place);
        }
    }

    /// Tells whether every slot is in use.
    pub(super) fn are_slots_taken(&self) -> bool {
        self.running == self.slots
    }

    /// Returns how many calls of [`Turns::next`] show every account in line once.
    pub(super) fn round(&self) -> usize {
        self.line.len()
    }

    /// Moves the line on, and returns the account that was at its head if that one has a ready key and may run more.
    pub(super) fn next(&mut self) -> Option<A> {
        let most = self.slots - self.slots / 4;
        let name = self.line.pop_front()?;
        let account = self.accounts.get_mut(&name)?;
        if account.edit.is_empty() && account.drift.is_empty() {
            account.stands = Stands::Aside;
            self.drop_unused(&name);
            return None;
        }
        let may_run_more = account.running < most;
        self.line.push_back(name.clone());
        may_run_more.then_some(name)
    }

    /// Takes a slot for the first key of an account, if it has one.
    pub(super) fn start(&mut self, name: &A) -> Option<(Lane, K)> {
        let account = self.accounts.get_mut(name)?;
        let edit = account.edit.pop_first().map(|(_, key)| (Lane::Edit, key));
        let first = edit.or_else(|| account.drift.pop_first().map(|(_, key)| (Lane::Drift, key)))?;
        account.running += 1;
        self.running += 1;
        Some(first)
    }

    /// Frees a slot that was taken for an account.
    pub(super) fn finish(&mut self, name: &A) {
        self.running -= 1;
        if let Some(account) = self.accounts.get_mut(name) {
            account.running -= 1;
        }
        self.drop_unused(name);
    }

    /// Counts the ready keys and the running passes.
    pub(super) fn depths(&self) -> Depths {
        let start = Depths { running: self.running, ..Depths::default() };
        self.accounts.values().fold(start, |sum, account| Depths {
            edit: sum.edit + account.edit.len(),
            drift: sum.drift + account.drift.len(),
            ..sum
        })
    }

    /// Forgets an account that nothing refers to, so that deleted accounts leave nothing behind.
    fn drop_unused(&mut self, name: &A) {
        if self.accounts.get(name).is_some_and(|account| account.running == 0 && account.stands == Stands::Aside) {
            self.accounts.remove(name);
        }
    }
}

impl<K> Account<K> {
    fn new() -> Self {
        Self { edit: BTreeMap::new(), drift: BTreeMap::new(), running: 0, stands: Stands::Aside }
    }

    fn lane(&mut self, lane: Lane) -> &mut BTreeMap<Place, K> {
        match lane {
            Lane::Edit => &mut self.edit,
            Lane::Drift => &mut self.drift,
        }
    }
}
