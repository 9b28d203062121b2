//! What the adapters of Tencent's two engines have in common: parsing, and words. Pure; every error names the field.

use roomkeeper_plan::ids::{LimitError, RoomId, Text, UserId};
use roomkeeper_plan::limits;
use roomkeeper_plan::policy;
use roomkeeper_plan::tencent::{Identity, TakeSeatMode};
use roomkeeper_providers::tencent::room_engine;
use roomkeeper_providers::{self as providers, Class, What};

use super::Invalid;
use crate::api::WhenEnded;
use crate::api::tencent_room as api;

/// The part of a spec that one engine reads, for the names of its fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part(pub(super) &'static str);

impl Part {
    /// Returns the path of a field, from the root of the object.
    pub(super) fn at(self, field: &str) -> String {
        format!("spec.{}.{field}", self.0)
    }

    /// Refuses a field.
    pub(super) fn refuse(self, field: &str, why: impl std::fmt::Display) -> Invalid {
        Invalid::new(self.at(field), why)
    }

    /// Parses an optional text, and names its field if it breaks a limit.
    pub(super) fn optional<T>(
        self,
        field: &str,
        text: Option<&String>,
        parse: impl Fn(&str) -> Result<T, LimitError>,
    ) -> Result<Option<T>, Invalid> {
        text.map(|text| parse(text)).transpose().map_err(|error| self.refuse(field, error))
    }

    /// Checks that an optional count is at least one.
    pub(super) fn at_least_one(self, field: &str, number: Option<u32>) -> Result<Option<u32>, Invalid> {
        match number {
            Some(number) if number < limits::MEMBERS_MIN => {
                Err(self.refuse(field, format!("is {number}, must be at least {}", limits::MEMBERS_MIN)))
            }
            number => Ok(number),
        }
    }

    /// Parses what tells a room from others.
    pub(super) fn identity(
        self,
        room: &str,
        owner: Option<&String>,
        name: Option<&String>,
    ) -> Result<Identity, Invalid> {
        let named = |name: &str| if name.is_empty() { Err(LimitError::Empty) } else { Text::parse(name) };
        Ok(Identity {
            room: RoomId::parse(room).map_err(|error| self.refuse("roomId", error))?,
            owner: self.optional("owner", owner, UserId::parse)?,
            name: self.optional("name", name, named)?,
        })
    }
}

/// Tells whether a failed call means that there is no such room, which is a sight and no failure.
pub(super) fn is_no_room(error: &providers::Error) -> bool {
    error.class() == Class::NotFound { what: What::Room }
}

/// Translates the planner's word into the vendor's.
pub(super) fn sent_mode(mode: TakeSeatMode) -> room_engine::TakeSeatMode {
    match mode {
        TakeSeatMode::FreeToTake => room_engine::TakeSeatMode::FreeToTake,
        TakeSeatMode::ApplyToTake => room_engine::TakeSeatMode::ApplyToTake,
    }
}

/// Translates the word of the spec.
pub(super) fn take_seat_mode(mode: api::TakeSeatMode) -> TakeSeatMode {
    match mode {
        api::TakeSeatMode::FreeToTake => TakeSeatMode::FreeToTake,
        api::TakeSeatMode::ApplyToTake => TakeSeatMode::ApplyToTake,
    }
}

/// Translates the word of the spec.
pub(super) fn when_ended(when: WhenEnded) -> policy::WhenEnded {
    match when {
        WhenEnded::Recreate => policy::WhenEnded::Recreate,
        WhenEnded::Leave => policy::WhenEnded::Leave,
    }
}
