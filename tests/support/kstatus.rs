//! What kstatus (Flux, kpt, Config Sync) concludes from an object, and what must be true for it to conclude "Current".
//!
//! The rules are written anew here, so that a test can hold every version of every object to them; tests/gitops asks the
//! library itself about the same recorded objects.

use serde_json::Value;

/// Where a spec says what is wanted of the room.
const ENGINES: [&str; 4] = ["tencentRoom", "tencentLive", "huaweiRtc", "huaweiMeeting"];

/// What kstatus says of an object that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is as wanted.
    Current,
    /// It goes on by itself.
    InProgress,
    /// A person has to act.
    Failed,
    /// It is being deleted.
    Terminating,
}

/// Returns what kstatus says of an object, by the first of its rules that fits.
pub(crate) fn verdict(object: &Value) -> Verdict {
    if object["metadata"]["deletionTimestamp"].is_string() {
        return Verdict::Terminating;
    }
    let (generation, observed) = (object["metadata"]["generation"].as_i64(), observed_generation(&object["status"]));
    // Without the field kstatus skips the check, and believes an old condition.
    if generation.is_some() && observed.is_some() && generation != observed {
        return Verdict::InProgress;
    }
    let conditions = || object["status"]["conditions"].as_array().into_iter().flatten();
    for condition in conditions().filter(|condition| condition["status"] == "True") {
        match condition["type"].as_str() {
            Some("Reconciling") => return Verdict::InProgress,
            Some("Stalled") => return Verdict::Failed,
            Some(_) | None => {}
        }
    }
    match conditions().find(|condition| condition["type"] == "Ready").map(|ready| &ready["status"]) {
        Some(status) if status == "True" => Verdict::Current,
        Some(status) if status == "False" || status == "Unknown" => Verdict::InProgress,
        // An object that says nothing counts as one that is well.
        Some(_) | None => Verdict::Current,
    }
}

/// Says why an object looks well although nobody has looked at its room since its last edit; `None`: it does not.
///
/// Besides what kstatus reads it wants the condition's own generation, which `kubectl wait` reads, and a sight that fits
/// the spec.
pub(crate) fn premature(object: &Value) -> Option<String> {
    if verdict(object) != Verdict::Current {
        return None;
    }
    let (generation, status) = (object["metadata"]["generation"].as_i64(), &object["status"]);
    let Some(ready) = condition(status, "Ready").filter(|ready| ready["status"] == "True") else {
        return Some("it has no Ready=True".to_owned());
    };
    for (what, told) in [("status", status), ("Ready", ready)] {
        if observed_generation(told) != generation || generation.is_none() {
            let observed = observed_generation(told);
            return Some(format!("{what} speaks of generation {observed:?}, and the object has {generation:?}"));
        }
    }
    let is_room = matches!(object["kind"].as_str(), Some("Room" | "MeetingRoom"));
    // A show that is over has nothing to be seen.
    if !is_room || ready["reason"] == "Ended" {
        return None;
    }
    let Some(seen) = status["observed"].as_object() else {
        return Some("nothing was seen of it".to_owned());
    };
    let drifted = |field: &str| status["drift"].as_array().into_iter().flatten().any(|drift| drift["field"] == field);
    let settings = ENGINES.iter().filter_map(|engine| object["spec"][engine].as_object()).flatten();
    settings.into_iter().find_map(|(field, wanted)| {
        let seen = seen.get(field).filter(|seen| is_plain(seen) && is_plain(wanted) && *seen != wanted)?;
        (!drifted(field)).then(|| format!("{field} was seen as {seen}, and the spec has {wanted}"))
    })
}

fn condition<'a>(status: &'a Value, type_: &str) -> Option<&'a Value> {
    status["conditions"].as_array()?.iter().find(|condition| condition["type"] == type_)
}

fn observed_generation(told: &Value) -> Option<i64> {
    told["observedGeneration"].as_i64()
}

fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}
