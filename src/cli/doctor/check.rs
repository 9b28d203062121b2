//! A check as a value: what was looked at, how it is, what was found, and what to do.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Check {
    /// What it is about.
    pub(super) group: Group,
    /// What was looked at, within its group.
    pub(super) name: String,
    /// How it is.
    pub(super) outcome: Outcome,
    /// What was found, in a sentence or a few.
    pub(super) found: String,
    /// What was found of several, a row each; mostly none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Row>,
    /// What to do; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// Objects that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Row {
    /// The reason of their `Ready`.
    pub(super) reason: String,
    /// How many they are.
    pub(super) objects: usize,
    /// The first few.
    pub(super) which: String,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// As it should be.
    Ok,
    /// It works, and may not for long, or not for all.
    Warning,
    /// It keeps the operator from its work.
    Failed,
    /// It could not be looked at.
    NotKnown,
}

/// What checks are about, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Group {
    /// The API server.
    Cluster,
    /// What may be done there.
    Rights,
    /// The definitions of the kinds.
    Definitions,
    /// The admission policies.
    Guards,
    /// The process that acts.
    Operator,
    /// The vendors' accounts.
    Accounts,
    /// The rooms.
    Objects,
}

impl Check {
    /// Returns what was looked at.
    pub(in crate::cli) fn name(&self) -> &str {
        &self.name
    }

    /// Adds rows to what was found.
    pub(super) fn with_rows(self, rows: Vec<Row>) -> Self {
        Check { rows, ..self }
    }

    /// Returns what was found.
    pub(in crate::cli) fn found(&self) -> &str {
        &self.found
    }
}

impl Outcome {
    /// Every outcome, the best first.
    pub(super) const ALL: [Outcome; 4] = [Outcome::Ok, Outcome::Warning, Outcome::Failed, Outcome::NotKnown];

    /// Returns the words that people read.
    pub(super) fn words(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Warning => "warning",
            Outcome::Failed => "failed",
            Outcome::NotKnown => "not known",
        }
    }
}

impl Group {
    /// Returns the words that people read.
    pub(super) fn words(self) -> &'static str {
        match self {
            Group::Cluster => "Cluster",
            Group::Rights => "Rights",
            Group::Definitions => "Definitions of the kinds",
            Group::Guards => "Guards against deletion",
            Group::Operator => "Operator",
            Group::Accounts => "Accounts",
            Group::Objects => "Objects",
        }
    }

    /// Begins a check of this group.
    pub(super) fn check(self, name: impl Into<String>) -> Begun {
        Begun { group: self, name: name.into() }
    }
}

/// A check without its outcome.
#[derive(Debug)]
pub(super) struct Begun {
    group: Group,
    name: String,
}

impl Begun {
    /// It is as it should be.
    pub(super) fn ok(self, found: impl Into<String>) -> Check {
        self.with(Outcome::Ok, found, None)
    }

    /// It works, and somebody should do this.
    pub(super) fn warning(self, found: impl Into<String>, next: impl Into<String>) -> Check {
        self.with(Outcome::Warning, found, Some(next.into()))
    }

    /// It does not work, and somebody must do this.
    pub(super) fn failed(self, found: impl Into<String>, next: impl Into<String>) -> Check {
        self.with(Outcome::Failed, found, Some(next.into()))
    }

    /// It could not be looked at; this would let one see.
    pub(super) fn not_known(self, found: impl Into<String>, next: impl Into<String>) -> Check {
        self.with(Outcome::NotKnown, found, Some(next.into()))
    }

    /// It could not be looked at, and nothing can be done about that.
    pub(super) fn untold(self, found: impl Into<String>) -> Check {
        self.with(Outcome::NotKnown, found, None)
    }

    fn with(self, outcome: Outcome, found: impl Into<String>, next: Option<String>) -> Check {
        let Begun { group, name } = self;
        Check { group, name, outcome, found: found.into(), rows: Vec::new(), next }
    }
}
