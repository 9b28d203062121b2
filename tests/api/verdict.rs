//! Holds what the operator says about a manifest without an API server to what the API server says.
//!
//! It knows no rule: the words of rules are read from the schemas.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use http::StatusCode;
use roomkeeper::api::schema;
use roomkeeper::manifest::{self, Finding};
use serde_json::{Value, json};

use crate::server::Answer;

/// What the server adds when it asked no rules; it belongs to no field.
const NOT_ASKED: &str = "some validation rules were not checked";

/// The messages of all rules in CEL.
static MESSAGES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut messages = BTreeSet::new();
    collect(&json!(schema::crds()), &mut messages);
    messages
});

fn collect(value: &Value, messages: &mut BTreeSet<String>) {
    for rule in value["x-kubernetes-validations"].as_array().into_iter().flatten() {
        messages.insert(rule["message"].as_str().unwrap().to_owned());
    }
    let children: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    children.into_iter().for_each(|child| collect(child, messages));
}

/// Requires of [`manifest::check`] the verdict of the server, the same fields, and the same words where a rule in CEL
/// says them.
pub(crate) fn agrees(what: &str, answer: &Answer, document: &Value, before: Option<&Value>) {
    let difference = difference(answer, document, before);
    assert!(difference.is_none(), "{what}: {}", difference.unwrap());
}

/// Says how [`manifest::check`] differs from the server.
pub(crate) fn difference(answer: &Answer, document: &Value, before: Option<&Value>) -> Option<String> {
    let findings = manifest::check(document, before);
    let found: BTreeSet<&str> = findings.iter().map(|finding| finding.field.as_str()).collect();
    let same = match answer.status {
        StatusCode::OK | StatusCode::CREATED => findings.is_empty(),
        StatusCode::UNPROCESSABLE_ENTITY => {
            let causes = causes(&answer.body);
            let refused: BTreeSet<&str> = causes.iter().map(|(field, _)| field.as_str()).collect();
            found == refused && rules_that_failed(&findings) == rules_that_refused(&causes)
        }
        StatusCode::BAD_REQUEST => {
            let message = answer.body["message"].as_str().unwrap();
            let unknown = message.split("unknown field \"").skip(1).map(|rest| rest.split('"').next().unwrap());
            let unknown: BTreeSet<&str> = unknown.collect();
            // What the server cannot even read is named in words of Go: only the verdict can be compared.
            if unknown.is_empty() { found.len() == 1 } else { found == unknown }
        }
        _ => false,
    };
    let told = || format!("{document}\nserver: {} {}\ncheck: {findings:?}", answer.status, answer.body);
    (!same).then(told)
}

/// Returns the fields that the server refuses, with its words.
fn causes(body: &Value) -> Vec<(String, String)> {
    let causes = body["details"]["causes"].as_array().unwrap().iter();
    let text = |cause: &Value, field: &str| cause[field].as_str().unwrap_or_default().to_owned();
    let causes = causes.map(|cause| (text(cause, "field"), text(cause, "message")));
    let causes = causes.filter(|(_, message)| !message.contains(NOT_ASKED)).map(|(field, message)| {
        // The field of a number that is no integer stands in the words only.
        let named = message.contains("Checked value").then(|| message.rsplit_once(" in ")).flatten();
        (named.map_or(field, |(_, named)| named.to_owned()), message)
    });
    causes.collect()
}

fn rules_that_failed(findings: &[Finding]) -> BTreeSet<(&str, &str)> {
    let by_rule = findings.iter().filter(|finding| MESSAGES.contains(&finding.why));
    by_rule.map(|finding| (finding.field.as_str(), finding.why.as_str())).collect()
}

fn rules_that_refused(causes: &[(String, String)]) -> BTreeSet<(&str, &str)> {
    let answered = causes.iter().filter(|(_, message)| !message.contains("evaluating rule"));
    let rules = answered.flat_map(|(field, message)| {
        let rules = MESSAGES.iter().filter(|rule| message.ends_with(&format!(": {rule}")));
        rules.map(|rule| (field.as_str(), rule.as_str()))
    });
    rules.collect()
}
