//! Decides which object is looked at next, and hands out the slots for the passes.
//! It must not know what a pass does, nor talk to Kubernetes or to a vendor.
//!
//! # How a controller uses it
//!
//! Watchers call [`Queue::add`] for what changed and [`Queue::forget`] for what is gone. A loop calls [`Queue::next`]
//! and gives each [`Slot`] to a pass. The pass takes the slot's token for its first call, and ends the slot with exactly
//! one of [`Slot::again_at`] (look again then: drift check, backoff, wait) and [`Slot::forget`] (the object is gone).
//!
//! # Invariants
//!
//! - A key is in at most one lane, and in the agenda at most once. No two passes of one key run at the same time.
//! - A key that is added while its pass runs runs again afterwards: the pass may have read the old object.
//! - A pass gets its slot only together with its first token. A key whose account has no token holds no slot and
//!   keeps no other account's keys back.
//! - Accounts take turns. Within an account the lane [`Lane::Edit`] goes before [`Lane::Drift`], and a lane is first in,
//!   first out. One account holds at most three quarters of the slots, so that a vendor who hangs does not stop the others.
//! - A key leaves the queue by `forget` only. A pass that ends without a word, as in a panic, is tried again later.
//! - What waits for a time is an entry in an ordered agenda, not a task. Every operation is O(log n) in the keys.
//!
//! # The agenda
//!
//! Of two times for one key the earlier wins. The start of a pass takes the key out of the agenda, since the pass sees
//! everything that was waited for, and says at its end when to look again: so a backoff does not delay an edit, and a pass
//! that ran early moves the next drift check. A time that is set while the pass runs stays.
//!
//! # What an account is
//!
//! The account key names whatever shares a first token: a vendor account, or one engine of it where engines have
//! limits of their own.

mod state;
#[cfg(test)]
mod tests;
mod turns;

use std::fmt::Debug;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::pacing::{Bucket, Token};
use state::{Pick, State, Verdict};

/// How long after a pass that ended without a word its key is looked at again.
pub const AFTER_UNFINISHED_PASS: Duration = Duration::from_secs(30);

/// Is what a key or an account must be able to do; every type that can do it is one.
pub trait Name: Clone + Eq + Hash + Debug {}

impl<T: Clone + Eq + Hash + Debug> Name for T {}

/// Says how urgent a pass is; the more urgent lane is the smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Somebody changed or deleted the object, or something that it refers to, and waits for the effect.
    Edit,
    /// Nobody waits: time to see whether the vendor still shows what is wanted.
    Drift,
}

/// Counts the keys by what they wait for, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depths {
    /// Keys ready in [`Lane::Edit`], all accounts together.
    pub edit: usize,
    /// Keys ready in [`Lane::Drift`], all accounts together.
    pub drift: usize,
    /// Keys with an entry in the agenda; they may be in a lane as well.
    pub scheduled: usize,
    /// Slots in use.
    pub running: usize,
}

/// The work queue of a controller, for keys `K` that belong to accounts `A`.
///
/// Clones are handles of the same queue. The module's documentation says what holds at any time.
#[derive(Debug)]
pub struct Queue<K: Name, A: Name> {
    shared: Arc<Shared<K, A>>,
}

impl<K: Name, A: Name> Queue<K, A> {
    /// Makes an empty queue that lets so many passes run at once.
    pub fn new(slots: NonZeroUsize) -> Self {
        let state = Mutex::new(State::new(slots));
        Self { shared: Arc::new(Shared { state, changed: Notify::new() }) }
    }

    /// Lets the passes of `account` start only with a token of `gate`, in place of an earlier gate.
    ///
    /// An account without a gate is served at once. It may be set before the account has keys.
    pub fn set_gate(&self, account: A, gate: Arc<Bucket>) {
        self.shared.change(|state| state.gates.insert(account, gate));
    }

    /// Takes the gate of `account` away, as when its last configuration is gone.
    pub fn remove_gate(&self, account: &A) {
        self.shared.change(|state| state.gates.remove(account));
    }

    /// Makes a key ready now; if it is ready already, it keeps its place or moves up to the more urgent lane.
    ///
    /// If its pass is running, the key is ready again after it. The key moves to `account` if it was of another one, to
    /// the end of its lane there. An entry in the agenda stays until a pass starts.
    pub fn add(&self, key: K, account: A, lane: Lane) {
        self.shared.change(|state| state.add(&key, account, lane));
    }

