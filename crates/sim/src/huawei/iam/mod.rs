//! IAM: turns a user's password into a token, and tells the owner of an access key which projects there are.
//! Pure: from world, request and time to a change and a reply.

pub mod state;
mod tokens;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::gateway::{self, Caller, Claimed, GatewayCode};
use super::id_of;
use super::listed::Listed;
use super::path::{Parameters, segments};
use crate::huawei::cloud_rtc::state::Project;
use crate::limits::Limit;
use crate::refusal::{Refusal, VendorCode};
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request};
use crate::world::World;

/// One operation. A token changes nothing that anybody could look at, so making one is no write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    CreateToken,
    ListProjects,
}

impl Operation {
    const ALL: [Self; 2] = [Self::CreateToken, Self::ListProjects];

    const fn name(self) -> &'static str {
        match self {
            Self::CreateToken => "create_token",
            Self::ListProjects => "list_projects",
        }
    }

    fn of(request: &Request) -> Option<Self> {
        let segments = segments(request.head.uri.path());
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&request.head.method, segments.as_slice()) {
            (&Method::POST, ["v3", "auth", "tokens"]) => Some(Self::CreateToken),
            (&Method::GET, ["v3", "projects"]) => Some(Self::ListProjects),
            (_, _) => None,
        }
    }
}

/// Returns whether a path belongs to this service, also if no operation has it.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with("/v3/")
}

/// Returns the names of all operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().map(Operation::name)
}

/// Reads what a request is about, without judging it.
pub(crate) fn read(world: &World, request: &Request) -> Call {
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let operation = Operation::of(request);
    let (account, identifier) = match operation {
        Some(Operation::CreateToken) => {
            let user = body.as_ref().map(|body| &body["auth"]["identity"]["password"]["user"]);
            let text = |value: &Value| value.as_str().map(str::to_owned);
            (user.and_then(|user| text(&user["domain"]["name"])), user.and_then(|user| text(&user["name"])))
        }
        Some(Operation::ListProjects) | None => {
            let Claimed { project, identifier } = gateway::claimed(world, request);
            (project, identifier)
        }
    };
    Call {
        operation: operation.map_or_else(|| request.head.uri.path().to_owned(), |known| known.name().to_owned()),
        kind: Kind::Read,
        account,
        room: None,
        identifier,
        target: None,
        body,
    }
}

/// Returns the rate limits that a request counts against: none is documented.
pub(crate) const fn limits(_world: &World, _request: &Request) -> Vec<Limit> {
    Vec::new()
}

/// Carries a request out, or refuses it.
pub(crate) fn answer(world: &mut World, request: &Request, context: &Context) -> Answer {
    let reply = match Operation::of(request) {
        Some(Operation::CreateToken) => tokens::create(world, request, context),
        Some(Operation::ListProjects) => list_projects(world, request, context),
        None => Err(GatewayCode::NoSuchApi.refusal()),
    };
    match reply {
        Ok(reply) => Answer { reply: traced(reply, &context.request_id), code: None, done: Done::Nothing },
        Err(refusal) => refuse(&refusal, &context.request_id),
    }
}

/// `GET projects`: those of the caller's account, of this name if one is asked for.
fn list_projects(world: &mut World, request: &Request, context: &Context) -> Result<Reply, Refusal> {
    let caller = gateway::admit(world, request, context.now)?;
    let query = Parameters::of(&request.head.uri);
    let name = query.first("name");
    let belongs = |project: &Project| match &caller {
        Caller::AccessKey { id, .. } => project.access_keys.contains_key(id),
        Caller::User { domain, .. } => project.domain == *domain,
    };
    let projects = world
        .huawei_rtc
        .iter()
        .filter(|(_, project)| belongs(project) && name.is_none_or(|name| project.name == name))
        .map(|(id, project)| shown(id, project));
    let links = json!({ "self": "https://iam.myhuaweicloud.com/v3/projects", "previous": null, "next": null });
    Ok(Reply::json(&json!({ "projects": projects.collect::<Value>(), "links": links })))
}

fn shown(id: &str, project: &Project) -> Value {
    let domain_id = domain_id(&project.domain);
    json!({
        "id": id,
        "name": project.name,
        "domain_id": domain_id,
        "parent_id": domain_id,
        "is_domain": false,
        "enabled": true,
        "description": "",
        "links": { "self": format!("https://iam.myhuaweicloud.com/v3/projects/{id}") },
    })
}

/// The id of an account ("domain"), which is always the same for the same name.
fn domain_id(name: &str) -> String {
    id_of("domain", name)
}

/// Returns the service's way of saying a refusal: a number is IAM's own, a text another service's or the gateway's.
pub(crate) fn refuse(refusal: &Refusal, request_id: &str) -> Answer {
    let VendorCode::Number(number) = &refusal.code else { return gateway::refuse(refusal, request_id) };
    let own = u16::try_from(*number).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = refusal.http_status().or(own).unwrap_or(StatusCode::BAD_REQUEST);
    let title = status.canonical_reason().unwrap_or_default();
    let message = refusal.info.as_deref().unwrap_or(title);
    let body = json!({ "error": { "message": message, "code": number, "title": title } });
    let reply = traced(Reply::json(&body).status(status), request_id);
    Answer { reply, code: Some(refusal.code.clone()), done: Done::Nothing }
}

/// Returns the refusal of a request that came too often.
pub(crate) fn throttled(request_id: &str) -> Answer {
    refuse(&GatewayCode::Throttled.refusal(), request_id)
}

fn traced(reply: Reply, request_id: &str) -> Reply {
    reply.header("x-request-id", request_id).header("x-iam-trace-id", request_id)
}
