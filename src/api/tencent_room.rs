//! The spec of a room in Tencent RTC's Room Engine (conferences).
//!
//! Field names are ours; each field names Tencent's where it differs.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use roomkeeper_plan::limits::{
    CUSTOM_INFO_BYTES, INVITEES, MEMBERS_MIN, ROOM_ID_BYTES, ROOM_NAME_BYTES, SCHEDULE_MIN_SECONDS, USER_ID_BYTES,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::WhenEnded;
use super::rules;
use super::secret_ref::{self, Password};

/// The fields that can be compared and corrected, by the names that `driftCorrection.fields` takes.
pub const CORRECTABLE_FIELDS: [&str; 11] = [
    "owner",
    "name",
    "maxMembers",
    "videoDisabled",
    "audioDisabled",
    "messageDisabled",
    "screenSharingDisabled",
    "cloudRecordingDisabled",
    "customInfo",
    "takeSeatMode",
    "password",
];

/// A room of Tencent's Room Engine (room type Conference).
///
/// A field that is absent is not managed: neither compared nor changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rules::printable_ascii("roomId"),
    validation = rules::at_most_bytes("roomId", ROOM_ID_BYTES),
    validation = rules::printable_ascii("owner"),
    validation = rules::at_most_bytes("name", ROOM_NAME_BYTES),
    validation = rules::at_most_bytes("customInfo", CUSTOM_INFO_BYTES),
    validation = secret_ref::one_source("password"),
    validation = invitees_are_user_ids(),
)]
pub struct TencentRoom {
    /// Id of the room (RoomId), unique in the account, rooms of `tencentLive` included.
    /// At most 48 bytes of printable ASCII. It cannot change.
    /// Absent: the name of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ROOM_ID_BYTES))]
    pub room_id: Option<String>,

    /// User id of the owner (Owner_Account), an account that was imported into the app.
    /// At most 32 bytes of printable ASCII. A new owner must be a member of the room: until then the object waits with
    /// the reason WaitingForOwner.
    /// Absent: not managed; a room that is created belongs to the ProviderConfig's `identifier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = USER_ID_BYTES))]
    pub owner: Option<String>,

    /// Name that people see (RoomName).
    /// At most 100 bytes of UTF-8. Absent: not managed; a room that is created is named after its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ROOM_NAME_BYTES))]
    pub name: Option<String>,

    /// Most people that may be in the room at a time (MaxMemberCount).
    /// At least 1; the account's package sets the upper end.
    /// Absent: not managed; a room that is created gets the limit of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MEMBERS_MIN))]
    pub max_members: Option<u32>,

    /// Whether members other than the owner and administrators are kept from sending video (IsVideoDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_disabled: Option<bool>,

    /// Whether members other than the owner and administrators are kept from sending audio (IsAudioDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_disabled: Option<bool>,

    /// Whether members other than the owner and administrators are kept from sending messages (IsMessageDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,

    /// Whether members other than the owner and administrators are kept from sharing screens
    /// (IsScreenSharingDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_sharing_disabled: Option<bool>,

    /// Whether recording in the cloud is off (IsCloudRecordingDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_recording_disabled: Option<bool>,

    /// Text of your own that Tencent keeps with the room (CustomInfo).
    /// At most 500 bytes of UTF-8. Absent: not managed; an empty text clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = CUSTOM_INFO_BYTES))]
    pub custom_info: Option<String>,

    /// How people come to a seat: `FreeToTake`, or `ApplyToTake` and somebody agrees (TakeSeatMode).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,

    /// Password that people need to enter (IsPasswordEnabled and Password): from a Secret, 1 to 128 bytes, or none.
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,

    /// When the room is open (ScheduleStartTime and ScheduleEndTime).
    /// Used only when the room is created: Tencent has no call to change it, so an edit later reports InvalidSpec.
    /// Absent: not managed; a room that is created is open from then on, for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,

    /// Seats on the stage (IsSeatEnabled and MaxSeatCount).
    /// Used only when the room is created: Tencent has no call to change them, so an edit later reports InvalidSpec.
    /// Absent: not managed; Tencent creates rooms as it sees fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,

    /// User ids of the people who are invited to the scheduled room (ScheduleInviteeList_Account), each at most 32 bytes
    /// of printable ASCII, at most 300 of them.
    /// Used only when the room is created. Absent: nobody is invited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = INVITEES), inner(length(min = 1, max = USER_ID_BYTES)))]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub invitees: Vec<String>,

    /// What happens when the room is over at Tencent and this object is still there: `Recreate` creates it again, `Leave`
    /// leaves it ended until this spec is edited.
    /// Tencent ends a room 24 hours after all members went offline.
    /// Absent: `Recreate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_ended: Option<WhenEnded>,
}

/// How people come to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(description = "")]
pub enum TakeSeatMode {
    /// Whoever comes first.
    FreeToTake,
    /// On request.
    ApplyToTake,
}

/// When a scheduled room is open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = schedule_is_long_enough())]
pub struct Schedule {
    /// When it opens, such as `2030-01-31T09:00:00Z` (ScheduleStartTime).
    /// Absent: when it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,

    /// When it closes, such as `2030-01-31T10:00:00Z`; at least five minutes after `start` (ScheduleEndTime).
    /// Absent: an hour after the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
}

/// Seats on the stage of a room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seats {
    /// Whether the room has seats (IsSeatEnabled).
    /// Absent: as Tencent creates rooms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,

    /// How many seats there are (MaxSeatCount), at least 1; the account's package sets the upper end.
    /// Absent: the limit of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MEMBERS_MIN))]
    pub max: Option<u32>,
}

impl TencentRoom {
    /// Returns what happens when the room is over: what the spec says, or the engine's default `Recreate`.
    #[must_use]
    pub fn when_ended(&self) -> WhenEnded {
        self.when_ended.unwrap_or(WhenEnded::Recreate)
    }
}

fn invitees_are_user_ids() -> rules::Rule {
    rules::invalid(
        format!("!has(self.invitees) || self.invitees.all(i, i.matches('{}'))", rules::PRINTABLE_ASCII),
        "invitees must be user ids of printable ASCII: letters, digits, spaces and punctuation",
        ".invitees",
    )
}

fn schedule_is_long_enough() -> rules::Rule {
    rules::invalid(
        format!("!has(self.start) || !has(self.end) || self.end - self.start >= duration('{SCHEDULE_MIN_SECONDS}s')"),
        format!("end must be at least {SCHEDULE_MIN_SECONDS} seconds after start: move one of them"),
        ".end",
    )
}
