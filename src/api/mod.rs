//! The Kubernetes API of Roomkeeper: what users write and what they read, as types, schemas and rules.
//!
//! It holds no decision: turning a spec into a goal, and a sighting into a status, happens elsewhere.
//! Every doc comment on a field is shown by `kubectl explain`, so it is written for the user.
#![expect(unreachable_pub, reason = "the derive `KubeSchema` copies each `pub` struct into a function")]

pub mod annotations;
pub mod condition;
pub mod config_ref;
pub mod huawei_meeting;
pub mod huawei_rtc;
pub mod interval;
pub mod meeting_room;
pub mod policy;
pub mod provider_config;
pub mod room;
mod rules;
pub mod schema;
pub mod secret_ref;
pub mod status;
pub mod tencent_live;
pub mod tencent_room;
#[cfg(test)]
mod tests;
pub mod vendor;

pub use condition::{Condition, ConditionStatus};
pub use config_ref::{ProviderConfigKind, ProviderConfigRef};
pub use huawei_meeting::HuaweiMeeting;
pub use huawei_rtc::HuaweiRtc;
pub use interval::{Interval, InvalidInterval};
pub use meeting_room::{MeetingRoom, MeetingRoomSpec};
pub use policy::{Dismissal, DriftCorrection, DriftMode, ManagementPolicy, PolicyFields, WhenEnded, WhenOccupied};
pub use provider_config::{
    ClusterProviderConfig, ClusterProviderConfigSpec, ProviderConfig, ProviderConfigSpec, ProviderConfigStatus,
};
pub use room::{EngineSpec, Room, RoomSpec};
pub(crate) use rules::OBJECT_NAME;
pub use secret_ref::{Password, PasswordSource, SecretKeyRef};
pub use status::RoomStatus;
pub use tencent_live::TencentLive;
pub use tencent_room::TencentRoom;

/// The API group of every kind.
pub const GROUP: &str = "roomkeeper.dev";

/// The API version of every kind.
pub const VERSION: &str = "v1alpha1";

/// Says that not exactly one of several fields that exclude each other is set.
///
/// The API server refuses such an object; a file that is read without a server can still hold one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("set exactly one of {}", quoted(.choices))]
pub struct NotExactlyOne {
    /// The fields of which one must be set, as paths from the root of the object.
    pub choices: &'static [&'static str],
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
