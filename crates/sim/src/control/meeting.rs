//! What the control port does with Cloud Meeting: App IDs, rooms, and the people in them.
//! Keeps no rule but the size of a room: it may bring about what no request could.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{patch, put};
use serde_json::{Value, json};

use super::patch::patched;
use super::{Outcome, Route, Shared, hide};
use crate::exchange::Exchange;
use crate::huawei::meeting::state::MeetingApp;
use crate::world::{World, WorldError};

pub(super) const ROUTES: &[Route] = &[
    ("PATCH", "/huaweiMeeting/{app}", "changes an App ID by a JSON merge patch"),
    ("PATCH", "/huaweiMeeting/{app}/rooms/{room}", "changes a room by a JSON merge patch"),
    ("DELETE", "/huaweiMeeting/{app}/rooms/{room}", "lets a room vanish"),
    ("PUT", "/huaweiMeeting/{app}/rooms/{room}/people/{person}", "lets somebody enter, and a conference begin"),
    ("DELETE", "/huaweiMeeting/{app}/rooms/{room}/people/{person}", "lets somebody leave; the last one ends it"),
];

/// The fields of an App ID that are never shown: its key, users' passwords, and whatever was logged in.
pub(super) const SECRETS: &[&str] = &["appKey", "password", "access", "refresh", "token"];

pub(super) fn router() -> Router<Arc<Exchange>> {
    Router::new()
        .route("/huaweiMeeting/{app}", patch(patch_app))
        .route("/huaweiMeeting/{app}/rooms/{room}", patch(patch_room).delete(delete_room))
        .route("/huaweiMeeting/{app}/rooms/{room}/people/{person}", put(join).delete(leave))
}

async fn patch_app(State(exchange): Shared, Path(app): Path<String>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let app = world.meeting_app_mut(&app)?;
        *app = patched::<MeetingApp>(app, &change)?;
        app.fill_in();
        let mut shown = serde_json::to_value(app)?;
        hide(&mut shown, SECRETS);
        Ok(Json(shown))
    })
}

async fn patch_room(State(exchange): Shared, Path((app, id)): Path<(String, String)>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let room = world.meeting_app_mut(&app)?.room_mut(&id).ok_or(WorldError::NoRoom(id))?;
        *room = patched(room, &change)?;
        Ok(Json(serde_json::to_value(room)?))
    })
}

async fn delete_room(State(exchange): Shared, Path((app, id)): Path<(String, String)>) -> Outcome {
    exchange.world(|world| {
        let app = world.meeting_app_mut(&app)?;
        let mut removed = app.enterprises.values_mut().filter_map(|enterprise| enterprise.rooms.remove(&id));
        removed.next().ok_or(WorldError::NoRoom(id))?;
        Ok(Json(json!({})))
    })
}

type Place = Path<(String, String, String)>;

async fn join(State(exchange): Shared, Path((app, room, person)): Place) -> Outcome {
    let now = exchange.clock.now();
    exchange.world(|world| {
        world.meeting_app_mut(&app)?.join(&room, &person, now)?;
        people(world, &app, &room)
    })
}

async fn leave(State(exchange): Shared, Path((app, room, person)): Place) -> Outcome {
    exchange.world(|world| {
        world.meeting_app_mut(&app)?.leave(&room, &person)?;
        people(world, &app, &room)
    })
}

/// Shows the conference that runs in a room, if there is one, and who is in it.
fn people(world: &World, app: &str, room: &str) -> Outcome {
    let enterprises = world.meeting_app(app)?.enterprises.values();
    let running = enterprises.filter_map(|enterprise| enterprise.running_in(room)).next();
    let (conference, people) = running.map(|(id, conference)| (id, &conference.people)).unzip();
    Ok(Json(json!({ "conference": conference, "people": people })))
}
