//! Typed reading of a request's JSON body: absent, `null` and wrong types are told apart here, once.
//! Knows the shape of values, not their limits.

use serde_json::{Map, Value};

use super::codes::Code;
use super::rules::Refusal;

/// One JSON object of a request.
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Reads a request's whole body, which must be an object.
    pub(crate) fn of_body(body: &'a Value) -> Result<Self, Refusal> {
        body.as_object().map(Self).ok_or_else(|| Refusal::about(Code::JsonNotParsed, "the body is not an object"))
    }

    /// Reads a field that is an object and must be there.
    pub(crate) fn object(&self, name: &str) -> Result<Fields<'a>, Refusal> {
        let value = self.value(name).ok_or_else(|| missing(name))?;
        value.as_object().map(Fields).ok_or_else(|| wrong_type(name, "an object"))
    }

    /// Reads a list of objects that must be there.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, Refusal> {
        let items = self.value(name).ok_or_else(|| missing(name))?;
        let items = items.as_array().ok_or_else(|| wrong_type(name, "a list"))?;
        items
            .iter()
            .map(|item| item.as_object().map(Fields).ok_or_else(|| wrong_type(name, "a list of objects")))
            .collect()
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.read(name, "a string", Value::as_str)
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<&'a str, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, "true or false", Value::as_bool)
    }

    /// Reads a count, which is at least 1.
    pub(crate) fn count(&self, name: &str) -> Result<Option<u32>, Refusal> {
        let Some(number) = self.read(name, "an integer", Value::as_i64)? else { return Ok(None) };
        match u32::try_from(number) {
            Ok(count) if count > 0 => Ok(Some(count)),
            Ok(_) | Err(_) => Err(Refusal::about(Code::ParameterInvalid, &format!("{name} is at least 1"))),
        }
    }

    /// Reads a number of the caller's own.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "an integer", Value::as_i64)
    }

    /// Reads a list of numbers of the caller's own.
    pub(crate) fn integers(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        self.read(name, "a list of integers", |value| value.as_array()?.iter().map(Value::as_i64).collect())
    }

    /// Reads a list of texts that must be there.
    pub(crate) fn required_texts(&self, name: &str) -> Result<Vec<&'a str>, Refusal> {
        let texts = |value: &'a Value| value.as_array()?.iter().map(Value::as_str).collect();
        self.read(name, "a list of strings", texts)?.ok_or_else(|| missing(name))
    }

    /// Reads a time in unix seconds.
    pub(crate) fn seconds(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(number) = self.read(name, "an integer", Value::as_i64)? else { return Ok(None) };
        match u64::try_from(number) {
            Ok(seconds) => Ok(Some(seconds)),
            Err(_) => Err(Refusal::about(Code::ParameterInvalid, &format!("{name} is a time in unix seconds"))),
        }
    }

    /// Reads an account. A number there has a code of its own (60015).
    pub(crate) fn account(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| Refusal::about(Code::AccountNotText, name))
    }

    pub(crate) fn required_account(&self, name: &str) -> Result<&'a str, Refusal> {
        self.account(name)?.ok_or_else(|| missing(name))
    }

    /// Reads a list of accounts; absent is empty.
    pub(crate) fn accounts(&self, name: &str) -> Result<Vec<&'a str>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        let items = value.as_array().ok_or_else(|| wrong_type(name, "a list"))?;
        items.iter().map(|item| item.as_str().ok_or_else(|| Refusal::about(Code::AccountNotText, name))).collect()
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| wrong_type(name, kind))
    }

    /// The value of a field; `null` counts as absent.
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::about(Code::ParameterInvalid, &format!("{name} is missing"))
}

fn wrong_type(name: &str, kind: &str) -> Refusal {
    Refusal::about(Code::JsonNotParsed, &format!("{name} is not {kind}"))
}
