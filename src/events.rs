//! Kubernetes Events: on transitions and on deeds, never on repetition.
//!
//! What differs from case to case is in the note; the reasons are listed in docs/conditions.md.

use kube::runtime::events::{Event, EventType};
use roomkeeper_plan::policy::Verb;
use roomkeeper_plan::reason::{Mark, Reason};
use roomkeeper_plan::verdict::release_words;

use crate::api::condition::READY;
use crate::cluster::Writer;
use crate::object::Object;
use crate::reconcile::Done;
use crate::report::Report;

/// Publishes what is worth an event; a failure is logged and forgotten, for an event is never the only witness.
pub async fn publish(object: &Object, report: &Report, writer: &Writer) {
    for event in of(object, report) {
        if let Err(error) = writer.publish(object, &event).await {
            tracing::debug!(object = %object.key, %error, "an event could not be written");
        }
    }
}

/// Returns the events that follow from a report. Pure.
fn of(object: &Object, report: &Report) -> Vec<Event> {
    let mut events: Vec<Event> = report
        .done
        .iter()
        .map(|done| {
            let fields: Vec<&str> = done.because.iter().map(|change| change.field).collect();
            event(EventType::Normal, deed(done.verb), "Reconcile", note(done, &fields))
        })
        .collect();
    if report.may_go {
        let room = object.status.external_id.as_deref().or(object.room_id.as_deref()).unwrap_or("unknown");
        events.extend(report.release.as_ref().map(|release| {
            event(
                EventType::Normal,
                "Released",
                "Release",
                format!("the room {room} stays: {}", release_words(release)),
            )
        }));
        return events;
    }
    let before = object.status.conditions.iter().find(|condition| condition.type_ == READY);
    let reason = report.verdict.reason;
    if before.is_none_or(|before| before.reason != reason.to_string()) {
        events.extend(transition(report, reason));
    }
    events
}

fn transition(report: &Report, reason: Reason) -> Option<Event> {
    let note = match report.people {
        Some(people) => format!("{people} in the room: {}", report.verdict.message),
        None => report.verdict.message.clone(),
    };
    let kind = match reason.mark() {
        Mark::Stalled => EventType::Warning,
        Mark::Reconciling => EventType::Normal,
        // Being well is no news when something was just done about it.
        Mark::Plain if report.done.is_empty() => EventType::Normal,
        Mark::Plain => return None,
    };
    Some(event(kind, &reason.to_string(), "Observe", note))
}

fn note(done: &Done, fields: &[&str]) -> String {
    let told = done.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    format!("{} ({}){told}", done.words, fields.join(", "))
}

fn deed(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "Created",
        Verb::Adopt => "Adopted",
        Verb::Update => "Updated",
        Verb::ChangeOwner => "OwnerChanged",
        Verb::Dismiss => "Dismissed",
    }
}

fn event(type_: EventType, reason: &str, action: &str, note: String) -> Event {
    // The API server takes at most 1024 bytes.
    let end = note.char_indices().map(|(at, _)| at).take_while(|at| *at <= 1000).last().unwrap_or(0);
    let note = if note.len() > 1000 { note[..end].to_owned() } else { note };
    Event { type_, reason: reason.to_owned(), note: Some(note), action: action.to_owned(), secondary: None }
}
