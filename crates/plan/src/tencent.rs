//! What the two engines of Tencent RTC have in common: room ids are one space, owners one set of accounts.

use alloc::string::String;

use crate::claim::Sent;
use crate::ids::{RoomId, Text, UserId};
use crate::keeping::Likeness;
use crate::limits;

/// What tells this room from others of the account: its id, and what a create would have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The room id.
    pub room: RoomId,
    /// The owner that a create sends; absent: the vendor makes the caller the owner.
    pub owner: Option<UserId>,
    /// The name that a create sends; absent: the vendor names the room by its id.
    pub name: Option<RoomName>,
}

/// A room's name: at most 100 bytes.
pub type RoomName = Text<{ limits::ROOM_NAME_BYTES }>;

/// How a seat is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeSeatMode {
    /// Whoever comes sits down.
    FreeToTake,
    /// The host or an administrator agrees first.
    ApplyToTake,
}

impl TakeSeatMode {
    /// Returns the vendor's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TakeSeatMode::FreeToTake => "FreeToTake",
            TakeSeatMode::ApplyToTake => "ApplyToTake",
        }
    }
}

/// What a look shows of the things that tell a room from others.
pub(crate) struct Shown<'a> {
    /// `RoomType`; absent: not shown.
    pub(crate) room_type: Option<&'a str>,
    /// `Owner_Account`
    pub(crate) owner: &'a str,
    /// `RoomName`
    pub(crate) name: &'a str,
    /// The administrator account that looked; rooms that name no owner are its own.
    pub(crate) caller: &'a str,
}

impl Identity {
    /// Returns the owner and the name of the room that a create makes, called by this account.
    #[must_use]
    pub fn sent(&self, caller: &str) -> Sent {
        let owner = self.owner.as_ref().map_or(caller, |owner| owner.as_str());
        let name = self.name.as_ref().map_or(self.room.as_str(), |name| name.as_str());
        Sent { owner: owner.into(), name: name.into() }
    }

    /// Tells a room from others by its type, and by the owner and name that the create of this object sent.
    pub(crate) fn likeness(&self, engine: &str, shown: &Shown<'_>, sent: Option<&Sent>) -> Likeness {
        if !is_of(engine, shown.room_type) {
            return Likeness::OtherEngine;
        }
        let sent = sent.cloned().unwrap_or_else(|| self.sent(shown.caller));
        if shown.owner == sent.owner && shown.name == sent.name { Likeness::AsSent } else { Likeness::OtherRoom }
    }
}

/// Tells whether a room is of an engine. An answer without a type is taken for one of the engine whose call it answers.
pub(crate) fn is_of(engine: &str, room_type: Option<&str>) -> bool {
    room_type.is_none_or(|room_type| room_type.eq_ignore_ascii_case(engine))
}

/// Returns a list of numbers as one text, smallest first, for comparing and for people.
pub(crate) fn list(numbers: &[i64]) -> String {
    use alloc::string::ToString;
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.iter().map(ToString::to_string).collect::<alloc::vec::Vec<_>>().join(", ")
}
