//! What CloudRTC shows of a room, in a list that lags behind.

use crate::ids::Timestamp;

/// What the vendor's list shows.
///
/// All times are by the vendor's clock, so that a wrong clock of ours decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// When the list was answered.
    pub as_of: Timestamp,
    /// The room that runs under this id; absent: none is shown.
    pub running: Option<Running>,
    /// How many people are in it; absent: not asked, or not shown.
    pub people: Option<usize>,
}

/// A room that runs. Under the same id another one may have run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// When its first user joined.
    pub started: Timestamp,
}
