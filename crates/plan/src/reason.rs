//! The reasons of the `Ready` condition, in one place, with what each means for the other conditions.
//!
//! Each reason has an entry in docs/conditions.md.

mod advice;

use core::fmt;

pub use advice::{Advice, CREDENTIALS_ACCEPTED, CREDENTIALS_ACCEPTED_ADVICE};

/// Why `Ready` is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nobody has looked yet; the default of the schema.
    Pending,
    /// A step outlasts the pass.
    Reconciling,
    /// The vendor shows what is wanted.
    InSync,
    /// Written, but the vendor cannot show it.
    AppliedUnverified,
    /// A difference is being corrected and the correction outlasts the pass.
    CorrectingDrift,
    /// A difference that `driftCorrection` leaves for now.
    DriftTolerated,
    /// A difference that the policy forbids to correct.
    DriftNotCorrected,
    /// The vendor accepted a change and shows no effect.
    NotEffective,
    /// The vendor changed a field that was not sent.
    UpdateNotPartial,
    /// The new owner has not joined yet.
    WaitingForOwner,
    /// The `ProviderConfig`, its Secret or a key is missing, or may not be used here.
    ProviderConfigNotReady,
    /// Several looks in a row failed.
    ProviderUnavailable,
    /// The vendor gave an answer that nobody documents.
    UnexpectedAnswer,
    /// The spec is not acceptable.
    InvalidSpec,
    /// The vendor rejects the credential.
    CredentialsRejected,
    /// The credential may not do this.
    PermissionDenied,
    /// Package, quota or payment.
    AccountLimit,
    /// The vendor does not know the owner's account.
    OwnerNotFound,
    /// The owner's account cannot be acted for.
    OwnerNotAddressable,
    /// An update would lose an unmanaged password.
    PasswordUnknown,
    /// The room is gone and `Create` is not allowed.
    NotFound,
    /// The room ended and stays ended.
    Ended,
    /// The room is switched off at the vendor.
    RoomDisabled,
    /// The room is nobody's.
    Unallocated,
    /// The room was there before and `Adopt` is not allowed.
    AlreadyExists,
    /// Another object has the better claim.
    DuplicateClaim,
    /// The claim is of another account.
    AccountChanged,
    /// Paused before anyone looked.
    Paused,
    /// Deletion is under way.
    Dismissing,
    /// Deletion waits for people to leave.
    DismissalWaiting,
    /// Deletion waits because many rooms are being dismissed at once.
    DismissalHeld,
    /// Deletion cannot tell whether people are in.
    OccupancyUnknown,
    /// Deletion waited longer than `dismissal.timeout`.
    DismissalTimedOut,
}

/// The three values of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Nobody can tell.
    Unknown,
}

/// Which abnormal condition stands beside `Ready`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// None.
    Plain,
    /// `Reconciling=True`: it goes on by itself.
    Reconciling,
    /// `Stalled=True`: a person has to act.
    Stalled,
}

impl Reason {
    /// Every reason, in the order of docs/conditions.md.
    pub const ALL: [Reason; 33] = [
        Reason::Pending,
        Reason::Reconciling,
        Reason::InSync,
        Reason::AppliedUnverified,
        Reason::CorrectingDrift,
        Reason::DriftTolerated,
        Reason::DriftNotCorrected,
        Reason::NotEffective,
        Reason::UpdateNotPartial,
        Reason::WaitingForOwner,
        Reason::ProviderConfigNotReady,
        Reason::ProviderUnavailable,
        Reason::UnexpectedAnswer,
        Reason::InvalidSpec,
        Reason::CredentialsRejected,
        Reason::PermissionDenied,
        Reason::AccountLimit,
        Reason::OwnerNotFound,
        Reason::OwnerNotAddressable,
        Reason::PasswordUnknown,
        Reason::NotFound,
        Reason::Ended,
        Reason::RoomDisabled,
        Reason::Unallocated,
        Reason::AlreadyExists,
        Reason::DuplicateClaim,
        Reason::AccountChanged,
        Reason::Paused,
        Reason::Dismissing,
        Reason::DismissalWaiting,
        Reason::DismissalHeld,
        Reason::OccupancyUnknown,
        Reason::DismissalTimedOut,
    ];

    /// Returns what `Ready` is under this reason.
    #[must_use]
    pub fn ready(self) -> Status {
        match self {
            Reason::InSync | Reason::AppliedUnverified | Reason::DriftTolerated | Reason::Ended => Status::True,
            Reason::Pending | Reason::Reconciling | Reason::CorrectingDrift | Reason::Paused => Status::Unknown,
            Reason::DriftNotCorrected
            | Reason::NotEffective
            | Reason::UpdateNotPartial
            | Reason::WaitingForOwner
            | Reason::ProviderConfigNotReady
            | Reason::ProviderUnavailable
            | Reason::UnexpectedAnswer
            | Reason::InvalidSpec
            | Reason::CredentialsRejected
            | Reason::PermissionDenied
            | Reason::AccountLimit
            | Reason::OwnerNotFound
            | Reason::OwnerNotAddressable
            | Reason::PasswordUnknown
            | Reason::NotFound
            | Reason::RoomDisabled
            | Reason::Unallocated
            | Reason::AlreadyExists
            | Reason::DuplicateClaim
            | Reason::AccountChanged
            | Reason::Dismissing
            | Reason::DismissalWaiting
            | Reason::DismissalHeld
            | Reason::OccupancyUnknown
            | Reason::DismissalTimedOut => Status::False,
        }
    }

    /// Returns the abnormal condition that stands beside `Ready` under this reason.
    #[must_use]
    pub fn mark(self) -> Mark {
        match self {
            Reason::Pending
            | Reason::Paused
            | Reason::InSync
            | Reason::AppliedUnverified
            | Reason::DriftTolerated
            | Reason::Ended => Mark::Plain,
            Reason::Reconciling
            | Reason::CorrectingDrift
            | Reason::WaitingForOwner
            | Reason::ProviderConfigNotReady
            | Reason::ProviderUnavailable
            | Reason::UnexpectedAnswer
            | Reason::Dismissing
            | Reason::DismissalWaiting
            | Reason::DismissalHeld => Mark::Reconciling,
            Reason::DriftNotCorrected
            | Reason::NotEffective
            | Reason::UpdateNotPartial
            | Reason::InvalidSpec
            | Reason::CredentialsRejected
            | Reason::PermissionDenied
            | Reason::AccountLimit
            | Reason::OwnerNotFound
            | Reason::OwnerNotAddressable
            | Reason::PasswordUnknown
            | Reason::NotFound
            | Reason::RoomDisabled
            | Reason::Unallocated
            | Reason::AlreadyExists
            | Reason::DuplicateClaim
            | Reason::AccountChanged
            | Reason::OccupancyUnknown
            | Reason::DismissalTimedOut => Mark::Stalled,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
