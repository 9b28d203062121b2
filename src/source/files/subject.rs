//! The objects that a plan is about: those in the files, and those that are not there any more.

use roomkeeper_plan::ids::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::documents::Document;
use super::typed::{self, Identity, Manifest};
use crate::manifest::Finding;
use crate::object::Object;

/// An object that a plan is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The object, as it will be.
    pub object: Object,
    /// The file that it is in, or was in.
    pub origin: String,
    /// What becomes of its manifest.
    pub change: Change,
    /// Where it is known from whose its room is.
    pub basis: Basis,
}

/// What becomes of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It is new.
    Added,
    /// It says something else than before.
    Edited,
    /// It says what it said.
    Same,
    /// It is gone.
    Removed,
    /// Nobody knows what was there before.
    Unknown,
}

/// Where it is known from whose a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// From the object's annotations and status; if they say nothing, from nowhere.
    Recorded,
    /// The object was there before, so the operator has made its room, or taken it over.
    WasThere,
    /// A removed object hands its room over to this one.
    HandedOver,
    /// Whoever runs the plan says so.
    Told,
}

/// A document that the API server would not take.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Which one.
    pub identity: Identity,
    /// The file that it is in.
    pub origin: String,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What one document was before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before<'a> {
    /// In the base of the plan.
    pub(super) base: Option<&'a Document>,
    /// In the cluster.
    pub(super) live: Option<&'a Value>,
}

impl Before<'_> {
    /// Returns what the API server would compare the document with.
    pub(super) fn stored(&self) -> Option<&Value> {
        self.live.or(self.base.map(|base| &base.value))
    }
}

/// What a plan knows and assumes besides its files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Whether there is a base.
    pub(super) base: bool,
    /// Whether the cluster was asked.
    pub(super) live: bool,
    /// Whether each room is taken for its object's own.
    pub(super) assume_owned: bool,
}

/// Returns an object of the files with what is known of it from elsewhere.
pub(super) fn kept(mut object: Object, origin: &str, before: Before<'_>, known: Known) -> Subject {
    let earlier = before.base.and_then(|base| object_of(&base.value, &base.origin));
    let stored = before.live.and_then(|live| object_of(live, origin));
    let reference = if known.base { earlier.as_ref() } else { stored.as_ref() };
    let change = match reference {
        _ if !known.base && !known.live => Change::Unknown,
        None => Change::Added,
        Some(before) if before.spec.asks_the_same_as(&object.spec) => Change::Same,
        Some(_) => Change::Edited,
    };
    if stored.as_ref().is_some_and(|stored| !stored.spec.asks_the_same_as(&object.spec)) {
        object.generation += 1;
    }
    let subject = Subject { object, origin: origin.to_owned(), change, basis: Basis::Recorded };
    subject.with(stored.as_ref(), earlier.as_ref(), known)
}

/// Returns an object whose manifest is gone, as it is when the operator hears of its deletion; absent: the cluster does not
/// have it any more.
pub(super) fn removed(base: &Document, live: Option<&Value>, known: Known, now: Timestamp) -> Option<Subject> {
    let earlier = object_of(&base.value, &base.origin)?;
    let stored = live.and_then(|live| object_of(live, &base.origin));
    let mut object = match &stored {
        Some(stored) => stored.clone(),
        None if known.live => return None,
        None => Object { held: true, ..earlier.clone() },
    };
    object.deletion = object.deletion.or(Some(now));
    let subject = Subject { object, origin: base.origin.clone(), change: Change::Removed, basis: Basis::Recorded };
    Some(subject.with(stored.as_ref(), Some(&earlier), known))
}

impl Subject {
    /// Takes the room for the object's own.
    pub fn take(&mut self, basis: Basis) {
        (self.object.presumed, self.basis) = (true, basis);
    }

    /// Returns the subject with what is assumed of it: little, where the cluster tells.
    fn with(mut self, stored: Option<&Object>, earlier: Option<&Object>, known: Known) -> Self {
        if stored.is_none() {
            self.presume(earlier, known);
        } else if known.assume_owned {
            self.take(Basis::Told);
        }
        self
    }

    /// Assumes what the operator has done about an object that was there before.
    fn presume(&mut self, earlier: Option<&Object>, known: Known) {
        let is_recorded = self.object.claimed_room().is_some();
        match earlier {
            _ if is_recorded => {}
            // One that only watches claims nothing.
            Some(earlier) if earlier.may_claim() => self.take(Basis::WasThere),
            Some(_) | None if known.assume_owned => self.take(Basis::Told),
            Some(_) | None => {}
        }
        if self.object.generation == 0 && earlier.is_some() {
            self.object.generation = if self.change == Change::Edited { 2 } else { 1 };
            self.object.status.settled_generation = Some(1);
        }
        if self.change == Change::Added && self.object.created == Timestamp(0) {
            // It will be younger than all that are there.
            self.object.created = Timestamp(i64::MAX);
        }
    }
}

fn object_of(value: &Value, origin: &str) -> Option<Object> {
    match typed::read(&Document { origin: origin.to_owned(), value: value.clone() }) {
        Ok(Manifest::Object(object)) => Some(*object),
        Ok(Manifest::Config(_) | Manifest::Secret(..) | Manifest::Other) | Err(_) => None,
    }
}

/// Returns the document as the cluster will have it when it is applied: what the operator wrote down stays.
pub(super) fn on_top_of(document: &Value, live: &Value) -> Value {
    let mut value = live.clone();
    value["spec"] = document["spec"].clone();
    for field in ["annotations", "labels"] {
        let mut merged = live["metadata"][field].as_object().cloned().unwrap_or_default();
        merged.extend(document["metadata"][field].as_object().cloned().unwrap_or_default());
        if !merged.is_empty() {
            value["metadata"][field] = Value::Object(merged);
        }
    }
    value
}
