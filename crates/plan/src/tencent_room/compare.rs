//! Compares a room with what is wanted, field by field, and builds the update that removes the differences.
//!
//! It does not judge: whether a difference may be corrected is decided in `plan`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Desired, Identity, Observed, Password, Patch, Schedule, SeenPassword, Switch, Switches};
use crate::claim::Sent;
use crate::diff::{Change, is_unchanged};
use crate::ids::Timestamp;
use crate::keeping::{Differences, Likeness};
use crate::secret::SecretValue;
use crate::tencent::Shown;

/// `RoomType` of every room that this engine makes.
pub(super) const ROOM_TYPE: &str = "Conference";

/// Tells a room from others.
pub(super) fn likeness(identity: &Identity, seen: &Observed, sent: Option<&Sent>) -> Likeness {
    let shown =
        Shown { room_type: seen.room_type.as_deref(), owner: &seen.owner, name: &seen.name, caller: &seen.caller };
    identity.likeness(ROOM_TYPE, &shown, sent)
}

/// Compares every managed field.
pub(super) fn differences(desired: &Desired, seen: &Observed) -> Differences {
    let mut found = Differences::default();
    compare_settings(desired, seen, &mut found);
    compare_password(desired.password.as_ref(), &seen.password, &mut found);
    if let Some(owner) = &desired.identity.owner {
        found.owner = Change::between("owner", &seen.owner.as_str(), &owner.as_str());
    }
    compare_create_only(desired, seen, &mut found);
    found
}

fn compare_settings(desired: &Desired, seen: &Observed, found: &mut Differences) {
    if let Some(name) = &desired.identity.name {
        found.update.extend(Change::between("name", &seen.name.as_str(), &name.as_str()));
    }
    found.compare("maxMembers", seen.max_members.as_ref(), desired.max_members.as_ref());
    for switch in Switch::ALL {
        let (seen, wanted) = (seen.switches.get(switch), desired.switches.get(switch));
        found.compare(switch.field(), seen.as_ref(), wanted.as_ref());
    }
    let info = desired.custom_info.as_ref().map(|info| info.as_str());
    found.compare("customInfo", seen.custom_info.as_deref().as_ref(), info.as_ref());
    let mode = desired.take_seat_mode.map(|mode| mode.as_str());
    found.compare("takeSeatMode", seen.take_seat_mode.as_deref().as_ref(), mode.as_ref());
}

fn compare_password(wanted: Option<&Password<SecretValue>>, seen: &SeenPassword, found: &mut Differences) {
    let (seen, wanted) = match (wanted, seen) {
        (None, _) | (Some(Password::None), SeenPassword::Off) => return,
        (Some(Password::Set(wanted)), SeenPassword::On(Some(seen))) if *seen == wanted.value => return,
        (Some(_), SeenPassword::NotShown) | (Some(Password::Set(_)), SeenPassword::On(None)) => {
            found.unverified.push("password");
            return;
        }
        (Some(Password::None), SeenPassword::On(_)) => ("set", "not set"),
        (Some(Password::Set(_)), SeenPassword::Off) => ("not set", "set"),
        (Some(Password::Set(_)), SeenPassword::On(Some(_))) => ("other", "set"),
    };
    found.update.push(Change { field: "password", seen: seen.to_string(), wanted: wanted.to_string() });
}

fn compare_create_only(desired: &Desired, seen: &Observed, found: &mut Differences) {
    let mut fixed = Differences::default();
    if let Some(Schedule { start, end }) = desired.schedule {
        let seconds = |time: Timestamp| time.0;
        fixed.compare("schedule.start", seen.schedule_start.map(seconds).as_ref(), start.map(seconds).as_ref());
        fixed.compare("schedule.end", seen.schedule_end.map(seconds).as_ref(), end.map(seconds).as_ref());
    }
    if let Some(seats) = desired.seats {
        fixed.compare("seats.enabled", seen.seats_enabled.as_ref(), seats.enabled.as_ref());
        fixed.compare("seats.max", seen.max_seats.as_ref(), seats.max.as_ref());
    }
    if !desired.invitees.is_empty() {
        fixed.unverified.push("invitees");
    }
    found.create_only = fixed.update;
    found.unverified.extend(fixed.unverified);
}

/// Builds the update that sends these fields, and the name.
pub(super) fn patch(desired: &Desired, seen: &Observed, fields: &[&str]) -> Patch {
    let sent = |field: &str| fields.contains(&field);
    let mut switches = Switches::default();
    for switch in Switch::ALL.into_iter().filter(|switch| sent(switch.field())) {
        switches.set(switch, desired.switches.get(switch));
    }
    let name = desired.identity.name.as_ref().filter(|_| sent("name"));
    Patch {
        name: name.map_or_else(|| seen.name.clone(), |name| String::from(name.as_str())),
        max_members: desired.max_members.filter(|_| sent("maxMembers")),
        switches,
        custom_info: desired.custom_info.as_ref().filter(|_| sent("customInfo")).map(|info| info.as_str().into()),
        take_seat_mode: desired.take_seat_mode.filter(|_| sent("takeSeatMode")),
        password: desired.password.clone().filter(|_| sent("password")),
    }
}

/// Returns the fields that an update changed although it did not send them.
pub(super) fn changed_unsent(patch: &Patch, before: &Observed, now: &Observed) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut unless = |sent: bool, field: &'static str, same: bool| {
        if !sent && !same {
            changed.push(field);
        }
    };
    let same = is_unchanged(before.max_members.as_ref(), now.max_members.as_ref());
    unless(patch.max_members.is_some(), "maxMembers", same);
    for switch in Switch::ALL {
        let same = is_unchanged(before.switches.get(switch).as_ref(), now.switches.get(switch).as_ref());
        unless(patch.switches.get(switch).is_some(), switch.field(), same);
    }
    let same = is_unchanged(before.custom_info.as_ref(), now.custom_info.as_ref());
    unless(patch.custom_info.is_some(), "customInfo", same);
    let same = is_unchanged(before.take_seat_mode.as_ref(), now.take_seat_mode.as_ref());
    unless(patch.take_seat_mode.is_some(), "takeSeatMode", same);
    unless(patch.password.is_some(), "password", same_password(&before.password, &now.password));
    changed
}

/// Two looks at a password; what one of them does not show may be the same.
fn same_password(before: &SeenPassword, now: &SeenPassword) -> bool {
    match (before, now) {
        (SeenPassword::NotShown, _) | (_, SeenPassword::NotShown) | (SeenPassword::Off, SeenPassword::Off) => true,
        (SeenPassword::On(before), SeenPassword::On(now)) => is_unchanged(before.as_ref(), now.as_ref()),
        (SeenPassword::Off, SeenPassword::On(_)) | (SeenPassword::On(_), SeenPassword::Off) => false,
    }
}

/// Tells whether the spec sets a field that an update can change.
pub(super) fn is_managed(desired: &Desired, field: &str) -> bool {
    match field {
        "maxMembers" => desired.max_members.is_some(),
        "customInfo" => desired.custom_info.is_some(),
        "takeSeatMode" => desired.take_seat_mode.is_some(),
        "password" => desired.password.is_some(),
        other => {
            Switch::ALL.into_iter().any(|switch| switch.field() == other && desired.switches.get(switch).is_some())
        }
    }
}
