//! Every call of every vendor under one name.
//! It must not know what a call sends or what its answer means.

use crate::huawei::{self, cloud_rtc, meeting};
use crate::limit::{Limit, LimitGroup};
use crate::tencent::{self, accounts, live_engine, room_engine};

/// One call of one vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// A call of Tencent's.
    Tencent(tencent::Call),
    /// A call of Huawei's.
    Huawei(huawei::Call),
}

impl Call {
    /// Returns the name of the call, which never changes; unique within a service, for example `create_room`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tencent(call) => call.name(),
            Self::Huawei(call) => call.name(),
        }
    }

    /// Returns the ceiling; the vendor's own type says whether it is documented.
    pub const fn limit(self) -> Limit {
        match self {
            Self::Tencent(call) => call.limit(),
            Self::Huawei(call) => call.limit(),
        }
    }

    /// Returns the quota that the call draws from.
    pub const fn limit_group(self) -> LimitGroup {
        match self {
            Self::Tencent(call) => call.limit_group(),
            Self::Huawei(call) => call.limit_group(),
        }
    }
}

impl From<tencent::Call> for Call {
    fn from(call: tencent::Call) -> Self {
        Self::Tencent(call)
    }
}

impl From<huawei::Call> for Call {
    fn from(call: huawei::Call) -> Self {
        Self::Huawei(call)
    }
}

impl From<room_engine::Operation> for Call {
    fn from(operation: room_engine::Operation) -> Self {
        Self::Tencent(operation.into())
    }
}

impl From<live_engine::Operation> for Call {
    fn from(operation: live_engine::Operation) -> Self {
        Self::Tencent(operation.into())
    }
}

impl From<accounts::Operation> for Call {
    fn from(operation: accounts::Operation) -> Self {
        Self::Tencent(operation.into())
    }
}

impl From<cloud_rtc::Operation> for Call {
    fn from(operation: cloud_rtc::Operation) -> Self {
        Self::Huawei(operation.into())
    }
}

impl From<meeting::Operation> for Call {
    fn from(operation: meeting::Operation) -> Self {
        Self::Huawei(operation.into())
    }
}
