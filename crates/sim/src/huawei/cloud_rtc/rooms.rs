//! The calls about rooms: dismissing one, and the list that shows them.
//! Who may call is decided before.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::answers::{RepeatedRoom, StoppedApp};
use super::codes::{Code, not_found};
use super::page::{Page, Question, end_text};
use super::records::Room;
use super::rules::{LONGEST_LIST, check_id};
use super::state::{Project, RtcApp, RtcAppState};
use crate::clock::Moment;
use crate::huawei::listed::Listed;
use crate::huawei::path::Parameters;
use crate::huawei::time;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// `dismiss`: the room that runs ends after the project's delay; its users are out then.
pub(super) fn dismiss(project: &mut Project, (app, room): (&str, &str), now: Moment) -> Result<Reply, Refusal> {
    check_id("room_id", room)?;
    let effect = project.effect_at(now);
    let app = project.manageable(app, 404)?;
    let record = app.running_mut(room, now).ok_or_else(|| not_found("there is no such room"))?;
    record.end(effect);
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// `rooms`: the rooms that began in the period, newest first; the order is not documented.
pub(super) fn list(project: &Project, query: &Parameters, now: Moment) -> Result<Reply, Refusal> {
    let question = Question::read(project, query, LONGEST_LIST, now)?;
    let page = Page::read(project, query)?;
    let wanted = match query.first("state") {
        None => None,
        Some("RUNNING") => Some(true),
        Some("CLOSED") => Some(false),
        Some(_) => return Err(Code::StatisticsParameter.about("state is RUNNING or CLOSED")),
    };
    let room_id = query.first("room_id");
    let records = question.app.map_or(&[][..], |app| &app.rooms);
    let in_question = records
        .iter()
        .filter(|record| room_id.is_none_or(|id| record.room_id == id) && question.covers(record.started))
        .map(|record| Shown::of(record, question.known_until));
    let mut shown: Vec<Shown<'_>> = match project.answers.repeated_room {
        // Of those that began at one moment, the one that was made last is the newest.
        RepeatedRoom::Each => in_question.rev().collect(),
        RepeatedRoom::Merged => merged(in_question),
    };
    shown.retain(|one| wanted.is_none_or(|running| one.ended.is_none() == running));
    shown.sort_by_key(|one| Reverse(one.started));
    let rows = shown.iter().map(|one| one.row(&question));
    Ok(Reply::json(&page.show("room_info_list", rows)))
}

/// A room as the list shows it.
struct Shown<'a> {
    room_id: &'a str,
    started: Moment,
    ended: Option<Moment>,
}

impl<'a> Shown<'a> {
    fn of(record: &'a Room, at: Moment) -> Self {
        let over = record.over_at().filter(|over| *over <= at);
        Self { room_id: &record.room_id, started: record.started, ended: over }
    }

    fn row(&self, question: &Question<'_>) -> Value {
        let last = self.ended.unwrap_or(question.known_until);
        json!({
            "domain": question.domain(),
            "app": question.app_id,
            "room_id": self.room_id,
            "state": if self.ended.is_none() { "RUNNING" } else { "CLOSED" },
            "duration": last.since(self.started).as_secs(),
            "start_time": time::seconds(self.started),
            "end_time": end_text(self.ended),
        })
    }
}

/// Makes one of all times that a room id ran: from the first beginning to the last end.
fn merged<'a>(all: impl Iterator<Item = Shown<'a>>) -> Vec<Shown<'a>> {
    let mut rooms: BTreeMap<&str, Shown<'a>> = BTreeMap::new();
    for next in all {
        let room = rooms.entry(next.room_id).or_insert(Shown { ..next });
        room.started = room.started.min(next.started);
        room.ended = room.ended.zip(next.ended).map(|(one, other)| one.max(other));
    }
    rooms.into_values().collect()
}

impl Project {
    /// When what is accepted now takes effect.
    pub(super) fn effect_at(&self, now: Moment) -> Moment {
        now.plus(std::time::Duration::from_secs(self.effect_seconds))
    }

    /// Returns the app whose rooms can be managed; `absent` is the status if it is not there.
    pub(super) fn manageable(&mut self, app_id: &str, absent: u16) -> Result<&mut RtcApp, Refusal> {
        let refuses = self.answers.stopped_app == StoppedApp::Refused;
        let app = self.apps.get_mut(app_id);
        let app = app.ok_or_else(|| Code::InvalidParameterValue.about("there is no such app").status(absent))?;
        match app.state {
            RtcAppState::Deactivation | RtcAppState::Arrears if refuses => Err(Code::AppDeactivation.refusal()),
            RtcAppState::Activation | RtcAppState::Deactivation | RtcAppState::Arrears => Ok(app),
        }
    }
}
