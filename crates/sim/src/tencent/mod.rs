//! Tencent's room services: the Room Engine, the Live Engine, and the accounts that their rooms need.
//! Pure: from world, request and time to a change and a reply. HTTP status is always 200, the truth is `ErrorCode`.

mod accounts;
mod admission;
pub mod answers;
mod body;
mod codes;
mod ids;
pub mod live;
mod live_engine;
mod operation;
mod room_engine;
pub mod rules;
mod settings;
pub mod state;
mod usersig;

use http::StatusCode;
use serde_json::{Value, json};

pub use codes::{CODES, Code};
pub(crate) use operation::Operation;
pub use usersig::{Expected, UserSigError, Validity, verify_usersig};

use crate::limits::{Limit, SECOND};
use crate::refusal::{self, VendorCode};
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request};
use crate::target::Target;
use crate::world::World;
use admission::{Admitted, Parameters, admit};
use body::Fields;
use operation::PayloadPlace;
use rules::Refusal;

/// Every path of the vendor's server API begins with this.
const PREFIX: &str = "/v4/";

/// Returns whether a path belongs to these services, also if no operation has it.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Reads what a request is about, without judging it.
pub(crate) fn read(request: &Request) -> Call {
    let parameters = Parameters::of(&request.head.uri);
    let operation = Operation::of_path(request.head.uri.path());
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let room = body.as_ref().and_then(room_id);
    let target = match (parameters.sdk_app_id(), &room) {
        (Some(app), Some(room)) => Some(Target::TencentRoom { app, room: room.clone() }),
        (_, _) => None,
    };
    Call {
        operation: operation.map_or_else(|| request.head.uri.path().to_owned(), |known| known.name().to_owned()),
        kind: operation.map_or(Kind::Read, Operation::kind),
        account: parameters.get("sdkappid").map(str::to_owned),
        room,
        identifier: parameters.get("identifier").map(str::to_owned),
        target,
        body,
    }
}

/// Returns the rate limits that a request counts against.
pub(crate) fn limits(world: &World, request: &Request) -> Vec<Limit> {
    let Some(operation) = Operation::of_path(request.head.uri.path()) else { return Vec::new() };
    let Some(sdk_app_id) = Parameters::of(&request.head.uri).sdk_app_id() else { return Vec::new() };
    let Some(app) = world.tencent.get(&sdk_app_id) else { return Vec::new() };
    let own = Limit {
        key: format!("tencent/{sdk_app_id}/{}", operation.name()),
        most: app.limits.per_operation.get(operation.name()).copied().unwrap_or(operation.usual_rate()),
        period: SECOND,
        code: Code::ApiRateExceeded.number().into(),
    };
    let together = app.limits.together.map(|most| Limit {
        key: format!("tencent/{sdk_app_id}"),
        most,
        period: SECOND,
        code: Code::AppRateExceeded.number().into(),
    });
    std::iter::once(own).chain(together).collect()
}

/// Carries a request out, or refuses it.
pub(crate) fn answer(world: &mut World, request: &Request, context: &Context) -> Answer {
    match admit(world, request, context).and_then(|admitted| carry_out(admitted, request, context)) {
        Ok((operation, payload)) => success(operation, payload, &context.request_id),
        Err(Refusal { code, info }) => refuse(&refusal::Refusal::of(code.number()).saying(&info), &context.request_id),
    }
}

fn carry_out(admitted: Admitted<'_>, request: &Request, context: &Context) -> Result<(Operation, Value), Refusal> {
    let Admitted { app, operation, caller } = admitted;
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| Refusal::about(Code::JsonNotParsed, "the body is not JSON; it is at least {}"))?;
    let body = &Fields::of_body(&body)?;
    let payload = match operation {
        Operation::CreateRoom => room_engine::create(app, body, &caller, context.now),
        Operation::GetRoomInfo => room_engine::get(app, body, context.now),
        Operation::UpdateRoomInfo => room_engine::update(app, body),
        Operation::DestroyRoom => room_engine::destroy(app, body),
        Operation::ChangeRoomOwner => room_engine::change_owner(app, body),
        Operation::GetRoomMemberList => room_engine::members(app, body),
        Operation::CreateLiveRoom => live_engine::create(app, body, &caller, context.now),
        Operation::GetLiveRoomInfo => live_engine::get(app, body),
        Operation::UpdateLiveRoomInfo => live_engine::update(app, body),
        Operation::DestroyLiveRoom => live_engine::destroy(app, body),
        Operation::ChangeLiveRoomOwner => live_engine::change_owner(app, body),
        Operation::SetRoomMetadata => live_engine::set_metadata(app, body),
        Operation::GetRoomMetadata => live_engine::get_metadata(app, body),
        Operation::DelRoomMetadata => live_engine::del_metadata(app, body),
        Operation::AccountImport => accounts::import(app, body),
        Operation::AccountCheck => accounts::check(app, body),
    }?;
    Ok((operation, payload))
}

fn success(operation: Operation, payload: Value, request_id: &str) -> Answer {
    let mut envelope = envelope("OK", &0.into(), "", request_id);
    match (operation.payload_place(), payload) {
        // The pages of the writes show the envelope alone.
        (PayloadPlace::Top | PayloadPlace::Response, Value::Null) => {}
        (PayloadPlace::Top, Value::Object(fields)) => {
            for (name, value) in fields {
                envelope[name] = value;
            }
        }
        (PayloadPlace::Top | PayloadPlace::Response, payload) => envelope["Response"] = payload,
    }
    let done = match operation.kind() {
        Kind::Read => Done::Nothing,
        Kind::Write => Done::Changed,
    };
    Answer { reply: Reply::json(&envelope), code: Some(0.into()), done }
}

/// Returns a refusal with any code; without a text it has the one of the code's table.
pub(crate) fn refuse(refusal: &refusal::Refusal, request_id: &str) -> Answer {
    let refusal::Refusal { code, status: _, info } = refusal;
    let usual = match code {
        VendorCode::Number(number) => Code::from_number(*number).map(Code::info),
        VendorCode::Text(_) => None,
    };
    let text = info.as_deref().or(usual).unwrap_or("refused");
    let envelope = envelope("FAIL", code, text, request_id);
    let status = refusal.http_status().unwrap_or(StatusCode::OK);
    Answer { reply: Reply::json(&envelope).status(status), code: Some(code.clone()), done: Done::Nothing }
}

/// Returns the refusal of a request that came too often.
pub(crate) fn throttled(request_id: &str) -> Answer {
    refuse(&refusal::Refusal::of(Code::ApiRateExceeded.number()), request_id)
}

fn envelope(status: &str, code: &VendorCode, info: &str, request_id: &str) -> Value {
    json!({ "ActionStatus": status, "ErrorCode": code, "ErrorInfo": info, "RequestId": request_id })
}

/// The room that a body names, directly or in its `RoomInfo`.
fn room_id(body: &Value) -> Option<String> {
    let named = body.get("RoomId").or_else(|| body.get("RoomInfo")?.get("RoomId"))?;
    named.as_str().map(str::to_owned)
}
