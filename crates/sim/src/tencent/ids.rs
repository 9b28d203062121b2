//! Room ids, which both engines share: whether one is free, and which room one names.
//! Knows neither what a room is made of nor what is done with it.

use super::answers::OtherEngine;
use super::body::Fields;
use super::codes::Code;
use super::rules::{self, CREATE_REST, Refusal};
use super::state::{App, Room, RoomType};
use crate::clock::Moment;

/// Checks that the id rested since its last create, and that nobody has it.
pub(super) fn check_free(app: &mut App, room_id: &str, owner: &str, now: Moment) -> Result<(), Refusal> {
    app.last_creates.retain(|_, at| now.since(*at) < CREATE_REST);
    if app.last_creates.insert(room_id.to_owned(), now).is_some() {
        return Err(Code::CreatedTooOften.into());
    }
    if app.group_ids.contains(room_id) {
        return Err(Code::RoomIdTakenByGroup.into());
    }
    match app.rooms.get(room_id) {
        None => Ok(()),
        Some(room) if room.owner == owner => Err(Code::RoomIdInUseBySameOwner.into()),
        Some(_) => Err(Code::RoomIdInUse.into()),
    }
}

/// The room that the fields name; it must be there and belong to the engine that is asked.
pub(super) fn addressed<'f, 'a>(
    app: &'a App,
    fields: &Fields<'f>,
    engine: RoomType,
) -> Result<(&'f str, &'a Room), Refusal> {
    let room_id = fields.required_text("RoomId")?;
    rules::check_room_id(room_id)?;
    let room = app.rooms.get(room_id).ok_or_else(|| Refusal::from(Code::RoomMissing))?;
    if room.room_type == engine {
        return Ok((room_id, room));
    }
    match app.answers.other_engine {
        OtherEngine::TypeInvalid => Err(Code::RoomTypeInvalid.into()),
        OtherEngine::RoomMissing => Err(Code::RoomMissing.into()),
    }
}
