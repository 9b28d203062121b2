//! Writes down whose room it is: the claim annotation and the finalizer, in one guarded JSON patch.
//!
//! Nothing is sent to a vendor about a room before its claim stands.

use roomkeeper_plan::begun::Begun;
use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::decision::Claiming;
use roomkeeper_plan::ids::{Claim, ExternalId};
use roomkeeper_plan::policy::{Terms, Verb};
use serde_json::{Value, json};

use crate::api::RoomStatus;
use crate::api::annotations::{BEGUN, CLAIM, FINALIZER, SENT};
use crate::begun;
use crate::cluster::{WriteError, Writer};
use crate::key::Key;
use crate::object::Object;
use crate::report::Report;
use crate::settled::Heir;
use crate::terms;

/// Brings claim and finalizer to what the plan says, unless they stand so already; returns the object as it is now.
///
/// The finalizer is held only while deletion would have something to do. A crash right after it leaves a claim whose
/// create never came: the next pass looks, and goes on.
///
/// # Errors
/// The object changed meanwhile, or the API server refused.
pub async fn ensure(
    object: &Object,
    claiming: Claiming,
    room: Option<&ExternalId>,
    sent: Option<&Sent>,
    terms: &Terms,
    writer: &Writer,
) -> Result<Object, WriteError> {
    if object.deletion.is_some() {
        // A finalizer cannot be added any more, and it goes last of all, in `settle`.
        return Ok(object.clone());
    }
    let mut patch = Vec::new();
    match (claiming, room) {
        (Claiming::Take, Some(room)) => {
            patch.extend(annotate(object, room, sent));
            match (terms.policies.allow(Verb::Dismiss) || is_half_done(object), object.held) {
                (true, false) => patch.extend(hold(object)),
                (false, true) => patch.extend(let_go(object)),
                (true, true) | (false, false) => {}
            }
        }
        (Claiming::GiveUp, _) => patch.extend(let_go(object)),
        (Claiming::AsIs, _) | (Claiming::Take, None) => {}
    }
    if patch.is_empty() { Ok(object.clone()) } else { writer.patch(object, patch).await }
}

/// Sees, before a room is made or ended, that the object is still there and asks for nothing else than the pass knows: the
/// watches may be late, and nobody can take such a step back.
///
/// # Errors
/// The object changed meanwhile, or the API server refused; then the room must be left as it is.
pub async fn stands(object: &Object, writer: &Writer) -> Result<Object, WriteError> {
    let newest = writer.read(object).await?;
    if newest.fingerprint() == object.fingerprint() { Ok(newest) } else { Err(WriteError::Changed) }
}

/// Records in the status that the room is the object's. It is only needed before a step on a room whose create was never
/// answered, and for the heir of a room: from then on the status tells whose it is.
///
/// # Errors
/// The object changed meanwhile, or the API server refused.
pub async fn confirm(object: &Object, room: &ExternalId, writer: &Writer) -> Result<(), WriteError> {
    let status = RoomStatus { external_id: Some(room.to_string()), ..object.status.clone() };
    writer.write_status(object, &status).await
}

