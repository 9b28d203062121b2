//! A schema of ours, read from the definition that is installed, with its patterns and rules made ready.
//!
//! It knows the keywords that our schemas use and refuses any other, so that none is passed over in silence: who makes
//! a schema use another one teaches it here and in the stage that the keyword belongs to.

use std::collections::BTreeMap;

use cel::Program;
use regex::Regex;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// What a value must be like.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Schema {
    #[serde(rename = "type")]
    pub(super) kind: Type,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    /// What an absent value becomes.
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) items: Option<Box<Schema>>,
    /// What each value of a map must be like. Absent: there are no fields but the `properties`.
    pub(super) additional_properties: Option<Box<Schema>>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(default, rename = "enum")]
    pub(super) choices: Vec<Value>,
    pub(super) format: Option<Format>,
    pub(super) pattern: Option<Pattern>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    /// In characters, not bytes.
    pub(super) min_length: Option<usize>,
    /// In characters, not bytes.
    pub(super) max_length: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) max_properties: Option<usize>,
    #[serde(default, rename = "x-kubernetes-list-type")]
    pub(super) list: List,
    /// The fields that tell the items of a [`List::Map`] apart.
    #[serde(default, rename = "x-kubernetes-list-map-keys")]
    pub(super) keys: Vec<String>,
    #[serde(default, rename = "x-kubernetes-validations")]
    pub(super) rules: Vec<Rule>,
}

impl Schema {
    /// Returns the schema of a field of this object or map. Absent: there is no such field.
    pub(super) fn field(&self, name: &str) -> Option<&Schema> {
        self.properties.get(name).or(self.additional_properties.as_deref())
    }

    /// Returns the item of the list `before` that has become `item`. Absent: it is new, or nobody can tell.
    pub(super) fn same_item<'a>(&self, item: &Value, before: Option<&'a Value>) -> Option<&'a Value> {
        match self.list {
            List::Atomic | List::Set => None,
            List::Map => before?.as_array()?.iter().find(|old| self.key(old) == self.key(item)),
        }
    }

    /// Returns the values that tell an item of a [`List::Map`] apart.
    pub(super) fn key<'a>(&self, item: &'a Value) -> Vec<Option<&'a Value>> {
        self.keys.iter().map(|key| item.get(key)).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    Array,
    Boolean,
    Integer,
    Object,
    String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    DateTime,
    Int32,
    Int64,
}

/// Which items of a list are the same one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum List {
    /// None: the list is one value.
    #[default]
    Atomic,
    /// Those that are equal; there may be no two of them.
    Set,
    /// Those whose keys are equal; there may be no two of them.
    Map,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern(pub(super) Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Regex::new(&text).map(Pattern)
    }
}

/// A rule in CEL.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) rule: Compiled,
    pub(super) message: String,
    /// Path below the value that has the rule, with a dot before each name.
    pub(super) field_path: String,
    #[serde(rename = "reason")]
    _reason: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Compiled {
    pub(super) program: Program,
    /// Whether the rule compares with the object before, and runs only if there is one.
    pub(super) compares: bool,
}

impl TryFrom<String> for Compiled {
    type Error = cel::ParseErrors;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let program = Program::compile(&text)?;
        let compares = program.references().has_variable("oldSelf");
        Ok(Compiled { program, compares })
    }
}
