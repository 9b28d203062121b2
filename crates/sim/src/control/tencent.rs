//! What the control port does with Tencent's apps, rooms and members.
//! Keeps no rule: it may bring about what no request could.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{patch, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::patch::patched;
use super::{Outcome, Route, Shared, hide};
use crate::exchange::Exchange;
use crate::tencent::state::{App, Room};

pub(super) const ROUTES: &[Route] = &[
    ("PATCH", "/tencent/{app}", "changes an app by a JSON merge patch"),
    ("PUT", "/tencent/{app}/rooms/{room}", "makes or replaces a room"),
    ("PATCH", "/tencent/{app}/rooms/{room}", "changes a room by a JSON merge patch"),
    ("DELETE", "/tencent/{app}/rooms/{room}", "lets a room vanish"),
    ("PUT", "/tencent/{app}/rooms/{room}/members/{account}", "lets an account enter"),
    ("DELETE", "/tencent/{app}/rooms/{room}/members/{account}", "lets an account leave"),
];

/// The fields of an app that are never shown.
pub(super) const SECRETS: &[&str] = &["secretKey"];

pub(super) fn router() -> Router<Arc<Exchange>> {
    Router::new()
        .route("/tencent/{app}", patch(patch_app))
        .route("/tencent/{app}/rooms/{room}", put(put_room).patch(patch_room).delete(delete_room))
        .route("/tencent/{app}/rooms/{room}/members/{account}", put(join).delete(leave))
}

async fn patch_app(State(exchange): Shared, Path(app): Path<u64>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let app = world.app_mut(app)?;
        *app = patched::<App>(app, &change)?;
        let mut shown = serde_json::to_value(app)?;
        hide(&mut shown, SECRETS);
        Ok(Json(shown))
    })
}

async fn put_room(State(exchange): Shared, Path((app, id)): Path<(u64, String)>, body: Bytes) -> Outcome {
    let values: Value = serde_json::from_slice(&body)?;
    let now = exchange.clock.now();
    exchange.world(|world| {
        let app = world.app_mut(app)?;
        let owner = app.administrators.first().map_or("", String::as_str);
        let blank = match values["roomType"].as_str() {
            Some("Live") => Room::live(&id, owner, &app.package, now),
            Some(_) | None => Room::conference(&id, owner, &app.package, now),
        };
        let room = patched(&blank, &values)?;
        let shown = serde_json::to_value(&room)?;
        app.rooms.insert(id, room);
        Ok(Json(shown))
    })
}

async fn patch_room(State(exchange): Shared, Path((app, id)): Path<(u64, String)>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let room = world.room_mut(app, &id)?;
        *room = patched(room, &change)?;
        Ok(Json(serde_json::to_value(room)?))
    })
}

async fn delete_room(State(exchange): Shared, Path((app, id)): Path<(u64, String)>) -> Outcome {
    exchange.world(|world| {
        world.room(app, &id)?;
        world.app_mut(app)?.rooms.remove(&id);
        Ok(Json(json!({})))
    })
}

async fn join(State(exchange): Shared, Path((app, room, account)): Path<(u64, String, String)>) -> Outcome {
    exchange.world(|world| {
        world.join(app, &room, &account)?;
        Ok(Json(json!({ "members": world.room(app, &room)?.members })))
    })
}

async fn leave(State(exchange): Shared, Path((app, room, account)): Path<(u64, String, String)>) -> Outcome {
    let now = exchange.clock.now();
    exchange.world(|world| {
        world.leave(app, &room, &account, now)?;
        Ok(Json(json!({ "members": world.room(app, &room)?.members })))
    })
}
