//! The calls about users: removing some from a room, and the list that shows them.
//! Who may call is decided before.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::codes::Code;
use super::page::{Page, Question, end_text};
use super::records::{Outcome, Room, Visit};
use super::rules::{LONGEST_LIST, check_id};
use super::state::Project;
use crate::clock::Moment;
use crate::huawei::listed::Listed;
use crate::huawei::path::Parameters;
use crate::huawei::{id_of, time};
use crate::refusal::Refusal;
use crate::reply::Reply;

/// `batch-remove-users`: who is not in is not missed. A room that is not there is a wrong value: no 404 is documented.
pub(super) fn remove(
    project: &mut Project,
    (app, room): (&str, &str),
    body: &[u8],
    now: Moment,
) -> Result<Reply, Refusal> {
    check_id("room_id", room)?;
    let body = super::object(body)?;
    let ids = body.get("user_ids").ok_or_else(|| Code::MissingParameter.about("user_ids"))?;
    let texts: Option<Vec<&str>> = ids.as_array().and_then(|ids| ids.iter().map(Value::as_str).collect());
    let users = texts.ok_or_else(|| Code::MalformedRequestBody.about("user_ids is a list of strings"))?;
    if users.is_empty() {
        return Err(Code::InvalidParameterValue.about("user_ids names at least one user"));
    }
    users.iter().try_for_each(|user| check_id("user_ids", user))?;
    let effect = project.effect_at(now);
    let app = project.manageable(app, 400)?;
    let missing = || Code::InvalidParameterValue.about("there is no such room");
    let record = app.running_mut(room, now).ok_or_else(missing)?;
    for user in users {
        record.remove(user, effect);
    }
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// `users`: who entered in the period, newest first; the order is not documented.
pub(super) fn list(project: &Project, query: &Parameters, now: Moment) -> Result<Reply, Refusal> {
    let question = Question::read(project, query, LONGEST_LIST, now)?;
    let page = Page::read(project, query)?;
    let filter = Filter::read(query)?;
    let rooms = question.app.map_or(&[][..], |app| &app.rooms);
    let visits = rooms.iter().flat_map(|room| room.visits.iter().map(move |visit| (room, visit)));
    let in_question = visits
        .filter(|(room, visit)| filter.passes(room, visit) && question.covers(visit.joined))
        .map(|(room, visit)| Shown::of(room, visit, question.known_until));
    let mut shown: Vec<Shown<'_>> = match query.first("type") {
        Some("detail") => in_question.collect::<Vec<_>>().into_iter().rev().collect(),
        None | Some("summary") => summed_up(in_question),
        Some(_) => return Err(Code::StatisticsParameter.about("type is detail or summary")),
    };
    shown.retain(|one| filter.states.is_empty() || filter.states.contains(&one.state()));
    shown.sort_by_key(|one| Reverse(one.joined));
    let rows = shown.iter().map(|one| one.row(&question));
    Ok(Reply::json(&page.show("users", rows)))
}

/// Which users are asked for; what is absent or empty is not filtered by.
struct Filter<'q> {
    room_id: Option<&'q str>,
    uid: Option<&'q str>,
    nickname: Option<&'q str>,
    regions: Vec<&'q str>,
    providers: Vec<&'q str>,
    states: Vec<&'q str>,
}

impl<'q> Filter<'q> {
    fn read(query: &'q Parameters) -> Result<Self, Refusal> {
        let states: Vec<&str> = query.all("state").collect();
        match states.iter().all(|state| ["FAIL", "ONLINE", "OFFLINE"].contains(state)) {
            true => Ok(Self {
                room_id: query.first("room_id"),
                uid: query.first("uid"),
                nickname: query.first("nickname"),
                regions: query.all("region").collect(),
                providers: query.all("isp").collect(),
                states,
            }),
            false => Err(Code::StatisticsParameter.about("state is FAIL, ONLINE or OFFLINE")),
        }
    }

    fn passes(&self, room: &Room, visit: &Visit) -> bool {
        let is = |wanted: Option<&str>, text: &str| wanted.is_none_or(|wanted| wanted == text);
        let among = |wanted: &[&str], text: &str| wanted.is_empty() || wanted.contains(&text);
        is(self.room_id, &room.room_id)
            && is(self.uid, &visit.user)
            && is(self.nickname, &visit.nickname)
            && among(&self.regions, &visit.region)
            && among(&self.providers, &visit.isp)
    }
}

/// A user as the list shows them.
struct Shown<'a> {
    room_id: &'a str,
    visit: &'a Visit,
    joined: Moment,
    left: Option<Moment>,
}

impl<'a> Shown<'a> {
    fn of(room: &'a Room, visit: &'a Visit, at: Moment) -> Self {
        let left = match visit.outcome {
            Outcome::Joined => visit.left.into_iter().chain(room.ended).min().filter(|left| *left <= at),
            Outcome::Failed => Some(visit.joined),
        };
        Self { room_id: &room.room_id, visit, joined: visit.joined, left }
    }

    fn state(&self) -> &'static str {
        match (self.visit.outcome, self.left) {
            (Outcome::Failed, _) => "FAIL",
            (Outcome::Joined, None) => "ONLINE",
            (Outcome::Joined, Some(_)) => "OFFLINE",
        }
    }

    fn row(&self, question: &Question<'_>) -> Value {
        let Visit { user, nickname, region, isp, joined, left: _, outcome: _ } = self.visit;
        let session = [question.app_id, self.room_id, user, &joined.unix_millis().to_string()].join("/");
        json!({
            "domain": question.domain(),
            "app": question.app_id,
            "room_id": self.room_id,
            "uid": user,
            "session": id_of("session", &session),
            "state": self.state(),
            "nick_name": nickname,
            "ip": "192.0.2.1",
            "region": region,
            "isp": isp,
            "device_model": "",
            "platform": "web",
            "sdk": "2.0.0",
            "join_time": time::seconds(self.joined),
            "leave_time": end_text(self.left),
        })
    }
}

/// Makes one of all visits of a user to a room id: from the first beginning to the last end, and as the last one went.
fn summed_up<'a>(all: impl Iterator<Item = Shown<'a>>) -> Vec<Shown<'a>> {
    let mut users: BTreeMap<(&str, &str), Shown<'a>> = BTreeMap::new();
    for next in all {
        let user = users.entry((next.room_id, &next.visit.user)).or_insert(Shown { ..next });
        user.joined = user.joined.min(next.joined);
        if (next.left.is_none(), next.visit.joined) >= (user.left.is_none(), user.visit.joined) {
            (user.visit, user.left) = (next.visit, next.left);
        }
    }
    users.into_values().collect()
}
