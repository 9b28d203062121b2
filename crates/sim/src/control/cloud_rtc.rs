//! What the control port does with CloudRTC's projects, apps and rooms, and with IAM.
//! Keeps no rule but one: nobody enters a room of a stopped app.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{delete, patch, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::patch::patched;
use super::{Outcome, Route, Shared, hide};
use crate::clock::Moment;
use crate::exchange::Exchange;
use crate::huawei::cloud_rtc::state::RtcApp;
use crate::world::{World, WorldError};

pub(super) const ROUTES: &[Route] = &[
    ("PATCH", "/huaweiRtc/{project}", "changes a CloudRTC project by a JSON merge patch"),
    ("PUT", "/huaweiRtc/{project}/apps/{app}", "makes or replaces an app"),
    ("PATCH", "/huaweiRtc/{project}/apps/{app}", "changes an app by a JSON merge patch"),
    ("DELETE", "/huaweiRtc/{project}/apps/{app}", "lets an app vanish with its rooms"),
    ("DELETE", "/huaweiRtc/{project}/apps/{app}/rooms/{room}", "ends a room at once"),
    ("PUT", "/huaweiRtc/{project}/apps/{app}/rooms/{room}/users/{user}", "lets a user enter"),
    ("DELETE", "/huaweiRtc/{project}/apps/{app}/rooms/{room}/users/{user}", "lets a user leave"),
    ("PATCH", "/iam", "changes users, tokens and their lifetime by a JSON merge patch"),
];

/// The fields of a project that are never shown.
pub(super) const SECRETS: &[&str] = &["secret", "securityToken", "appKey"];

/// The fields of IAM that are never shown.
pub(super) const IAM_SECRETS: &[&str] = &["password", "value"];

pub(super) fn router() -> Router<Arc<Exchange>> {
    Router::new()
        .route("/huaweiRtc/{project}", patch(patch_project))
        .route("/huaweiRtc/{project}/apps/{app}", put(put_app).patch(patch_app).delete(delete_app))
        .route("/huaweiRtc/{project}/apps/{app}/rooms/{room}", delete(end))
        .route("/huaweiRtc/{project}/apps/{app}/rooms/{room}/users/{user}", put(join).delete(leave))
        .route("/iam", patch(patch_iam))
}

async fn patch_project(State(exchange): Shared, Path(project): Path<String>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let project = world.project_mut(&project)?;
        *project = patched(project, &change)?;
        shown(project, SECRETS)
    })
}

async fn put_app(State(exchange): Shared, Path((project, app)): Path<(String, String)>, body: Bytes) -> Outcome {
    let values: Value = serde_json::from_slice(&body)?;
    let now = exchange.clock.now();
    exchange.world(|world| {
        let blank = RtcApp { name: app.clone(), created: now, state_changed: now, ..RtcApp::default() };
        let mut made = patched(&blank, &values)?;
        made.rooms.iter_mut().for_each(|room| room.begin(now));
        let answer = shown(&made, SECRETS);
        world.project_mut(&project)?.apps.insert(app, made);
        answer
    })
}

async fn patch_app(State(exchange): Shared, Path((project, app)): Path<(String, String)>, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        let app = world.rtc_app_mut(&project, &app)?;
        *app = patched(app, &change)?;
        shown(app, SECRETS)
    })
}

async fn delete_app(State(exchange): Shared, Path((project, app)): Path<(String, String)>) -> Outcome {
    exchange.world(|world| {
        world.rtc_app(&project, &app)?;
        world.project_mut(&project)?.apps.remove(&app);
        Ok(Json(json!({})))
    })
}

/// Project, app and room.
type RoomPath = Path<(String, String, String)>;

async fn end(State(exchange): Shared, Path((project, app, room)): RoomPath) -> Outcome {
    let now = exchange.clock.now();
    exchange.world(|world| {
        let app = world.rtc_app_mut(&project, &app)?;
        app.running_mut(&room, now).ok_or_else(|| WorldError::NoRoom(room.clone()))?.end(now);
        Ok(Json(json!({})))
    })
}

/// Project, app, room and user.
type UserPath = Path<(String, String, String, String)>;

async fn join(State(exchange): Shared, Path((project, app, room, user)): UserPath) -> Outcome {
    let now = exchange.clock.now();
    exchange.world(|world| {
        world.rtc_app_mut(&project, &app)?.join(&room, &user, now)?;
        inside(world, (&project, &app, &room), now)
    })
}

async fn leave(State(exchange): Shared, Path((project, app, room, user)): UserPath) -> Outcome {
    let now = exchange.clock.now();
    exchange.world(|world| {
        world.rtc_app_mut(&project, &app)?.leave(&room, &user, now)?;
        inside(world, (&project, &app, &room), now)
    })
}

/// Who is in a room now.
fn inside(world: &World, (project, app, room): (&str, &str, &str), now: Moment) -> Outcome {
    let running = world.rtc_app(project, app)?.running(room, now);
    let users: Vec<&str> =
        running.into_iter().flat_map(|room| room.inside(now)).map(|visit| visit.user.as_str()).collect();
    Ok(Json(json!({ "users": users })))
}

async fn patch_iam(State(exchange): Shared, body: Bytes) -> Outcome {
    let change: Value = serde_json::from_slice(&body)?;
    exchange.world(|world| {
        world.iam = patched(&world.iam, &change)?;
        shown(&world.iam, IAM_SECRETS)
    })
}

fn shown(part: &impl serde::Serialize, secrets: &[&str]) -> Outcome {
    let mut value = serde_json::to_value(part)?;
    hide(&mut value, secrets);
    Ok(Json(value))
}
