//! Huawei CloudRTC: people make rooms by joining, and a room can be dismissed; there is nothing else to it.
//!
//! The decision is in [`plan`](plan()); how a dismissal that was begun stands is in `compare`.

mod action;
mod compare;
mod observed;
mod plan;

use alloc::string::String;

pub use action::Action;
pub use observed::{Observed, Running};
pub use plan::plan;

use crate::decision;
use crate::ids::RtcId;

/// What tells a room from others of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The app that the room is in.
    pub app: RtcId,
    /// The room id, which is the app's own choice.
    pub room: RtcId,
}

impl Identity {
    /// Returns the room as an external id names it: `app/room`.
    #[must_use]
    pub fn external(&self) -> String {
        [self.app.as_str(), self.room.as_str()].join("/")
    }
}

/// What the spec asks for: a CloudRTC room has no settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// App and room.
    pub identity: Identity,
}

/// A goal of this engine.
pub type Goal = decision::Goal<Desired, Identity>;
/// A parsed spec of this engine.
pub type Wanted = decision::Wanted<Desired, Identity>;
/// A look at a room of this engine.
pub type Sight = decision::Sight<Observed>;
/// What is remembered of a room of this engine.
pub type Memory = decision::Memory<Action, Observed>;
/// A plan of this engine.
pub type Plan = decision::Plan<Action>;
