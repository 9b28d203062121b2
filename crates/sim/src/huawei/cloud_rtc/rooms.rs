//! The records of CloudRTC's rooms, and what people do in them: enter, leave, be thrown out.
//! A record is never taken away. Times may be in the future: a dismissal that was accepted is an end to come.

use serde::{Deserialize, Serialize};

use super::state::{RtcApp, RtcAppState};
use crate::clock::Moment;
use crate::world::WorldError;

/// One time that a room ran, from the first one who entered until it was over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Room {
    /// The room id; other records may have the same.
    pub room_id: String,
    /// When it began.
    pub started: Moment,
    /// When it was over, or will be; absent: it goes on.
    pub ended: Option<Moment>,
    /// Who entered, each time that they did.
    pub visits: Vec<Visit>,
}

/// One time that a person was in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Visit {
    /// The user id.
    pub user: String,
    /// The name that is shown.
    pub nickname: String,
    /// When they entered.
    pub joined: Moment,
    /// When they left, or will be out; absent: when the room is over.
    pub left: Option<Moment>,
    /// Whether it came to nothing.
    pub outcome: Outcome,
}

/// How entering a room went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// They were in.
    #[default]
    Joined,
    /// They did not get in, which the list of users shows as `FAIL`.
    Failed,
}

impl Room {
    /// Returns whether it runs at a moment.
    pub fn runs(&self, at: Moment) -> bool {
        self.started <= at && self.ended.is_none_or(|ended| at < ended)
    }

    /// Returns who is in at a moment; somebody with two devices is there twice.
    pub fn inside(&self, at: Moment) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(move |visit| self.runs(at) && visit.is_inside(at))
    }

    /// Ends it at a moment, unless it ends before.
    pub(crate) fn end(&mut self, at: Moment) {
        self.ended = Some(self.ended.map_or(at, |ended| ended.min(at)));
    }
}

impl Visit {
    fn is_inside(&self, at: Moment) -> bool {
        let there = self.joined <= at && self.left.is_none_or(|left| at < left);
        match self.outcome {
            Outcome::Joined => there,
            Outcome::Failed => false,
        }
    }
}

impl RtcApp {
    /// Returns the record of a room that runs at a moment.
    pub fn running(&self, room: &str, at: Moment) -> Option<&Room> {
        self.rooms.iter().find(|record| record.room_id == room && record.runs(at))
    }

    /// Returns the record of a room that runs at a moment, to change it.
    pub fn running_mut(&mut self, room: &str, at: Moment) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|record| record.room_id == room && record.runs(at))
    }

    /// Lets a user enter a room, which begins if it does not run. Entering twice is entering once.
    ///
    /// # Errors
    /// The app is stopped.
    pub fn join(&mut self, room: &str, user: &str, now: Moment) -> Result<(), WorldError> {
        match self.state {
            RtcAppState::Activation => {}
            RtcAppState::Deactivation | RtcAppState::Arrears => return Err(WorldError::Stopped(self.name.clone())),
        }
        let visit = Visit { user: user.to_owned(), joined: now, ..Visit::default() };
        match self.running_mut(room, now) {
            Some(record) if record.inside(now).any(|inside| inside.user == user) => {}
            Some(record) => record.visits.push(visit),
            None => {
                let room_id = room.to_owned();
                self.rooms.push(Room { room_id, started: now, ended: None, visits: vec![visit] });
            }
        }
        Ok(())
    }

    /// Lets a user leave a room, which is over when nobody is left.
    ///
    /// # Errors
    /// The room does not run, or the user is not in it.
    pub fn leave(&mut self, room: &str, user: &str, now: Moment) -> Result<(), WorldError> {
        let record = self.running_mut(room, now).ok_or_else(|| WorldError::NoRoom(room.to_owned()))?;
        match record.remove(user, now) {
            true => Ok(()),
            false => Err(WorldError::NotInside(user.to_owned())),
        }
    }
}

impl Room {
    /// Takes a user out at a moment, and ends the room then if nobody is left. Returns whether the user was in.
    pub(crate) fn remove(&mut self, user: &str, at: Moment) -> bool {
        let mut was_inside = false;
        for visit in self.visits.iter_mut().filter(|visit| visit.user == user && visit.is_inside(at)) {
            visit.left = Some(at);
            was_inside = true;
        }
        if was_inside && !self.visits.iter().any(|visit| visit.is_inside(at)) {
            self.end(at);
        }
        was_inside
    }
}
