//! The status of a Room and of a MeetingRoom: what users read.
//!
//! It holds no secret and no hash of one, and nothing here is ever an input of the user's.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use roomkeeper_plan::limits::FAILURE_MESSAGE_BYTES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::condition::{self, Condition};

/// What the operator saw of a room and did to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomStatus {
    /// The `metadata.generation` that this status speaks of; -1 until the controller has looked.
    #[serde(default = "condition::never_observed")]
    pub observed_generation: i64,

    /// The state of the room: `Ready` always, `Drifted` once it was seen, `Reconciling` while work goes on, `Stalled`
    /// while a person must act.
    #[serde(default = "condition::pending")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,

    /// The newest `metadata.generation` that was brought to `Ready=True`; it stays while something fails later.
    /// Absent: none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_generation: Option<i64>,

    /// The room at the vendor: first its account, then its id. Absent until the room is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,

    /// What the vendor shows: the fields that the spec manages, and whether the room runs. Never a secret.
    /// Absent while there is no room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,

    /// The differences between the spec and what the vendor shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["field".into()]))]
    pub drift: Vec<Drift>,

    /// Fields that the spec manages and the vendor does not show, so that nobody can tell whether they hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub unverified: Vec<String>,

    /// Which version of which Secret was last applied. No value and no hash of a value is ever written here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["field".into()]))]
    pub applied_secrets: Vec<AppliedSecret>,

    /// The last call that changed something at the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_operation: Option<LastOperation>,

    /// The last call that failed. It is rewritten only when the operation or the code is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LastFailure>,

    /// The last value of the annotation `roomkeeper.dev/reconcile-requested-at` that was acted upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,

    /// The last value of the annotation `roomkeeper.dev/dismiss-requested-at` of which it is known what became: the room
    /// is over, people came back, or nothing ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_dismiss_at: Option<String>,
}

impl Default for RoomStatus {
    /// Returns the status that the schema gives to an object nobody has looked at.
    fn default() -> Self {
        Self {
            observed_generation: condition::NEVER_OBSERVED,
            conditions: condition::pending(),
            settled_generation: None,
            external_id: None,
            observed: None,
            drift: Vec::new(),
            unverified: Vec::new(),
            applied_secrets: Vec::new(),
            last_operation: None,
            last_failure: None,
            last_handled_reconcile_at: None,
            last_handled_dismiss_at: None,
        }
    }
}

/// What a vendor shows of a room, for every engine: a field that the engine has not, that the spec does not manage, or
/// that the vendor does not show is absent.
///
/// Values are as the vendor writes them, so that a new one never makes a status unreadable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// User id of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,

    /// Name that people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// Most people that may be in the room at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_members: Option<i64>,

    /// Whether members are kept from sending video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_disabled: Option<bool>,

    /// Whether members are kept from sending audio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_disabled: Option<bool>,

    /// Whether members are kept from sending messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,

    /// Whether members are kept from sharing screens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_sharing_disabled: Option<bool>,

    /// Whether recording in the cloud is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_recording_disabled: Option<bool>,

    /// Text of your own that the vendor keeps with the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,

    /// How people come to a seat, in the vendor's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<String>,

    /// Whether people need a password to enter. The password itself is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_enabled: Option<bool>,

    /// Address of the cover picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,

    /// Numbers of your own by which shows are sorted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Vec<i64>>,

    /// Number of your own for the state of the show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_status: Option<i64>,

    /// Whether the room is in the public list of rooms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_visible: Option<bool>,

    /// Notice that people read in the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,

    /// Texts of your own by key: the managed keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,

    /// When a scheduled room opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_start: Option<Time>,

    /// When a scheduled room closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_end: Option<Time>,

    /// Whether the room has seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats_enabled: Option<bool>,

    /// How many seats the room has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_seats: Option<i64>,

    /// Number by which people join a meeting room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting_number: Option<String>,

    /// State of a meeting room: `Normal`, `Disabled`, `Unallocated`, or the vendor's number if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_state: Option<String>,

    /// Whether guests may join a meeting room before the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_guest_first: Option<bool>,

    /// Whether the owner is told after a meeting room was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_owner: Option<bool>,

    /// Whether a meeting room has a host password. The password itself is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_password_set: Option<bool>,

    /// Whether a meeting room has a guest password. The password itself is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_password_set: Option<bool>,

    /// State of the room in the vendor's word, such as `NotStarted` or `Running`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_status: Option<String>,

    /// Whether the room runs, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<bool>,

    /// How many people are in the room, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_count: Option<i64>,

    /// When the room was created, as the vendor says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<Time>,
}

/// One field in which the vendor shows something else than the spec.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Name of the field in the engine's spec.
    pub field: String,

    /// What the spec wants. For a password: only whether there shall be one.
    pub desired: String,

    /// What the vendor shows. For a password: only whether there is one.
    pub observed: String,

    /// When the difference was first seen.
    pub since: Time,
}

/// The version of a Secret that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppliedSecret {
    /// Name of the field in the engine's spec that the Secret fills.
    pub field: String,

    /// `metadata.uid` of the Secret.
    pub uid: String,

    /// `metadata.resourceVersion` of the Secret.
    pub resource_version: String,
}

/// A call that changed something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastOperation {
    /// What was done: `Create`, `Update`, `ChangeOwner` or `Dismiss`.
    pub verb: String,

    /// The vendor's code of the answer, as text; Tencent's for success is `0`. Absent: the vendor has none for success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,

    /// The vendor's id of the call, for a question to its support. Absent: the vendor gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,

    /// When the answer came.
    pub time: Time,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastFailure {
    /// What was tried, such as `Observe`, `Create` or `Update`.
    pub operation: String,

    /// The vendor's code, as text. Absent: there was no answer, or one without a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,

    /// The vendor's text, or what went wrong on the way to it; at most 256 bytes.
    #[schemars(length(max = FAILURE_MESSAGE_BYTES))]
    pub message: String,

    /// The vendor's id of the call, for a question to its support. Absent: the vendor gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,

    /// When this operation first failed with this code.
    pub time: Time,
}
