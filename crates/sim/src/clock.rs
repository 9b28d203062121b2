//! The simulator's time: real, or moved by a test or a person.
//! Every rule that depends on time reads it here, and nothing here ever sleeps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::changes::Changes;

/// One point in time, in milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// Returns the moment `millis` milliseconds after 1970-01-01 UTC.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Returns the moment `seconds` seconds after 1970-01-01 UTC.
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the milliseconds since 1970-01-01 UTC.
    pub const fn unix_millis(self) -> u64 {
        self.0
    }

    /// Returns the whole seconds since 1970-01-01 UTC.
    pub const fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Returns the moment `duration` later, to the millisecond.
    pub fn plus(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// Returns the moment `duration` earlier, to the millisecond, at the earliest 1970.
    pub fn minus(self, duration: Duration) -> Self {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(millis))
    }

    /// Returns how long after `earlier` this moment is, zero if it is not later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// How the clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real time, moved forward by `ahead`.
    Automatic {
        /// How far this clock is ahead of the machine's clock.
        ahead: Duration,
    },
    /// Time stands at `now` until somebody moves it.
    Manual {
        /// What the clock shows.
        now: Moment,
    },
}

/// The simulator's clock, shared by all services.
#[derive(Debug)]
pub struct Clock {
    mode: Mutex<Mode>,
    changes: Arc<Changes>,
}

impl Clock {
    /// Returns a clock with real time, which tells whoever waits when it is moved.
    pub(crate) const fn new(changes: Arc<Changes>) -> Self {
        Self { mode: Mutex::new(Mode::Automatic { ahead: Duration::ZERO }), changes }
    }

    /// Returns the simulator's time.
    pub fn now(&self) -> Moment {
        self.mode().now()
    }

    /// Returns how the clock runs.
    pub fn reading(&self) -> Mode {
        *self.mode()
    }

    /// Moves the clock forward, whether it runs or stands.
    pub fn advance(&self, by: Duration) {
        self.set(|mode| match mode {
            Mode::Automatic { ahead } => Mode::Automatic { ahead: ahead.saturating_add(by) },
            Mode::Manual { now } => Mode::Manual { now: now.plus(by) },
        });
    }

    /// Stops the clock at `moment`, which may be in the past.
    pub fn stop_at(&self, moment: Moment) {
        self.set(|_| Mode::Manual { now: moment });
    }

    /// Stops the clock where it is.
    pub fn stop(&self) {
        self.set(|mode| Mode::Manual { now: mode.now() });
    }

    /// Lets the clock run again, with the machine's own time.
    pub fn run(&self) {
        self.set(|_| Mode::Automatic { ahead: Duration::ZERO });
    }

    fn set(&self, next: impl FnOnce(Mode) -> Mode) {
        let mut mode = self.mode();
        *mode = next(*mode);
        drop(mode);
        self.changes.tell();
    }

    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mode {
    fn now(self) -> Moment {
        match self {
            Self::Automatic { ahead } => {
                // A machine clock before 1970 reads as 1970: the simulator must not panic over it.
                let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment::default().plus(real).plus(ahead)
            }
            Self::Manual { now } => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let clock = Clock::new(Arc::default());
        clock.stop_at(Moment::from_unix_seconds(1_700_000_000));
        assert_eq!(clock.now().unix_seconds(), 1_700_000_000);
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().unix_millis(), 1_700_000_001_500);
    }

    #[test]
    fn a_running_clock_can_be_put_ahead_and_set_right_again() {
        let clock = Clock::new(Arc::default());
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now().since(before) >= Duration::from_secs(3600));
        clock.run();
        assert!(clock.now().since(before) < Duration::from_secs(3600));
    }

    #[test]
    fn an_earlier_moment_is_no_time_after_a_later_one() {
        let early = Moment::from_unix_seconds(1);
        assert_eq!(early.since(Moment::from_unix_seconds(2)), Duration::ZERO);
    }
}
