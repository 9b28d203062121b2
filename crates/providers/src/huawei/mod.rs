//! Huawei Cloud: CloudRTC and Cloud Meeting, each with its way to be let in; one error table for both.
//! A further call is a variant of its service's `Operation`, and a row of [`code`] where its failures differ.
//!
//! CloudRTC takes [`signature`], made with an access key for each request, or a token that IAM gives for a password.
//! Cloud Meeting takes [`app_id`] once, at the log-in, and a token from then on.

pub mod app_id;
pub mod cloud_rtc;
pub mod code;
pub(crate) mod hint;
pub mod meeting;
pub mod signature;

mod answer;
mod iam;
mod id;
mod pages;
mod request;
mod skew;
mod token;

pub use cloud_rtc::CloudRtc;
pub use meeting::Meeting;
pub use pages::{Page, Paged};

use crate::limit::{Limit, LimitGroup};

/// One call of one of Huawei's services; a code's meaning belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Call {
    /// A call of CloudRTC, or the log-in that it needs.
    CloudRtc(cloud_rtc::Operation),
    /// A call of Cloud Meeting.
    Meeting(meeting::Operation),
}

impl Call {
    /// Returns the name of the call, which is that of the client's function, for example `dismiss_room`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudRtc(operation) => operation.name(),
            Self::Meeting(operation) => operation.name(),
        }
    }

    /// Returns the ceiling; the operation says whether it is documented.
    pub const fn limit(self) -> Limit {
        match self {
            Self::CloudRtc(operation) => operation.limit(),
            Self::Meeting(operation) => operation.limit(),
        }
    }

    /// Returns the quota that the call draws from.
    pub const fn limit_group(self) -> LimitGroup {
        match self {
            Self::CloudRtc(operation) => operation.limit_group(),
            Self::Meeting(operation) => operation.limit_group(),
        }
    }
}

impl From<cloud_rtc::Operation> for Call {
    fn from(operation: cloud_rtc::Operation) -> Self {
        Self::CloudRtc(operation)
    }
}

impl From<meeting::Operation> for Call {
    fn from(operation: meeting::Operation) -> Self {
        Self::Meeting(operation)
    }
}

/// Returns the bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
