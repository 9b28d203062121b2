//! The calls about apps: list, show, create, start, stop, delete.
//! Who may call is decided before.

use http::StatusCode;
use serde_json::{Value, json};

use super::codes::{Code, not_found};
use super::page::domain;
use super::rules::{LARGEST_APP_PAGE, check_app_name};
use super::state::{Project, RtcApp, RtcAppState};
use crate::clock::Moment;
use crate::huawei::listed::Listed;
use crate::huawei::path::Parameters;
use crate::huawei::{id_of, time};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::secret::SecretText;
use crate::service::Context;

/// How long what an app key signs is good for, in seconds (vendor page "Querying an Application": the default).
const SIGNATURE_SECONDS: u32 = 300;

/// `GET apps`: here `offset` is the number of a page, from 0.
pub(super) fn list(project: &Project, query: &Parameters) -> Result<Reply, Refusal> {
    let state = query.first("state");
    if state.is_some_and(|state| !["ACTIVATION", "DEACTIVATION", "ARREARS"].contains(&state)) {
        return Err(Code::InvalidParameterValue.about("state is ACTIVATION, DEACTIVATION or ARREARS"));
    }
    let limit = number(query, "limit")?.unwrap_or(LARGEST_APP_PAGE);
    if !(1..=LARGEST_APP_PAGE).contains(&limit) {
        return Err(Code::InvalidParameterValue.about(&format!("limit is 1 to {LARGEST_APP_PAGE}")));
    }
    let page = number(query, "offset")?.unwrap_or_default();
    let wanted: Vec<(&String, &RtcApp)> =
        project.apps.iter().filter(|(_, app)| state.is_none_or(|state| state == state_text(app.state))).collect();
    let skipped = (page as usize).saturating_mul(limit as usize);
    let shown = wanted.iter().skip(skipped).take(limit as usize).map(|(id, app)| shown(project, id, app));
    Ok(Reply::json(&json!({ "count": wanted.len(), "apps": shown.collect::<Value>() })))
}

/// `GET apps/{app_id}`.
pub(super) fn show(project: &Project, app_id: &str) -> Result<Reply, Refusal> {
    let app = project.apps.get(app_id).ok_or_else(no_app)?;
    Ok(Reply::json(&shown(project, app_id, app)))
}

/// `POST apps`: names are unique.
pub(super) fn create(project: &mut Project, body: &[u8], context: &Context) -> Result<Reply, Refusal> {
    let body = super::object(body)?;
    let name = body.get("app_name").ok_or_else(|| Code::MissingParameter.about("app_name"))?;
    let name = name.as_str().ok_or_else(|| Code::MalformedRequestBody.about("app_name is a string"))?;
    check_app_name(name)?;
    if project.apps.values().any(|app| app.name == name) {
        return Err(Code::AppExist.refusal());
    }
    if project.apps.len() >= usize::try_from(project.most_apps).unwrap_or(usize::MAX) {
        return Err(Code::AppsExceed.refusal());
    }
    let id = id_of("app", &context.request_id)[..24].to_owned();
    let key = SecretText::from(id_of("app key", &context.request_id).as_str());
    let (created, state_changed) = (context.now, context.now);
    let app = RtcApp { name: name.to_owned(), app_key: Some(key), created, state_changed, ..RtcApp::default() };
    project.apps.insert(id.clone(), app);
    Ok(Reply::json(&json!({ "app_id": id })).status(StatusCode::CREATED))
}

/// `POST apps/{app_id}/enable`: not while a bill is not paid.
pub(super) fn start(project: &mut Project, app_id: &str, now: Moment) -> Result<Reply, Refusal> {
    let app = project.apps.get_mut(app_id).ok_or_else(no_app)?;
    match app.state {
        RtcAppState::Arrears => Err(Code::AppDeactivation.refusal()),
        RtcAppState::Activation | RtcAppState::Deactivation => Ok(turn(app, app_id, RtcAppState::Activation, now)),
    }
}

/// `POST apps/{app_id}/disable`: who is in a room stays.
pub(super) fn stop(project: &mut Project, app_id: &str, now: Moment) -> Result<Reply, Refusal> {
    let app = project.apps.get_mut(app_id).ok_or_else(no_app)?;
    Ok(turn(app, app_id, RtcAppState::Deactivation, now))
}

/// `DELETE apps/{app_id}`: its rooms go with it.
pub(super) fn delete(project: &mut Project, app_id: &str) -> Result<Reply, Refusal> {
    project.apps.remove(app_id).ok_or_else(no_app)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn turn(app: &mut RtcApp, app_id: &str, state: RtcAppState, now: Moment) -> Reply {
    (app.state, app.state_changed) = (state, now);
    Reply::json(&json!({ "app_id": app_id, "state": shown_state(app) }))
}

fn shown(project: &Project, app_id: &str, app: &RtcApp) -> Value {
    let RtcApp { name, state: _, app_key, created, state_changed: _, rooms: _ } = app;
    let created = time::millis(*created);
    json!({
        "app_name": name,
        "app_id": app_id,
        "state": shown_state(app),
        "scope": "GLOBAL",
        "tenant_name": project.domain,
        "domain": domain(app_id),
        "create_time": created,
        "authentication": {
            "enable": app_key.is_some(),
            "expire": SIGNATURE_SECONDS,
            "app_key": app_key.as_ref().map_or("", SecretText::expose),
            "update_time": created,
        },
        "callbacks": {},
        "auto_record_mode": { "mode": "AUTO_RECORD_OFF", "record_rule_id": "", "update_time": created },
    })
}

fn shown_state(app: &RtcApp) -> Value {
    json!({ "state": state_text(app.state), "update_time": time::millis(app.state_changed) })
}

const fn state_text(state: RtcAppState) -> &'static str {
    match state {
        RtcAppState::Activation => "ACTIVATION",
        RtcAppState::Deactivation => "DEACTIVATION",
        RtcAppState::Arrears => "ARREARS",
    }
}

fn no_app() -> Refusal {
    not_found("there is no such app")
}

fn number(query: &Parameters, name: &str) -> Result<Option<u32>, Refusal> {
    let wrong = |_| Code::InvalidParameterValue.about(&format!("{name} is a whole number"));
    query.first(name).map(|text| text.parse().map_err(wrong)).transpose()
}
