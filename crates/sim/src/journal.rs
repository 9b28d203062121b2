//! The journal: every request in the order of its arrival, with what became of it.
//! Passwords, signatures, keys and tokens never enter it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::changes::Changes;
use crate::clock::Moment;
use crate::refusal::VendorCode;
use crate::service::{Answer, Call, Done, Kind};

/// What stands in the journal for a secret.
pub const REDACTED: &str = "(secret)";

/// How far a request and its answer got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// The request is being worked on.
    Underway,
    /// A fault holds the request, or its answer, until it is released.
    Held,
    /// The whole answer was handed to the connection.
    Answered,
    /// A fault closed the connection, or cut the answer.
    CutOff,
    /// The caller closed the connection before there was an answer.
    CallerGone,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts from 1, in the order of arrival.
    pub number: u64,
    /// When it arrived, by the simulator's clock.
    pub at: Moment,
    /// The operation's name, such as `room_engine/update_room_info`; the path if no operation has it.
    pub operation: String,
    /// Whether the operation changes anything.
    pub kind: Kind,
    /// The vendor's account, such as the SDKAppID.
    pub account: Option<String>,
    /// The room it names.
    pub room: Option<String>,
    /// Who called.
    pub identifier: Option<String>,
    /// The body without secrets; `null` if it is not JSON.
    pub body: Value,
    /// Whether it changed the world.
    pub applied: bool,
    /// The vendor's code in the answer; absent if no service answered, and in a success of Huawei's.
    pub code: Option<VendorCode>,
    /// The HTTP status of the answer; absent if there was none.
    pub status: Option<u16>,
    /// The request id in the answer.
    pub request_id: String,
    /// The fault that met it.
    pub fault: Option<String>,
    /// How far it got.
    pub delivery: Delivery,
}

impl Entry {
    /// Returns whether this is a write to the room, whatever became of it.
    pub fn writes(&self, room: &str) -> bool {
        self.kind == Kind::Write && self.room.as_deref() == Some(room)
    }

    /// Returns whether this is a call of the operation.
    pub fn calls(&self, operation: &str) -> bool {
        self.operation == operation
    }
}

/// All requests so far.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<Vec<Entry>>,
    changes: Arc<Changes>,
}

impl Journal {
    pub(crate) fn new(changes: Arc<Changes>) -> Self {
        Self { entries: Mutex::default(), changes }
    }

    /// Looks at the entries in place.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&self.lock())
    }

    /// Opens the entry of a request.
    pub(crate) fn open(&self, call: &Call, at: Moment, request_id: &str, fault: Option<&str>) -> Page<'_> {
        let mut entries = self.lock();
        let number = entries.len() as u64 + 1;
        entries.push(Entry {
            number,
            at,
            operation: call.operation.clone(),
            kind: call.kind,
            account: call.account.clone(),
            room: call.room.clone(),
            identifier: call.identifier.clone(),
            body: call.body.clone().map_or(Value::Null, redacted),
            applied: false,
            code: None,
            status: None,
            request_id: request_id.to_owned(),
            fault: fault.map(str::to_owned),
            delivery: Delivery::Underway,
        });
        drop(entries);
        self.changes.tell();
        Page { journal: self, index: number as usize - 1 }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open entry of one request. If it is dropped before the request came to an end, the caller went away.
#[derive(Debug)]
pub(crate) struct Page<'j> {
    journal: &'j Journal,
    index: usize,
}

impl Page<'_> {
    /// Notes what the service answered.
    pub(crate) fn answered(&self, answer: &Answer) {
        self.change(|entry| {
            entry.applied = answer.done == Done::Changed;
            entry.code.clone_from(&answer.code);
        });
    }

    /// Notes that a fault holds the request, or its answer.
    pub(crate) fn held(&self) {
        self.change(|entry| entry.delivery = Delivery::Held);
    }

    /// Notes how the request ended.
    pub(crate) fn close(self, delivery: Delivery, status: Option<u16>) {
        self.change(|entry| {
            entry.delivery = delivery;
            entry.status = status;
        });
    }

    fn change(&self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.journal.lock().get_mut(self.index) {
            change(entry);
        }
        self.journal.changes.tell();
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        self.change(|entry| match entry.delivery {
            Delivery::Underway | Delivery::Held => entry.delivery = Delivery::CallerGone,
            Delivery::Answered | Delivery::CutOff | Delivery::CallerGone => {}
        });
        self.journal.look(|entries| {
            let Some(entry) = entries.get(self.index) else { return };
            tracing::info!(
                number = entry.number,
                operation = entry.operation,
                room = entry.room.as_deref().unwrap_or_default(),
                code = entry.code.as_ref().map(ToString::to_string).unwrap_or_default(),
                applied = entry.applied,
                fault = entry.fault.as_deref().unwrap_or_default(),
                delivery = ?entry.delivery,
                "request"
            );
        });
    }
}

/// Returns the JSON with every secret replaced, at any depth.
///
/// A secret is what is under a key that is named like one, except booleans and `null`: `IsPasswordEnabled` says nothing.
pub(crate) fn redacted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| redacted_field(name, value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn redacted_field(name: String, value: Value) -> (String, Value) {
    let lower = name.to_lowercase();
    let secret =
        ["password", "pwd", "secret", "usersig", "token", "appkey", "app_key"].iter().any(|word| lower.contains(word));
    match (secret, &value) {
        (false, _) => (name, redacted(value)),
        (true, Value::Null | Value::Bool(_)) => (name, value),
        (true, Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            (name, Value::from(REDACTED))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_replaced_at_any_depth_and_nothing_else_is() {
        let body = json!({
            "RoomInfo": { "RoomName": "n", "IsPasswordEnabled": true, "Password": "4711" },
            "list": [{ "chairPwd": 4711, "userSig": "x", "accessToken": { "a": "4711" }, "app_key": "4711" }],
            "gustPwd": null,
        });
        assert_eq!(
            redacted(body),
            json!({
                "RoomInfo": { "RoomName": "n", "IsPasswordEnabled": true, "Password": REDACTED },
                "list": [{ "chairPwd": REDACTED, "userSig": REDACTED, "accessToken": REDACTED, "app_key": REDACTED }],
                "gustPwd": null,
            })
        );
    }
}
