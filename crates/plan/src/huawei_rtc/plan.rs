//! Decides what to do about a CloudRTC room. Pure: the same arguments give the same plan.

use super::{Memory, Plan, Sight, Wanted};
use crate::decision::Claiming;

/// Decides what to do now and what is left and why. The time is [`Observed::as_of`](super::Observed::as_of).
///
/// The caller has asked [`without_looking`](crate::without_looking) first.
pub fn plan(_wanted: &Wanted, _sight: &Sight, _memory: &Memory) -> Plan {
    Plan::new(Claiming::AsIs)
}
