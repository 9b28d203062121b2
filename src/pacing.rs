//! Paces the calls to one limit group of a vendor, so that the operator stays within its share of the quota.
//! It must not know what a call does, nor retry one: it hands out tokens and learns from the answers.
//!
//! # Invariants
//!
//! - In any window of the ceiling (one second, or one minute), whenever it starts, no more calls are sent than the
//!   ceiling allows. A token that is held counts as sent: its holder may send at any moment. So the vendor's limit
//!   holds for fixed and for sliding windows alike. What the network bunches up on the way cannot be seen from here;
//!   the customer's part of the quota is the room for it.
//! - Calls are spread over the window. Only a twentieth of a window's calls (at least three) may go at once: that makes
//!   up for late timers and lets a single edit through without a wait.
//! - Those who wait in [`Bucket::take`] are served in the order in which they came, and before any [`Bucket::try_take`].
//! - Nothing is lost: a waiter that is dropped leaves the line, and a token that is dropped unspent goes back.
//!
//! # Adaptation
//!
//! The quota is shared with the customer's own backend, so even a share can be too much at times. A throttled call
//! halves the rate, each good call raises it a little: from half to full within ten windows of steady calls.

mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use state::State;

/// States how many calls are allowed in any window of a given length.
///
/// Vendors state their limits per second or per minute, and so does this type: 60 per minute is not the same as
/// one per second, since it allows several calls at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    calls: u32,
    window: Duration,
}

impl Rate {
    /// Returns the rate of `calls` in any `window`; 0 calls count as 1, a shorter window than a millisecond as that.
    pub const fn new(calls: u32, window: Duration) -> Self {
        let calls = if calls == 0 { 1 } else { calls };
        let window = if window.as_millis() == 0 { Duration::from_millis(1) } else { window };
        Self { calls, window }
    }

    /// Returns the rate of `calls` in any second; 0 counts as 1.
    pub const fn per_second(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(1))
    }

    /// Returns the rate of `calls` in any minute; 0 counts as 1.
    pub const fn per_minute(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(60))
    }

    /// Returns the given share of this rate, `percent` being brought into 1 to 100.
    ///
    /// A share is rounded down to whole calls: 25 % of 10 per second is 2 per second. A share below one call is one
    /// call in a longer window: 1 % of 60 per minute is one call in 100 seconds.
    #[must_use]
    pub fn share(self, percent: u8) -> Self {
        let hundredths = self.calls.saturating_mul(u32::from(percent.clamp(1, 100)));
        match hundredths / 100 {
            0 => Self::new(1, self.window * 100 / hundredths),
            calls => Self::new(calls, self.window),
        }
    }
}

/// How the calls of a window follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    /// Spread over the window.
    Spread,
    /// As they come, until the window has no more.
    AtOnce,
}

/// Hands out the tokens for the calls of one vendor limit group, at most as fast as its ceiling.
///
/// The module's documentation lists what holds at any time.
pub struct Bucket {
    state: Mutex<State>,
    // Held by the waiter at the head of the line. Tokio's mutex is fair, which makes it the line.
    turn: tokio::sync::Mutex<()>,
    // Tells the head of the line that a token may be free before the time it sleeps to.
    changed: Notify,
}

impl Bucket {
    /// Makes a bucket that is full and runs at its ceiling: the vendor's limit times the share that is ours.
    pub fn new(ceiling: Rate) -> Arc<Self> {
        Self::with_spacing(ceiling, Spacing::Spread)
    }

    /// Makes a bucket that is full and lets a whole window's calls go at once, for a limit that is ours and not a vendor's.
    pub fn at_once(ceiling: Rate) -> Arc<Self> {
        Self::with_spacing(ceiling, Spacing::AtOnce)
    }

