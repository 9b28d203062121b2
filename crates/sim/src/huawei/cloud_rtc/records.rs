//! The records of CloudRTC's rooms, and what people do in them: enter, leave, be thrown out.
//! A record stays as long as its app. Times may be in the future: a dismissal that was accepted is an end to come.

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
    /// When it was dismissed, or will be; absent: it is over when the last one leaves.
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
    /// The province.
    pub region: String,
    /// The provider of the network.
    pub isp: String,
    /// When they entered.
    pub joined: Moment,
    /// When they left, or will be out; absent: they are in until the room is over.
    pub left: Option<Moment>,
    /// Whether they got in at all.
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
    /// Returns when it is over: at its end, or when the last one is out. Absent: it goes on.
    pub fn over_at(&self) -> Option<Moment> {
        let mut last_left = None;
        for visit in self.visits.iter().filter(|visit| visit.outcome == Outcome::Joined) {
            match visit.left {
                Some(left) => last_left = last_left.max(Some(left)),
                None => return self.ended,
            }
        }
        self.ended.into_iter().chain(last_left).min()
    }

    /// Returns whether it runs at a moment.
    pub fn runs(&self, at: Moment) -> bool {
        self.started <= at && self.over_at().is_none_or(|over| at < over)
    }

    /// Returns who is in at a moment.
    pub fn inside(&self, at: Moment) -> impl Iterator<Item = &Visit> {
        let runs = self.runs(at);
        self.visits.iter().filter(move |visit| runs && visit.is_inside(at))
    }

    /// Fills in what a seed leaves out: a beginning, and when those who are in it entered.
    pub(crate) fn begin(&mut self, now: Moment) {
        let unknown = Moment::default();
        if self.started == unknown {
            self.started = now;
        }
        for visit in self.visits.iter_mut().filter(|visit| visit.joined == unknown) {
            visit.joined = self.started;
        }
    }

    /// Ends it at a moment, unless it ends before.
    pub(crate) fn end(&mut self, at: Moment) {
        self.ended = Some(self.ended.map_or(at, |ended| ended.min(at)));
    }

    /// Takes a user out at a moment. Returns whether the user was in.
    pub(crate) fn remove(&mut self, user: &str, at: Moment) -> bool {
        let mut was_inside = false;
        for visit in self.visits.iter_mut().filter(|visit| visit.user == user && visit.is_inside(at)) {
            visit.left = Some(at);
            was_inside = true;
        }
        was_inside
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
