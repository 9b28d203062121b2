//! The rules that the schemas hold besides types and lengths, in the language of the API server (CEL).
//!
//! Every rule has a field path and a message that says what to do. Rules stand at the object that holds the field, so
//! that they can name it. A rule about a change stands where it also sees a field appear or go: at the root, or on an
//! object that cannot appear or go itself.

use kube::core::Reason;
pub(super) use kube::core::{Message, Rule};

/// Names of Kubernetes objects: DNS subdomains.
pub(crate) const OBJECT_NAME: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// Names of namespaces, or `*` for all of them.
pub(super) const NAMESPACE_OR_ALL: &str = r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$";
/// Keys of Secrets.
pub(super) const SECRET_KEY: &str = r"^[-._a-zA-Z0-9]+$";
/// Printable ASCII, 0x20 to 0x7e.
pub(super) const PRINTABLE_ASCII: &str = "^[ -~]+$";
/// Ids that Huawei's services put into paths; no dots, which a path would lose.
pub(super) const PATH_SAFE_ID: &str = "^[A-Za-z0-9_-]+$";
/// Ids of cloud meeting rooms, which are hexadecimal numbers.
pub(super) const HEXADECIMAL: &str = "^[0-9A-Fa-f]+$";
/// Meeting numbers.
pub(super) const DIGITS: &str = "^[0-9]+$";
/// Names of Meeting users, which go into paths: Huawei documents no rule for third-party ids, so only what could lead
/// to another path is refused.
pub(super) const MEETING_USER: &str = r"^[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*$";

/// A value that is malformed.
pub(super) fn invalid(rule: impl Into<String>, message: impl Into<String>, path: impl Into<String>) -> Rule {
    Rule::new(rule).message(Message::Message(message.into())).field_path(path)
}

/// A value that is missing.
pub(super) fn required(rule: impl Into<String>, message: impl Into<String>, path: impl Into<String>) -> Rule {
    invalid(rule, message, path).reason(Reason::FieldValueRequired)
}

/// A value that may not be there, or may not change.
pub(super) fn forbidden(rule: impl Into<String>, message: impl Into<String>, path: impl Into<String>) -> Rule {
    invalid(rule, message, path).reason(Reason::FieldValueForbidden)
}

/// Limits a text by its bytes, since that is what the vendors count.
pub(super) fn at_most_bytes(field: &str, limit: usize) -> Rule {
    invalid(
        format!("!has(self.{field}) || bytes(self.{field}).size() <= {limit}"),
        format!("{field} is longer than {limit} bytes of UTF-8: shorten it (a Chinese character takes 3 bytes)"),
        format!(".{field}"),
    )
}

/// Limits an id to printable ASCII, where the vendor takes nothing else.
pub(super) fn printable_ascii(field: &str) -> Rule {
    invalid(
        format!("!has(self.{field}) || self.{field}.matches('{PRINTABLE_ASCII}')"),
        format!("{field} must be printable ASCII: letters, digits, spaces and punctuation; use another one"),
        format!(".{field}"),
    )
}

/// Requires exactly one of several fields of `parent`, a path such as `self.spec`.
pub(super) fn exactly_one(parent: &str, fields: &[&str], path: &str) -> Rule {
    let present: Vec<String> = fields.iter().map(|field| format!("has({parent}.{field})")).collect();
    let (last, first) = fields.split_last().expect("a choice has at least one field");
    invalid(
        format!("[{}].exists_one(present, present)", present.join(", ")),
        format!("set exactly one of {} and {last}", first.join(", ")),
        path,
    )
}

/// Forbids a required field of an account to change.
pub(super) fn unchanged(field: &str) -> Rule {
    forbidden(format!("self.{field} == oldSelf.{field}"), cannot_change(field), format!(".{field}"))
}

/// Forbids an optional field of an account to change, to appear and to go.
pub(super) fn unchanged_or_absent(field: &str) -> Rule {
    same_or_absent(field, cannot_change(field))
}

/// Forbids an optional field to change, to appear and to go, and says why.
pub(super) fn same_or_absent(field: &str, message: impl Into<String>) -> Rule {
    forbidden(
        format!("has(self.{field}) == has(oldSelf.{field}) && (!has(self.{field}) || self.{field} == oldSelf.{field})"),
        message,
        format!(".{field}"),
    )
}

fn cannot_change(field: &str) -> String {
    format!(
        "{field} says which account this is and cannot change: rooms would be looked for in another account; \
         create another ProviderConfig"
    )
}

/// Forbids to swap one of several fields of `spec` for another.
pub(super) fn same_choice(fields: &[&str], message: &str) -> Rule {
    let same: Vec<String> =
        fields.iter().map(|field| format!("has(self.spec.{field}) == has(oldSelf.spec.{field})")).collect();
    forbidden(same.join(" && "), message, ".spec")
}
