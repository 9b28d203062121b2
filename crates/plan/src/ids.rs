//! Names that differ in meaning and so in type: vendor ids, accounts, objects, times.
//!
//! A value of these types has passed the vendor's limits; nothing behind a constructor checks again.

mod huawei;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::fmt;

pub use huawei::{MeetingNumber, RtcId, VmrId, VmrName};

use crate::limits;

/// Says which limit a text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitError {
    /// Nothing was given where something must be.
    Empty,
    /// More bytes (not characters) than the vendor takes.
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
        /// The most the vendor takes, in bytes.
        limit: usize,
    },
    /// A character outside printable ASCII (0x20 to 0x7e).
    NotPrintableAscii {
        /// The first such character.
        found: char,
    },
    /// More characters than the vendor takes, where it counts characters.
    TooManyChars {
        /// Length of the text in characters.
        chars: usize,
        /// The most the vendor takes, in characters.
        limit: usize,
    },
    /// Another length than the one that there is.
    NotOfLength {
        /// Length of the text in characters.
        chars: usize,
        /// The length that it must have, in characters.
        expected: usize,
    },
    /// A character that the vendor does not take.
    NotTaken {
        /// The first such character.
        found: char,
        /// What it takes, in words.
        taken: &'static str,
    },
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitError::Empty => f.write_str("must not be empty"),
            LimitError::TooLong { bytes, limit } => {
                write!(f, "has {bytes} bytes, the vendor takes at most {limit} (a Chinese character has 3)")
            }
            LimitError::NotPrintableAscii { found } => {
                write!(f, "holds {found:?}, the vendor takes only printable ASCII characters")
            }
            LimitError::TooManyChars { chars, limit } => {
                write!(f, "has {chars} characters, the vendor takes at most {limit}")
            }
            LimitError::NotOfLength { chars, expected } => {
                write!(f, "has {chars} characters, the vendor's have {expected}")
            }
            LimitError::NotTaken { found, taken } => write!(f, "holds {found:?}, the vendor takes only {taken}"),
        }
    }
}

impl core::error::Error for LimitError {}

fn at_most(text: &str, limit: usize) -> Result<(), LimitError> {
    if text.len() > limit { Err(LimitError::TooLong { bytes: text.len(), limit }) } else { Ok(()) }
}

fn printable_ascii(text: &str) -> Result<(), LimitError> {
    match text.chars().find(|c| !(' '..='~').contains(c)) {
        Some(found) => Err(LimitError::NotPrintableAscii { found }),
        None => Ok(()),
    }
}

/// A Tencent room id: 1 to 48 bytes of printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(String);

impl RoomId {
    /// Checks a text against the vendor's limits for room ids.
    ///
    /// # Errors
    /// Empty, more than [`limits::ROOM_ID_BYTES`] bytes, or a character that is not printable ASCII.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        if text.is_empty() {
            return Err(LimitError::Empty);
        }
        printable_ascii(text)?;
        at_most(text, limits::ROOM_ID_BYTES)?;
        Ok(RoomId(text.to_owned()))
    }

    /// Returns the id as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A Tencent user id: 1 to 32 bytes of printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(String);

impl UserId {
    /// Checks a text against the vendor's limits for user ids.
    ///
    /// # Errors
    /// Empty, more than [`limits::USER_ID_BYTES`] bytes, or a character that is not printable ASCII.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        if text.is_empty() {
            return Err(LimitError::Empty);
        }
        printable_ascii(text)?;
        at_most(text, limits::USER_ID_BYTES)?;
        Ok(UserId(text.to_owned()))
    }

    /// Returns the id as the vendor writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text of at most `BYTES` bytes; it may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const BYTES: usize>(String);

