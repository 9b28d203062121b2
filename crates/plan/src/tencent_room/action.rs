//! What can be done to a Room Engine room: the vendor's calls, and nothing besides.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::{Desired, Password, Switches, TakeSeatMode};
use crate::ids::UserId;
use crate::keeping::Act;
use crate::policy::Verb;
use crate::secret::SecretValue;

/// One call of the Room Engine that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `create_room`
    Create(Box<Desired>),
    /// `update_room_info`
    Update(Box<Patch>),
    /// `change_room_owner`
    ChangeOwner {
        /// `From_Account`: the owner as just seen.
        from: String,
        /// `NewOwner_Account`
        to: UserId,
    },
    /// `destroy_room`
    Destroy,
}

impl Act for Action {
    fn verb(&self) -> Verb {
        match self {
            Action::Create(_) => Verb::Create,
            Action::Update(_) => Verb::Update,
            Action::ChangeOwner { .. } => Verb::ChangeOwner,
            Action::Destroy => Verb::Dismiss,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Create(_) => f.write_str("create the room"),
            Action::Update(_) => f.write_str("update the room"),
            Action::ChangeOwner { from, to } => write!(f, "change the owner from {from} to {}", to.as_str()),
            Action::Destroy => f.write_str("dismiss the room"),
        }
    }
}

/// The fields of one `update_room_info`. Absent: not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// `RoomName`, always sent: the vendor's page says that it defaults to the room id, on update too.
    pub name: String,
    /// `MaxMemberCount`
    pub max_members: Option<u32>,
    /// The switches.
    pub switches: Switches,
    /// `CustomInfo`
    pub custom_info: Option<String>,
    /// `TakeSeatMode`
    pub take_seat_mode: Option<TakeSeatMode>,
    /// `IsPasswordEnabled` and `Password`
    pub password: Option<Password<SecretValue>>,
}
