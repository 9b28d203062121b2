//! What the adapters of Tencent's two engines have in common: parsing, and words. Pure; every error names the field.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use roomkeeper_plan::ids::{LimitError, RoomId, Text, UserId};
use roomkeeper_plan::limits;
use roomkeeper_plan::policy;
use roomkeeper_plan::tencent::{Identity, RoomName, TakeSeatMode};
use roomkeeper_providers::tencent::{code, room_engine};
use roomkeeper_providers::{self as providers, Class, Code, What};

use super::Invalid;
use super::import::{ABREAST, Draft, Found, LeftOut, Problem, Step, patiently, sorted};
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
        number.map(at_least_one_member).transpose().map_err(|error| self.refuse(field, error))?;
        Ok(number)
    }

    /// Parses what tells a room from others.
    pub(super) fn identity(
        self,
        room: &str,
        owner: Option<&String>,
        name: Option<&String>,
    ) -> Result<Identity, Invalid> {
        Ok(Identity {
            room: RoomId::parse(room).map_err(|error| self.refuse("roomId", error))?,
            owner: self.optional("owner", owner, UserId::parse)?,
            name: self.optional("name", name, room_name)?,
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

/// Checks the name of a room.
pub(super) fn room_name(name: &str) -> Result<RoomName, LimitError> {
    if name.is_empty() { Err(LimitError::Empty) } else { Text::parse(name) }
}

/// Checks how many people or seats there may be.
pub(super) fn at_least_one_member(number: u32) -> Result<(), String> {
    if number >= limits::MEMBERS_MIN {
        return Ok(());
    }
    Err(format!("is {number}, must be at least {}", limits::MEMBERS_MIN))
}

/// Takes the vendor's word for how seats are taken; it has one more than the spec, for rooms without seats.
pub(super) fn seen_mode(shown: Option<&str>, left: &mut LeftOut) -> Option<api::TakeSeatMode> {
    let word = |word: &str| match word {
        "FreeToTake" => Some(api::TakeSeatMode::FreeToTake),
        "ApplyToTake" => Some(api::TakeSeatMode::ApplyToTake),
        _ => None,
    };
    let why = |shown: &&str| format!("is {shown:?}, which is neither FreeToTake nor ApplyToTake");
    left.unless("takeSeatMode", shown, |shown| word(shown).ok_or_else(|| why(shown))).and_then(word)
}

/// Looks at rooms that are asked for by their ids; `other` is the other engine, whose rooms have ids among them.
///
/// # Errors
/// What concerns the account as a whole.
pub(super) async fn find<O>(
    asked: &[String],
    other: &str,
    progress: &dyn Fn(Step),
    look: impl AsyncFn(&RoomId) -> Result<Option<O>, providers::Error>,
    draft: impl Fn(&RoomId, O) -> Option<Draft>,
) -> Result<Vec<Found>, providers::Error> {
    progress(Step::Ahead(asked.len()));
    let of_the_other = || format!("is a room of the other engine: import it with --engine {other}");
    let one = async |id: &String| {
        let problem = |why: String| Ok(Err(Problem { room: id.clone(), why }));
        let room = match RoomId::parse(id) {
            Ok(room) => room,
            Err(error) => return problem(format!("cannot be the id of a room: it {error}")),
        };
        match patiently(async || look(&room).await).await {
            Ok(Some(seen)) => draft(&room, seen).map_or_else(|| problem(of_the_other()), |draft| Ok(Ok(draft))),
            Ok(None) => problem(format!(
                "is not there: it ended, it is in another account, or it is a room for --engine {other}; correct the id"
            )),
            Err(error) if error.code() == Some(&Code::Tencent(code::WRONG_ROOM_TYPE)) => problem(of_the_other()),
            Err(error) => Err(error),
        }
    };
    let looks = asked.iter().map(|id| async {
        let found = sorted(id, one(id).await);
        progress(Step::Done);
        found
    });
    stream::iter(looks).buffered(ABREAST).try_collect().await
}
