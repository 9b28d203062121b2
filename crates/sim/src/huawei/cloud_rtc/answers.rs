//! The choices that the vendor's pages of CloudRTC leave open, so that a test can try the operator under each.
//! Only what is undocumented belongs here; what is documented is a rule.

use serde::{Deserialize, Serialize};

/// How CloudRTC answers where the vendor's pages are silent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Answers {
    /// What the statistics say of an app that is not there.
    pub unknown_app: UnknownApp,
    /// Whether rooms of a stopped app can be dismissed.
    pub stopped_app: StoppedApp,
    /// What becomes of a page that is too large.
    pub large_page: LargePage,
    /// How a room id that ran several times is shown.
    pub repeated_room: RepeatedRoom,
}

/// What the statistics say of an app that is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnknownApp {
    /// Nothing: it has no rooms and no users.
    #[default]
    Empty,
    /// The parameter is wrong (DATA.100011001).
    Refused,
}

/// Whether rooms of a stopped app can be dismissed, and users removed from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StoppedApp {
    /// No (RTC.00001016).
    #[default]
    Refused,
    /// Yes.
    Served,
}

/// What becomes of a page of rooms or users that is too large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LargePage {
    /// It is refused (DATA.100011001).
    #[default]
    Refused,
    /// The largest page is answered, and the answer's `limit` says so.
    Lowered,
}

/// How the list of rooms shows a room id that ran several times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RepeatedRoom {
    /// Once for each time.
    #[default]
    Each,
    /// Once: it began with the first time and ends with the last. One page speaks of "the last room_uuid".
    Merged,
}