impl<const BYTES: usize> Text<BYTES> {
    /// Checks the length of a text in bytes.
    ///
    /// # Errors
    /// More than `BYTES` bytes.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        at_most(text, BYTES)?;
        Ok(Text(text.to_owned()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account at a vendor, written `vendor/key`: inside one account, equal room ids are one room.
///
/// It does not name the credential, so a rotated key leaves it as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account(String);

impl Account {
    /// Names a Tencent account by its `SDKAppID`.
    #[must_use]
    pub fn tencent(sdk_app_id: u64) -> Self {
        Account(format!("tencent/{sdk_app_id}"))
    }

    /// Returns the first part, which names the vendor's field in a config.
    #[must_use]
    pub fn vendor(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(vendor, _)| vendor)
    }

    /// Returns the account as it stands in claims, logs and metrics.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A room at a vendor, written `vendor/key/room`; the same for every engine that could reach that room.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalId {
    account: Account,
    room: String,
}

impl ExternalId {
    /// Joins an account and the id of a room in it.
    #[must_use]
    pub fn new(account: Account, room: &str) -> Self {
        ExternalId { account, room: room.to_owned() }
    }

    /// Reads the form that [`Display`](fmt::Display) writes; `None` if it is not of that form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (vendor, rest) = text.split_once('/')?;
        let (key, room) = rest.split_once('/')?;
        if vendor.is_empty() || key.is_empty() || room.is_empty() {
            return None;
        }
        Some(ExternalId { account: Account(format!("{vendor}/{key}")), room: room.to_owned() })
    }

    /// Returns the account the room is in.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the vendor's id of the room.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.room
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.room)
    }
}

/// The namespace and name of a Kubernetes object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectName {
    /// Namespace of the object.
    pub namespace: String,
    /// `metadata.name` of the object.
    pub name: String,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What the claim annotation says: this room belongs to this object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The claimed room.
    pub room: ExternalId,
    /// The object that claims it; a copied manifest still names the original.
    pub by: ObjectName,
}

impl Claim {
    /// Reads the form that [`Display`](fmt::Display) writes; `None` if it is not of that form.
    ///
    /// Room ids may hold spaces and slashes, object names hold neither, so the last space divides.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (room, by) = text.rsplit_once(' ')?;
        let (namespace, name) = by.split_once('/')?;
        Some(Claim {
            room: ExternalId::parse(room)?,
            by: ObjectName { namespace: namespace.to_owned(), name: name.to_owned() },
        })
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.room, self.by)
    }
}

/// A moment, in whole seconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// Which version of which Secret a value came from; never the value or a hash of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// `metadata.uid` of the Secret.
    pub uid: String,
    /// `metadata.resourceVersion` of the Secret when it was read.
    pub resource_version: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn limits_count_bytes_not_characters() {
        let thirty_four_characters = "会".repeat(34);
        assert_eq!(Text::<100>::parse(&thirty_four_characters), Err(LimitError::TooLong { bytes: 102, limit: 100 }));
        assert!(Text::<100>::parse(&"会".repeat(33)).is_ok());
    }

    #[test]
    fn room_ids_are_printable_ascii_of_1_to_48_bytes() {
        assert_eq!(RoomId::parse(""), Err(LimitError::Empty));
        assert_eq!(RoomId::parse("café"), Err(LimitError::NotPrintableAscii { found: 'é' }));
        assert_eq!(RoomId::parse("a\tb"), Err(LimitError::NotPrintableAscii { found: '\t' }));
        assert_eq!(RoomId::parse(&"x".repeat(49)), Err(LimitError::TooLong { bytes: 49, limit: 48 }));
        assert!(RoomId::parse(&"x".repeat(48)).is_ok());
        assert!(RoomId::parse("a room / of ours").is_ok());
    }

    #[test]
    fn claims_survive_being_written_and_read_whatever_the_room_is_called() {
        for room in ["weekly-sync", "a room / with x/y", "~ ~"] {
            let claim = Claim {
                room: ExternalId::new(Account::tencent(1_400_000_000), room),
                by: ObjectName { namespace: "events".into(), name: "weekly-sync".into() },
            };
            assert_eq!(Claim::parse(&claim.to_string()), Some(claim));
        }
        for broken in ["", "x", "tencent/1 events/a", "tencent/1/room events", "//room a/b"] {
            assert_eq!(Claim::parse(broken), None, "{broken}");
        }
    }
}
