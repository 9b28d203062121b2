//! Ids that become part of a path.
//! An id must not be able to name another path than the one that was meant.

use percent_encoding::utf8_percent_encode;

use super::signature::RESERVED;
use crate::error::{Class, Error, Outcome};

/// Tells whether an id is what Huawei takes for projects, applications and rooms: 1 to 64 of `A-Za-z0-9_-`.
pub(super) fn is_plain(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Tells whether a name of a user is one part of a path, whoever decodes it and how often.
///
/// A dot segment would be resolved, and a server in between may take an encoded slash for a slash.
pub(super) fn is_one_part(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\']) && !name.contains(char::is_control)
}

/// Returns a part of a path as it is sent.
pub(super) fn encoded(part: &str) -> String {
    utf8_percent_encode(part, RESERVED).to_string()
}

/// Returns the failure of a call that was not made because of an id.
pub(super) fn refused(operation: &'static str, text: &str) -> Error {
    Error::new(operation, Class::Invalid, Outcome::Refused).with_message(text, &[])
}
