//! What the user allows the operator to do, and when.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

/// A verb of `managementPolicies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// Make the room if it is not there.
    Create,
    /// Take over a room that was there before the object.
    Adopt,
    /// Change settings of the room.
    Update,
    /// Hand the room to another owner.
    ChangeOwner,
    /// End the room when the object is deleted.
    Dismiss,
}

impl Verb {
    /// Every verb, in the order they are documented.
    pub const ALL: [Verb; 5] = [Verb::Create, Verb::Adopt, Verb::Update, Verb::ChangeOwner, Verb::Dismiss];

    /// Returns the verb as it is written in a spec.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Create => "Create",
            Verb::Adopt => "Adopt",
            Verb::Update => "Update",
            Verb::ChangeOwner => "ChangeOwner",
            Verb::Dismiss => "Dismiss",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The verbs that the user allows; the operator always observes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies(u8);

impl Policies {
    /// Allows nothing: observe only.
    pub const OBSERVE_ONLY: Policies = Policies(0);

    /// Returns what an absent `managementPolicies` means: every verb but [`Verb::Adopt`].
    #[must_use]
    pub fn by_default() -> Self {
        Verb::ALL.into_iter().filter(|verb| *verb != Verb::Adopt).collect()
    }

    /// Tells whether a verb is allowed.
    #[must_use]
    pub fn allow(self, verb: Verb) -> bool {
        self.0 & (1 << verb as u8) != 0
    }
}

impl FromIterator<Verb> for Policies {
    fn from_iter<I: IntoIterator<Item = Verb>>(verbs: I) -> Self {
        Policies(verbs.into_iter().fold(0, |bits, verb| bits | 1 << verb as u8))
    }
}

/// When a difference of a field is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Correction {
    /// At once, whoever made it.
    #[default]
    Always,
    /// Only while nobody is in the room.
    WhenIdle,
    /// Only to apply an edit of the spec, once; later differences are reported.
    OnEdit,
}

/// `driftCorrection`: a default and exceptions by field.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DriftCorrection {
    /// Used for every field without an exception.
    pub default: Correction,
    /// Exceptions, by the field's name in the engine's part of the spec.
    pub fields: BTreeMap<String, Correction>,
}

impl DriftCorrection {
    /// Returns when a difference of this field is corrected.
    #[must_use]
    pub fn of(&self, field: &str) -> Correction {
        self.fields.get(field).copied().unwrap_or(self.default)
    }

    /// Tells whether any field waits for an idle room, so that the look must tell who is in it.
    #[must_use]
    pub fn asks_for_occupancy(&self) -> bool {
        self.default == Correction::WhenIdle || self.fields.values().any(|c| *c == Correction::WhenIdle)
    }
}

/// What happens on deletion while people are in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenOccupied {
    /// Wait until they left.
    Wait,
    /// End the room, and with it their session.
    Dismiss,
}

/// What happens after the vendor ended the room while its object is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenEnded {
    /// It is made again.
    Recreate,
    /// It stays ended until the spec is edited.
    Leave,
}

/// What the user said on policy, for `Room` and `MeetingRoom` alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the operator may do.
    pub policies: Policies,
    /// When it corrects differences.
    pub correction: DriftCorrection,
    /// What deletion does while people are in.
    pub when_occupied: WhenOccupied,
    /// Seconds after which a waiting deletion is reported as timed out; absent: never.
    pub dismissal_timeout: Option<i64>,
}
