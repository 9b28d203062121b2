//! What can be done to a CloudRTC room: the vendor's call, and nothing besides.

use core::fmt;

use crate::keeping::Act;
use crate::policy::Verb;

/// One call of CloudRTC that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `dismiss`: everybody is thrown out, and whoever joins again makes a new room.
    Dismiss,
}

impl Act for Action {
    const MAKES_ROOMS: bool = false;

    fn verb(&self) -> Verb {
        match self {
            Action::Dismiss => Verb::Dismiss,
        }
    }

    fn is_written_down_first(&self) -> bool {
        match self {
            // The list shows it minutes later, and whoever came back meanwhile must not be thrown out again.
            Action::Dismiss => true,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Dismiss => f.write_str("dismiss the room"),
        }
    }
}
