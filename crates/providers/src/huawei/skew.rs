//! The time that goes into Huawei's signatures: ours, unless the vendor showed that ours is wrong.
//! It learns from a refusal only, so that no stray `Date` moves the clock of one that works.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Clock;

/// The difference that explains a refusal, in seconds; the vendor takes signatures of up to 15 minutes.
const NOTABLE: u64 = 5 * 60;

/// A clock and what is to be added to it.
pub(super) struct VendorClock {
    clock: Clock,
    offset: AtomicI64,
}

impl VendorClock {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, offset: AtomicI64::new(0) }
    }

    /// Returns the vendor's time as far as we know it, in unix seconds.
    pub(super) fn unix_seconds(&self) -> u64 {
        self.clock.unix_seconds().saturating_add_signed(self.offset.load(Ordering::Relaxed))
    }

    /// Takes the `Date` of an answer that refused a signature of this time; tells whether that explains the refusal.
    pub(super) fn learn(&self, signed_at: u64, date: Option<u64>) -> bool {
        let Some(date) = date.filter(|date| date.abs_diff(signed_at) > NOTABLE) else { return false };
        let Some(offset) = date.checked_signed_diff(self.clock.unix_seconds()) else { return false };
        self.offset.store(offset, Ordering::Relaxed);
        true
    }
}
