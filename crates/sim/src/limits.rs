//! Rate limits: how many requests fit into any one period of the simulator's clock.
//! Which limits apply, and their numbers, are the services' business.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::clock::Moment;
use crate::refusal::VendorCode;

/// One second, the period of most limits.
pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// One minute, the period of the limits of Huawei.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// One limit that a request counts against.
pub(crate) struct Limit {
    /// What is counted together.
    pub(crate) key: String,
    /// How many requests fit into any one period.
    pub(crate) most: u32,
    pub(crate) period: Duration,
    /// The code of a request that is over it.
    pub(crate) code: VendorCode,
}

/// The requests that still count, by limit.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    admitted: BTreeMap<String, VecDeque<Moment>>,
}

impl Windows {
    /// Counts a request, or returns the code of the first limit that it is over. A refused request does not count.
    pub(crate) fn admit(&mut self, limits: &[Limit], now: Moment) -> Result<(), VendorCode> {
        for limit in limits {
            let window = self.admitted.entry(limit.key.clone()).or_default();
            // A clock that was moved back leaves moments in the future: they count for no window.
            window.retain(|at| *at <= now && now.since(*at) < limit.period);
            if window.len() >= usize::try_from(limit.most).unwrap_or(usize::MAX) {
                return Err(limit.code.clone());
            }
        }
        for limit in limits {
            self.admitted.entry(limit.key.clone()).or_default().push_back(now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_one_second_takes_as_many_as_the_limit_says() {
        let limits = [
            Limit { key: "own".to_owned(), most: 2, period: SECOND, code: 1.into() },
            Limit { key: "together".to_owned(), most: 3, period: SECOND, code: 2.into() },
        ];
        let (own, together) = (&limits[..1], &limits[1..]);
        let start = Moment::from_unix_seconds(10);
        let mut windows = Windows::default();
        assert_eq!(windows.admit(&limits, start), Ok(()));
        assert_eq!(windows.admit(&limits, start.plus(Duration::from_millis(900))), Ok(()));
        assert_eq!(windows.admit(own, start.plus(Duration::from_millis(999))), Err(1.into()));
        assert_eq!(windows.admit(together, start.plus(Duration::from_millis(999))), Ok(()));
        assert_eq!(windows.admit(together, start.plus(Duration::from_millis(999))), Err(2.into()));
        // The first request is a second old now, so one more fits.
        assert_eq!(windows.admit(&limits, start.plus(Duration::from_millis(1000))), Ok(()));
        assert_eq!(windows.admit(own, start.plus(Duration::from_millis(1000))), Err(1.into()));
        // The clock goes back.
        assert_eq!(windows.admit(&limits, Moment::from_unix_seconds(5)), Ok(()));
    }
}
