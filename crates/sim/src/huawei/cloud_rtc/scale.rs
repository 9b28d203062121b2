//! The call of the statistics that counts users or rooms minute by minute.
//! Who may call is decided before.

use std::time::Duration;

use serde_json::{Value, json};

use super::codes::Code;
use super::page::{Question, required};
use super::records::Room;
use super::rules::LONGEST_SCALE;
use super::state::Project;
use crate::clock::Moment;
use crate::huawei::listed::Listed;
use crate::huawei::path::Parameters;
use crate::huawei::time;
use crate::refusal::Refusal;
use crate::reply::Reply;

const MINUTE: Duration = Duration::from_secs(60);

/// `realtime/scale`: one number for each full minute of the period that the statistics know of.
pub(super) fn show(project: &Project, query: &Parameters, now: Moment) -> Result<Reply, Refusal> {
    let question = Question::read(project, query, LONGEST_SCALE, now)?;
    let count: fn(&Room, Moment) -> usize = match required(query, "metric")? {
        "OnlineUsers" => |room, at| room.inside(at).count(),
        "RoomCount" => |room, at| usize::from(room.runs(at)),
        _ => return Err(Code::StatisticsParameter.about("metric is OnlineUsers or RoomCount")),
    };
    let room_id = query.first("room_id");
    let rooms = question.app.map_or(&[][..], |app| &app.rooms);
    let rooms: Vec<&Room> = rooms.iter().filter(|room| room_id.is_none_or(|id| room.room_id == id)).collect();
    let first = Moment::from_unix_seconds(question.start.unix_seconds().next_multiple_of(MINUTE.as_secs()));
    let minutes = std::iter::successors(Some(first), |minute| Some(minute.plus(MINUTE)));
    let scale: Vec<Value> = minutes
        .take_while(|minute| question.covers(*minute))
        .map(|minute| {
            let value: usize = rooms.iter().map(|room| count(room, minute)).sum();
            json!({ "time": time::seconds(minute), "value": value })
        })
        .collect();
    Ok(Reply::json(&json!({ "scale": scale })))
}
