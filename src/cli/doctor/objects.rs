//! The objects: how many are not ready and why, and which nobody has looked at.

use std::collections::BTreeMap;

use super::check::{Check, Group, Row};
use super::scene::Scene;
use super::words;
use crate::api::condition::{Condition, ConditionStatus, READY};
use crate::object::Object;

/// What the schema gives to the status of an object that nobody has looked at.
const NEVER: i64 = -1;

/// Looks at all of them.
pub(super) fn look(scene: &Scene) -> Vec<Check> {
    let objects = &scene.objects;
    let mut checks = Vec::new();
    for (kind, error) in &objects.unlisted {
        let next = "run doctor as somebody who may list them, or name a namespace by -n";
        checks.push(Group::Objects.check(*kind).not_known(words::of(error), next));
    }
    if !objects.unreadable.is_empty() {
        let next = "correct the field, or apply the definitions of this version";
        checks.push(Group::Objects.check("unreadable").failed(objects.unreadable.join("\n"), next));
    }
    let (never, seen): (Vec<&Object>, Vec<&Object>) =
        objects.items.iter().partition(|object| object.status.observed_generation == NEVER);
    checks.push(readiness(&seen));
    checks.push(attention(&never));
    checks
}

fn readiness(seen: &[&Object]) -> Check {
    let check = Group::Objects.check("ready");
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (object, ready) in seen.iter().filter_map(|object| Some((object, ready(object)?))) {
        if ready.status != ConditionStatus::True {
            by_reason.entry(ready.reason.as_str()).or_default().push(object.key.to_string());
        }
    }
    if seen.is_empty() {
        return check.ok("no object was looked at yet");
    }
    let not_ready: usize = by_reason.values().map(Vec::len).sum();
    let all = words::count(seen.len(), "object", "objects");
    if not_ready == 0 {
        return check.ok(format!("all of {all}"));
    }
    let rows = by_reason.into_iter().map(|(reason, names)| Row {
        reason: reason.to_owned(),
        objects: names.len(),
        which: words::some(&names),
    });
    let next = "docs/conditions.md says of each reason what to do; `kubectl describe` shows the message";
    check.warning(format!("{not_ready} of {all} are not"), next).with_rows(rows.collect())
}

fn attention(never: &[&Object]) -> Check {
    let check = Group::Objects.check("looked at");
    if never.is_empty() {
        return check.ok("every object, at least once");
    }
    let names: Vec<String> = never.iter().map(|object| object.key.to_string()).collect();
    let next = "see whether an operator acts, keeps that namespace (--watch-namespaces) and serves the config \
                (--watch-label-selector)";
    check.warning(format!("{} never: {}", words::count(names.len(), "object", "objects"), words::some(&names)), next)
}

fn ready(object: &Object) -> Option<&Condition> {
    object.status.conditions.iter().find(|condition| condition.type_ == READY)
}
