//! The calls of the Live Engine and how often each may be made.
//! It must not know what a call sends or what its answer means.

use crate::limit::{Limit, LimitGroup};

/// A call of the Live Engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Makes a room.
    CreateRoom,
    /// Shows a room.
    GetRoomInfo,
    /// Changes what a room shows.
    UpdateRoomInfo,
    /// Removes everybody and ends the show.
    DestroyRoom,
    /// Hands the room to another account.
    ChangeRoomOwner,
    /// Adds and changes texts that are kept with the room.
    SetRoomMetadata,
    /// Shows texts that are kept with the room.
    GetRoomMetadata,
    /// Removes texts that are kept with the room.
    DelRoomMetadata,
}

impl Operation {
    /// Every call.
    pub const ALL: [Self; 8] = [
        Self::CreateRoom,
        Self::GetRoomInfo,
        Self::UpdateRoomInfo,
        Self::DestroyRoom,
        Self::ChangeRoomOwner,
        Self::SetRoomMetadata,
        Self::GetRoomMetadata,
        Self::DelRoomMetadata,
    ];

    /// Returns the name in the vendor's path, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreateRoom => "create_room",
            Self::GetRoomInfo => "get_room_info",
            Self::UpdateRoomInfo => "update_room_info",
            Self::DestroyRoom => "destroy_room",
            Self::ChangeRoomOwner => "change_room_owner",
            Self::SetRoomMetadata => "set_room_metadata",
            Self::GetRoomMetadata => "get_room_metadata",
            Self::DelRoomMetadata => "del_room_metadata",
        }
    }

    /// Returns the documented ceiling: 200 calls a second for each of them.
    pub const fn limit(self) -> Limit {
        match self {
            Self::CreateRoom
            | Self::GetRoomInfo
            | Self::UpdateRoomInfo
            | Self::DestroyRoom
            | Self::ChangeRoomOwner
            | Self::SetRoomMetadata
            | Self::GetRoomMetadata
            | Self::DelRoomMetadata => Limit::per_second(200),
        }
    }

    /// Returns the ceiling that counts for each room id by itself; absent where only [`Operation::limit`] counts.
    ///
    /// A create that is over it is refused with code 100012.
    pub const fn limit_per_room(self) -> Option<Limit> {
        match self {
            Self::CreateRoom => Some(Limit::per_second(1)),
            Self::GetRoomInfo
            | Self::UpdateRoomInfo
            | Self::DestroyRoom
            | Self::ChangeRoomOwner
            | Self::SetRoomMetadata
            | Self::GetRoomMetadata
            | Self::DelRoomMetadata => None,
        }
    }

    /// Returns the quota that the call draws from, which is its own.
    pub const fn limit_group(self) -> LimitGroup {
        LimitGroup(match self {
            Self::CreateRoom => "live_engine/create_room",
            Self::GetRoomInfo => "live_engine/get_room_info",
            Self::UpdateRoomInfo => "live_engine/update_room_info",
            Self::DestroyRoom => "live_engine/destroy_room",
            Self::ChangeRoomOwner => "live_engine/change_room_owner",
            Self::SetRoomMetadata => "live_engine/set_room_metadata",
            Self::GetRoomMetadata => "live_engine/get_room_metadata",
            Self::DelRoomMetadata => "live_engine/del_room_metadata",
        })
    }
}