    fn with_spacing(ceiling: Rate, spacing: Spacing) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::new(ceiling, spacing, Instant::now())),
            turn: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
        })
    }

    /// Takes a token if one is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// Without a token, the time when it is worth asking again. That time is in the future; a token may have gone to
    /// somebody else by then, or may come back before.
    pub fn try_take(self: &Arc<Self>) -> Result<Token, Instant> {
        self.state().try_take(Instant::now()).map(|()| Token::of(self))
    }

    /// Waits for a token, behind those who came before.
    ///
    /// Dropping the future leaves the line; no token is lost.
    /// Tokens are best taken just before the call: one that is held takes up room in the window.
    pub async fn take(self: &Arc<Self>) -> Token {
        let _place = PlaceInLine::of(self);
        let _turn = self.turn.lock().await;
        loop {
            // Made before the look at the state, so that no change in between is missed.
            let changed = self.changed.notified();
            let looked = self.state().take(Instant::now());
            match looked {
                Ok(()) => return Token::of(self),
                // Both outcomes, the time and the change, mean the same: look again.
                Err(again_at) => _ = timeout_at(again_at, changed).await,
            }
        }
    }

    /// Replaces the ceiling, as when the share is edited; what was sent before still counts.
    ///
    /// The adapted rate keeps its relation to the ceiling.
    pub fn set_ceiling(&self, ceiling: Rate) {
        self.state().set_ceiling(ceiling, Instant::now());
        self.changed.notify_waiters();
    }

    /// Takes away what could go at once: tokens come one by one from here on, as fast as the rate.
    pub fn drain(&self) {
        self.state().drain(Instant::now());
    }

    /// Returns the current rate as a part of the ceiling, above 0 and at most 1: below 1 the vendor has throttled us lately.
    pub fn headroom(&self) -> f64 {
        self.state().headroom()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is complete before anything could panic, so a poisoned lock is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state().fmt(formatter)
    }
}

/// Permits one call; dropped unspent, it goes back to its bucket.
#[derive(Debug)]
#[must_use = "a token that is dropped goes back to its bucket"]
pub struct Token {
    // `None` only while `spend` takes the token apart.
    bucket: Option<Arc<Bucket>>,
}

impl Token {
    fn of(bucket: &Arc<Bucket>) -> Self {
        Self { bucket: Some(Arc::clone(bucket)) }
    }

    /// Tells whether this token was taken from `bucket`: a token of another limit group does not permit its calls.
    pub fn is_from(&self, bucket: &Arc<Bucket>) -> bool {
        self.bucket.as_ref().is_some_and(|own| Arc::ptr_eq(own, bucket))
    }

    /// Uses the token up; to be called at the moment the request is sent.
    ///
    /// The returned [`Call`] takes the vendor's verdict. A call without one (an answer that never came) changes nothing.
    pub fn spend(mut self) -> Call {
        let bucket = self.bucket.take().expect("only `spend` takes the bucket out, and it consumes the token");
        let sent_at = Instant::now();
        bucket.state().spend(sent_at);
        Call { bucket, sent_at }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if let Some(bucket) = self.bucket.take() {
            bucket.state().give_back(Instant::now());
            bucket.changed.notify_waiters();
        }
    }
}

/// A call that was sent, from which the bucket learns how fast it may go.
#[derive(Debug)]
pub struct Call {
    bucket: Arc<Bucket>,
    sent_at: Instant,
}

impl Call {
    /// Reports that the vendor refused the call as one too many: the rate halves, and nothing is sent for `after`.
    ///
    /// Calls that were under way when the rate was last halved do not halve it again: they tell the same news.
    /// Their `after` counts all the same. An `after` beyond five minutes is cut to that; absent means no pause.
    pub fn throttled(self, after: Option<Duration>) {
        self.bucket.state().throttled(self.sent_at, after, Instant::now());
    }

    /// Reports that the vendor accepted the call, whatever else it said: the rate rises a little, up to the ceiling.
    pub fn succeeded(self) {
        self.bucket.state().succeeded(self.sent_at, Instant::now());
    }
}

/// Counts one waiter of [`Bucket::take`] for as long as it waits.
struct PlaceInLine<'a>(&'a Bucket);

impl<'a> PlaceInLine<'a> {
    fn of(bucket: &'a Bucket) -> Self {
        bucket.state().waiting += 1;
        Self(bucket)
    }
}

impl Drop for PlaceInLine<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}
