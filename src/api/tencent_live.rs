//! The spec of a room in Tencent RTC's Live Engine (live shows).
//!
//! Field names are ours; each field names Tencent's where it differs.

use std::collections::BTreeMap;

use kube::KubeSchema;
use roomkeeper_plan::limits::{
    CATEGORIES, COVER_URL_BYTES, MEMBERS_MIN, METADATA_KEY_BYTES, METADATA_KEYS, METADATA_TOTAL_BYTES,
    METADATA_VALUE_BYTES, NOTICE_BYTES, ROOM_ID_BYTES, ROOM_NAME_BYTES, SEAT_TEMPLATE_BYTES, USER_ID_BYTES,
};
use serde::{Deserialize, Serialize};

use super::policy::WhenEnded;
use super::rules;
use super::tencent_room::TakeSeatMode;

/// The fields that can be compared and corrected, by the names that `driftCorrection.fields` takes.
pub const CORRECTABLE_FIELDS: [&str; 11] = [
    "owner",
    "name",
    "maxMembers",
    "messageDisabled",
    "coverUrl",
    "category",
    "activityStatus",
    "publicVisible",
    "takeSeatMode",
    "notice",
    "metadata",
];

/// A room of Tencent's Live Engine (room type Live).
///
/// A field that is absent is not managed: neither compared nor changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = rules::printable_ascii("roomId"),
    validation = rules::at_most_bytes("roomId", ROOM_ID_BYTES),
    validation = rules::printable_ascii("owner"),
    validation = rules::at_most_bytes("name", ROOM_NAME_BYTES),
    validation = rules::at_most_bytes("coverUrl", COVER_URL_BYTES),
    validation = rules::at_most_bytes("notice", NOTICE_BYTES),
    validation = metadata_keys_are_short(),
    validation = metadata_values_are_short(),
    validation = metadata_is_small(),
)]
pub struct TencentLive {
    /// Id of the room (RoomId), unique in the account, rooms of `tencentRoom` included.
    /// At most 48 bytes of printable ASCII. It cannot change.
    /// Absent: the name of this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = ROOM_ID_BYTES))]
    pub room_id: Option<String>,

    /// User id of the owner (Owner_Account), an account that was imported into the app.
    /// At most 32 bytes of printable ASCII.
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
    /// At least 1; the account's package sets the upper end. Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MEMBERS_MIN))]
    pub max_members: Option<u32>,

    /// Whether members other than the owner and administrators are kept from sending messages (IsMessageDisabled).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,

    /// Address of the cover picture (CoverURL).
    /// At most 200 bytes of UTF-8. Absent: not managed; an empty text clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = COVER_URL_BYTES))]
    pub cover_url: Option<String>,

    /// Numbers of your own by which shows are sorted (Category).
    /// At most 3. Absent: not managed; an empty list clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = CATEGORIES))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub category: Option<Vec<i64>>,

    /// Number of your own for the state of the show (ActivityStatus).
    /// Absent: not managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_status: Option<i64>,

    /// Whether the room is in the public list of rooms (IsPublicVisible).
    /// Absent: not managed; Tencent creates rooms visible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_visible: Option<bool>,

    /// How people come to a seat: `FreeToTake`, or `ApplyToTake` and somebody agrees (TakeSeatMode).
    /// Absent: not managed; Tencent creates rooms with `FreeToTake`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,

    /// Notice that people read in the room (Notice).
    /// At most 100 bytes of UTF-8. Absent: not managed; an empty text clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = NOTICE_BYTES))]
    pub notice: Option<String>,

    /// Texts of your own by key, kept with the room (Metadata).
    /// At most 10 keys of 50 bytes, 2048 bytes a value, 16384 bytes of values together.
    /// Absent: not managed. Keys that are not listed are not managed either.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "maxProperties" = METADATA_KEYS,
        "additionalProperties" = { "type": "string", "maxLength": METADATA_VALUE_BYTES },
    ))]
    pub metadata: Option<BTreeMap<String, String>>,

    /// Arrangement of the seats (SeatTemplate), such as `VideoDynamicGrid9Seats`, `VideoDynamicFloat7Seats`,
    /// `VideoFixedGrid9Seats`, `VideoFixedFloat7Seats`, `VideoLandscape4Seat`, `AudioSalon` or `Karaoke`.
    /// Used only when the room is created: Tencent has no call to change it, so an edit later reports InvalidSpec.
    /// Absent: as Tencent creates rooms; newer accounts require it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = SEAT_TEMPLATE_BYTES), regex(pattern = "^[A-Za-z0-9]+$"))]
    pub seat_template: Option<String>,

    /// How many seats there are (MaxSeatCount), at least 1; only with `AudioSalon` and `Karaoke`.
    /// Used only when the room is created: Tencent has no call to change it, so an edit later reports InvalidSpec.
    /// Absent: the limit of the account's package.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = MEMBERS_MIN))]
    pub max_seats: Option<u32>,

    /// What happens when the show is over at Tencent and this object is still there: `Leave` leaves it over until this
    /// spec is edited, `Recreate` creates it again.
    /// Tencent ends a show that people have entered when it was empty for 30 minutes.
    /// Absent: `Leave`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_ended: Option<WhenEnded>,
}

impl TencentLive {
    /// Returns what happens when the show is over: what the spec says, or the engine's default `Leave`.
    #[must_use]
    pub fn when_ended(&self) -> WhenEnded {
        self.when_ended.unwrap_or(WhenEnded::Leave)
    }
}

fn metadata_keys_are_short() -> rules::Rule {
    rules::invalid(
        format!("!has(self.metadata) || self.metadata.all(k, size(k) > 0 && bytes(k).size() <= {METADATA_KEY_BYTES})"),
        format!("metadata: a key must have 1 to {METADATA_KEY_BYTES} bytes of UTF-8: shorten it"),
        ".metadata",
    )
}

fn metadata_values_are_short() -> rules::Rule {
    rules::invalid(
        format!(
            "!has(self.metadata) || self.metadata.all(k, bytes(self.metadata[k]).size() <= {METADATA_VALUE_BYTES})"
        ),
        format!("metadata: a value is longer than {METADATA_VALUE_BYTES} bytes of UTF-8: shorten it"),
        ".metadata",
    )
}

fn metadata_is_small() -> rules::Rule {
    rules::invalid(
        format!(
            "!has(self.metadata) \
             || self.metadata.map(k, bytes(self.metadata[k]).size()).sum() <= {METADATA_TOTAL_BYTES}"
        ),
        format!("metadata: all values together are longer than {METADATA_TOTAL_BYTES} bytes of UTF-8: drop some"),
        ".metadata",
    )
}