    /// Makes a key ready at the given time, unless the agenda has an earlier one for it.
    ///
    /// A time that has passed means now. The key moves to `account` as in [`Queue::add`].
    pub fn add_at(&self, key: K, account: A, lane: Lane, at: Instant) {
        self.shared.change(|state| state.add_at(&key, account, lane, at));
    }

    /// Removes a key from the lanes and from the agenda.
    ///
    /// A pass that is running goes on; what it says at its end about looking again is then not followed, unless the key
    /// was added once more.
    pub fn forget(&self, key: &K) {
        self.shared.change(|state| state.forget(key));
    }

    /// Waits for the next pass: a free slot, a ready key, and the first token of its account.
    ///
    /// Returns `None` once the queue is closed. Dropping the future loses nothing. Several tasks may wait at once.
    pub async fn next(&self) -> Option<Slot<K, A>> {
        loop {
            // Made before the look at the state, so that no change in between is missed.
            let changed = self.shared.changed.notified();
            let pick = self.shared.state().pick(Instant::now());
            match pick {
                Pick::Start { key, account, lane, token } => {
                    let shared = Arc::clone(&self.shared);
                    return Some(Slot { shared, key, account, lane, token, verdict: Verdict::Unfinished });
                }
                // Both outcomes, the time and the change, mean the same: look again.
                Pick::WaitUntil(at) => _ = timeout_at(at, changed).await,
                Pick::Wait => changed.await,
                Pick::Closed => return None,
            }
        }
    }

    /// Returns how many keys wait for what.
    pub fn depths(&self) -> Depths {
        self.shared.state().depths()
    }

    /// Lets no new pass start, for good; running passes go on.
    pub fn close(&self) {
        self.shared.change(State::close);
    }

    /// Waits until no slot is in use; after [`Queue::close`] that is the end of the last pass.
    pub async fn idle(&self) {
        loop {
            let changed = self.shared.changed.notified();
            if self.depths().running == 0 {
                return;
            }
            changed.await;
        }
    }
}

impl<K: Name, A: Name> Clone for Queue<K, A> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// Permits one pass over one key; its end, by whatever way, frees the slot.
///
/// Dropped without [`Slot::again_at`] or [`Slot::forget`], the key is looked at again after [`AFTER_UNFINISHED_PASS`].
#[derive(Debug)]
#[must_use = "a slot that is dropped counts as a pass that failed"]
pub struct Slot<K: Name, A: Name> {
    shared: Arc<Shared<K, A>>,
    key: K,
    account: A,
    lane: Lane,
    token: Option<Token>,
    verdict: Verdict,
}

impl<K: Name, A: Name> Slot<K, A> {
    /// Returns the key that the pass is for.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Returns the account that the key belonged to when the pass started.
    pub fn account(&self) -> &A {
        &self.account
    }

    /// Returns the lane that the key was in.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// Takes out the token for the pass's first call; `None` if it was taken before or the account has no gate.
    ///
    /// A token that is left in the slot goes back to its bucket when the pass ends.
    pub fn take_token(&mut self) -> Option<Token> {
        self.token.take()
    }

    /// Ends the pass: the key is looked at again at the given time, or earlier if something asks for it.
    pub fn again_at(mut self, lane: Lane, at: Instant) {
        self.verdict = Verdict::AgainAt { lane, at };
    }

    /// Ends the pass: there is nothing to come back for, unless the key was added while the pass ran.
    pub fn forget(mut self) {
        self.verdict = Verdict::Forget;
    }
}

impl<K: Name, A: Name> Drop for Slot<K, A> {
    fn drop(&mut self) {
        // Given back first: whoever is woken by the free slot then finds the token too.
        drop(self.token.take());
        let verdict = self.verdict;
        if verdict == Verdict::Unfinished {
            let (key, delay) = (&self.key, AFTER_UNFINISHED_PASS);
            tracing::warn!(
                ?key,
                ?delay,
                "a pass ended without saying when to look again; it is tried again after a delay"
            );
        }
        self.shared.change(|state| state.finish(&self.key, &self.account, verdict, Instant::now()));
    }
}

#[derive(Debug)]
struct Shared<K, A> {
    state: Mutex<State<K, A>>,
    // Told of every change. Whoever waits looks at the state afresh, so waking too many is only a waste.
    changed: Notify,
}

impl<K, A> Shared<K, A> {
    fn state(&self) -> MutexGuard<'_, State<K, A>> {
        // Only a panic in a key's own `Hash`, `Eq` or `Clone` could poison the lock; the other keys should go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State<K, A>) -> T) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }
}
