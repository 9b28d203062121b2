//! What Cloud Meeting shows of a room, and what it is told of one.
//! Names are ours, the vendor's stand in `rename`; passwords and links to join are secret.

use secrecy::{ExposeSecret, SecretString};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::lenient;

/// A room as the enterprise's administrator sees it: whose it is, but not its settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CorpVmr {
    /// The room's id, the key of all calls: 32 hexadecimal digits.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The meeting number (`vmrId`), which people dial; no key of any call.
    #[serde(rename = "vmrId", default, deserialize_with = "lenient::text")]
    pub number: Option<String>,
    /// The name.
    #[serde(rename = "vmrName", default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The owner; absent: nobody, or a terminal.
    ///
    /// Whether its id is a Meeting account or a third-party user id is not documented: ask `get_member`.
    #[serde(default)]
    pub member: Option<Holder>,
    /// The terminal that the room was given to; absent: none.
    #[serde(default)]
    pub device: Option<Holder>,
    /// Whether it can be used; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::code")]
    pub status: Option<VmrStatus>,
}

/// Whom or what a room was given to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Holder {
    /// The id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The name that is shown (`mark`).
    #[serde(rename = "mark", deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// A room as its owner sees it.
#[derive(Debug, Clone, Deserialize)]
pub struct MemberVmr {
    /// The room's id, the key of all calls: 32 hexadecimal digits.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The meeting number (`vmrId`), which people dial; no key of any call.
    #[serde(rename = "vmrId", default, deserialize_with = "lenient::text")]
    pub number: Option<String>,
    /// The name.
    #[serde(rename = "vmrName", default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The host's password (`chairPwd`); the vendor may show stars instead.
    #[serde(rename = "chairPwd", default, deserialize_with = "lenient::word")]
    pub host_password: Option<SecretString>,
    /// The guests' password (`gustPwd`); absent: none. The vendor may show stars instead.
    #[serde(rename = "gustPwd", default, deserialize_with = "lenient::word")]
    pub guest_password: Option<SecretString>,
    /// The host's link (`chairJoinUrl`), which opens the room by itself.
    #[serde(rename = "chairJoinUrl", default, deserialize_with = "lenient::word")]
    pub host_join_url: Option<SecretString>,
    /// The guests' link (`gustJoinUrl`).
    #[serde(rename = "gustJoinUrl", default, deserialize_with = "lenient::word")]
    pub guest_join_url: Option<SecretString>,
    /// Whether guests may come before the host (`allowGustFirst`).
    #[serde(rename = "allowGustFirst", default, deserialize_with = "lenient::flag")]
    pub allow_guest_first: Option<bool>,
    /// Whether the owner is told that the room was used (`gustFirstNotice`).
    #[serde(rename = "gustFirstNotice", default, deserialize_with = "lenient::flag")]
    pub notify_owner: Option<bool>,
    /// What kind of room it is; absent where the vendor does not say.
    #[serde(rename = "vmrMode", default, deserialize_with = "lenient::code")]
    pub mode: Option<VmrMode>,
    /// Whether it can be used; absent where the vendor does not say.
    #[serde(default, deserialize_with = "lenient::code")]
    pub status: Option<VmrStatus>,
}

/// What kind of room it is (`vmrMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VmrMode {
    /// The personal meeting id of a user (0).
    Personal,
    /// A cloud meeting room (1).
    CloudRoom,
    /// A webinar (2).
    Webinar,
    /// A number that nobody documents.
    Other(i64),
}

/// Whether a room can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VmrStatus {
    /// It can (0).
    Normal,
    /// It was disabled in the console (1).
    Disabled,
    /// It belongs to nobody (2).
    Unallocated,
    /// A number that nobody documents.
    Other(i64),
}

/// Which of the enterprise's rooms are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorpVmrQuery {
    /// A part of a name, a number, or an owner; the vendor's search is fuzzy. Absent: all.
    pub search_key: Option<String>,
    /// Absent: cloud meeting rooms.
    pub mode: Option<VmrMode>,
    /// Absent: in any state.
    pub status: Option<VmrStatus>,
}

/// Which of a user's rooms are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberVmrQuery {
    /// A part of a name or a number; the vendor's search is fuzzy. Absent: all.
    pub search_key: Option<String>,
    /// Absent: of any kind.
    pub kind: Option<MemberVmrKind>,
}

/// The kinds of rooms that a user's list can be narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberVmrKind {
    /// The personal meeting id (`specialVmr=false`).
    Personal,
    /// Cloud meeting rooms (`specialVmr=true`).
    CloudRoom,
}

/// The settings of a room. What is absent is not sent; what the vendor makes of it is not documented.
#[derive(Debug, Clone, Default)]
pub struct VmrUpdate {
    /// 1 to 128 characters.
    pub name: Option<String>,
    /// 4 to 16 digits; not the guests' password.
    pub host_password: Option<SecretString>,
    /// What guests have to know.
    pub guest_password: Option<GuestPassword>,
    /// Whether guests may come before the host.
    pub allow_guest_first: Option<bool>,
    /// Whether the owner is told that the room was used.
    pub notify_owner: Option<bool>,
}

/// What guests have to know.
#[derive(Debug, Clone)]
pub enum GuestPassword {
    /// This password: 4 to 16 digits.
    Required(SecretString),
    /// Nothing.
    None,
}

impl VmrUpdate {
    /// Returns what must not be repeated of a request with this update.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let guest = match &self.guest_password {
            Some(GuestPassword::Required(password)) => Some(password),
            Some(GuestPassword::None) | None => None,
        };
        self.host_password.iter().chain(guest).cloned().collect()
    }
}

impl Serialize for VmrUpdate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, host_password, guest_password, allow_guest_first, notify_owner } = self;
        let mut fields = serializer.serialize_map(None)?;
        if let Some(name) = name {
            fields.serialize_entry("vmrName", name)?;
        }
        match guest_password {
            Some(GuestPassword::Required(password)) => fields.serialize_entry("gustPwd", password.expose_secret())?,
            Some(GuestPassword::None) => fields.serialize_entry("gustPwd", "")?,
            None => {}
        }
        if let Some(password) = host_password {
            fields.serialize_entry("chairPwd", password.expose_secret())?;
        }
        if let Some(flag) = allow_guest_first {
            fields.serialize_entry("allowGustFirst", flag)?;
        }
        if let Some(flag) = notify_owner {
            fields.serialize_entry("gustFirstNotice", flag)?;
        }
        fields.end()
    }
}

impl MemberVmrKind {
    pub(super) const fn is_special(self) -> bool {
        match self {
            Self::Personal => false,
            Self::CloudRoom => true,
        }
    }
}

impl VmrMode {
    /// Returns the vendor's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Personal => 0,
            Self::CloudRoom => 1,
            Self::Webinar => 2,
            Self::Other(number) => number,
        }
    }
}

impl From<i64> for VmrMode {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Personal,
            1 => Self::CloudRoom,
            2 => Self::Webinar,
            _ => Self::Other(number),
        }
    }
}

impl VmrStatus {
    /// Returns the vendor's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Disabled => 1,
            Self::Unallocated => 2,
            Self::Other(number) => number,
        }
    }
}

impl From<i64> for VmrStatus {
    fn from(number: i64) -> Self {
        match number {
            0 => Self::Normal,
            1 => Self::Disabled,
            2 => Self::Unallocated,
            _ => Self::Other(number),
        }
    }
}
