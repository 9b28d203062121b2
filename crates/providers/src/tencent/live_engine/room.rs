//! What the Live Engine is told about a room and what it shows of one.
//! Names are ours, the vendor's stand in `rename`; no limits are checked here, the caller has one place for them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient;
use crate::tencent::room_engine::{ShownTakeSeatMode, TakeSeatMode};

/// The seat templates that the vendor's open TUILiveKit manager knows; its pages list none and may know others.
///
/// `MaxSeatCount` goes with the last two only. The pages write the last one small, the manager large.
pub const SEAT_TEMPLATES: [&str; 7] = [
    "VideoDynamicGrid9Seats",
    "VideoDynamicFloat7Seats",
    "VideoFixedGrid9Seats",
    "VideoFixedFloat7Seats",
    "VideoLandscape4Seat",
    "AudioSalon",
    "Karaoke",
];

/// A room to be made; what is absent is left to the vendor's default.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewRoom {
    /// At most 48 bytes of printable ASCII.
    #[serde(rename = "RoomId")]
    pub room_id: String,
    /// An imported account; absent: the caller's own.
    #[serde(rename = "Owner_Account", skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// At most 100 bytes; absent: the room id.
    #[serde(rename = "RoomName", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How the seats are laid out, see [`SEAT_TEMPLATES`]. Required since 2026, unknown to older pages.
    #[serde(rename = "SeatTemplate", skip_serializing_if = "Option::is_none")]
    pub seat_template: Option<String>,
    /// Number of seats, only with the templates for audio; absent: what the package allows.
    #[serde(rename = "MaxSeatCount", skip_serializing_if = "Option::is_none")]
    pub max_seats: Option<u32>,
    /// How a seat is taken; absent: whoever comes first.
    #[serde(rename = "TakeSeatMode", skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// People who may be in at once; absent: what the package allows. The newest page may not know it any more.
    #[serde(rename = "MaxMemberCount", skip_serializing_if = "Option::is_none")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may write; absent: everybody may.
    #[serde(rename = "IsMessageDisabled", skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,
    /// Whether the room is in the list of shows; absent: it is.
    #[serde(rename = "IsPublicVisible", skip_serializing_if = "Option::is_none")]
    pub public_visible: Option<bool>,
    /// The address of a picture, at most 200 bytes.
    #[serde(rename = "CoverURL", skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,
    /// At most 3 numbers of the customer's own.
    #[serde(rename = "Category", skip_serializing_if = "Option::is_none")]
    pub category: Option<Vec<i64>>,
    /// A number of the customer's own.
    #[serde(rename = "ActivityStatus", skip_serializing_if = "Option::is_none")]
    pub activity_status: Option<i64>,
}

