//! Times as Huawei Cloud writes them: UTC, in whole seconds or milliseconds.
//! Knows no clock.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::clock::Moment;

const SECONDS: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Writes a time like `2026-01-01T00:00:00Z`. One after the year 9999 is the last that can be written.
pub(super) fn seconds(moment: Moment) -> String {
    timestamp(moment).strftime(SECONDS).to_string()
}

/// Writes a time like `2026-01-01T00:00:00.075Z`. One after the year 9999 is the last that can be written.
pub(super) fn millis(moment: Moment) -> String {
    timestamp(moment).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Reads a time like `2026-01-01T00:00:00Z`; nothing if it is written in any other way, or before 1970.
pub(super) fn parse(text: &str) -> Option<Moment> {
    // Nothing shorter or longer: the parser by itself would take a year of two digits.
    let expected = text.len() == "2026-01-01T00:00:00Z".len();
    let time = DateTime::strptime(SECONDS, text).ok().filter(|_| expected)?;
    let seconds = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    u64::try_from(seconds).ok().map(Moment::from_unix_seconds)
}

fn timestamp(moment: Moment) -> Timestamp {
    let millis = i64::try_from(moment.unix_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_in_one_form() {
        let moment = Moment::from_unix_millis(1_767_225_600_075);
        assert_eq!(
            (seconds(moment), millis(moment)),
            ("2026-01-01T00:00:00Z".into(), "2026-01-01T00:00:00.075Z".into())
        );
        assert_eq!(parse("2026-01-01T00:00:00Z"), Some(Moment::from_unix_seconds(1_767_225_600)));
        for text in [
            "",
            "26-01-01T00:00:00Z",
            "2026-01-01",
            "2026-01-01 00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00+",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(seconds(Moment::from_unix_millis(u64::MAX)).starts_with("9999-"));
    }
}
