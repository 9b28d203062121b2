//! What can be done to a cloud meeting room: the vendor's calls, and nothing besides.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::Person;
use crate::keeping::Act;
use crate::policy::Verb;
use crate::secret::Secret;

/// One call of Cloud Meeting that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `PUT /v1/usg/dcs/member/vmr/{id}`, as the owner.
    Update(Box<Update>),
    /// `recycle-from-member`: the room is nobody's afterwards.
    Recycle {
        /// The owner as just seen.
        from: Person,
        /// What it is for.
        ending: Ending,
    },
    /// `assign-to-member`
    Assign {
        /// The new owner, whom the vendor has shown.
        to: Person,
    },
}

/// What a room is recycled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// To be assigned to another owner at once.
    HandOver,
    /// The object is being deleted.
    Deletion,
}

impl Act for Action {
    const MAKES_ROOMS: bool = false;

    fn verb(&self) -> Verb {
        match self {
            Action::Update(_) => Verb::Update,
            Action::Recycle { ending: Ending::Deletion, .. } => Verb::Dismiss,
            Action::Recycle { ending: Ending::HandOver, .. } | Action::Assign { .. } => Verb::ChangeOwner,
        }
    }

    fn cannot_be_undone(&self) -> bool {
        match self {
            // What becomes of name, passwords and bookings is not documented, whoever gets the room next.
            Action::Recycle { .. } => true,
            Action::Update(_) | Action::Assign { .. } => false,
        }
    }

    fn leaves_half_done(&self) -> bool {
        match self {
            // The room is nobody's until somebody gets it.
            Action::Assign { .. } => true,
            Action::Update(_) | Action::Recycle { .. } => false,
        }
    }

    fn is_written_down_first(&self) -> bool {
        match self {
            // Afterwards nobody could tell whose room it was.
            Action::Recycle { ending: Ending::HandOver, .. } => true,
            Action::Update(_) | Action::Recycle { ending: Ending::Deletion, .. } | Action::Assign { .. } => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Update(_) => f.write_str("update the room"),
            Action::Recycle { from, ending: Ending::HandOver } => write!(f, "take the room from {from}"),
            Action::Recycle { from, ending: Ending::Deletion } => write!(f, "recycle the room from {from}"),
            Action::Assign { to } => write!(f, "give the room to {to}"),
        }
    }
}

/// All fields of one PUT: what is not to change is sent as it was seen.
///
/// Absent: not sent, because nobody knows it. What the vendor makes of a missing field is not documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The third-party user id of the owner, as whom it is sent.
    pub as_user: String,
    /// `vmrName`
    pub name: String,
    /// `chairPwd`
    pub host_password: Option<Secret>,
    /// `gustPwd`
    pub guest_password: Option<SentGuestPassword>,
    /// `allowGustFirst`
    pub allow_guest_first: Option<bool>,
    /// `gustFirstNotice`
    pub notify_owner: Option<bool>,
}

/// A guest password as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentGuestPassword {
    /// An empty text: the room has none.
    Clear,
    /// This one.
    Set(Secret),
}
