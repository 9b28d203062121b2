//! Typed reading of query and body: absent, `null` and wrong types are told apart here, once.
//! Knows the shape of values, not their limits.

use serde_json::{Map, Value};

use super::codes::Refusal;
use crate::huawei::path;
use crate::service::Request;

/// The values in the query. Names are case-sensitive; of one that is there twice the first counts.
pub(super) struct Parameters(path::Parameters);

impl Parameters {
    /// Reads the query; one that cannot be decoded has no values.
    pub(super) fn of(request: &Request) -> Self {
        Self(path::Parameters::of(&request.head.uri))
    }

    /// Returns the value of a parameter; an empty one counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.first(name)
    }

    /// Returns a parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::parameter(&format!("{name} is missing")))
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refusal::parameter(&format!("{name} is an integer")))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::parameter(&format!("{name} is true or false"))),
        }
    }
}

/// Reads a body as JSON.
pub(super) fn json(request: &Request) -> Result<Value, Refusal> {
    serde_json::from_slice(&request.body).map_err(|_| Refusal::parameter("the body is not JSON"))
}

/// One JSON object of a request.
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Reads a whole body, which must be an object.
    pub(super) fn of(body: &'a Value) -> Result<Self, Refusal> {
        body.as_object().map(Self).ok_or_else(|| Refusal::parameter("the body is not an object"))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.read(name, "a string", Value::as_str)
    }

    /// Reads a text; an empty one counts as absent.
    pub(super) fn filled_text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        Ok(self.text(name)?.filter(|text| !text.is_empty()))
    }

    pub(super) fn required_text(&self, name: &str) -> Result<&'a str, Refusal> {
        self.filled_text(name)?.ok_or_else(|| missing(name))
    }

    pub(super) fn required_integer(&self, name: &str) -> Result<i64, Refusal> {
        self.read(name, "an integer", Value::as_i64)?.ok_or_else(|| missing(name))
    }

    /// Reads a flag, which may also be a text: the vendor's page for curl sends one.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let flag = |value: &Value| value.as_bool().or_else(|| value.as_str()?.parse().ok());
        self.read(name, "true or false", flag)
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        // `null` counts as absent: the vendor's SDK sends it for what is not set.
        let Some(value) = self.0.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Refusal::parameter(&format!("{name} is not {kind}")))
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::parameter(&format!("{name} is missing"))
}
