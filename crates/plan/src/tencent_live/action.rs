//! What can be done to a Live Engine room: the vendor's calls, and nothing besides.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Desired, TakeSeatMode};
use crate::ids::UserId;
use crate::keeping::Act;
use crate::policy::Verb;

/// One call of the Live Engine that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `create_room`
    Create(Box<Desired>),
    /// `update_room_info`
    Update(Box<Patch>),
    /// `set_room_metadata` with these keys and values; other keys stay.
    SetMetadata(BTreeMap<String, String>),
    /// `change_room_owner`
    ChangeOwner {
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
            Action::Update(_) | Action::SetMetadata(_) => Verb::Update,
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
            Action::SetMetadata(_) => f.write_str("set metadata of the room"),
            Action::ChangeOwner { to } => write!(f, "change the owner to {}", to.as_str()),
            Action::Destroy => f.write_str("dismiss the room"),
        }
    }
}

/// The fields of one `update_room_info`. Absent: not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// `RoomName`, always sent: the Room Engine's page says that it defaults to the room id, on update too.
    pub name: String,
    /// `MaxMemberCount`
    pub max_members: Option<u32>,
    /// `IsMessageDisabled`
    pub message_disabled: Option<bool>,
    /// `CoverURL`
    pub cover_url: Option<String>,
    /// `Category`
    pub category: Option<Vec<i64>>,
    /// `ActivityStatus`
    pub activity_status: Option<i64>,
    /// `IsPublicVisible`
    pub public_visible: Option<bool>,
    /// `TakeSeatMode`
    pub take_seat_mode: Option<TakeSeatMode>,
    /// `Notice`
    pub notice: Option<String>,
}
