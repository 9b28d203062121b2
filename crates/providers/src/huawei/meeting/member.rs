//! What Cloud Meeting shows of users and conferences.
//! Names are ours, the vendor's stand in `rename`; passwords and links are not read.

use serde::Deserialize;

use super::vmr::{VmrMode, VmrStatus};
use crate::lenient;

/// How a user is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// The id in the enterprise's own system, as App ID log-ins name it (`accountType=1`).
    UserId(String),
    /// The account of Cloud Meeting (`accountType=0`).
    Account(String),
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// The account of Cloud Meeting (`userAccount`).
    #[serde(rename = "userAccount", deserialize_with = "lenient::id")]
    pub account: String,
    /// The id in the enterprise's own system (`thirdAccount`); absent: nobody can log in as this user by App ID.
    #[serde(rename = "thirdAccount", default, deserialize_with = "lenient::name")]
    pub user_id: Option<String>,
    /// Whether the user may use the service; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::code")]
    pub status: Option<MemberStatus>,
    /// The rooms of the user, the personal meeting id among them.
    #[serde(rename = "vmrList", default, deserialize_with = "lenient::list")]
    pub vmrs: Vec<HeldVmr>,
}

/// Whether a user may use the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberStatus {
    /// Yes (0).
    Active,
    /// The user was disabled (1).
    Disabled,
    /// A number that nobody documents.
    Other(i64),
}

/// A room in the look-up of a user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HeldVmr {
    /// The room's id, the key of all calls.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The meeting number (`vmrId`).
    #[serde(rename = "vmrId", default, deserialize_with = "lenient::text")]
    pub number: Option<String>,
    /// What kind of room it is; absent where the vendor does not say.
    #[serde(rename = "vmrMode", default, deserialize_with = "lenient::code")]
    pub mode: Option<VmrMode>,
    /// Whether it can be used; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::code")]
    pub status: Option<VmrStatus>,
}

/// A conference that runs. Its passwords and links are in the vendor's answer too, and are not read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Conference {
    /// The conference's id.
    #[serde(rename = "conferenceID", deserialize_with = "lenient::id")]
    pub id: String,
    /// The room in which it runs, by id (`vmrID`); absent: in none.
    #[serde(rename = "vmrID", default, deserialize_with = "lenient::name")]
    pub vmr_id: Option<String>,
    /// The room in which it runs, by meeting number (`vmrConferenceID`); absent: in none.
    #[serde(rename = "vmrConferenceID", default, deserialize_with = "lenient::name")]
    pub vmr_number: Option<String>,
    /// The vendor's word: `Schedule`, `Creating`, `Created` or `Destroyed`.
    #[serde(rename = "conferenceState", default, deserialize_with = "lenient::text")]
    pub state: Option<String>,
}

impl Account {
    /// Returns the bare name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::UserId(name) | Self::Account(name) => name,
        }
    }

    /// Returns the vendor's `accountType`.
    pub(super) const fn number(&self) -> u8 {
        match self {
            Self::UserId(_) => 1,
            Self::Account(_) => 0,
        }
    }
}

impl From<i64> for MemberStatus {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Active,
            1 => Self::Disabled,
            _ => Self::Other(number),
        }
    }
}
