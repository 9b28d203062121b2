//! What the Room Engine is told about a room and what it shows of one.
//! Names are ours, the vendor's stand in `rename`; no limits are checked here, the caller has one place for them.

use secrecy::{ExposeSecret, SecretString};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::lenient;

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
    /// People who may be in at once; absent: what the package allows at this moment, which a later upgrade does not raise.
    #[serde(rename = "MaxMemberCount", skip_serializing_if = "Option::is_none")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may send video.
    #[serde(rename = "IsVideoDisabled", skip_serializing_if = "Option::is_none")]
    pub video_disabled: Option<bool>,
    /// Nobody but owner and administrators may speak.
    #[serde(rename = "IsAudioDisabled", skip_serializing_if = "Option::is_none")]
    pub audio_disabled: Option<bool>,
    /// Nobody but owner and administrators may write.
    #[serde(rename = "IsMessageDisabled", skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,
    /// Nobody but owner and administrators may share a screen.
    #[serde(rename = "IsScreenSharingDisabled", skip_serializing_if = "Option::is_none")]
    pub screen_sharing_disabled: Option<bool>,
    /// The room may not be recorded in the cloud.
    #[serde(rename = "IsCloudRecordingDisabled", skip_serializing_if = "Option::is_none")]
    pub cloud_recording_disabled: Option<bool>,
    /// Any text of at most 500 bytes.
    #[serde(rename = "CustomInfo", skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,
    /// Whether people take seats.
    #[serde(rename = "IsSeatEnabled", skip_serializing_if = "Option::is_none")]
    pub seats_enabled: Option<bool>,
    /// Number of seats; absent: what the package allows.
    #[serde(rename = "MaxSeatCount", skip_serializing_if = "Option::is_none")]
    pub max_seats: Option<u32>,
    /// How a seat is taken.
    #[serde(rename = "TakeSeatMode", skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// Scheduled begin in unix seconds; absent: now.
    #[serde(rename = "ScheduleStartTime", skip_serializing_if = "Option::is_none")]
    pub schedule_start: Option<i64>,
    /// Scheduled end in unix seconds, at least 5 minutes after the begin; absent: an hour after it.
    #[serde(rename = "ScheduleEndTime", skip_serializing_if = "Option::is_none")]
    pub schedule_end: Option<i64>,
    /// Whether entering takes a password.
    #[serde(flatten)]
    pub password: Option<Password>,
    /// Accounts that are invited to the scheduled room; sent beside the room, not within it.
    #[serde(skip)]
    pub invitees: Vec<String>,
}

/// Changes of a room; what is absent is not sent.
///
/// Everything that is only in [`NewRoom`] cannot be changed by the vendor's update.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoomUpdate {
    /// The room to change.
    #[serde(rename = "RoomId")]
    pub room_id: String,
    /// At most 100 bytes. Send it always: the vendor's page says that it "defaults to the room id" here too.
    #[serde(rename = "RoomName", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// People who may be in at once.
    #[serde(rename = "MaxMemberCount", skip_serializing_if = "Option::is_none")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may send video.
    #[serde(rename = "IsVideoDisabled", skip_serializing_if = "Option::is_none")]
    pub video_disabled: Option<bool>,
    /// Nobody but owner and administrators may speak.
    #[serde(rename = "IsAudioDisabled", skip_serializing_if = "Option::is_none")]
    pub audio_disabled: Option<bool>,
    /// Nobody but owner and administrators may write.
    #[serde(rename = "IsMessageDisabled", skip_serializing_if = "Option::is_none")]
    pub message_disabled: Option<bool>,
    /// Nobody but owner and administrators may share a screen.
    #[serde(rename = "IsScreenSharingDisabled", skip_serializing_if = "Option::is_none")]
    pub screen_sharing_disabled: Option<bool>,
    /// The room may not be recorded in the cloud.
    #[serde(rename = "IsCloudRecordingDisabled", skip_serializing_if = "Option::is_none")]
    pub cloud_recording_disabled: Option<bool>,
    /// Any text of at most 500 bytes.
    #[serde(rename = "CustomInfo", skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,
    /// How a seat is taken.
    #[serde(rename = "TakeSeatMode", skip_serializing_if = "Option::is_none")]
    pub take_seat_mode: Option<TakeSeatMode>,
    /// Whether entering takes a password.
    #[serde(flatten)]
    pub password: Option<Password>,
}

