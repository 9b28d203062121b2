//! The arithmetic of a bucket: what is free now, and if nothing is, when.
//! It must not read a clock or wait: the time is a parameter of every function.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::{Rate, Spacing};

/// The part of the rate that is left after the vendor throttled a call.
const DECREASE: f64 = 0.5;
/// The part of the ceiling that a window full of good calls adds to the rate.
const INCREASE: f64 = 0.05;
/// The part of the ceiling below which throttling does not bring the rate ...
const FLOOR: f64 = 0.05;
/// ... nor below one call a minute, in calls per second: slower than that, nobody would notice when it gets better.
const SLOWEST: f64 = 1.0 / 60.0;
/// The part of a window's calls that may go at once ...
const BURST: f64 = 0.05;
/// ... and at least so many, where the window has them.
const LEAST_BURST: f64 = 3.0;
/// The longest pause that an answer can ask for. A vendor's mistake must not stop an account for a day.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// What a token may lack because of rounding.
const ROUNDING: f64 = 1e-6;

#[derive(Debug)]
pub(super) struct State {
    ceiling: Rate,
    spread: Spacing,
    /// Calls per second; from the floor up to the ceiling.
    rate: f64,
    /// Tokens that are free, as of `refilled_at`. Spreads the calls over the window.
    tokens: f64,
    refilled_at: Instant,
    /// When the calls of the last window were sent, oldest first. Holds the ceiling.
    sent: VecDeque<Instant>,
    /// Tokens that are out: neither spent nor given back.
    held: usize,
    paused_until: Option<Instant>,
    halved_at: Option<Instant>,
    /// How many wait in line.
    pub(super) waiting: usize,
}

impl State {
    pub(super) fn new(ceiling: Rate, spacing: Spacing, now: Instant) -> Self {
        let mut state = Self {
            ceiling,
            spread: spacing,
            rate: ceiling.calls_per_second(),
            tokens: 0.0,
            refilled_at: now,
            sent: VecDeque::new(),
            held: 0,
            paused_until: None,
            halved_at: None,
            waiting: 0,
        };
        state.tokens = state.burst();
        state
    }

    /// Takes a token for the head of the line, or returns the time to look again.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Instant> {
        let free_at = self.free_at(now);
        if free_at > now {
            return Err(free_at);
        }
        self.tokens -= 1.0;
        self.held += 1;
        Ok(())
    }

    /// Takes a token for somebody who is not in line, or returns the time to ask again.
    pub(super) fn try_take(&mut self, now: Instant) -> Result<(), Instant> {
        if self.waiting == 0 {
            return self.take(now);
        }
        // The next token is for the line, the one after it perhaps not.
        Err(self.free_at(now).max(now + self.spacing()))
    }

    pub(super) fn spend(&mut self, now: Instant) {
        self.held -= 1;
        self.sent.push_back(now);
    }

    pub(super) fn give_back(&mut self, now: Instant) {
        self.refill(now);
        self.held -= 1;
        self.tokens = (self.tokens + 1.0).min(self.burst());
    }

    pub(super) fn throttled(&mut self, sent_at: Instant, after: Option<Duration>, now: Instant) {
        if let Some(pause) = after {
            let until = now + pause.min(LONGEST_PAUSE);
            self.paused_until = self.paused_until.max(Some(until));
        }
        if self.is_old_news(sent_at) {
            return;
        }
        self.refill(now);
        self.rate = (self.rate * DECREASE).max(self.floor());
        self.tokens = 0.0;
        self.halved_at = Some(now);
    }

    pub(super) fn succeeded(&mut self, sent_at: Instant, now: Instant) {
        if self.is_old_news(sent_at) {
            return;
        }
        self.refill(now);
        let ceiling = self.ceiling.calls_per_second();
        let calls_in_window = (self.rate * self.ceiling.window.as_secs_f64()).max(1.0);
        self.rate = (self.rate + ceiling * INCREASE / calls_in_window).min(ceiling);
    }

    pub(super) fn set_ceiling(&mut self, ceiling: Rate, now: Instant) {
        self.refill(now);
        let headroom = self.headroom();
        self.ceiling = ceiling;
        self.rate = (ceiling.calls_per_second() * headroom).max(self.floor());
        self.tokens = self.tokens.min(self.burst());
    }

    pub(super) fn drain(&mut self, now: Instant) {
        (self.tokens, self.refilled_at) = (0.0, self.refilled_at.max(now));
    }

    pub(super) fn headroom(&self) -> f64 {
        self.rate / self.ceiling.calls_per_second()
    }

    /// Returns the time when a token is free: `now` if one is.
    fn free_at(&mut self, now: Instant) -> Instant {
        self.refill(now);
        let lack = 1.0 - self.tokens;
        let filled_at = if lack > ROUNDING { now + Duration::from_secs_f64(lack / self.rate) } else { now };
        let pause_ends_at = self.paused_until.unwrap_or(now);
        filled_at.max(self.window_opens_at(now)).max(pause_ends_at)
    }

    /// Returns the time when the window has room for one more call: `now` if it has.
    fn window_opens_at(&mut self, now: Instant) -> Instant {
        let window = self.ceiling.window;
        while self.sent.front().is_some_and(|sent| *sent + window <= now) {
            self.sent.pop_front();
        }
        let allowed = usize::try_from(self.ceiling.calls).unwrap_or(usize::MAX);
        let Some(excess) = (self.held + self.sent.len()).checked_sub(allowed) else {
            return now;
        };
        match self.sent.get(excess) {
            Some(sent) => *sent + window,
            // Every call of the window is a token that is held. Nobody knows when it will be spent, so look again soon.
            None => now + self.spacing(),
        }
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.refilled_at);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.rate).min(self.burst());
        self.refilled_at = self.refilled_at.max(now);
    }

    fn burst(&self) -> f64 {
        let calls = f64::from(self.ceiling.calls);
        let burst = match self.spread {
            Spacing::Spread => (calls * BURST).max(LEAST_BURST).min(calls),
            Spacing::AtOnce => calls,
        };
        (burst * self.headroom()).max(1.0)
    }

    fn floor(&self) -> f64 {
        let ceiling = self.ceiling.calls_per_second();
        (ceiling * FLOOR).max(SLOWEST).min(ceiling)
    }

    fn spacing(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }

    /// Tells whether a call was under way when the rate was last halved.
    fn is_old_news(&self, sent_at: Instant) -> bool {
        self.halved_at.is_some_and(|halved_at| sent_at <= halved_at)
    }
}

impl Rate {
    pub(crate) fn calls_per_second(self) -> f64 {
        f64::from(self.calls) / self.window.as_secs_f64()
    }
}
