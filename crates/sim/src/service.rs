//! What a simulated service is: a function from world, request and time to a change and a reply.
//! Transport, faults, journal and rate limits are around it and the same for all; a further vendor is a further variant.

use std::net::IpAddr;

use axum::body::Bytes;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::huawei::{cloud_rtc, iam, meeting};
use crate::limits::Limit;
use crate::refusal::{Refusal, VendorCode};
use crate::reply::Reply;
use crate::target::Target;
use crate::tencent;
use crate::world::World;

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
    /// The vendor's code; 0 is Tencent's success, absent Huawei's.
    pub(crate) code: Option<VendorCode>,
    pub(crate) done: Done,
}

/// The simulated services, one variant for each way of answering.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Service {
    Tencent,
    CloudRtc,
    Iam,
    Meeting,
}

impl Service {
    const ALL: [Self; 4] = [Self::Tencent, Self::CloudRtc, Self::Iam, Self::Meeting];

    /// Returns the service that a path belongs to.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.owns(path))
    }

    fn owns(self, path: &str) -> bool {
        match self {
            Self::Tencent => tencent::owns(path),
            Self::CloudRtc => cloud_rtc::owns(path),
            Self::Iam => iam::owns(path),
            Self::Meeting => meeting::owns(path),
        }
    }

    /// Returns the names of all operations.
    pub(crate) fn operations() -> impl Iterator<Item = &'static str> {
        let tencent = tencent::Operation::ALL.into_iter().map(tencent::Operation::name);
        tencent.chain(cloud_rtc::operations()).chain(iam::operations()).chain(meeting::operations())
    }

    pub(crate) fn read(self, world: &World, request: &Request) -> Call {
        match self {
            Self::Tencent => tencent::read(request),
            Self::CloudRtc => cloud_rtc::read(world, request),
            Self::Iam => iam::read(world, request),
            Self::Meeting => meeting::read(world, request),
        }
    }

    pub(crate) fn limits(self, world: &World, request: &Request) -> Vec<Limit> {
        match self {
            Self::Tencent => tencent::limits(world, request),
            Self::CloudRtc => cloud_rtc::limits(world, request),
            Self::Iam => iam::limits(world, request),
            Self::Meeting => meeting::limits(world, request),
        }
    }

    pub(crate) fn answer(self, world: &mut World, request: &Request, context: &Context) -> Answer {
        match self {
            Self::Tencent => tencent::answer(world, request, context),
            Self::CloudRtc => cloud_rtc::answer(world, request, context),
            Self::Iam => iam::answer(world, request, context),
            Self::Meeting => meeting::answer(world, request, context),
        }
    }

    /// Returns the service's way of saying a refusal.
    pub(crate) fn refuse(self, refusal: &Refusal, request_id: &str) -> Answer {
        match self {
            Self::Tencent => tencent::refuse(refusal, request_id),
            Self::CloudRtc => cloud_rtc::refuse(refusal, request_id),
            Self::Iam => iam::refuse(refusal, request_id),
            Self::Meeting => meeting::refuse(refusal, request_id),
        }
    }

    /// Returns the service's refusal of a request that came too often.
    pub(crate) fn throttled(self, request_id: &str) -> Answer {
        match self {
            Self::Tencent => tencent::throttled(request_id),
            Self::CloudRtc => cloud_rtc::throttled(request_id),
            Self::Iam => iam::throttled(request_id),
            Self::Meeting => meeting::throttled(request_id),
        }
    }
}
