//! What the Room Engine shows of a room.

use alloc::string::String;
use alloc::vec::Vec;

use super::Switches;
use super::compare::ROOM_TYPE;
use crate::ids::Timestamp;
use crate::secret::Secret;
use crate::tencent::is_of;

/// What the vendor shows of a room. Absent: this answer does not have the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The administrator account that looked; it is no person in the room.
    pub caller: String,
    /// `RoomType`; absent: not shown.
    pub room_type: Option<String>,
    /// `Owner_Account`
    pub owner: String,
    /// `RoomName`
    pub name: String,
    /// `MaxMemberCount`
    pub max_members: Option<u32>,
    /// The switches.
    pub switches: Switches,
    /// `CustomInfo`
    pub custom_info: Option<String>,
    /// `TakeSeatMode`, which may be `None` as a word.
    pub take_seat_mode: Option<String>,
    /// `IsPasswordEnabled` and `Password`.
    pub password: SeenPassword,
    /// `ScheduleStartTime`
    pub schedule_start: Option<Timestamp>,
    /// `ScheduleEndTime`
    pub schedule_end: Option<Timestamp>,
    /// `IsSeatEnabled`
    pub seats_enabled: Option<bool>,
    /// `MaxSeatCount`
    pub max_seats: Option<u32>,
    /// `RoomStatus`
    pub room_status: Option<String>,
    /// `MemberCount`; what it counts is not documented, so nothing is decided by it.
    pub member_count: Option<u32>,
    /// Who is in the room.
    pub members: Members,
}

/// What the vendor shows of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenPassword {
    /// Neither field is in the answer.
    NotShown,
    /// The room has no password.
    Off,
    /// The room has one; absent: which one is not shown.
    On(Option<Secret>),
}

/// Who is in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// Nothing in this pass depends on it, so the vendor was not asked.
    NotAsked,
    /// The member list.
    Listed(Vec<String>),
}

impl Observed {
    /// Tells whether the room is of this engine.
    #[must_use]
    pub fn is_of_this_engine(&self) -> bool {
        is_of(ROOM_TYPE, self.room_type.as_deref())
    }

    /// Returns the people in the room, without the account that looked; absent: not asked.
    #[must_use]
    pub fn people(&self) -> Option<usize> {
        match &self.members {
            Members::NotAsked => None,
            Members::Listed(members) => Some(members.iter().filter(|member| **member != self.caller).count()),
        }
    }
}
