//! What each reason means, and what a person should do about it: the one home of both.
//!
//! Each entry of docs/conditions.md begins with these sentences, and `roomkeeper explain` prints them. It names no object
//! and no command.

use super::Reason;

/// What a reason means, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What the reason means, in one sentence.
    pub meaning: &'static str,
    /// What a person should do, in at most two sentences.
    pub remedy: &'static str,
}

/// The reason of a config whose credential the vendor accepts: the only one that no room has.
pub const CREDENTIALS_ACCEPTED: &str = "CredentialsAccepted";

/// What [`CREDENTIALS_ACCEPTED`] means.
pub const CREDENTIALS_ACCEPTED_ADVICE: Advice = Advice {
    meaning: "The vendor accepts the credential.",
    remedy: "Nothing to do; what the credential may do shows with each room.",
};

impl Reason {
    /// Returns the reason of this name; absent: there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Reason> {
        use alloc::string::ToString as _;
        Reason::ALL.into_iter().find(|reason| reason.to_string() == name)
    }

    /// Returns what the reason means, and what to do.
    #[must_use]
    pub fn advice(self) -> Advice {
        let (meaning, remedy) = match self {
            Reason::Pending => (
                "Nobody has looked at the object yet.",
                "If it stays for more than a few seconds, see whether the operator runs and watches this namespace.",
            ),
            Reason::Reconciling => (
                "The vendor accepted a call and does not show its effect yet, the answer to a call was lost, or the \
                 room changed while it was worked on.",
                "Nothing to do; it is looked at again before anything is repeated.",
            ),
            Reason::InSync => ("The vendor shows what the spec asks for.", "Nothing to do."),
            Reason::AppliedUnverified => (
                "Everything that the vendor shows is as wanted, and the fields in `status.unverified` were applied but \
                 cannot be seen.",
                "Nothing to do; a field that you leave out of the spec is not listed.",
            ),
            Reason::CorrectingDrift => (
                "Something differs, the vendor accepted the change or will be asked for it, and it does not show yet.",
                "Nothing to do; if it stays, the next reason is `NotEffective`.",
            ),
            Reason::DriftTolerated => (
                "Something differs, and `spec.driftCorrection` leaves it for now.",
                "Nothing to do; to have it corrected all the same, set the field to `Always`.",
            ),
            Reason::DriftNotCorrected => (
                "Something differs, and the operator may not make the call that would correct it.",
                "Add the verb that the message names to `spec.managementPolicies`, or take what the vendor shows into \
                 the spec.",
            ),
            Reason::NotEffective => (
                "The vendor accepted the same change twice and shows the old value.",
                "Look for another program that sets it back, or set the value that `status.drift` shows as observed.",
            ),
            Reason::UpdateNotPartial => (
                "An update changed a field that it was not to change, so a further update could do more harm.",
                "Add the field that the message names to the spec; if it is there already, ask for a look, and it is \
                 put back.",
            ),
            Reason::WaitingForOwner => (
                "The room shall have another owner, and that user is not in the room.",
                "Have that user join, and the owner changes by itself; to give it up, set `owner` back.",
            ),
            Reason::ProviderConfigNotReady => (
                "The config that opens the account, its Secret or a key in it is missing, may not be used from this \
                 namespace, or is not acceptable.",
                "Mend what the message names; it goes on as soon as that is there.",
            ),
            Reason::ProviderUnavailable => (
                "The vendor did not answer, answered with an error of its own, or throttled.",
                "Nothing to do at first; if all rooms of the account say it, check the vendor's status page and the \
                 network of the operator.",
            ),
            Reason::UnexpectedAnswer => (
                "The answer is none that the vendor documents.",
                "Read `status.lastFailure`, and check `region` or `endpoint` of the config; report a code that is the \
                 vendor's own.",
            ),
            Reason::InvalidSpec => (
                "The spec cannot be had.",
                "Correct the field that the message names; set one back that can only be set when a room is made.",
            ),
            Reason::CredentialsRejected => (
                "The vendor rejects the credential, so all rooms of the account rest.",
                "Put the right key into the Secret, and compare the account number and `region` with the vendor's \
                 console.",
            ),
            Reason::PermissionDenied => (
                "The credential is good, and the vendor does not permit this call.",
                "Mend in the vendor's console what the code in `status.lastFailure` tells, then ask for a look.",
            ),
            Reason::AccountLimit => (
                "The package, the quota or the payment of the account does not allow it.",
                "Buy more, or ask for less in the spec; after a change at the vendor ask for a look.",
            ),
            Reason::OwnerNotFound => (
                "The vendor does not know the account that shall own the room.",
                "Import that account at the vendor, or correct `owner`; the operator makes no accounts.",
            ),
            Reason::OwnerNotAddressable => (
                "Nobody can act for the user who owns the room or shall own it.",
                "Assign the room to an active user with a third-party user id in the vendor's console, or correct \
                 `owner`.",
            ),
            Reason::PasswordUnknown => (
                "An update would lose a password of the room that the vendor does not show and the spec does not set.",
                "Add the password to the spec, or let it be lost with `acceptPasswordLoss`.",
            ),
            Reason::NotFound => (
                "There is no such room, and the operator may not make it or cannot.",
                "Make the room, correct what names it in a new object, or allow `Create` where the engine has it.",
            ),
            Reason::Ended => (
                "The room was there, is over, and `whenEnded: Leave` keeps it so.",
                "Nothing to do; to have it again, edit the spec: any edit counts.",
            ),
            Reason::RoomDisabled => (
                "The room is disabled at the vendor, which only the vendor's console does and undoes.",
                "Enable it there, then ask for a look.",
            ),
            Reason::Unallocated => (
                "The room belongs to nobody, and the operator may not give it to anybody or could not.",
                "Name an `owner` and allow `ChangeOwner`, or assign the room in the vendor's console.",
            ),
            Reason::AlreadyExists => (
                "A room with this id was there before the object, so it is somebody else's and is left alone.",
                "Choose another `roomId` in a new object, or take the room over with `Adopt`.",
            ),
            Reason::DuplicateClaim => (
                "Another object names the same room and has the better claim; the message names it.",
                "Delete one of the two, or name another room in a new object.",
            ),
            Reason::AccountChanged => (
                "The object's room is in one vendor account, and its config names another, so nothing is called.",
                "Point `spec.providerConfigRef` back to a config of the first account, or delete the object and leave \
                 the room.",
            ),
            Reason::Paused => (
                "The object has the annotation `roomkeeper.dev/paused: \"true\"` and was never looked at.",
                "Remove the annotation to have it kept.",
            ),
            Reason::Dismissing => {
                ("The object is being deleted, and the dismissal of its room is under way.", "Nothing to do.")
            }
            Reason::DismissalWaiting => (
                "The object is being deleted, and people are in the room or it still runs.",
                "Wait until they have left; or end the session now, with everybody in it.",
            ),
            Reason::DismissalHeld => (
                "The room shall be dismissed and waits: for its turn among many of its account, or for an operator that \
                 may change something.",
                "Nothing to do if the deletion is meant; it is the time in which the room can still be left.",
            ),
            Reason::OccupancyUnknown => (
                "The object is being deleted, and the vendor does not say whether people are in the room.",
                "Find out yourself, then have the room ended, or let the object go and leave the room.",
            ),
            Reason::DismissalTimedOut => (
                "The object is being deleted, and people are still in the room, or it still runs, after \
                 `spec.dismissal.timeout`.",
                "It goes on when they have left; or end the session now, or let the object go and leave the room.",
            ),
        };
        Advice { meaning, remedy }
    }
}
