//! CloudRTC: apps, the rooms that people make by entering, their dismissal, and the statistics that show them.
//! Pure: from world, request and time to a change and a reply.

pub mod answers;
mod apps;
mod codes;
mod operation;
mod page;
pub mod records;
mod rooms;
pub mod rules;
mod scale;
pub mod state;
mod users;

use std::time::Duration;

use serde_json::{Value, json};

pub use codes::{CODES, Code};
pub use records::{Outcome, Room, Visit};

use super::gateway::{self, Caller, Claimed, GatewayCode, header};
use super::listed::{Listed, said};
use super::path::Parameters;
use crate::limits::Limit;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request};
use crate::target::Target;
use crate::world::World;
use operation::{Named, Operation, Quota};
use state::Project;

const MINUTE: Duration = Duration::from_secs(60);

/// Returns whether a path belongs to this service, also if no operation has it.
pub(crate) fn owns(path: &str) -> bool {
    operation::owns(path)
}

/// Returns the names of all operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().map(Operation::name)
}

/// Reads what a request is about, without judging it.
pub(crate) fn read(world: &World, request: &Request) -> Call {
    let uri = &request.head.uri;
    let found = Operation::of(&request.head.method, uri.path());
    let Claimed { project, identifier } = gateway::claimed(world, request);
    let (operation, named) = found.unzip();
    let Named { project: in_path, app, room } = named.unwrap_or_default();
    let query = Parameters::of(uri);
    let project = in_path.or(project);
    let app = app.or_else(|| query.first("app").map(str::to_owned));
    let room = room.or_else(|| query.first("room_id").map(str::to_owned));
    let target = app.clone().zip(project.clone()).map(|(app, project)| Target::RtcApp { project, app });
    Call {
        operation: operation.map_or_else(|| uri.path().to_owned(), |known: Operation| known.name().to_owned()),
        kind: operation.map_or(Kind::Read, Operation::kind),
        account: project,
        room: app.zip(room).map(|(app, room)| format!("{app}/{room}")),
        identifier,
        target,
        body: serde_json::from_slice(&request.body).ok(),
    }
}

/// Returns the quota that a request counts against. The vendor's page does not say who shares one: here a project does.
pub(crate) fn limits(world: &World, request: &Request) -> Vec<Limit> {
    let Some((operation, named)) = Operation::of(&request.head.method, request.head.uri.path()) else {
        return Vec::new();
    };
    let Some(id) = named.project.or_else(|| gateway::claimed(world, request).project) else { return Vec::new() };
    let Some(project) = world.huawei_rtc.get(&id) else { return Vec::new() };
    let (group, most) = match operation.quota() {
        Quota::AppManagement => ("app management", project.limits.app_management),
        Quota::RoomManagement => ("room management", project.limits.room_management),
        Quota::Statistics => ("statistics", project.limits.statistics),
    };
    let code = GatewayCode::Throttled.name().into();
    vec![Limit { key: format!("cloud rtc/{id}/{group}"), most, period: MINUTE, code }]
}

/// Carries a request out, or refuses it.
pub(crate) fn answer(world: &mut World, request: &Request, context: &Context) -> Answer {
    match carry_out(world, request, context) {
        Ok((operation, reply)) => {
            let done = match operation.kind() {
                Kind::Read => Done::Nothing,
                Kind::Write => Done::Changed,
            };
            Answer { reply: reply.header("x-request-id", &context.request_id), code: None, done }
        }
        Err(refusal) => refuse(&refusal, &context.request_id),
    }
}