/// What entering the room takes. Which passwords the vendor accepts is not documented.
#[derive(Debug, Clone)]
pub enum Password {
    /// This password (`IsPasswordEnabled: true` and `Password`).
    Required(SecretString),
    /// Nothing (`IsPasswordEnabled: false`).
    None,
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Password", 2)?;
        match self {
            Self::Required(password) => {
                fields.serialize_field("IsPasswordEnabled", &true)?;
                fields.serialize_field("Password", password.expose_secret())?;
            }
            Self::None => fields.serialize_field("IsPasswordEnabled", &false)?,
        }
        fields.end()
    }
}

/// Returns what must not be repeated of a request with this password.
pub(super) fn secrets(password: Option<&Password>) -> Vec<&str> {
    match password {
        Some(Password::Required(password)) => vec![password.expose_secret()],
        Some(Password::None) | None => Vec::new(),
    }
}

/// How a seat is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum TakeSeatMode {
    /// Whoever comes first sits.
    FreeToTake,
    /// Owner or administrators let people sit.
    ApplyToTake,
}

impl TakeSeatMode {
    /// Returns the vendor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FreeToTake => "FreeToTake",
            Self::ApplyToTake => "ApplyToTake",
        }
    }
}

/// How a seat is taken, as the vendor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownTakeSeatMode {
    /// The room has no seats.
    None,
    /// One of the two modes.
    Mode(TakeSeatMode),
    /// A word that is not documented.
    Other(String),
}

impl ShownTakeSeatMode {
    /// Returns the vendor's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "None",
            Self::Mode(mode) => mode.as_str(),
            Self::Other(word) => word,
        }
    }
}

/// Reads the word, in capitals or not; older answers have the numbers of the vendor's client SDK.
impl From<String> for ShownTakeSeatMode {
    fn from(word: String) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "none" => Self::None,
            "freetotake" | "1" => Self::Mode(TakeSeatMode::FreeToTake),
            "applytotake" | "2" => Self::Mode(TakeSeatMode::ApplyToTake),
            _ => Self::Other(word),
        }
    }
}

/// Where a room is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomStatus {
    /// The vendor says `None`.
    None,
    /// Scheduled, not begun.
    NotStarted,
    /// Under way.
    Running,
    /// A word that is not documented.
    Other(String),
}

