//! Kubernetes Events: on transitions and on deeds, never on repetition.
//!
//! What differs from case to case is in the note; the reasons are listed in docs/conditions.md.

use std::fmt;

use roomkeeper_plan::begun::{Followed, Proof};
use roomkeeper_plan::ids::ExternalId;
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::reason::{Mark, Reason};
use roomkeeper_plan::verdict::release_words;

use crate::api::condition::READY;
use crate::cluster::Writer;
use crate::execute::Done;
use crate::object::Object;
use crate::report::{ExternalIdField, Report};

/// One event, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Whether somebody should worry.
    pub weight: Weight,
    /// Why there is an event; its CamelCase word is for programs.
    pub reason: Occasion,
    /// What the controller was doing, as a CamelCase word.
    pub action: &'static str,
    /// A sentence for people, at most 1000 bytes: the API server takes 1024.
    pub note: String,
    /// The vendor's id of the call that it tells of, for the log; absent: it tells of none.
    pub request_id: Option<String>,
}

/// Why there is an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The room was made.
    Created,
    /// Fields of the room were changed.
    Updated,
    /// The room was taken from its owner, or given to one.
    OwnerChanged,
    /// The room was ended.
    Dismissed,
    /// The vendor shows that a dismissal took effect.
    DismissalConfirmed,
    /// The vendor does not show that an accepted dismissal took effect.
    DismissalUnconfirmed,
    /// A dismissal was asked for, and the room does not run.
    NothingToDismiss,
    /// A request for a dismissal came with an object that nobody had looked at, and asks for nothing.
    RequestIgnored,
    /// The object goes and its room stays.
    Released,
    /// `Ready` has another reason than before.
    Became(Reason),
}

impl Occasion {
    /// Every occasion but those that have the name of a reason of `Ready`, in the order of docs/conditions.md.
    pub const OWN: [Occasion; 9] = [
        Occasion::Created,
        Occasion::Updated,
        Occasion::OwnerChanged,
        Occasion::Dismissed,
        Occasion::DismissalConfirmed,
        Occasion::DismissalUnconfirmed,
        Occasion::NothingToDismiss,
        Occasion::RequestIgnored,
        Occasion::Released,
    ];

    /// Returns what a step with this verb is told as.
    fn of(verb: Verb) -> Self {
        match verb {
            Verb::Create => Occasion::Created,
            // Taking a room over is no step of its own; what it changes is an update.
            Verb::Adopt | Verb::Update => Occasion::Updated,
            Verb::ChangeOwner => Occasion::OwnerChanged,
            Verb::Dismiss => Occasion::Dismissed,
        }
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Occasion::Created
            | Occasion::Updated
            | Occasion::OwnerChanged
            | Occasion::Dismissed
            | Occasion::DismissalConfirmed
            | Occasion::DismissalUnconfirmed
            | Occasion::NothingToDismiss
            | Occasion::RequestIgnored
            | Occasion::Released => fmt::Debug::fmt(self, f),
            Occasion::Became(reason) => reason.fmt(f),
        }
    }
}

/// Whether somebody should worry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// All is as it should be, or goes on by itself.
    Normal,
    /// A person has to act.
    Warning,
}

impl Weight {
    /// Returns the word that Kubernetes has for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Weight::Normal => "Normal",
            Weight::Warning => "Warning",
        }
    }
}

/// Publishes what is worth an event; a failure is logged and forgotten, for an event is never the only witness.
pub async fn publish(object: &Object, report: &Report, writer: &Writer) {
    for event in of(object, report) {
        tracing::info!(
            object = %object.key,
            account = account(object, report),
            reason = %event.reason,
            request_id = event.request_id,
            "{}", event.note
        );
        if let Err(error) = writer.publish(object, &event).await {
            tracing::debug!(object = %object.key, %error, "an event could not be written");
        }
    }
}

/// Returns the account that it is about, as far as it is known.
fn account(object: &Object, report: &Report) -> Option<String> {
    let seen = match &report.external_id {
        ExternalIdField::Set(id) => ExternalId::parse(id),
        ExternalIdField::Keep | ExternalIdField::Clear => None,
    };
    seen.or_else(|| object.claimed_room()).map(|room| room.account().to_string())
}

