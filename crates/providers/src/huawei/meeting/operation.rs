//! The calls of Cloud Meeting and how often each may be made.
//! It must not know what a call sends or what its answer means.

use crate::limit::{Limit, LimitGroup};

/// A call of Cloud Meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Logs in as the enterprise's administrator.
    LogInAsAdministrator,
    /// Logs in as a user; the client does so by itself, for the calls that are made as that user.
    LogInAsUser,
    /// Gives a token back.
    LogOut,
    /// Lists the enterprise's rooms, as administrator.
    GetCorpVmrs,
    /// Lists the rooms of a user, as that user.
    GetMemberVmrs,
    /// Shows a user, as administrator.
    GetMember,
    /// Changes the settings of a room, as its owner.
    UpdateVmr,
    /// Gives a free room to a user, as administrator.
    AssignVmr,
    /// Takes a room back from its owner, as administrator.
    RecycleVmr,
    /// Lists conferences that run, as administrator.
    GetOnlineConferences,
}

impl Operation {
    /// Every call.
    pub const ALL: [Self; 10] = [
        Self::LogInAsAdministrator,
        Self::LogInAsUser,
        Self::LogOut,
        Self::GetCorpVmrs,
        Self::GetMemberVmrs,
        Self::GetMember,
        Self::UpdateVmr,
        Self::AssignVmr,
        Self::RecycleVmr,
        Self::GetOnlineConferences,
    ];

    /// Returns the name of the client's function, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogInAsAdministrator => "log_in_as_administrator",
            Self::LogInAsUser => "log_in_as_user",
            Self::LogOut => "log_out",
            Self::GetCorpVmrs => "get_corp_vmrs",
            Self::GetMemberVmrs => "get_member_vmrs",
            Self::GetMember => "get_member",
            Self::UpdateVmr => "update_vmr",
            Self::AssignVmr => "assign_vmr",
            Self::RecycleVmr => "recycle_vmr",
            Self::GetOnlineConferences => "get_online_conferences",
        }
    }

    /// Returns the ceiling that is taken for each call: 100 a minute.
    ///
    /// None is documented for these calls. It is what the answer of another call shows in the vendor's sample
    /// (`X-APIG-Ratelimit-Api: remain:99,limit:100,time:1 minute`).
    pub const fn limit(self) -> Limit {
        match self {
            Self::LogInAsAdministrator
            | Self::LogInAsUser
            | Self::LogOut
            | Self::GetCorpVmrs
            | Self::GetMemberVmrs
            | Self::GetMember
            | Self::UpdateVmr
            | Self::AssignVmr
            | Self::RecycleVmr
            | Self::GetOnlineConferences => Limit::per_minute(100),
        }
    }

    /// Returns the quota that the call draws from: its own, and one for both log-ins, which are one API.
    pub const fn limit_group(self) -> LimitGroup {
        LimitGroup(match self {
            Self::LogInAsAdministrator | Self::LogInAsUser => "meeting/log_in",
            Self::LogOut => "meeting/log_out",
            Self::GetCorpVmrs => "meeting/get_corp_vmrs",
            Self::GetMemberVmrs => "meeting/get_member_vmrs",
            Self::GetMember => "meeting/get_member",
            Self::UpdateVmr => "meeting/update_vmr",
            Self::AssignVmr => "meeting/assign_vmr",
            Self::RecycleVmr => "meeting/recycle_vmr",
            Self::GetOnlineConferences => "meeting/get_online_conferences",
        })
    }
}
