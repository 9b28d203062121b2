//! The spec of a room of Huawei CloudRTC, which people make by joining.
//!
//! Field names are ours; each field names Huawei's. There are no settings: a room can only be dismissed.

use kube::KubeSchema;
use roomkeeper_plan::limits::RTC_ID_BYTES;
use serde::{Deserialize, Serialize};

use super::rules;

/// A room of Huawei CloudRTC.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::forbidden(
    "self.appId == oldSelf.appId",
    "appId says in which app the room is and cannot change: create another Room",
    ".appId",
))]
pub struct HuaweiRtc {
    /// Id of the CloudRTC app that the room is in (app_id): 1 to 64 letters, digits, `_` and `-`.
    /// It cannot change.
    #[schemars(length(min = 1, max = RTC_ID_BYTES), regex(pattern = rules::PATH_SAFE_ID))]
    pub app_id: String,

    /// Id of the room (room_id): 1 to 64 letters, digits, `_` and `-`. It cannot change.
    /// Absent: the name of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = RTC_ID_BYTES), regex(pattern = rules::PATH_SAFE_ID))]
    pub room_id: Option<String>,
}

/// Refuses an object whose name would be the id of the room and cannot be one; it stands at the root.
pub(super) fn name_can_be_the_room_id() -> rules::Rule {
    rules::required(
        format!(
            "!has(self.spec.huaweiRtc) || has(self.spec.huaweiRtc.roomId) \
             || (size(self.metadata.name) <= {RTC_ID_BYTES} && !self.metadata.name.contains('.'))"
        ),
        format!(
            "metadata.name has a dot or more than {RTC_ID_BYTES} characters and cannot be the id of the room: set roomId"
        ),
        ".spec.huaweiRtc.roomId",
    )
}
