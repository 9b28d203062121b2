//! Words of errors, of numbers and of lists.

use std::error::Error as StdError;
use std::time::Duration;

use crate::requirements;

/// How many of several things are named.
const NAMED: usize = 3;

/// Returns what an error of the API server, or of the way to it, says.
pub(in crate::cli) fn of(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error { status.message.clone() } else { innermost(error) }
}

/// Returns what the cause of all causes says.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// Tells whether the API server refused because a right is missing.
pub(super) fn is_forbidden(error: &kube::Error) -> bool {
    has_code(error, 403)
}

/// Tells whether the API server knows no such thing.
pub(super) fn is_not_found(error: &kube::Error) -> bool {
    has_code(error, 404)
}

fn has_code(error: &kube::Error, code: u16) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == code)
}

/// Returns the first few of several things.
pub(super) fn some(things: &[String]) -> String {
    requirements::some(things, NAMED, ", ")
}

/// Returns a number of things, in the singular or the plural.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Returns a length of time in its largest unit of which there are at least two, rounded down.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    unit.map_or_else(
        || count(seconds as usize, "second", "seconds"),
        |(length, name)| format!("{} {name}", seconds / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_lists_are_short() {
        let rows = [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (7_300, "2 hours"), (864_000, "10 days")];
        for (seconds, words) in rows {
            assert_eq!(time(Duration::from_secs(seconds)), words);
        }
        let names = |number: usize| (0..number).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!((some(&names(3)), some(&names(5))), ("0, 1, 2".to_owned(), "0, 1, 2 and 2 more".to_owned()));
    }
}
