//! Cloud Meeting: log-ins, the rooms of users and enterprises, users, and the conferences that run in rooms.
//! Pure: from world, request and time to a change and a reply. Follows the vendor's pages, not any client.

mod admission;
pub mod answers;
mod codes;
pub mod conference;
mod conferences;
mod corp_rooms;
mod ids;
mod log_in;
mod member_rooms;
mod operation;
mod outcome;
mod pages;
mod people;
mod request;
pub mod room;
pub mod rules;
pub mod state;
pub mod token;
mod tokens;
mod users;

use http::StatusCode;
use serde_json::{Value, json};

pub use codes::{REFUSALS, Refused, Row};
use operation::Operation;

use super::gateway::{self, GatewayCode};
use super::listed::Listed;
use crate::limits::{Limit, MINUTE};
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request};
use crate::target::Target;
use crate::world::World;
use admission::{Claimed, admit};
use codes::Refusal;
use outcome::Outcome;

/// The paths of the service begin with one of these.
const PREFIXES: [&str; 3] = ["/v1/usg/", "/v2/usg/", "/v1/mmc/"];

/// Returns whether a path belongs to this service, also if no operation has it.
pub(crate) fn owns(path: &str) -> bool {
    PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// Returns the names of all operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().map(Operation::name)
}

fn operation(request: &Request) -> Option<(Operation, String)> {
    Operation::of(&request.head.method, request.head.uri.path())
}

/// Reads what a request is about, without judging it.
pub(crate) fn read(world: &World, request: &Request) -> Call {
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let Some((operation, place)) = operation(request) else {
        return Call {
            operation: request.head.uri.path().to_owned(),
            kind: Kind::Read,
            account: None,
            room: None,
            identifier: None,
            target: None,
            body,
        };
    };
    let Claimed { app_id, identifier, conference_room } = Claimed::of(world, request, operation);
    let room = match operation {
        Operation::UpdateMemberVmr => Some(place),
        Operation::AssociateVmr | Operation::DisassociateVmr | Operation::DeleteCorpVmr => first_text(body.as_ref()),
        Operation::ConferenceToken | Operation::StopConference | Operation::DeleteConference => conference_room,
        Operation::AppAuth
        | Operation::AccountAuth
        | Operation::RefreshToken
        | Operation::ValidateToken
        | Operation::LogOut
        | Operation::SearchMemberVmr
        | Operation::SearchCorpVmr
        | Operation::ShowMember
        | Operation::ListUsers
        | Operation::OnlineConferences => None,
    };
    Call {
        operation: operation.name().to_owned(),
        kind: operation.kind(),
        // Tokens have no earlier state: a log-in always meets the world as it is.
        target: app_id.clone().filter(|_| !operation.is_about_tokens()).map(|app| Target::MeetingApp { app }),
        account: app_id,
        room,
        identifier,
        body,
    }
}

fn first_text(body: Option<&Value>) -> Option<String> {
    body?.as_array()?.first()?.as_str().map(str::to_owned)
}

/// Returns the quotas that a request counts against.
pub(crate) fn limits(world: &World, request: &Request) -> Vec<Limit> {
    let Some((operation, _)) = operation(request) else { return Vec::new() };
    let Some(app_id) = Claimed::of(world, request, operation).app_id else { return Vec::new() };
    let Some(app) = world.huawei_meeting.get(&app_id) else { return Vec::new() };
    let limit = |key: String, most| Limit { key, most, period: MINUTE, code: GatewayCode::Throttled.name().into() };
    let own = app.limits.per_operation.get(operation.name());
    let own = own.map(|most| limit(format!("meeting/{app_id}/{}", operation.name()), *most));
    let together = app.limits.together.map(|most| limit(format!("meeting/{app_id}"), most));
    own.into_iter().chain(together).collect()
}

/// Carries a request out, or refuses it.
pub(crate) fn answer(world: &mut World, request: &Request, context: &Context) -> Answer {
    let request_id = &context.request_id;
    let Some((operation, place)) = operation(request) else {
        return gateway::refuse(&GatewayCode::NoSuchApi.refusal(), request_id);
    };
    match carry_out(world, (operation, &place), request, context) {
        Ok(Outcome { body, done }) => {
            let reply = body.map_or_else(|| Reply::empty(StatusCode::OK), |body| Reply::json(&body));
            Answer { reply: reply.header("x-request-id", request_id), code: None, done }
        }
        Err(refusal) => {
            let app_id = Claimed::of(world, request, operation).app_id;
            let app = app_id.and_then(|app_id| world.huawei_meeting.get(&app_id));
            let code = app.and_then(|app| app.answers.codes.get(&refusal.refused));
            say(&refusal, code.map(String::as_str), request_id)
        }
    }
}

fn carry_out(
    world: &mut World,
    (operation, place): (Operation, &str),
    request: &Request,
    context: &Context,
) -> Result<Outcome, Refusal> {
    let caller = |world| admit(world, request, operation, context.now);
    match operation {
        Operation::AppAuth => log_in::with_app_id(world, request, context),
        Operation::AccountAuth => log_in::with_account(world, request, context),
        Operation::RefreshToken => tokens::renew(world, request, context),
        Operation::ValidateToken => tokens::validate(world, request, context),
        Operation::LogOut => tokens::log_out(world, request, context),
        Operation::SearchMemberVmr => member_rooms::search(caller(world)?, request),
        Operation::UpdateMemberVmr => member_rooms::update(caller(world)?, place, request),
        Operation::SearchCorpVmr => corp_rooms::search(caller(world)?, request),
        Operation::AssociateVmr => corp_rooms::assign(caller(world)?, place, request),
        Operation::DisassociateVmr => corp_rooms::recycle(caller(world)?, place, request),
        Operation::DeleteCorpVmr => corp_rooms::delete(caller(world)?, request),
        Operation::ShowMember => users::show(caller(world)?, place, request),
        Operation::ListUsers => users::list(caller(world)?, request),
        Operation::OnlineConferences => conferences::online(caller(world)?, request),
        Operation::ConferenceToken => conferences::control(world, request, context),
        Operation::StopConference => conferences::stop(world, request, context),
        Operation::DeleteConference => conferences::delete(caller(world)?, request),
    }
}

/// Says a refusal, with the code of the world if it has one.
fn say(refusal: &Refusal, code: Option<&str>, request_id: &str) -> Answer {
    let row = refusal.refused.row();
    let told = crate::refusal::Refusal::of(code.unwrap_or(row.code)).status(row.status.as_u16()).saying(&refusal.info);
    refuse(&told, request_id)
}

/// Returns the service's way of saying a refusal: the shape of the body is what the vendor's SDK reads.
pub(crate) fn refuse(refusal: &crate::refusal::Refusal, request_id: &str) -> Answer {
    if gateway::speaks(refusal) {
        return gateway::refuse(refusal, request_id);
    }
    let known = REFUSALS.iter().find(|row| refusal.code == row.code);
    let status = refusal.http_status().or(known.map(|row| row.status)).unwrap_or(StatusCode::BAD_REQUEST);
    let text = refusal.info.as_deref().or(known.map(|row| row.text)).unwrap_or("refused");
    let body = json!({ "error_code": refusal.code.to_string(), "error_msg": text });
    Answer {
        reply: Reply::json(&body).status(status).header("x-request-id", request_id),
        code: Some(refusal.code.clone()),
        done: Done::Nothing,
    }
}

/// Returns the refusal of a request that came too often.
pub(crate) fn throttled(request_id: &str) -> Answer {
    gateway::refuse(&GatewayCode::Throttled.refusal(), request_id)
}
