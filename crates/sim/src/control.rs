//! The control port: an HTTP JSON API through which a person or a test moves people, rooms, faults and time.
//! A thin translation to the world, the faults and the clock; has no rule of its own, and is not a vendor's API.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{Mode, Moment};
use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::faults::{FaultError, FaultId};
use crate::journal::{Entry, REDACTED};
use crate::tencent::state::{App, Room};
use crate::world::WorldError;

/// Every request that the control port takes: method, path, and what it does.
pub const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/", "lists these requests"),
    ("GET", "/state", "shows the world; secret keys are left out"),
    ("GET", "/journal", "shows the journal; with ?since=N only what came after entry N"),
    ("PATCH", "/tencent/{app}", "changes an app by a JSON merge patch"),
    ("PUT", "/tencent/{app}/rooms/{room}", "makes or replaces a room"),
    ("PATCH", "/tencent/{app}/rooms/{room}", "changes a room by a JSON merge patch"),
    ("DELETE", "/tencent/{app}/rooms/{room}", "lets a room vanish"),
    ("PUT", "/tencent/{app}/rooms/{room}/members/{account}", "lets an account enter"),
    ("DELETE", "/tencent/{app}/rooms/{room}/members/{account}", "lets an account leave"),
    ("GET", "/faults", "shows the scripted faults"),
    ("POST", "/faults", "scripts a fault"),
    ("DELETE", "/faults", "removes all faults; what they hold goes on"),
    ("DELETE", "/faults/{id}", "removes a fault; what it holds goes on"),
    ("POST", "/faults/{id}/release", "lets the requests go on that a fault holds"),
    ("GET", "/clock", "shows the time"),
    ("POST", "/clock", "moves the time: advanceSeconds, stopAtUnixSeconds, \"stop\" or \"run\""),
];

