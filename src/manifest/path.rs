//! Paths of fields as the API server writes them.
//!
//! It knows no schema.

/// Returns the path of a field of the object at `path`; the root is empty.
pub(super) fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Returns the path of an item of the list at `path`, counted from 0.
pub(super) fn item(path: &str, at: usize) -> String {
    format!("{path}[{at}]")
}
