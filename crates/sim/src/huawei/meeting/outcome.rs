//! What an operation that was carried out says.

use serde_json::Value;

use crate::service::Done;

/// A success.
pub(super) struct Outcome {
    /// The body; absent: none.
    pub(super) body: Option<Value>,
    pub(super) done: Done,
}

impl Outcome {
    /// A look.
    pub(super) const fn shown(body: Value) -> Self {
        Self { body: Some(body), done: Done::Nothing }
    }

    /// A change, of which the answer tells nothing.
    pub(super) const fn changed() -> Self {
        Self { body: None, done: Done::Changed }
    }
}