/// Returns the events that follow from a report. Pure.
fn of(object: &Object, report: &Report) -> Vec<News> {
    let deeds = report.done.iter().map(|done| News {
        request_id: done.request_id.clone(),
        ..event(Weight::Normal, Occasion::of(done.verb), "Reconcile", note(done))
    });
    let mut events: Vec<News> = deeds.collect();
    events.extend(report.followed.as_ref().and_then(ending));
    events.extend(object.stale_dismiss_request().map(|_| {
        let note = "the annotation roomkeeper.dev/dismiss-requested-at came with the object, from its manifest or a \
                    backup, so nobody is removed; give it another value to ask for a dismissal";
        event(Weight::Warning, Occasion::RequestIgnored, "Dismiss", note.to_owned())
    }));
    if report.may_go {
        let names = object.names();
        let room = object.status.external_id.as_deref().or(names.first().map(String::as_str)).unwrap_or("unknown");
        events.extend(report.release.as_ref().map(|release| {
            event(
                Weight::Normal,
                Occasion::Released,
                "Release",
                format!("the room {room} stays: {}", release_words(release)),
            )
        }));
        return events;
    }
    let before = object.status.conditions.iter().find(|condition| condition.type_ == READY);
    let reason = report.verdict.reason;
    if before.is_none_or(|before| before.reason != reason.to_string()) {
        let request_id = report.failure.as_ref().and_then(|failure| failure.request_id.clone());
        events.extend(transition(report, reason).map(|news| News { request_id, ..news }));
    }
    events
}

/// Says how a dismissal came out that could not be seen at once.
fn ending(followed: &Followed) -> Option<News> {
    let proof = match followed {
        Followed::Dismissal { purpose: _, proof } => proof,
        // The steps have had their events.
        Followed::HandOver => return None,
    };
    let (weight, reason, note) = match proof {
        Proof::Gone => (Weight::Normal, Occasion::DismissalConfirmed, "the vendor shows that the room has ended"),
        Proof::CameBack => (
            Weight::Normal,
            Occasion::DismissalConfirmed,
            "the room ended and people came back since; nobody is removed a second time",
        ),
        Proof::NotRunning => (
            Weight::Normal,
            Occasion::NothingToDismiss,
            "a dismissal was asked for, and the vendor's list, which may be minutes late, shows no room that runs",
        ),
        Proof::Missing => (
            Weight::Warning,
            Occasion::DismissalUnconfirmed,
            "the vendor accepted the dismissal and still shows the room running; look at the room yourself, nothing is \
             tried again",
        ),
    };
    Some(event(weight, reason, "Dismiss", note.to_owned()))
}

fn transition(report: &Report, reason: Reason) -> Option<News> {
    let note = match report.people {
        Some(people) => format!("{people} in the room: {}", report.verdict.message),
        None => report.verdict.message.clone(),
    };
    let kind = match reason.mark() {
        Mark::Stalled => Weight::Warning,
        Mark::Reconciling => Weight::Normal,
        // Being well is no news when something was just done about it.
        Mark::Plain if report.done.is_empty() => Weight::Normal,
        Mark::Plain => return None,
    };
    Some(event(kind, Occasion::Became(reason), "Observe", note))
}

/// Says what was done, and what for: "update the room: name Old -> Weekly sync".
fn note(done: &Done) -> String {
    let changes = done.because.iter().map(|change| format!("{} {} -> {}", change.field, change.seen, change.wanted));
    let changes = changes.collect::<Vec<_>>().join(", ");
    let why = match done.verb {
        Verb::Update | Verb::Adopt => Some(changes),
        // The words say it all.
        Verb::Create | Verb::ChangeOwner | Verb::Dismiss => None,
    };
    let parts = [Some(done.words.clone()), why, done.note.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}

fn event(weight: Weight, reason: Occasion, action: &'static str, note: String) -> News {
    let end = note.char_indices().map(|(at, _)| at).take_while(|at| *at <= 1000).last().unwrap_or(0);
    let note = if note.len() > 1000 { note[..end].to_owned() } else { note };
    News { weight, reason, action, note, request_id: None }
}
