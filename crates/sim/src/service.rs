//! What a simulated service is: a function from world, request and time to a change and a reply.
//! Transport, faults, journal and rate limits are around it and the same for all; a further vendor is a further variant.

use std::net::IpAddr;

use axum::body::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::limits::Limit;
use crate::tencent;
use crate::world::{Target, World};

/// One request as it came in.
pub(crate) struct Request {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

/// What a service may know besides world and request.
pub(crate) struct Context {
    pub(crate) now: Moment,
    pub(crate) request_id: String,
    pub(crate) peer: IpAddr,
}

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It only looks.
    Read,
    /// It changes the world if it is carried out.
    Write,
}

/// What a request is about, read without judging it.
pub(crate) struct Call {
    /// The operation's name, or the path where no operation has it.
    pub(crate) operation: String,
    pub(crate) kind: Kind,
    /// The vendor's account, as the vendor writes it.
    pub(crate) account: Option<String>,
    pub(crate) room: Option<String>,
    pub(crate) identifier: Option<String>,
    pub(crate) target: Option<Target>,
    /// The body as it came, if it is JSON; secrets are still in it.
    pub(crate) body: Option<Value>,
}

/// Whether the world changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Changed,
    Nothing,
}

/// What a service says to a request.
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    /// The vendor's code; 0 is success.
    pub(crate) code: i64,
    pub(crate) done: Done,
}

/// An HTTP reply.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

impl Reply {
    /// A reply of status 200 with a JSON body.
    pub(crate) fn json(value: &Value) -> Self {
        let body = Bytes::from(value.to_string());
        Self { status: StatusCode::OK, content_type: "application/json", body }
    }

    /// A page such as a proxy on the way shows.
    pub(crate) fn html(status: StatusCode) -> Self {
        let body = Bytes::from(format!("<html><head><title>{status}</title></head><body>{status}</body></html>"));
        Self { status, content_type: "text/html", body }
    }

    /// A reply without a body.
    pub(crate) const fn empty(status: StatusCode) -> Self {
        Self { status, content_type: "text/plain", body: Bytes::new() }
    }
}

/// The simulated services, one variant for each way of answering.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Service {
    Tencent,
}

impl Service {
    /// Returns the service that a path belongs to.
    pub(crate) fn of(path: &str) -> Option<Self> {
        tencent::owns(path).then_some(Self::Tencent)
    }

    /// Returns the names of all operations.
    pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
        tencent::Operation::ALL.into_iter().map(tencent::Operation::name)
    }

    pub(crate) fn read(self, request: &Request) -> Call {
        match self {
            Self::Tencent => tencent::read(request),
        }
    }

    pub(crate) fn limits(self, world: &World, request: &Request) -> Vec<Limit> {
        match self {
            Self::Tencent => tencent::limits(world, request),
        }
    }

    pub(crate) fn answer(self, world: &mut World, request: &Request, context: &Context) -> Answer {
        match self {
            Self::Tencent => tencent::answer(world, request, context),
        }
    }

    /// Returns the service's refusal with a given code.
    pub(crate) fn refuse(self, code: i64, info: Option<&str>, request_id: &str) -> Answer {
        match self {
            Self::Tencent => tencent::refuse(code, info, request_id),
        }
    }

    /// Returns the service's refusal of a request that came too often.
    pub(crate) fn throttled(self, request_id: &str) -> Answer {
        match self {
            Self::Tencent => tencent::throttled(request_id),
        }
    }
}
