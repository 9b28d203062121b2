//! Reads the values of an answer as vendors really send them: numbers as strings, flags as words, ids as numbers.
//! Null is absent. Error texts name no values, because a value may be a password.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

/// Reads a text; a number becomes its digits.
pub(crate) fn text<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(source)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(D::Error::custom("is not a text")),
    }
}

/// Reads a text that names a thing, so it must be there; a number becomes its digits.
pub(crate) fn id<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    let named = text(source)?.filter(|id| !id.is_empty());
    named.ok_or_else(|| D::Error::custom("is empty"))
}

/// Reads a time like `2026-01-01T00:00:00Z` as unix seconds; an empty string and `-` are absent.
pub(crate) fn time<'de, D: Deserializer<'de>>(source: D) -> Result<Option<u64>, D::Error> {
    let Some(text) = text(source)? else { return Ok(None) };
    if matches!(text.trim(), "" | "-") {
        return Ok(None);
    }
    let seconds = text.trim().parse().ok().and_then(|time: jiff::Timestamp| u64::try_from(time.as_second()).ok());
    seconds.ok_or_else(|| D::Error::custom("is not a time in UTC")).map(Some)
}

/// Reads a text that becomes one of our types, for example a word of a fixed list.
pub(crate) fn word<'de, D: Deserializer<'de>, T: From<String>>(source: D) -> Result<Option<T>, D::Error> {
    Ok(text(source)?.map(T::from))
}

/// Reads a name, where an empty one is absent.
pub(crate) fn name<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    Ok(text(source)?.filter(|name| !name.is_empty()))
}

/// Reads a number of things, which must be there.
pub(crate) fn count<'de, D: Deserializer<'de>>(source: D) -> Result<u64, D::Error> {
    number(source)?.ok_or_else(|| D::Error::custom("is missing"))
}

/// Reads a whole number that becomes one of our types, for example a number of a fixed list.
pub(crate) fn code<'de, D: Deserializer<'de>, T: From<i64>>(source: D) -> Result<Option<T>, D::Error> {
    Ok(number::<D, i64>(source)?.map(T::from))
}

/// Reads a whole number; digits in a string count, an empty string is absent.
pub(crate) fn number<'de, D, T>(source: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let wrong = || D::Error::custom("is not a whole number in range");
    let whole = match Option::<Value>::deserialize(source)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    let number = whole.and_then(|whole: i64| T::try_from(whole).ok());
    number.ok_or_else(wrong).map(Some)
}

/// Reads a list of whole numbers, each as [`number`] does; null is absent, and so is an empty string.
pub(crate) fn numbers<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Vec<i64>>, D::Error> {
    let wrong = || D::Error::custom("is not a list of whole numbers");
    match Option::<Value>::deserialize(source)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::Array(items)) => {
            let read = |item| number(item).ok().flatten();
            items.into_iter().map(read).collect::<Option<_>>().ok_or_else(wrong).map(Some)
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => Err(wrong()),
    }
}

/// Reads a flag; `"true"`, `"false"`, 1 and 0 count, an empty string is absent.
pub(crate) fn flag<'de, D: Deserializer<'de>>(source: D) -> Result<Option<bool>, D::Error> {
    let word = match Option::<Value>::deserialize(source)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Bool(flag)) => return Ok(Some(flag)),
        Some(Value::String(text)) => text.trim().to_ascii_lowercase(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => return Err(D::Error::custom("is neither true nor false")),
    };
    match word.as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(D::Error::custom("is neither true nor false")),
    }
}

/// Reads a list; null and absent are an empty one.
pub(crate) fn list<'de, D, T>(source: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(source)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "super::text")]
        text: Option<String>,
        #[serde(deserialize_with = "super::number")]
        number: Option<u32>,
        #[serde(deserialize_with = "super::flag")]
        flag: Option<bool>,
        #[serde(deserialize_with = "super::list")]
        list: Vec<u8>,
        #[serde(deserialize_with = "super::numbers")]
        numbers: Option<Vec<i64>>,
    }

    #[test]
    fn values_are_read_as_vendors_really_send_them() {
        let text = |text: &str| Sample { text: Some(text.into()), ..Sample::default() };
        let number = |number| Sample { number: Some(number), ..Sample::default() };
        let flag = |flag| Sample { flag: Some(flag), ..Sample::default() };
        let rows = [
            (r#"{"text":"alice"}"#, text("alice")),
            (r#"{"text":144115}"#, text("144115")),
            (r#"{"number":300}"#, number(300)),
            (r#"{"number":" 300 "}"#, number(300)),
            (r#"{"flag":true}"#, flag(true)),
            (r#"{"flag":"False"}"#, flag(false)),
            (r#"{"flag":1}"#, flag(true)),
            (r#"{"flag":"0"}"#, flag(false)),
            (r#"{"list":[1]}"#, Sample { list: vec![1], ..Sample::default() }),
            (r#"{"numbers":[1,"-2"]}"#, Sample { numbers: Some(vec![1, -2]), ..Sample::default() }),
            (r#"{"numbers":[]}"#, Sample { numbers: Some(vec![]), ..Sample::default() }),
            (r#"{"text":null,"number":null,"flag":null,"list":null,"numbers":null}"#, Sample::default()),
            (r#"{"number":"","flag":"","numbers":"","unknown":{}}"#, Sample::default()),
        ];
        for (json, wanted) in rows {
            assert_eq!(serde_json::from_str::<Sample>(json).expect(json), wanted, "{json}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_an_error_that_does_not_repeat_it() {
        for json in [
            r#"{"text":["hunter2"]}"#,
            r#"{"number":"hunter2"}"#,
            r#"{"number":-1}"#,
            r#"{"number":4294967296}"#,
            r#"{"flag":"hunter2"}"#,
            r#"{"flag":{"hunter2":1}}"#,
            r#"{"numbers":"hunter2"}"#,
            r#"{"numbers":[1,"hunter2"]}"#,
            r#"{"numbers":[null]}"#,
        ] {
            let error = serde_json::from_str::<Sample>(json).expect_err(json).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
