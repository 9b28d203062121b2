//! The control port: an HTTP JSON API through which a person or a test moves people, rooms, faults and time.
//! A thin translation to the world, the faults and the clock; has no rule of its own, and is not a vendor's API.

mod cloud_rtc;
mod meeting;
mod patch;
mod tencent;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::{Mode, Moment};
use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::faults::{FaultError, FaultId};
use crate::journal::{Entry, REDACTED};
use crate::world::WorldError;

/// A request that the control port takes: method, path, and what it does.
pub type Route = (&'static str, &'static str, &'static str);

const ROUTES: &[Route] = &[
    ("GET", "/", "lists these requests"),
    ("GET", "/state", "shows the world; keys and tokens are left out"),
    ("GET", "/journal", "shows the journal; with ?since=N only what came after entry N"),
    ("GET", "/faults", "shows the scripted faults"),
    ("POST", "/faults", "scripts a fault"),
    ("DELETE", "/faults", "removes all faults; what they hold goes on"),
    ("DELETE", "/faults/{id}", "removes a fault; what it holds goes on"),
    ("POST", "/faults/{id}/release", "lets the requests go on that a fault holds"),
    ("GET", "/clock", "shows the time"),
    ("POST", "/clock", "moves the time: advanceSeconds, stopAtUnixSeconds, \"stop\" or \"run\""),
];

/// Returns every request that the control port takes.
pub fn routes() -> impl Iterator<Item = Route> {
    [ROUTES, tencent::ROUTES, cloud_rtc::ROUTES, meeting::ROUTES].into_iter().flatten().copied()
}

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
                WorldError::NoApp(_)
                | WorldError::NoProject(_)
                | WorldError::NoRtcApp(_)
                | WorldError::NoMeetingApp(_)
                | WorldError::NoRoom(_),
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
        .route("/", get(list))
        .route("/state", get(state))
        .route("/journal", get(journal))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/faults/{id}/release", post(release_fault))
        .route("/clock", get(clock).post(move_clock))
        .merge(tencent::router())
        .merge(cloud_rtc::router())
        .merge(meeting::router())
        .with_state(exchange)
}

async fn list() -> Json<Value> {
    Json(routes().map(|(method, path, what)| json!(format!("{method} {path}: {what}"))).collect())
}

async fn state(State(exchange): Shared) -> Outcome {
    let mut state = exchange.world(|world| serde_json::to_value(world))?;
    hide(&mut state["tencent"], tencent::SECRETS);
    hide(&mut state["huaweiRtc"], cloud_rtc::SECRETS);
    hide(&mut state["iam"], cloud_rtc::IAM_SECRETS);
    hide(&mut state["huaweiMeeting"], meeting::SECRETS);
    Ok(Json(state))
}

/// Replaces the values of the named fields, at any depth; what is absent stays absent.
fn hide(shown: &mut Value, secrets: &[&str]) {
    match shown {
        Value::Object(fields) => {
            for (name, value) in fields {
                match secrets.contains(&name.as_str()) && !value.is_null() {
                    true => *value = json!(REDACTED),
                    false => hide(value, secrets),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
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
