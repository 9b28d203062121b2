//! Tencent RTC: one signature, one envelope, one error table; a file for each service.
//! A further service is a file of operations and types, and one more variant of [`Call`].

pub mod accounts;
pub mod code;
pub(crate) mod hint;
pub mod live_engine;
pub mod room_engine;
pub mod usersig;

mod client;
mod envelope;
mod region;

pub use accounts::Accounts;
pub use client::{Client, Config, ConfigError};
pub use live_engine::LiveEngine;
pub use region::{ParseRegionError, Region};
pub use room_engine::RoomEngine;

use crate::limit::{Limit, LimitGroup};

/// The number of an application (`SDKAppID`), as the console shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SdkAppId(pub u64);

impl std::fmt::Display for SdkAppId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// One call of one of Tencent's services; a code's meaning belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// A call of the Room Engine.
    RoomEngine(room_engine::Operation),
    /// A call of the Live Engine.
    LiveEngine(live_engine::Operation),
    /// A call of the account system that all services share.
    Accounts(accounts::Operation),
}

impl Call {
    /// Returns the last part of the vendor's path, for example `create_room`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RoomEngine(operation) => operation.name(),
            Self::LiveEngine(operation) => operation.name(),
            Self::Accounts(operation) => operation.name(),
        }
    }

    /// Returns the service's part of the vendor's path.
    pub const fn service(self) -> &'static str {
        match self {
            Self::RoomEngine(_) => room_engine::SERVICE,
            Self::LiveEngine(_) => live_engine::SERVICE,
            Self::Accounts(_) => accounts::SERVICE,
        }
    }

    /// Returns the documented ceiling; whether it counts per application or per address is not documented.
    pub const fn limit(self) -> Limit {
        match self {
            Self::RoomEngine(operation) => operation.limit(),
            Self::LiveEngine(operation) => operation.limit(),
            Self::Accounts(operation) => operation.limit(),
        }
    }

    /// Returns the quota that the call draws from; at Tencent each call has its own.
    pub const fn limit_group(self) -> LimitGroup {
        match self {
            Self::RoomEngine(operation) => operation.limit_group(),
            Self::LiveEngine(operation) => operation.limit_group(),
            Self::Accounts(operation) => operation.limit_group(),
        }
    }
}

impl From<room_engine::Operation> for Call {
    fn from(operation: room_engine::Operation) -> Self {
        Self::RoomEngine(operation)
    }
}

impl From<live_engine::Operation> for Call {
    fn from(operation: live_engine::Operation) -> Self {
        Self::LiveEngine(operation)
    }
}

impl From<accounts::Operation> for Call {
    fn from(operation: accounts::Operation) -> Self {
        Self::Accounts(operation)
    }
}
