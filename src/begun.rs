//! What is written down before a call that nobody can see afterwards: the annotation `roomkeeper.dev/begun`.
//!
//! A crash or a lost reply leaves the question whether a room was dismissed, or who had it before a change of owner.
//! The planner decides what follows from it; here it is only written and read.

use roomkeeper_plan::begun::{Begun, Purpose};
use roomkeeper_plan::huawei_meeting::Person;
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_providers::{Error, Outcome};
use serde::{Deserialize, Serialize};

/// The annotation as it is written.
///
/// The UID tells an object from a later one of the same name, which inherits nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    uid: String,
    #[serde(flatten)]
    act: Act,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Act {
    #[serde(rename_all = "camelCase")]
    Dismissal {
        /// The vendor's clock, in unix seconds.
        at: i64,
        /// The token of `dismiss-requested-at`; absent: the object was deleted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<String>,
        accepted: bool,
    },
    #[serde(rename_all = "camelCase")]
    HandOver {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_user_id: Option<String>,
        from_account: String,
        to: String,
        generation: i64,
        refused: bool,
    },
}

/// Returns the text of the annotation, for the object with this UID.
#[must_use]
pub fn write(begun: &Begun, uid: &str) -> String {
    let act = match begun.clone() {
        Begun::Dismissal { at, purpose, accepted } => {
            let request = match purpose {
                Purpose::Deletion => None,
                Purpose::Request(token) => Some(token),
            };
            Act::Dismissal { at: at.0, request, accepted }
        }
        Begun::HandOver { from, to, generation, refused } => {
            Act::HandOver { from_user_id: from.user_id, from_account: from.account, to, generation, refused }
        }
    };
    serde_json::to_string(&Written { uid: uid.to_owned(), act }).expect("texts, numbers and booleans are JSON")
}

/// Reads the annotation; `None` if it is another object's or not readable, as after an edit by hand.
#[must_use]
pub fn read(text: &str, uid: &str) -> Option<Begun> {
    let written: Written = serde_json::from_str(text).ok().filter(|written: &Written| written.uid == uid)?;
    Some(match written.act {
        Act::Dismissal { at, request, accepted } => Begun::Dismissal {
            at: Timestamp(at),
            purpose: request.map_or(Purpose::Deletion, Purpose::Request),
            accepted,
        },
        Act::HandOver { from_user_id, from_account, to, generation, refused } => {
            Begun::HandOver { from: Person { user_id: from_user_id, account: from_account }, to, generation, refused }
        }
    })
}

/// Returns what is known of a begun act after its steps ran; `None`: it surely did not happen.
#[must_use]
pub fn after(begun: &Begun, failure: Option<&Error>) -> Option<Begun> {
    match (begun, failure.map(Error::outcome)) {
        (Begun::Dismissal { at, purpose, .. }, None) => {
            Some(Begun::Dismissal { at: *at, purpose: purpose.clone(), accepted: true })
        }
        (Begun::Dismissal { .. }, Some(Outcome::Refused)) => None,
        (Begun::Dismissal { .. }, Some(Outcome::Uncertain)) | (Begun::HandOver { .. }, _) => Some(begun.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> [Begun; 3] {
        let from = Person { user_id: Some("alice".into()), account: "alice@example".into() };
        [
            Begun::Dismissal { at: Timestamp(1_767_225_600), purpose: Purpose::Deletion, accepted: true },
            Begun::Dismissal { at: Timestamp(1), purpose: Purpose::Request("2026-01-01".into()), accepted: false },
            Begun::HandOver { from, to: "bob".into(), generation: 3, refused: false },
        ]
    }

    #[test]
    fn what_is_written_is_read_again_by_the_same_object_and_by_no_other() {
        for begun in begun() {
            let text = write(&begun, "uid-1");
            assert_eq!(read(&text, "uid-1"), Some(begun));
            assert_eq!(read(&text, "uid-2"), None, "a later object of the same name inherits nothing");
        }
        for broken in ["", "{}", "[]", r#"{"uid":"uid-1"}"#, r#"{"uid":"uid-1","dismissal":{"at":"soon"}}"#] {
            assert_eq!(read(broken, "uid-1"), None, "{broken}");
        }
    }

    #[test]
    fn an_accepted_dismissal_is_remembered_as_such() {
        let [_, dismissal, hand_over] = begun();
        let accepted =
            Begun::Dismissal { at: Timestamp(1), purpose: Purpose::Request("2026-01-01".into()), accepted: true };
        assert_eq!(after(&dismissal, None), Some(accepted));
        assert_eq!(after(&hand_over, None), Some(hand_over));
    }
}
