//! The calls of CloudRTC and how often each may be made.
//! It must not know what a call sends or what its answer means.

use crate::limit::{Limit, LimitGroup};

/// A call of CloudRTC, or the log-in that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Lists applications.
    GetApps,
    /// Shows an application.
    GetApp,
    /// Lists rooms, as the statistics have them.
    GetRooms,
    /// Lists users, as the statistics have them.
    GetUsers,
    /// Removes everybody from a room.
    DismissRoom,
    /// Logs in with a password, at IAM; the client does so by itself.
    LogIn,
}

impl Operation {
    /// Every call.
    pub const ALL: [Self; 6] =
        [Self::GetApps, Self::GetApp, Self::GetRooms, Self::GetUsers, Self::DismissRoom, Self::LogIn];

    /// Returns the name of the client's function, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetApps => "get_apps",
            Self::GetApp => "get_app",
            Self::GetRooms => "get_rooms",
            Self::GetUsers => "get_users",
            Self::DismissRoom => "dismiss_room",
            Self::LogIn => "log_in",
        }
    }

    /// Returns the documented ceiling of the call's group; for the log-in none is documented, it is ours.
    pub const fn limit(self) -> Limit {
        match self {
            Self::GetApps | Self::GetApp | Self::DismissRoom | Self::LogIn => Limit::per_minute(60),
            Self::GetRooms | Self::GetUsers => Limit::per_minute(30),
        }
    }

    /// Returns the quota that the call shares with others of its kind.
    pub const fn limit_group(self) -> LimitGroup {
        LimitGroup(match self {
            Self::GetApps | Self::GetApp => "cloud_rtc/apps",
            Self::DismissRoom => "cloud_rtc/rooms",
            Self::GetRooms | Self::GetUsers => "cloud_rtc/statistics",
            Self::LogIn => "cloud_rtc/log_in",
        })
    }
}
