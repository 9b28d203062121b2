//! What the Live Engine shows of a room.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::compare::ROOM_TYPE;
use crate::tencent::is_of;

/// What the vendor shows of a room. Absent: this answer does not have the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The administrator account that looked.
    pub caller: String,
    /// `RoomType`
    pub room_type: Option<String>,
    /// `Owner_Account`
    pub owner: String,
    /// `RoomName`
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
    /// `TakeSeatMode`, in the vendor's word.
    pub take_seat_mode: Option<String>,
    /// `Notice`
    pub notice: Option<String>,
    /// The metadata, which has a call of its own.
    pub metadata: SeenMetadata,
    /// `SeatTemplate`
    pub seat_template: Option<String>,
    /// `MaxSeatCount`
    pub max_seats: Option<u32>,
    /// `MemberCount`, where the vendor shows it. `ViewCount` is another thing.
    pub member_count: Option<u32>,
    /// `OnlineCount`, where the vendor shows it.
    pub online_count: Option<u32>,
}

/// What the vendor shows of the metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenMetadata {
    /// The spec manages none, so the vendor was not asked.
    NotAsked,
    /// All keys of the room.
    Shown(BTreeMap<String, String>),
}

impl Observed {
    /// Tells whether the room is of this engine.
    #[must_use]
    pub fn is_of_this_engine(&self) -> bool {
        is_of(ROOM_TYPE, self.room_type.as_deref())
    }

    /// Returns how many people are in the room; absent: the vendor does not say.
    ///
    /// What the two counts count is not documented, so the larger one is believed: nobody is thrown out by mistake.
    #[must_use]
    pub fn people(&self) -> Option<usize> {
        self.member_count.max(self.online_count).map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }
}