/// Changes of a room; what is absent is not sent.
///
/// Everything that is only in [`NewRoom`] cannot be changed by the vendor's update.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoomUpdate {
    /// The room to change.
    #[serde(rename = "RoomId")]
    pub room_id: String,
    /// At most 100 bytes.
    #[serde(rename = "RoomName", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// People who may be in at once.
    #[serde(rename = "MaxMemberCount", skip_serializing_if = "Option::is_none")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may write.
    #[serde(rename = "IsMessageDisabled", skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,
    /// The address of a picture, at most 200 bytes.
    #[serde(rename = "CoverURL", skip_serializing_if = "Option::is_none")]
    pub cover_url: Option<String>,
    /// At most 3 numbers of the customer's own.
    #[serde(rename = "Category", skip_serializing_if = "Option::is_none")]
    pub category: Option<Vec<i64>>,
    /// A number of the customer's own.
    #[serde(rename = "ActivityStatus", skip_serializing_if = "Option::is_none")]
    pub activity_status: Option<i64>,
    /// Whether the room is in the list of shows.
    #[serde(rename = "IsPublicVisible", skip_serializing_if = "Option::is_none")]
    pub public_visible: Option<bool>,
    /// How a seat is taken.
    #[serde(rename = "TakeSeatMode", skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// At most 100 bytes; a create does not take it.
    #[serde(rename = "Notice", skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// What the vendor shows of a room; what is absent was not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RoomInfo {
    /// The room.
    #[serde(rename = "RoomId", deserialize_with = "lenient::text")]
    pub room_id: Option<String>,
    /// `Live` for rooms of this engine.
    #[serde(rename = "RoomType", deserialize_with = "lenient::text")]
    pub room_type: Option<String>,
    /// The owner's account; the vendor's sample shows a number.
    #[serde(rename = "Owner_Account", deserialize_with = "lenient::text")]
    pub owner: Option<String>,
    /// The name.
    #[serde(rename = "RoomName", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// When the room was made, in unix seconds.
    #[serde(rename = "CreateTime", deserialize_with = "lenient::number")]
    pub created: Option<i64>,
    /// How the seats are laid out; only newer answers show it.
    #[serde(rename = "SeatTemplate", deserialize_with = "lenient::text")]
    pub seat_template: Option<String>,
    /// Whether people take seats.
    #[serde(rename = "IsSeatEnabled", deserialize_with = "lenient::flag")]
    pub seats_enabled: Option<bool>,
    /// Number of seats.
    #[serde(rename = "MaxSeatCount", deserialize_with = "lenient::number")]
    pub max_seats: Option<u32>,
    /// How a seat is taken: a word, or in older answers a number.
    #[serde(rename = "TakeSeatMode", deserialize_with = "lenient::word")]
    pub take_seat_mode: Option<ShownTakeSeatMode>,
    /// People who may be in at once.
    #[serde(rename = "MaxMemberCount", deserialize_with = "lenient::number")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may write; typed as text in the vendor's page.
    #[serde(rename = "IsMessageDisabled", deserialize_with = "lenient::flag")]
    pub message_disabled: Option<bool>,
    /// The address of a picture.
    #[serde(rename = "CoverURL", deserialize_with = "lenient::text")]
    pub cover_url: Option<String>,
    /// Numbers of the customer's own.
    #[serde(rename = "Category", deserialize_with = "lenient::numbers")]
    pub category: Option<Vec<i64>>,
    /// A number of the customer's own.
    #[serde(rename = "ActivityStatus", deserialize_with = "lenient::number")]
    pub activity_status: Option<i64>,
    /// Whether the room is in the list of shows.
    #[serde(rename = "IsPublicVisible", deserialize_with = "lenient::flag")]
    pub public_visible: Option<bool>,
    /// The notice.
    #[serde(rename = "Notice", deserialize_with = "lenient::text")]
    pub notice: Option<String>,
    /// How often somebody entered since the begin: it says nothing of how many are in now.
    #[serde(rename = "ViewCount", deserialize_with = "lenient::number")]
    pub view_count: Option<u64>,
    /// How many are in; no page has it, only newer answers. Whether it counts the owner is not documented.
    #[serde(rename = "MemberCount", deserialize_with = "lenient::number")]
    pub member_count: Option<u32>,
    /// How many of them are online; no page has it, only newer answers.
    #[serde(rename = "OnlineCount", deserialize_with = "lenient::number")]
    pub online_count: Option<u32>,
}

/// What the vendor counted of a show; what is absent was not told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistic {
    /// `TotalViewers`: how often somebody entered.
    pub viewers: Option<u64>,
    /// `TotalGiftsSent`: gifts.
    pub gifts_sent: Option<u64>,
    /// `TotalGiftCoins`: what the gifts cost, in the customer's coins.
    pub gift_coins: Option<u64>,
    /// `TotalUniqueGiftSenders`: how many people sent gifts.
    pub gift_senders: Option<u64>,
    /// `TotalLikesReceived`: likes.
    pub likes_received: Option<u64>,
}

impl Statistic {
    /// Reads what can be read; anything else must not make a destroyed room look like a failure.
    pub(super) fn shown(source: &Value) -> Self {
        let number = |name: &str| lenient::number(source[name].clone()).ok().flatten();
        Self {
            viewers: number("TotalViewers"),
            gifts_sent: number("TotalGiftsSent"),
            gift_coins: number("TotalGiftCoins"),
            gift_senders: number("TotalUniqueGiftSenders"),
            likes_received: number("TotalLikesReceived"),
        }
    }
}
