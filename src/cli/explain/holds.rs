//! What a person set, or the cluster has, that holds an object up or keeps it. Pure.

use roomkeeper_plan::reason::Reason;

use super::explanation::{Hold, HoldKind};
use super::gather::{ConfigFacts, Known, RoomFacts};
use super::standing::Standing;
use crate::api::annotations;

/// Returns what holds a room up, or keeps it.
pub(super) fn room(facts: &RoomFacts, standing: &Standing<'_>) -> Vec<Hold> {
    let object = &facts.object;
    let mut holds = Vec::new();
    if object.is_told(annotations::PAUSED) {
        let message = format!(
            "{}: nobody looks at the room and nothing is changed; a deletion meanwhile leaves the room",
            annotations::PAUSED
        );
        holds.push(Hold { what: HoldKind::Paused, message });
    }
    holds.extend(protected(object.is_told(annotations::PROTECT), &facts.around.guarded));
    if object.is_told(annotations::RELEASE) {
        let message = format!("{}: when the object is deleted it goes, and the room stays", annotations::RELEASE);
        holds.push(Hold { what: HoldKind::Released, message });
    }
    if standing.message().contains("--observe-only") {
        let message = "the operator was started with --observe-only and changes nothing at any vendor".to_owned();
        holds.push(Hold { what: HoldKind::ObserveOnly, message });
    } else if standing.reason == Some(Reason::DismissalHeld) && !standing.stale {
        let most = match &facts.config {
            Ok(Some(config)) => format!("at most {} rooms", config.spec.dismissals_per_minute()),
            Ok(None) | Err(_) => "only so many rooms".to_owned(),
        };
        let message = format!("{most} of the account are dismissed in a minute (spec.dismissals of its config)");
        holds.push(Hold { what: HoldKind::Brake, message });
    }
    if object.held {
        let message = "the finalizer: a deletion is done only when the room is dismissed or released".to_owned();
        holds.push(Hold { what: HoldKind::Finalizer, message });
    }
    holds
}

/// Returns what keeps a config.
pub(super) fn config(facts: &ConfigFacts) -> Vec<Hold> {
    let is_told = |name: &str| {
        let annotations = facts.meta.annotations.as_ref();
        annotations.and_then(|annotations| annotations.get(name)).is_some_and(|value| value == "true")
    };
    let mut holds = Vec::new();
    if is_told(annotations::PROTECT) {
        let message = format!("{}: its deletion is refused, where the guards are installed", annotations::PROTECT);
        holds.push(Hold { what: HoldKind::Protected, message });
    }
    if is_told(annotations::RELEASE) {
        let message = format!("{}: it can be deleted although it is in use", annotations::RELEASE);
        holds.push(Hold { what: HoldKind::Released, message });
    } else if facts.config.status.in_use {
        let message = match &facts.around.guarded {
            Ok(true) => "it is in use, so an admission policy refuses its deletion".to_owned(),
            Ok(false) => "it is in use, and no admission policy keeps it from being deleted: the guards are not \
                          installed, see docs/install.md"
                .to_owned(),
            Err(why) => {
                format!("it is in use; whether an admission policy refuses its deletion is not known: {why}")
            }
        };
        holds.push(Hold { what: HoldKind::Guarded, message });
    }
    holds
}

fn protected(is_told: bool, guarded: &Known<bool>) -> Option<Hold> {
    let words = match guarded {
        Ok(true) => "its deletion is refused by an admission policy".to_owned(),
        Ok(false) => {
            "its deletion is not refused: the admission policies are not installed, see docs/install.md".to_owned()
        }
        Err(why) => format!("whether its deletion is refused is not known: {why}"),
    };
    let message = format!("{}: {words}", annotations::PROTECT);
    is_told.then_some(Hold { what: HoldKind::Protected, message })
}
