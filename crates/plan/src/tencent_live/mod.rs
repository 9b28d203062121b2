//! The Live Engine of Tencent RTC: what is wanted of a show's room, what is seen of it, and what can be done to it.
//!
//! The decision is in [`plan`](plan()); comparing field by field is in `compare`.

mod action;
mod compare;
mod observed;
mod plan;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

pub use action::{Action, Patch};
pub use observed::{Observed, SeenMetadata};
pub use plan::plan;

use crate::decision;
use crate::ids::{LimitError, Text};
use crate::limits;
use crate::policy::WhenEnded;
pub use crate::tencent::{Identity, RoomName, TakeSeatMode};

/// Address of a cover picture: at most 200 bytes.
pub type CoverUrl = Text<{ limits::COVER_URL_BYTES }>;

/// A notice: at most 100 bytes.
pub type Notice = Text<{ limits::NOTICE_BYTES }>;

/// The settings that the spec manages. Absent: not managed, neither compared nor changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Room id, owner and name.
    pub identity: Identity,
    /// Most people at a time.
    pub max_members: Option<u32>,
    /// Whether only the owner and administrators may write.
    pub message_disabled: Option<bool>,
    /// The cover picture.
    pub cover_url: Option<CoverUrl>,
    /// Numbers of the user's own; their order has no meaning.
    pub category: Option<Vec<i64>>,
    /// A number of the user's own.
    pub activity_status: Option<i64>,
    /// Whether the public list shows the room.
    pub public_visible: Option<bool>,
    /// How seats are taken.
    pub take_seat_mode: Option<TakeSeatMode>,
    /// The notice in the room.
    pub notice: Option<Notice>,
    /// Texts of the user's own; keys that are not listed are not managed.
    pub metadata: Option<Metadata>,
    /// Arrangement of the seats; set at creation only.
    pub seat_template: Option<String>,
    /// Number of seats; set at creation only.
    pub max_seats: Option<u32>,
    /// What happens after the show was over.
    pub when_ended: WhenEnded,
}

/// Texts by key: at most 10 keys of 50 bytes, 2 KB a value, 16 KB of values together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<String, String>);

/// Says which limit of the metadata is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataError {
    /// More keys than the vendor takes.
    Keys(usize),
    /// This key is empty or too long.
    Key(String, LimitError),
    /// The value of this key is too long.
    Value(String, LimitError),
    /// All values together are too long, in bytes.
    Total(usize),
}

impl core::fmt::Display for MetadataError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            MetadataError::Keys(keys) => {
                write!(f, "has {keys} keys, the vendor takes at most {}", limits::METADATA_KEYS)
            }
            MetadataError::Key(key, error) => write!(f, "the key {key:?} {error}"),
            MetadataError::Value(key, error) => write!(f, "the value of {key:?} {error}"),
            MetadataError::Total(bytes) => {
                write!(f, "has {bytes} bytes of values, the vendor takes at most {}", limits::METADATA_TOTAL_BYTES)
            }
        }
    }
}

impl core::error::Error for MetadataError {}

impl Metadata {
    /// Checks texts against the vendor's limits.
    ///
    /// # Errors
    /// See [`MetadataError`].
    pub fn parse(texts: &BTreeMap<String, String>) -> Result<Self, MetadataError> {
        if texts.len() > limits::METADATA_KEYS {
            return Err(MetadataError::Keys(texts.len()));
        }
        for (key, value) in texts {
            let checked = if key.is_empty() {
                Err(LimitError::Empty)
            } else {
                Text::<{ limits::METADATA_KEY_BYTES }>::parse(key)
            };
            checked.map_err(|error| MetadataError::Key(key.clone(), error))?;
            Text::<{ limits::METADATA_VALUE_BYTES }>::parse(value)
                .map_err(|error| MetadataError::Value(key.clone(), error))?;
        }
        let total = texts.values().map(String::len).sum();
        if total > limits::METADATA_TOTAL_BYTES {
            Err(MetadataError::Total(total))
        } else {
            Ok(Metadata(texts.clone()))
        }
    }

    /// Returns the texts by key.
    #[must_use]
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// A goal of this engine.
pub type Goal = decision::Goal<Desired, Identity>;
/// A parsed spec of this engine.
pub type Wanted = decision::Wanted<Desired, Identity>;
/// A look at a room of this engine.
pub type Sight = decision::Sight<Observed>;
/// What is remembered of a room of this engine.
pub type Memory = decision::Memory<Action, Observed>;
/// A plan of this engine.
pub type Plan = decision::Plan<Action>;
