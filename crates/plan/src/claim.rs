//! Whose room is it: decided from what was written down, before anyone looks at the vendor.
//!
//! A wrong answer here dismisses a stranger's room, so every doubt ends in "not ours".

use alloc::string::String;

use crate::ids::{Account, Claim, ExternalId, ObjectName, Timestamp};

/// What was written down about the object and its room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The object claimed the room and its status shows that the room was seen as its own.
    Confirmed,
    /// The object claimed the room, but no sighting was recorded: a create may be under way or lost.
    Intended,
    /// The object never claimed this room.
    Unclaimed,
    /// The object claimed a room in another account than its `ProviderConfig` names now.
    OtherAccount(Account),
}

/// Reads the claim annotation, with `status.externalId` as the fallback where the annotation was stripped.
///
/// A claim that names another object came with a copied manifest and counts for nothing.
#[must_use]
pub fn ownership(
    annotation: Option<&str>,
    recorded: Option<&str>,
    object: &ObjectName,
    room: &ExternalId,
) -> Ownership {
    let recorded = recorded.and_then(ExternalId::parse);
    let claimed = annotation.and_then(Claim::parse).filter(|claim| claim.by == *object).map(|claim| claim.room);
    let Some(written) = claimed.as_ref().or(recorded.as_ref()) else {
        return Ownership::Unclaimed;
    };
    if written.account() != room.account() {
        return Ownership::OtherAccount(written.account().clone());
    }
    match (written == room, recorded.as_ref() == Some(room)) {
        (true, true) => Ownership::Confirmed,
        (true, false) => Ownership::Intended,
        (false, true | false) => Ownership::Unclaimed,
    }
}

/// What tells a room that a create of ours made from anybody else's, written down before the create.
///
/// The spec may be edited while nobody knows whether the create arrived, so the spec cannot tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The owner of the room, as it was sent; the caller's own account if none was.
    pub owner: String,
    /// The name of the room, as it was sent; the room id if none was.
    pub name: String,
}

/// One of several objects that name the same room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The object.
    pub object: ObjectName,
    /// Its `metadata.uid`.
    pub uid: String,
    /// Its `metadata.creationTimestamp`.
    pub created: Timestamp,
    /// Whether it holds a claim on this room.
    pub standing: Standing,
}

/// How strong a candidate's word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It holds a claim on the room.
    Claims,
    /// It has no claim yet.
    Asks,
    /// Its credential was never accepted, so it may not claim anything.
    Unproven,
}

/// Returns the candidate that the room belongs to: a claim wins, then the older object, then the smaller UID.
///
/// An unproven candidate wins nothing, unless all are.
#[must_use]
pub fn winner(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().min_by_key(|candidate| (candidate.standing, candidate.created, candidate.uid.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn object(name: &str) -> ObjectName {
        ObjectName { namespace: "events".into(), name: name.into() }
    }

    #[test]
    fn ownership_is_read_from_what_was_written_down() {
        let ours = ExternalId::new(Account::tencent(1), "r");
        let claim = |by: &str, room: &ExternalId| Claim { room: room.clone(), by: object(by) }.to_string();
        let elsewhere = ExternalId::new(Account::tencent(2), "r");
        let rows = [
            ("nothing written", None, None, Ownership::Unclaimed),
            ("claimed, not seen", Some(claim("a", &ours)), None, Ownership::Intended),
            ("claimed and seen", Some(claim("a", &ours)), Some(ours.to_string()), Ownership::Confirmed),
            ("annotation stripped", None, Some(ours.to_string()), Ownership::Confirmed),
            ("copied manifest", Some(claim("b", &ours)), None, Ownership::Unclaimed),
            ("other account", Some(claim("a", &elsewhere)), None, Ownership::OtherAccount(Account::tencent(2))),
            (
                "other account, by status",
                None,
                Some(elsewhere.to_string()),
                Ownership::OtherAccount(Account::tencent(2)),
            ),
            ("unreadable", Some("what is this".into()), None, Ownership::Unclaimed),
            (
                "another room of the account",
                Some(claim("a", &ExternalId::new(Account::tencent(1), "other"))),
                Some(ours.to_string()),
                Ownership::Unclaimed,
            ),
        ];
        for (what, annotation, recorded, expected) in rows {
            let found = ownership(annotation.as_deref(), recorded.as_deref(), &object("a"), &ours);
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_claim_beats_age_and_age_beats_the_uid() {
        let candidate = |name: &str, created, standing| Candidate {
            object: object(name),
            uid: name.into(),
            created: Timestamp(created),
            standing,
        };
        let rows = [
            ("b", [candidate("a", 1, Standing::Asks), candidate("b", 2, Standing::Claims)]),
            ("a", [candidate("a", 1, Standing::Asks), candidate("b", 2, Standing::Asks)]),
            ("a", [candidate("b", 1, Standing::Asks), candidate("a", 1, Standing::Asks)]),
            ("b", [candidate("a", 1, Standing::Unproven), candidate("b", 2, Standing::Asks)]),
        ];
        for (expected, candidates) in rows {
            assert_eq!(winner(&candidates).map(|c| c.uid.as_str()), Some(expected), "{candidates:?}");
        }
    }
}
