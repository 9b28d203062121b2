//! A duration as people write it in a manifest: `30s`, `10m`, `1h30m`.
//!
//! It knows no limits of a field: those are rules of the field.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use roomkeeper_plan::limits::{INTERVAL_BYTES, INTERVAL_DIGITS};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration of whole seconds, written as hours, minutes and seconds in that order; each part may be left out.
///
/// Two ways to write one duration are equal: `60m` is `1h`. The largest value, `99999h99999m99999s`, is longer than
/// a field takes, so no sum overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(Duration);

/// Says why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a duration: write hours, minutes and seconds such as `30s`, `10m` or `1h30m`")]
pub struct InvalidInterval {
    text: String,
}

/// The units in the order in which they are written, with their seconds.
const UNITS: [(char, u64); 3] = [('h', 3_600), ('m', 60), ('s', 1)];

impl Interval {
    /// Returns the interval of this many seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Returns the same length of time for timers.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        self.0
    }

    /// Returns the regular expression that the schema holds; [`Interval::from_str`] takes the same texts.
    fn pattern() -> String {
        let digits = format!("[0-9]{{1,{INTERVAL_DIGITS}}}");
        let parts: Vec<String> = UNITS.iter().map(|(unit, _)| format!("({digits}{unit})?")).collect();
        format!("^{}$", parts.concat())
    }
}

impl FromStr for Interval {
    type Err = InvalidInterval;

    /// # Errors
    /// [`InvalidInterval`] if the text is empty, too long, has another unit, a fraction, or units out of order.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidInterval { text: text.chars().take(INTERVAL_BYTES).collect() };
        if text.is_empty() || text.len() > INTERVAL_BYTES {
            return Err(invalid());
        }
        let mut rest = text;
        let mut seconds = 0;
        for (unit, length) in UNITS {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Some(after) = rest[digits..].strip_prefix(unit) {
                if digits > INTERVAL_DIGITS {
                    return Err(invalid());
                }
                let count: u64 = rest[..digits].parse().map_err(|_| invalid())?;
                seconds += count * length;
                rest = after;
            }
        }
        if rest.is_empty() { Ok(Self::from_seconds(seconds)) } else { Err(invalid()) }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_secs();
        if rest == 0 {
            return out.write_str("0s");
        }
        for (unit, length) in UNITS {
            if rest >= length {
                write!(out, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl From<Interval> for Duration {
    fn from(interval: Interval) -> Self {
        interval.0
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Interval {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Interval".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 2,
            "maxLength": INTERVAL_BYTES,
            "pattern": Self::pattern(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn texts_are_read_and_written_back_in_the_shortest_form() {
        for (text, seconds, written) in [
            ("30s", 30, "30s"),
            ("10m", 600, "10m"),
            ("1h30m", 5_400, "1h30m"),
            ("1h0m5s", 3_605, "1h5s"),
            ("90m", 5_400, "1h30m"),
            ("0s", 0, "0s"),
            ("99999h59m59s", 99_999 * 3_600 + 3_599, "99999h59m59s"),
        ] {
            let interval: Interval = text.parse().expect(text);
            assert_eq!(interval, Interval::from_seconds(seconds), "{text}");
            assert_eq!(interval.to_string(), written, "{text}");
        }
    }

    #[test]
    fn texts_that_the_pattern_refuses_are_refused() {
        for text in [
            "",
            "10",
            "m",
            "s5",
            "5s1m",
            "1.5h",
            "-1m",
            "10 m",
            "10M",
            "1d",
            "100000s",
            "1m1m",
            "１０m",
            "00000000000000001s",
        ] {
            let refused = text.parse::<Interval>().expect_err(text);
            assert!(refused.to_string().contains("1h30m"), "{refused}");
        }
    }
}