impl RoomStatus {
    /// Returns the vendor's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "None",
            Self::NotStarted => "NotStarted",
            Self::Running => "Running",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for RoomStatus {
    fn from(word: String) -> Self {
        match word.as_str() {
            "None" => Self::None,
            "NotStarted" => Self::NotStarted,
            "Running" => Self::Running,
            _ => Self::Other(word),
        }
    }
}

/// What the vendor shows of a room; what is absent was not shown. `Debug` shows no password.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RoomInfo {
    /// The room.
    #[serde(rename = "RoomId", deserialize_with = "lenient::text")]
    pub room_id: Option<String>,
    /// `Conference` for rooms of this engine; a callback of the vendor's calls the same `Meeting`.
    #[serde(rename = "RoomType", deserialize_with = "lenient::text")]
    pub room_type: Option<String>,
    /// The owner's account; a vendor sample shows a number.
    #[serde(rename = "Owner_Account", deserialize_with = "lenient::text")]
    pub owner: Option<String>,
    /// The name.
    #[serde(rename = "RoomName", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// People who may be in at once.
    #[serde(rename = "MaxMemberCount", deserialize_with = "lenient::number")]
    pub max_members: Option<u32>,
    /// Nobody but owner and administrators may send video.
    #[serde(rename = "IsVideoDisabled", deserialize_with = "lenient::flag")]
    pub video_disabled: Option<bool>,
    /// Nobody but owner and administrators may speak.
    #[serde(rename = "IsAudioDisabled", deserialize_with = "lenient::flag")]
    pub audio_disabled: Option<bool>,
    /// Nobody but owner and administrators may write.
    #[serde(rename = "IsMessageDisabled", deserialize_with = "lenient::flag")]
    pub message_disabled: Option<bool>,
    /// Nobody but owner and administrators may share a screen.
    #[serde(rename = "IsScreenSharingDisabled", deserialize_with = "lenient::flag")]
    pub screen_sharing_disabled: Option<bool>,
    /// The room may not be recorded in the cloud.
    #[serde(rename = "IsCloudRecordingDisabled", deserialize_with = "lenient::flag")]
    pub cloud_recording_disabled: Option<bool>,
    /// The text that the customer keeps with the room.
    #[serde(rename = "CustomInfo", deserialize_with = "lenient::text")]
    pub custom_info: Option<String>,
    /// Whether people take seats.
    #[serde(rename = "IsSeatEnabled", deserialize_with = "lenient::flag")]
    pub seats_enabled: Option<bool>,
    /// Number of seats.
    #[serde(rename = "MaxSeatCount", deserialize_with = "lenient::number")]
    pub max_seats: Option<u32>,
    /// How a seat is taken.
    #[serde(rename = "TakeSeatMode", deserialize_with = "lenient::word")]
    pub take_seat_mode: Option<ShownTakeSeatMode>,
    /// Scheduled begin in unix seconds.
    #[serde(rename = "ScheduleStartTime", deserialize_with = "lenient::number")]
    pub schedule_start: Option<i64>,
    /// Scheduled end in unix seconds.
    #[serde(rename = "ScheduleEndTime", deserialize_with = "lenient::number")]
    pub schedule_end: Option<i64>,
    /// Where the room is in its life.
    #[serde(rename = "RoomStatus", deserialize_with = "lenient::word")]
    pub status: Option<RoomStatus>,
    /// Unix seconds; the vendor's page describes it as the scheduled begin, so nothing should rest on it.
    #[serde(rename = "CreateTime", deserialize_with = "lenient::number")]
    pub created: Option<i64>,
    /// How many are in; whether that counts the owner or people who are offline is not documented.
    #[serde(rename = "MemberCount", deserialize_with = "lenient::number")]
    pub member_count: Option<u32>,
    /// Whether entering takes a password; pages before 2025 have no such field.
    #[serde(rename = "IsPasswordEnabled", deserialize_with = "lenient::flag")]
    pub password_enabled: Option<bool>,
    /// The password, which the vendor shows in clear.
    #[serde(rename = "Password", deserialize_with = "lenient::word")]
    pub password: Option<SecretString>,
}

/// Somebody in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Member {
    /// The account; absent where the vendor showed none.
    #[serde(rename = "Member_Account", deserialize_with = "lenient::text")]
    pub account: Option<String>,
    /// The name shown in the room.
    #[serde(rename = "NameCard", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The vendor's word: its sample says `RoomOwner`, its text `Owner`, `Admin` or `Member`.
    #[serde(rename = "Role", deserialize_with = "lenient::text")]
    pub role: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{RoomStatus, ShownTakeSeatMode};

    #[test]
    fn a_take_seat_mode_is_the_same_in_capitals_and_as_a_number() {
        let rows =
            [("freeToTake", "FreeToTake"), ("APPLYTOTAKE", "ApplyToTake"), ("1", "FreeToTake"), ("2", "ApplyToTake")];
        for (shown, wanted) in rows {
            assert_eq!(ShownTakeSeatMode::from(shown.to_owned()).as_str(), wanted, "{shown}");
        }
    }

    #[test]
    fn a_word_of_the_vendor_is_kept_whether_it_is_documented_or_not() {
        for word in ["None", "FreeToTake", "ApplyToTake", "Lottery"] {
            let mode = ShownTakeSeatMode::from(word.to_owned());
            assert_eq!((mode.as_str(), matches!(mode, ShownTakeSeatMode::Other(_))), (word, word == "Lottery"));
        }
        for word in ["None", "NotStarted", "Running", "Ended"] {
            let status = RoomStatus::from(word.to_owned());
            assert_eq!((status.as_str(), matches!(status, RoomStatus::Other(_))), (word, word == "Ended"));
        }
    }
}
