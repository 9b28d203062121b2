//! Which object: its kind, namespace and name.

use std::fmt;

use kube::core::ApiResource;
use roomkeeper_plan::ids::ObjectName;

use crate::api::{MeetingRoom, Room};

/// The kinds whose objects are rooms at a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `Room`
    Room,
    /// `MeetingRoom`
    MeetingRoom,
}

impl Kind {
    /// Returns the name of the kind, as in a manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Room => "Room",
            Kind::MeetingRoom => "MeetingRoom",
        }
    }

    /// Returns the name of the kind's CustomResourceDefinition.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Kind::Room => "rooms.roomkeeper.dev",
            Kind::MeetingRoom => "meetingrooms.roomkeeper.dev",
        }
    }
}

impl Kind {
    /// Returns how the API server calls the kind.
    #[must_use]
    pub fn resource(self) -> ApiResource {
        match self {
            Kind::Room => ApiResource::erase::<Room>(&()),
            Kind::MeetingRoom => ApiResource::erase::<MeetingRoom>(&()),
        }
    }
}

/// Which object: the key of the queue and of every table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Kind of the object.
    pub kind: Kind,
    /// Namespace and name of the object.
    pub name: ObjectName,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}
