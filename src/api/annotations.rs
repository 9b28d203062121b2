//! The names that Roomkeeper puts on objects of the cluster: annotations, the finalizer, the field manager.
//!
//! It knows names only; what an annotation does is decided where it is read.

/// Stops all work on an object while its value is `"true"`.
///
/// Nothing is looked at and nothing is changed; a deletion while paused lets the object go and the room stays.
pub const PAUSED: &str = "roomkeeper.dev/paused";

/// Asks for a look now; any new value counts, a time is customary.
///
/// The value comes back in `status.lastHandledReconcileAt` when the look is done.
pub const RECONCILE_REQUESTED_AT: &str = "roomkeeper.dev/reconcile-requested-at";

/// Asks for one dismissal of the room while its object stays; any new value counts, a time is customary.
///
/// People are not waited for: a person asked. Only an engine whose rooms come back by joining, `huaweiRtc`, knows it.
/// The value comes back in `status.lastHandledDismissAt` when it is known what became of it.
pub const DISMISS_REQUESTED_AT: &str = "roomkeeper.dev/dismiss-requested-at";

/// Lets the object go without touching the room while its value is `"true"`; an event names the room that stays.
///
/// On a config, a Secret or a part of the operator it lets a deletion pass that the admission policies refuse otherwise.
pub const RELEASE: &str = "roomkeeper.dev/release";

/// Keeps an object from being deleted while its value is `"true"`; the admission policies see to it.
pub const PROTECT: &str = "roomkeeper.dev/protect";

/// Records whose room it is: `<externalId> <namespace>/<name>`, written by the controller before its first change.
pub const CLAIM: &str = "roomkeeper.dev/claim";

/// Records the owner and name that a create sends, as JSON, written with [`CLAIM`]: after a lost reply they tell our
/// room from another's, whatever the spec says by then.
pub const SENT: &str = "roomkeeper.dev/sent";

/// Records a call that is about to be made and that nobody can see afterwards, as JSON, written before it: after a lost
/// reply or a crash it tells what may have happened, so that a room is not dismissed twice and an owner change that
/// stopped in the middle goes on, or back.
///
/// Ours alone: who edits or removes it may have people dismissed a second time.
pub const BEGUN: &str = "roomkeeper.dev/begun";

/// Keeps an object until its room is dismissed; set only where deletion has something to do.
pub const FINALIZER: &str = "roomkeeper.dev/finalizer";

/// The one field manager of everything that the controller applies, and of the statuses that it writes.
pub const FIELD_MANAGER: &str = "roomkeeper";
