//! What people do in rooms: they enter, and a conference runs; they leave, and it ends.
//! Happens behind the service; no request does it.

use super::conference::Conference;
use super::ids;
use super::state::{Enterprise, MeetingApp};
use crate::clock::Moment;
use crate::world::WorldError;

impl MeetingApp {
    /// Lets somebody enter a room, known or a guest. Entering twice is entering once; the first one begins a conference.
    ///
    /// # Errors
    /// The room is not there or full.
    pub fn join(&mut self, room: &str, person: &str, now: Moment) -> Result<(), WorldError> {
        let no_room = || WorldError::NoRoom(room.to_owned());
        let enterprise =
            self.enterprises.values_mut().find(|enterprise| enterprise.rooms.contains_key(room)).ok_or_else(no_room)?;
        let entered = enterprise.rooms.get(room).ok_or_else(no_room)?;
        let running = enterprise.running_in(room);
        let inside = running.is_some_and(|(_, conference)| conference.people.contains(person));
        let people = running.map_or(0, |(_, conference)| conference.people.len());
        if !inside && people >= usize::try_from(entered.package.parties).unwrap_or(usize::MAX) {
            return Err(WorldError::Full(room.to_owned()));
        }
        let id = running.map_or_else(|| next_conference_id(enterprise, room), |(id, _)| id.to_owned());
        let conference = enterprise.conferences.entry(id).or_insert_with(|| Conference {
            room: Some(room.to_owned()),
            subject: entered.name.clone(),
            host: entered.owner.clone().unwrap_or_default(),
            start: now,
            ..Conference::default()
        });
        conference.people.insert(person.to_owned());
        Ok(())
    }

    /// Lets somebody leave a room. With the last one the conference ends: a rule of the simulator's own.
    ///
    /// # Errors
    /// The room is not there, or nobody of that name is in it.
    pub fn leave(&mut self, room: &str, person: &str) -> Result<(), WorldError> {
        if self.room(room).is_none() {
            return Err(WorldError::NoRoom(room.to_owned()));
        }
        let inside = self.enterprises.values_mut().flat_map(|enterprise| enterprise.conferences.values_mut()).find(
            |conference| {
                conference.runs() && conference.room.as_deref() == Some(room) && conference.people.contains(person)
            },
        );
        let conference = inside.ok_or_else(|| WorldError::NotInside(person.to_owned()))?;
        conference.people.remove(person);
        if conference.people.is_empty() {
            conference.end();
        }
        Ok(())
    }
}

/// Returns an id that no conference has yet: other digits than the room's fixed number.
fn next_conference_id(enterprise: &Enterprise, room: &str) -> String {
    let ids = (enterprise.conferences.len()..).map(|count| ids::number(&format!("conference {count} of {room}")));
    let mut free = ids.filter(|id| !enterprise.conferences.contains_key(id));
    free.next().expect("there are more numbers than conferences")
}
