//! What a plan leaves undone, and why: what it waits for, what stands in its way, what it tolerates or lets go.
//!
//! The verdict for the status is derived from these values and from nothing else.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::diff::Change;
use crate::ids::{Account, ObjectName};
use crate::policy::Verb;

/// Something a plan leaves undone, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It will go on by itself.
    Wait {
        /// What it waits for.
        why: Waiting,
        /// What differs meanwhile.
        changes: Vec<Change>,
    },
    /// It will not go on until a person changes something.
    Blocked {
        /// What stands in the way.
        why: Box<Blocker>,
        /// What differs meanwhile.
        changes: Vec<Change>,
    },
    /// `driftCorrection` leaves these differences for now.
    Tolerated {
        /// The differences.
        changes: Vec<Change>,
    },
    /// The vendor does not show this managed field.
    Unverified {
        /// The field.
        field: &'static str,
    },
    /// The room ended and `whenEnded: Leave` keeps it so.
    Ended,
    /// The object is paused.
    Paused,
    /// The object may go although the room stays.
    Released(Release),
}

/// What a plan waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The new owner must join the room first.
    Owner {
        /// The user that is waited for.
        owner: String,
    },
    /// People are in a room that is to be dismissed.
    People {
        /// How many.
        people: usize,
    },
    /// The account dismissed as many rooms in this minute as its `ProviderConfig` allows.
    Brake,
    /// The vendor accepted a call and does not show its effect yet.
    Effect,
}

/// What stands in the way until a person acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The room was there before the object, and `Adopt` is not allowed.
    AlreadyExists,
    /// Another object has the better claim on the same room.
    DuplicateClaim {
        /// That object.
        to: ObjectName,
    },
    /// The claim names another account than the `ProviderConfig`.
    AccountChanged {
        /// The account of the claim.
        claimed: Account,
    },
    /// The verb that would correct the difference is not allowed.
    Forbidden(Verb),
    /// The room is not there and `Create` is not allowed.
    NotFound,
    /// Fields that can only be set when a room is made differ.
    CreateOnly,
    /// The vendor accepted the change twice and shows no effect.
    NotEffective,
    /// The vendor changed fields that were not sent.
    NotPartial {
        /// Those fields.
        fields: Vec<&'static str>,
    },
    /// The vendor does not say how many people are in the room.
    OccupancyUnknown,
    /// People are still in the room after `dismissal.timeout`.
    DismissalTimedOut,
}

/// Why an object may go without its room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// The annotation `release` asks for it.
    Requested,
    /// The object is paused.
    Paused,
    /// The CRD is being deleted; uninstalling ends no rooms.
    Uninstalling,
    /// `managementPolicies` does not list `Dismiss`.
    NotAllowed,
    /// The room was never this object's.
    NotOurs,
    /// Another object names the same room and goes on with it.
    HandedOver {
        /// That object.
        to: ObjectName,
    },
}

impl Left {
    /// Returns a blocker and what differs behind it.
    #[must_use]
    pub fn blocked(why: Blocker, changes: Vec<Change>) -> Self {
        Left::Blocked { why: Box::new(why), changes }
    }

    /// Returns the differences that stay because of this.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match self {
            Left::Wait { changes, .. } | Left::Blocked { changes, .. } | Left::Tolerated { changes } => changes,
            Left::Unverified { .. } | Left::Ended | Left::Paused | Left::Released(_) => &[],
        }
    }

    /// Returns why the room stays, if the object may go without it.
    #[must_use]
    pub fn release(&self) -> Option<&Release> {
        match self {
            Left::Released(release) => Some(release),
            Left::Wait { .. }
            | Left::Blocked { .. }
            | Left::Tolerated { .. }
            | Left::Unverified { .. }
            | Left::Ended
            | Left::Paused => None,
        }
    }

    /// Returns how many people a dismissal waits for.
    #[must_use]
    pub fn people(&self) -> Option<usize> {
        match self {
            Left::Wait { why: Waiting::People { people }, .. } => Some(*people),
            Left::Wait { why: Waiting::Owner { .. } | Waiting::Brake | Waiting::Effect, .. }
            | Left::Blocked { .. }
            | Left::Tolerated { .. }
            | Left::Unverified { .. }
            | Left::Ended
            | Left::Paused
            | Left::Released(_) => None,
        }
    }

    /// Returns the managed field that the vendor does not show.
    #[must_use]
    pub fn unverified(&self) -> Option<&'static str> {
        match self {
            Left::Unverified { field } => Some(field),
            Left::Wait { .. }
            | Left::Blocked { .. }
            | Left::Tolerated { .. }
            | Left::Ended
            | Left::Paused
            | Left::Released(_) => None,
        }
    }
}