/// Records that a room is the object's, if it is known and not recorded yet, after a pass about which nothing else is
/// written.
///
/// # Errors
/// The object changed meanwhile, or the API server refused.
pub async fn note(object: &Object, room: Option<&ExternalId>, writer: &Writer) -> Result<(), WriteError> {
    match room {
        Some(room) if object.status.external_id.as_deref() != Some(room.to_string().as_str()) => {
            confirm(object, room, writer).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Writes down what is about to be begun, if anything, and returns the object as it is then.
///
/// # Errors
/// The object changed meanwhile, or the API server refused; then the act must not be begun.
pub async fn begin(object: &Object, begun: Option<&Begun>, writer: &Writer) -> Result<Object, WriteError> {
    match begun {
        Some(begun) => note_begun(object, begun, writer).await,
        None => Ok(object.clone()),
    }
}

/// Writes down what is known now of a begun act; `None`: it surely did not happen.
///
/// # Errors
/// The object changed meanwhile, or the API server refused; the act then counts as one whose reply was lost.
pub async fn begun(object: &Object, known: Option<&Begun>, writer: &Writer) -> Result<Object, WriteError> {
    match known {
        Some(known) => note_begun(object, known, writer).await,
        None if object.annotation(BEGUN).is_none() => Ok(object.clone()),
        None => writer.patch(object, vec![json!({ "op": "remove", "path": pointer(BEGUN) })]).await,
    }
}

/// Takes away what was written down of a begun act that came to its end. The status has told of it before, so a crash in
/// between tells it once more and does nothing again.
///
/// # Errors
/// The API server refused; the next pass tries again.
pub async fn followed(object: &Object, report: &Report, writer: &Writer) -> Result<(), WriteError> {
    if report.followed.is_none() || report.may_go {
        return Ok(());
    }
    // The pass may have written it itself.
    let newest = writer.known(&object.key).filter(|newest| newest.uid == object.uid).ok_or(WriteError::Changed)?;
    begun(&newest, None, writer).await.map(drop)
}

async fn note_begun(object: &Object, begun: &Begun, writer: &Writer) -> Result<Object, WriteError> {
    let mut patch = annotations(object, vec![(BEGUN, begun::write(begun, &object.uid))]);
    if is_hand_over(begun) && !object.held && object.deletion.is_none() {
        patch.extend(hold(object));
    }
    if patch.is_empty() { Ok(object.clone()) } else { writer.patch(object, patch).await }
}

/// Tells whether a change of owner was begun, in the middle of which a room is nobody's: the object must not go then.
fn is_half_done(object: &Object) -> bool {
    let begun = object.annotation(BEGUN).and_then(|text| begun::read(text, &object.uid));
    begun.as_ref().is_some_and(is_hand_over)
}

fn is_hand_over(begun: &Begun) -> bool {
    match begun {
        Begun::HandOver { .. } => true,
        Begun::Dismissal { .. } => false,
    }
}

/// Lets a deleted object go once its room is gone or stays on purpose.
///
/// # Errors
/// The API server refused; the next pass tries again.
pub async fn settle(object: &Object, report: &Report, writer: &Writer) -> Result<(), WriteError> {
    if let Some(heir) = report.heir.as_ref().filter(|_| report.may_go) {
        hand_over(object, heir, writer).await?;
    }
    let patch = if report.may_go { let_go(object) } else { Vec::new() };
    if patch.is_empty() { Ok(()) } else { writer.patch(object, patch).await.map(drop) }
}

/// Writes the claim of an object that goes over to the next one that names its room, so that nobody has to adopt it.
///
/// A crash right after it leaves two claims, of which the living object's wins.
async fn hand_over(object: &Object, next: &Heir, writer: &Writer) -> Result<(), WriteError> {
    let Heir { object: to, room, names } = next;
    let key = Key { kind: object.key.kind, name: to.clone() };
    let named = |name: &String| names.contains(name) || object.names().contains(name);
    let fits = |heir: &Object| heir.deletion.is_none() && heir.names().iter().any(named);
    // Without an heir nothing is handed over, and the next pass decides anew.
    let heir = writer.known(&key).filter(|heir| fits(heir)).ok_or(WriteError::Changed)?;
    // The status first: it alone makes the room the heir's, so a crash in between leaves no claim without it.
    confirm(&heir, room, writer).await?;
    let mut patch = annotate(&heir, room, None);
    if !heir.held && terms::of(&heir.spec).is_ok_and(|terms| terms.policies.allow(Verb::Dismiss)) {
        patch.extend(hold(&heir));
    }
    if patch.is_empty() { Ok(()) } else { writer.patch(&heir, patch).await.map(drop) }
}

/// Writes the claim, and what a create is about to send; what stands already is left as it is.
fn annotate(object: &Object, room: &ExternalId, sent: Option<&Sent>) -> Vec<Value> {
    let claim = Claim { room: room.clone(), by: object.key.name.clone() }.to_string();
    let sent = sent.map(|sent| json!({ "owner": sent.owner, "name": sent.name }).to_string());
    let wanted = [(CLAIM, Some(claim)), (SENT, sent)];
    annotations(object, wanted.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// Writes annotations; what stands already is left as it is.
fn annotations(object: &Object, wanted: Vec<(&'static str, String)>) -> Vec<Value> {
    let mut missing = wanted;
    missing.retain(|(name, value)| object.annotation(name) != Some(value.as_str()));
    if missing.is_empty() {
        return Vec::new();
    }
    if object.has_annotations() {
        let add = |(name, value): &(&str, String)| json!({ "op": "add", "path": pointer(name), "value": value });
        return missing.iter().map(add).collect();
    }
    let all: serde_json::Map<String, Value> =
        missing.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    vec![
        json!({ "op": "test", "path": "/metadata/annotations", "value": null }),
        json!({ "op": "add", "path": "/metadata/annotations", "value": all }),
    ]
}

/// Returns the JSON pointer of an annotation.
fn pointer(name: &str) -> String {
    format!("/metadata/annotations/{}", name.replace('/', "~1"))
}

fn hold(object: &Object) -> Vec<Value> {
    let finalizers = object.finalizers();
    if finalizers.is_empty() {
        return vec![
            json!({ "op": "test", "path": "/metadata/finalizers", "value": null }),
            json!({ "op": "add", "path": "/metadata/finalizers", "value": [FINALIZER] }),
        ];
    }
    vec![
        json!({ "op": "test", "path": "/metadata/finalizers", "value": finalizers }),
        json!({ "op": "add", "path": "/metadata/finalizers/-", "value": FINALIZER }),
    ]
}

fn let_go(object: &Object) -> Vec<Value> {
    let Some(place) = object.finalizers().iter().position(|finalizer| finalizer == FINALIZER) else {
        return Vec::new();
    };
    let path = format!("/metadata/finalizers/{place}");
    vec![json!({ "op": "test", "path": path, "value": FINALIZER }), json!({ "op": "remove", "path": path })]
}