fn carry_out(world: &mut World, request: &Request, context: &Context) -> Result<(Operation, Reply), Refusal> {
    let (operation, named) =
        Operation::of(&request.head.method, request.head.uri.path()).ok_or_else(|| GatewayCode::NoSuchApi.refusal())?;
    let caller = gateway::admit(world, request, context.now)?;
    let project_id = project_of(&caller, &named)?;
    let project = addressed(world, &caller, &project_id)?;
    if project.denied_operations.contains(operation.name()) {
        return Err(Code::NoPermission.about(operation.name()));
    }
    if operation.quota() != Quota::Statistics {
        check_content_type(request)?;
    }
    let query = &Parameters::of(&request.head.uri);
    let (app, room) = (named.app.as_deref().unwrap_or_default(), named.room.as_deref().unwrap_or_default());
    let now = context.now;
    let reply = match operation {
        Operation::ListApps => apps::list(project, query),
        Operation::ShowApp => apps::show(project, app),
        Operation::CreateApp => apps::create(project, &request.body, context),
        Operation::StartApp => apps::start(project, app, now),
        Operation::StopApp => apps::stop(project, app, now),
        Operation::DeleteApp => apps::delete(project, app),
        Operation::DismissRoom => rooms::dismiss(project, (app, room), now),
        Operation::RemoveUsers => users::remove(project, (app, room), &request.body, now),
        Operation::ListRooms => rooms::list(project, query, now),
        Operation::ListUsers => users::list(project, query, now),
        Operation::RealtimeScale => scale::show(project, query, now),
    }?;
    Ok((operation, reply))
}

/// The project that a request is about: the one of the access key's request, or the token's.
fn project_of(caller: &Caller, named: &Named) -> Result<String, Refusal> {
    let project = match caller {
        Caller::AccessKey { project, .. } | Caller::User { project, .. } => project.clone(),
    };
    let project = project.ok_or_else(|| Code::OperationUnauthorized.about("no project; send X-Project-Id"))?;
    match named.project.as_ref().is_none_or(|named| *named == project) {
        true => Ok(project),
        false => Err(Code::NoPermission.about("the project in the path is another than the caller's")),
    }
}

/// The project, if the caller belongs to it.
fn addressed<'w>(world: &'w mut World, caller: &Caller, project_id: &str) -> Result<&'w mut Project, Refusal> {
    let unauthorized = || Code::OperationUnauthorized.about("the caller does not belong to the project");
    let project = world.huawei_rtc.get_mut(project_id).ok_or_else(unauthorized)?;
    let belongs = match caller {
        Caller::AccessKey { id, .. } => project.access_keys.contains_key(id),
        Caller::User { domain, .. } => project.domain == *domain,
    };
    if belongs { Ok(project) } else { Err(unauthorized()) }
}

/// The pages ask for the header in every call but the statistics.
fn check_content_type(request: &Request) -> Result<(), Refusal> {
    match header(request, "content-type") {
        Some(value) if value.starts_with("application/json") => Ok(()),
        Some(_) => Err(Code::InvalidParameterValue.about("Content-Type is application/json")),
        None => Err(Code::MissingParameter.about("Content-Type")),
    }
}

/// Reads a body that must be a JSON object.
fn object(body: &[u8]) -> Result<Value, Refusal> {
    let malformed = || Code::MalformedRequestBody.about("the body is not a JSON object");
    serde_json::from_slice(body).ok().filter(Value::is_object).ok_or_else(malformed)
}

/// Returns the service's way of saying a refusal; the gateway's codes are said as the gateway does.
pub(crate) fn refuse(refusal: &Refusal, request_id: &str) -> Answer {
    if gateway::speaks(refusal) {
        return gateway::refuse(refusal, request_id);
    }
    let (status, text) = said::<Code>(refusal);
    let body = json!({ "error_code": refusal.code.to_string(), "error_msg": text });
    let reply = Reply::json(&body).status(status).header("x-request-id", request_id);
    Answer { reply, code: Some(refusal.code.clone()), done: Done::Nothing }
}

/// Returns the refusal of a request that came too often.
pub(crate) fn throttled(request_id: &str) -> Answer {
    refuse(&GatewayCode::Throttled.refusal(), request_id)
}
