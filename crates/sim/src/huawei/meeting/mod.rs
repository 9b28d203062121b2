//! Cloud Meeting: its service is not simulated yet, each of its calls is answered with 404.
//! Pure: from world, request and time to a change and a reply.

pub mod state;

use http::StatusCode;

use crate::limits::Limit;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request};
use crate::world::World;

/// The paths of the service begin with one of these.
const PREFIXES: [&str; 3] = ["/v1/usg/", "/v2/usg/", "/v1/mmc/"];

/// Returns whether a path belongs to this service, also if no operation has it.
pub(crate) fn owns(path: &str) -> bool {
    PREFIXES.iter().any(|prefix| path.starts_with(prefix))
}

/// Returns the names of all operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

/// Reads what a request is about, without judging it.
pub(crate) fn read(_world: &World, request: &Request) -> Call {
    Call {
        operation: request.head.uri.path().to_owned(),
        kind: Kind::Read,
        account: None,
        room: None,
        identifier: None,
        target: None,
        body: serde_json::from_slice(&request.body).ok(),
    }
}

/// Returns the rate limits that a request counts against.
pub(crate) fn limits(_world: &World, _request: &Request) -> Vec<Limit> {
    Vec::new()
}

/// Carries a request out, or refuses it.
pub(crate) fn answer(_world: &mut World, _request: &Request, _context: &Context) -> Answer {
    Answer { reply: Reply::empty(StatusCode::NOT_FOUND), code: None, done: Done::Nothing }
}

/// Returns the service's way of saying a refusal.
pub(crate) fn refuse(refusal: &Refusal, _request_id: &str) -> Answer {
    let status = refusal.http_status().unwrap_or(StatusCode::BAD_REQUEST);
    Answer { reply: Reply::empty(status), code: Some(refusal.code.clone()), done: Done::Nothing }
}

/// Returns the refusal of a request that came too often.
pub(crate) fn throttled(request_id: &str) -> Answer {
    refuse(&Refusal::of("APIGW.0308").status(429), request_id)
}
