//! What CloudRTC shows of applications, rooms and users, and what can be asked for.
//! Names are ours, the vendor's stand in `rename`.

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient;

/// An application. Its key is in the vendor's answer too, and is not read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct App {
    /// The application's id.
    #[serde(rename = "app_id", deserialize_with = "lenient::id")]
    pub id: String,
    /// Whether it serves; absent where the vendor does not say.
    #[serde(default, deserialize_with = "state")]
    pub state: Option<AppState>,
}

/// Whether an application serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppState {
    /// It does (`ACTIVATION`).
    Active,
    /// It was stopped: nobody can join, who is in stays in (`DEACTIVATION`).
    Stopped,
    /// The account is in arrears (`ARREARS`).
    Arrears,
    /// It was deleted (`DELETED`).
    Deleted,
    /// A word that nobody documents.
    Other(String),
}

/// One session of a room, as the statistics have it. One room id can have several over a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Room {
    /// The room's id.
    #[serde(deserialize_with = "lenient::id")]
    pub room_id: String,
    /// Whether the session is over; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::word")]
    pub state: Option<RoomState>,
    /// When it began, in unix seconds.
    #[serde(rename = "start_time", default, deserialize_with = "lenient::time")]
    pub started: Option<u64>,
    /// When it ended, in unix seconds; absent while it runs.
    #[serde(rename = "end_time", default, deserialize_with = "lenient::time")]
    pub ended: Option<u64>,
}

/// Whether a session of a room is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomState {
    /// It is not (`RUNNING`).
    Running,
    /// It is (`CLOSED`).
    Closed,
    /// A word that nobody documents.
    Other(String),
}

/// Which rooms are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomQuery {
    /// The application.
    pub app: String,
    /// One room; absent: all.
    pub room: Option<String>,
    /// Absent: both states.
    pub state: Option<RoomState>,
    /// Sessions that began before are not listed, in unix seconds; at most 90 days before `until`.
    pub since: u64,
    /// Sessions that began later are not listed, in unix seconds. Absent: up to the vendor's now, which our clock may lag.
    pub until: Option<u64>,
}

/// One stay of a user in a room, as the statistics have it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The user's id.
    #[serde(rename = "uid", deserialize_with = "lenient::id")]
    pub user_id: String,
    /// The room; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::text")]
    pub room_id: Option<String>,
    /// The vendor's name for the stay.
    #[serde(default, deserialize_with = "lenient::text")]
    pub session: Option<String>,
    /// Whether the user is in; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::word")]
    pub state: Option<UserState>,
    /// When the user came in, in unix seconds.
    #[serde(rename = "join_time", default, deserialize_with = "lenient::time")]
    pub joined: Option<u64>,
    /// When the user left, in unix seconds; absent while in.
    #[serde(rename = "leave_time", default, deserialize_with = "lenient::time")]
    pub left: Option<u64>,
}

/// Whether a user is in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserState {
    /// Could not come in (`FAIL`).
    Failed,
    /// Is in (`ONLINE`).
    Online,
    /// Left (`OFFLINE`).
    Offline,
    /// A word that nobody documents.
    Other(String),
}

/// Which users are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserQuery {
    /// The application.
    pub app: String,
    /// One room; absent: all.
    pub room: Option<String>,
    /// Users in one of these states; empty: in any.
    pub states: Vec<UserState>,
    /// The begin of the period, in unix seconds; at most 90 days before `until`.
    pub since: u64,
    /// The end of the period, in unix seconds. Absent: the vendor's now.
    pub until: Option<u64>,
}

/// What became of the wish that nobody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dismissal {
    /// The vendor will remove everybody; when is not documented.
    Accepted,
    /// The vendor knows no such room, or no such application.
    NoSuchRoom,
}

impl RoomState {
    /// Returns the vendor's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Running => "RUNNING",
            Self::Closed => "CLOSED",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for RoomState {
    fn from(word: String) -> Self {
        match word.as_str() {
            "RUNNING" => Self::Running,
            "CLOSED" => Self::Closed,
            _ => Self::Other(word),
        }
    }
}

impl UserState {
    /// Returns the vendor's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Failed => "FAIL",
            Self::Online => "ONLINE",
            Self::Offline => "OFFLINE",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for UserState {
    fn from(word: String) -> Self {
        match word.as_str() {
            "FAIL" => Self::Failed,
            "ONLINE" => Self::Online,
            "OFFLINE" => Self::Offline,
            _ => Self::Other(word),
        }
    }
}

impl AppState {
    /// Returns the vendor's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVATION",
            Self::Stopped => "DEACTIVATION",
            Self::Arrears => "ARREARS",
            Self::Deleted => "DELETED",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for AppState {
    fn from(word: String) -> Self {
        match word.as_str() {
            "ACTIVATION" => Self::Active,
            "DEACTIVATION" => Self::Stopped,
            "ARREARS" => Self::Arrears,
            "DELETED" => Self::Deleted,
            _ => Self::Other(word),
        }
    }
}

/// Reads the state of an application, which stands in an object of its own.
fn state<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<AppState>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Shown {
        #[serde(deserialize_with = "lenient::word")]
        state: Option<AppState>,
    }
    Ok(Option::<Shown>::deserialize(source)?.and_then(|shown| shown.state))
}

/// Returns a time as the vendor's queries have it, in UTC; later than the year 9999 counts as its end.
pub(super) fn utc(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
