//! How often a vendor lets one of its calls be made.
//! Only the documented numbers are here: pacing, and which share of a limit is ours, is the caller's part.

use std::time::Duration;

/// A documented ceiling: so many calls in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Calls allowed in one period.
    pub calls: u32,
    /// Length of the period.
    pub period: Duration,
}

impl Limit {
    /// Returns a limit of so many calls in each second.
    pub const fn per_second(calls: u32) -> Self {
        Self { calls, period: Duration::from_secs(1) }
    }

    /// Returns a limit of so many calls in each minute.
    pub const fn per_minute(calls: u32) -> Self {
        Self { calls, period: Duration::from_secs(60) }
    }
}

/// The name of a quota that one or more calls of an account draw from; stable, fit for a map key and a metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LimitGroup(pub &'static str);