/// Why the control port did not do what was asked.
#[derive(Debug, thiserror::Error)]
enum ControlError {
    #[error(transparent)]
    World(#[from] WorldError),
    #[error(transparent)]
    Fault(#[from] FaultError),
    #[error("the body does not fit; docs/simulator.md shows its fields")]
    Body(#[from] serde_json::Error),
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::World(
                WorldError::NoApp(_) | WorldError::NoProject(_) | WorldError::NoRtcApp(_) | WorldError::NoRoom(_),
            )
            | Self::Fault(FaultError::NoFault(_)) => StatusCode::NOT_FOUND,
            Self::World(
                WorldError::NotImported(_) | WorldError::Full(_) | WorldError::NotInside(_) | WorldError::Stopped(_),
            ) => StatusCode::CONFLICT,
            Self::Fault(FaultError::UnknownOperation(_) | FaultError::UnknownStatus(_)) | Self::Body(_) => {
                StatusCode::BAD_REQUEST
            }
        };
        let mut error = self.to_string();
        if let Some(cause) = std::error::Error::source(&self) {
            error = format!("{error}: {cause}");
        }
        (status, Json(json!({ "error": error }))).into_response()
    }
}

type Shared = State<Arc<Exchange>>;
type Outcome = Result<Json<Value>, ControlError>;

/// The router of the control port.
pub(crate) fn router(exchange: Arc<Exchange>) -> Router {
    Router::new()
        .route("/", get(routes))
        .route("/state", get(state))
        .route("/journal", get(journal))
        .route("/tencent/{app}", patch(patch_app))
        .route("/tencent/{app}/rooms/{room}", put(put_room).patch(patch_room).delete(delete_room))
        .route("/tencent/{app}/rooms/{room}/members/{account}", put(join).delete(leave))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/faults/{id}/release", post(release_fault))
        .route("/clock", get(clock).post(move_clock))
        .with_state(exchange)
}

async fn routes() -> Json<Value> {
    let lines = ROUTES.iter().map(|(method, path, what)| json!(format!("{method} {path}: {what}")));
    Json(lines.collect())
}

async fn state(State(exchange): Shared) -> Outcome {
    let mut state = exchange.world(|world| serde_json::to_value(world))?;
    if let Some(apps) = state["tencent"].as_object_mut() {
        apps.values_mut().for_each(hide_key);
    }
    Ok(Json(state))
}

fn hide_key(app: &mut Value) {
    if let Some(key) = app.get_mut("secretKey").filter(|key| !key.is_null()) {
        *key = json!(REDACTED);
    }
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn journal(State(exchange): Shared, Query(Since { since }): Query<Since>) -> Outcome {
    let entries: Vec<Entry> =
        exchange.journal.look(|entries| entries.iter().filter(|entry| entry.number > since).cloned().collect());
    Ok(Json(serde_json::to_value(entries)?))
}

async fn patch_app(State(exchange): Shared, Path(app): Path<u64>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let app = world.app_mut(app)?;
        *app = patched::<App>(app, &change)?;
        let mut shown = serde_json::to_value(app)?;
        hide_key(&mut shown);
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

async fn faults(State(exchange): Shared) -> Outcome {
    Ok(Json(serde_json::to_value(exchange.faults.standing())?))
}

async fn add_fault(State(exchange): Shared, body: Bytes) -> Outcome {
    let fault: Fault = serde_json::from_slice(&body)?;
    Ok(Json(json!({ "id": exchange.faults.add(fault)? })))
}

async fn clear_faults(State(exchange): Shared) -> Outcome {
    exchange.faults.clear();
    Ok(Json(json!({})))
}

async fn remove_fault(State(exchange): Shared, Path(id): Path<FaultId>) -> Outcome {
    exchange.faults.remove(id)?;
    Ok(Json(json!({})))
}

async fn release_fault(State(exchange): Shared, Path(id): Path<FaultId>) -> Outcome {
    exchange.faults.release(id)?;
    Ok(Json(json!({})))
}

/// A move of the clock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Move {
    AdvanceSeconds(u64),
    StopAtUnixSeconds(u64),
    Stop,
    Run,
}

/// What the clock shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reading {
    mode: &'static str,
    now_unix_millis: Moment,
}

async fn clock(State(exchange): Shared) -> Outcome {
    let mode = match exchange.clock.reading() {
        Mode::Automatic { ahead: _ } => "automatic",
        Mode::Manual { now: _ } => "manual",
    };
    Ok(Json(serde_json::to_value(Reading { mode, now_unix_millis: exchange.clock.now() })?))
}

async fn move_clock(exchange: Shared, body: Bytes) -> Outcome {
    let clock_now = &exchange.clock;
    match serde_json::from_slice(&body)? {
        Move::AdvanceSeconds(seconds) => clock_now.advance(Duration::from_secs(seconds)),
        Move::StopAtUnixSeconds(seconds) => clock_now.stop_at(Moment::from_unix_seconds(seconds)),
        Move::Stop => clock_now.stop(),
        Move::Run => clock_now.run(),
    }
    clock(exchange).await
}

/// Applies a JSON merge patch (RFC 7396): `null` takes a field away, objects are merged, the rest is replaced.
fn patched<T: Serialize + DeserializeOwned>(object: &T, change: &Value) -> Result<T, serde_json::Error> {
    let mut value = serde_json::to_value(object)?;
    merge(&mut value, change);
    serde_json::from_value(value)
}

fn merge(into: &mut Value, change: &Value) {
    let Value::Object(changes) = change else {
        *into = change.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (name, change) in changes {
        match change {
            Value::Null => {
                if let Some(fields) = into.as_object_mut() {
                    fields.remove(name);
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                merge(&mut into[name], change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_takes_away_merges_and_replaces() {
        let mut value = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": [1, 2] });
        merge(&mut value, &json!({ "a": null, "b": { "c": 4, "f": { "g": null, "h": 5 } }, "e": [3] }));
        assert_eq!(value, json!({ "b": { "c": 4, "d": 3, "f": { "h": 5 } }, "e": [3] }));
    }
}
