//! One difference between what is wanted and what is seen.

use alloc::string::{String, ToString};

/// A field that differs. The texts are for people; a secret shows only as `set`, `not set` or `other`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the field inside the engine's part of the spec, as in the CRD.
    pub field: &'static str,
    /// What the vendor shows.
    pub seen: String,
    /// What the spec asks for.
    pub wanted: String,
}

impl Change {
    /// Returns the change of a managed field that the vendor does not show.
    #[must_use]
    pub fn unshown(field: &'static str) -> Self {
        Change { field, seen: "not shown".to_string(), wanted: "as in the spec".to_string() }
    }

    /// Compares one managed field; `None` if both sides are equal.
    pub fn between<T: PartialEq + ToString>(field: &'static str, seen: &T, wanted: &T) -> Option<Self> {
        (seen != wanted).then(|| Change { field, seen: shown(seen), wanted: shown(wanted) })
    }
}

/// Tells whether two looks show the same, as far as both show anything: a vendor may leave a value out at times.
pub(crate) fn is_unchanged<T: PartialEq>(before: Option<&T>, now: Option<&T>) -> bool {
    before.zip(now).is_none_or(|(before, now)| before == now)
}

/// Shows a value; an empty text would look as if something was forgotten.
fn shown(value: &impl ToString) -> String {
    let text = value.to_string();
    if text.is_empty() { String::from("\"\"") } else { text }
}
