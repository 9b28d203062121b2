//! What is written down before a call that nobody can see afterwards, and how it is known that it came to its end.
//!
//! It holds the words only; what follows from them is decided by the engine whose call it is.

use alloc::string::String;

use crate::huawei_meeting::Person;
use crate::ids::Timestamp;

/// A call, or a pair of calls, that was written down before it was made, so that a crash or a lost reply neither
/// repeats it nor leaves it half done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A dismissal that the vendor's list shows minutes later.
    Dismissal {
        /// When the room was seen running, by the vendor's clock: a room that began before this is the one that is
        /// dismissed, one that begins at it or later are people who came back.
        at: Timestamp,
        /// What it was for.
        purpose: Purpose,
        /// Whether the vendor accepted it; until then its reply may be lost, or it was never sent.
        accepted: bool,
    },
    /// A room goes from one owner to another; between the two calls it is nobody's.
    HandOver {
        /// The owner that it was taken from.
        from: Person,
        /// The new owner, as the spec names it.
        to: String,
        /// `metadata.generation` that asked for it.
        generation: i64,
        /// Whether the vendor refused the new owner, so that the room goes back.
        refused: bool,
    },
}

/// What a dismissal is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The object is being deleted.
    Deletion,
    /// A person asked for it by the annotation `dismiss-requested-at`, with this token.
    Request(String),
}

/// Something that was begun or asked for, and came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// A dismissal.
    Dismissal {
        /// What it was for; a request is answered with this.
        purpose: Purpose,
        /// By what its end is known.
        proof: Proof,
    },
    /// A change of owner: the room has an owner again, the new one or the old one.
    HandOver,
}

/// By what the end of a dismissal is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The room does not run any more.
    Gone,
    /// The room that runs began after the dismissal: people came back.
    CameBack,
    /// The vendor shows the same room still, longer than it can lag.
    Missing,
    /// It was asked for, and there was nothing to dismiss.
    NotRunning,
}
