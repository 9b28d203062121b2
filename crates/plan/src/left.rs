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
    /// The answer to a call was lost; the vendor's list will tell whether it took effect.
    LostReply,
    /// A room that is to be dismissed runs with nobody in it; it ends by itself.
    End,
    /// A conference runs in the room; its owner changes, or the room is recycled, after it.
    Conference,
    /// What must be known before a change was not looked up yet.
    Preflight,
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
    /// The whole operator was started to look only; this would be done else.
    ObserveOnly(Verb),
    /// The room is not there and `Create` is not allowed.
    NotFound,
    /// Fields that can only be set when a room is made differ.
    CreateOnly,
    /// The vendor accepted the change twice and shows no effect.
    NotEffective,
    /// The vendor changed fields that were not sent.
    NotPartial {
        /// Those that the spec sets.
        managed: Vec<&'static str>,
        /// Those that it does not set.
        unmanaged: Vec<&'static str>,
    },
    /// The vendor does not say how many people are in the room.
    OccupancyUnknown,
    /// People are still in the room after `dismissal.timeout`.
    DismissalTimedOut,
    /// The room is not there, and the engine makes none.
    NoSuchRoom,
    /// What the spec names is no room that can be managed.
    OtherKind {
        /// What it is, in words.
        kind: String,
    },
    /// The room is switched off in the vendor's console.
    RoomDisabled,
    /// The room is in a state that nobody documents.
    UnknownState {
        /// The vendor's number of it.
        state: i64,
    },
    /// The room is nobody's.
    Unallocated,
    /// An update would lose unmanaged passwords that the vendor does not show.
    PasswordUnknown {
        /// Their fields.
        fields: Vec<&'static str>,
    },
    /// The host password and the guest password would be the same.
    SamePasswords,
    /// The vendor does not know the wanted owner.
    OwnerNotFound {
        /// The owner that the spec names.
        owner: String,
    },
    /// The account of the wanted owner may not be used.
    OwnerInactive {
        /// The owner that the spec names.
        owner: String,
    },
    /// The wanted owner has as many rooms as a user may have.
    OwnerFull {
        /// The owner that the spec names.
        owner: String,
    },
    /// The vendor refused to give the room to the wanted owner.
    OwnerRefused {
        /// The owner that the spec names.
        owner: String,
    },
    /// Nobody can log in as the owner of the room, or take it from that owner.
    OwnerNotAddressable {
        /// The owner as the vendor shows it.
        owner: String,
    },
    /// The room stays its owner's: it is a personal meeting ID.
    OwnerFixed,
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
    /// It was dismissed, and the vendor never showed the effect.
    Unconfirmed,
    /// It was dismissed, and people made it anew.
    CameBack,
    /// It is a personal meeting ID, which cannot be taken from its owner.
    OwnerFixed,
}

impl Left {
    /// Returns a wait and what differs meanwhile.
    #[must_use]
    pub fn waits(why: Waiting, changes: Vec<Change>) -> Self {
        Left::Wait { why, changes }
    }

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

    /// Tells whether it will go on by itself.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        match self {
            Left::Wait { .. } => true,
            Left::Blocked { .. }
            | Left::Tolerated { .. }
            | Left::Unverified { .. }
            | Left::Ended
            | Left::Paused
            | Left::Released(_) => false,
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
            Left::Wait {
                why:
                    Waiting::Owner { .. }
                    | Waiting::Brake
                    | Waiting::Effect
                    | Waiting::LostReply
                    | Waiting::End
                    | Waiting::Conference
                    | Waiting::Preflight,
                ..
            }
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
