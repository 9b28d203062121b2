//! What the operator would do about manifests, as a value: the shape of `roomkeeper plan -o json`.
//!
//! It is made by the controller's own pass (`pass.rs`), up to the plan and not a step further.

pub mod look;

use roomkeeper_plan::ids::ObjectName;
use roomkeeper_plan::policy::Verb;
use schemars::JsonSchema;
use serde::Serialize;

use self::look::Looking;
use crate::source::files::typed::Identity;

pub use crate::manifest::Finding;
pub use crate::source::files::subject::{Basis, Change};

/// What the operator would do about all manifests of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Whether the vendors were looked at. Without it no step is known, only what is wrong with the manifests.
    pub looked: bool,
    /// Whether it is known what was there before. Without it removed manifests are not noticed.
    pub base_known: bool,
    /// How many objects of each sort there are.
    pub summary: Summary,
    /// The objects: those with a step that cannot be undone first, then errors, then changes, then the rest.
    pub objects: Vec<Entry>,
}

/// How many objects of each sort there are. One object can count several times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Objects whose room would be dismissed or recycled.
    pub dismiss: usize,
    /// Objects whose room would be made.
    pub create: usize,
    /// Objects whose room would get other settings.
    pub update: usize,
    /// Objects whose room would get another owner.
    pub change_owner: usize,
    /// Objects about which nothing is to be done.
    pub nothing: usize,
    /// Objects that a person must do something about.
    pub errors: usize,
    /// Objects with a step that cannot be undone.
    pub cannot_be_undone: usize,
}

/// What would be done about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// `kind`
    pub kind: String,
    /// `metadata.namespace`; empty for kinds without.
    pub namespace: String,
    /// `metadata.name`
    pub name: String,
    /// The file that it is in, or was in.
    pub file: String,
    /// What becomes of its manifest.
    pub change: Change,
    /// How it came out.
    pub outcome: Outcome,
    /// The room, by its vendor, account and id; absent: it is not known which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Whose the room is taken to be; absent: nobody got so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
    /// Where that is known from; absent: from nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Whether the room is there and would become this object's.
    pub takes_over: bool,
    /// The calls that would be made at the vendor, in their order.
    pub steps: Vec<Step>,
    /// Reason of `Ready` that the object would show for what no step takes care of; absent: nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is left, why, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Differences that stay.
    pub left: Vec<Difference>,
    /// What the vendor said of a look that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// What the API server would not take.
    pub findings: Vec<Finding>,
}

/// How a plan for one object came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing is to be done at the vendor.
    Nothing,
    /// Something would be done at the vendor.
    Changes,
    /// A person must do something first.
    Error,
}

/// Whose a room is taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Ownership {
    /// The object's own.
    Own,
    /// The object claimed it before it made it, and has not seen it yet.
    Claimed,
    /// Not the object's.
    Unclaimed,
    /// The object claimed a room in another account.
    OtherAccount,
}

/// One call that changes something at the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The verb of `managementPolicies` that allows it: Create, Update, ChangeOwner or Dismiss.
    pub verb: &'static str,
    /// The call, in words.
    pub call: String,
    /// Whether no later call brings back what this one takes away.
    pub cannot_be_undone: bool,
    /// The differences that it removes.
    pub because: Vec<Difference>,
}

/// A field that differs. A secret shows only as `set`, `not set` or `other`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The field, in the engine's part of the spec.
    pub field: String,
    /// What the vendor shows.
    pub seen: String,
    /// What the spec asks for.
    pub wanted: String,
}

impl Entry {
    fn blank(identity: Identity, file: &str, change: Change) -> Self {
        let Identity { kind, name: ObjectName { namespace, name } } = identity;
        Entry {
            kind,
            namespace,
            name,
            file: file.to_owned(),
            change,
            outcome: Outcome::Nothing,
            room: None,
            ownership: None,
            basis: None,
            takes_over: false,
            steps: Vec::new(),
            reason: None,
            message: None,
            left: Vec::new(),
            vendor: None,
            findings: Vec::new(),
        }
    }
}

impl Preview {
    /// Puts entries in order and counts them.
    #[must_use]
    pub fn of(mut objects: Vec<Entry>, looking: Looking, base_known: bool) -> Self {
        objects.sort_by_key(Entry::rank);
        let summary = Summary::of(&objects);
        Preview { looked: looking == Looking::AtVendors, base_known, summary, objects }
    }

    /// Returns how the plan as a whole came out: as its worst object.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.objects.iter().map(|entry| entry.outcome).max().unwrap_or(Outcome::Nothing)
    }
}

impl Summary {
    fn of(entries: &[Entry]) -> Self {
        let count = |sort: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| sort(entry)).count();
        let of = |verb: Verb| count(&|entry: &Entry| entry.steps.iter().any(|step| step.verb == verb.as_str()));
        Summary {
            dismiss: of(Verb::Dismiss),
            create: of(Verb::Create),
            update: of(Verb::Update),
            change_owner: of(Verb::ChangeOwner),
            nothing: count(&|entry| entry.outcome == Outcome::Nothing),
            errors: count(&|entry| entry.outcome == Outcome::Error),
            cannot_be_undone: count(&Entry::cannot_be_undone),
        }
    }
}

impl Entry {
    /// Tells whether any step cannot be undone.
    #[must_use]
    pub fn cannot_be_undone(&self) -> bool {
        self.steps.iter().any(|step| step.cannot_be_undone)
    }

    /// What a reviewer must see first comes first.
    fn rank(&self) -> u8 {
        match (self.outcome, self.change) {
            _ if self.cannot_be_undone() => 0,
            (Outcome::Error, _) => 1,
            (Outcome::Changes, Change::Removed) => 2,
            (Outcome::Changes, _) => 3,
            (Outcome::Nothing, Change::Removed) => 4,
            (Outcome::Nothing, _) => 5,
        }
    }
}
