//! Compares a room with what is wanted, field by field, and builds the update that removes the differences.
//!
//! It does not judge: whether a difference may be corrected is decided in `plan`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Desired, Identity, Observed, Password, Patch, Schedule, SeenPassword, Switch, Switches};
use crate::diff::Change;
use crate::ids::Timestamp;
use crate::secret::SecretValue;

/// `RoomType` of every room that this engine makes.
const ROOM_TYPE: &str = "Conference";

/// Every difference between a room and its spec, by what could remove it.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// An update removes these.
    pub(super) update: Vec<Change>,
    /// A change of owner removes this.
    pub(super) owner: Option<Change>,
    /// Only making the room anew would remove these.
    pub(super) create_only: Vec<Change>,
    /// Managed, but not shown.
    pub(super) unverified: Vec<&'static str>,
}

/// Tells whether a room has the type, owner and name that a create of this object sent.
pub(super) fn is_what_was_sent(identity: &Identity, seen: &Observed) -> bool {
    let owner = identity.owner.as_ref().map_or(seen.caller.as_str(), |owner| owner.as_str());
    let name = identity.name.as_ref().map_or(identity.room.as_str(), |name| name.as_str());
    is_of_this_engine(seen) && seen.owner == owner && seen.name == name
}

/// Tells whether the room belongs to the Room Engine; an answer without a type does.
pub(super) fn is_of_this_engine(seen: &Observed) -> bool {
    seen.room_type.as_deref().is_none_or(|room_type| room_type == ROOM_TYPE)
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
    shown("maxMembers", seen.max_members.as_ref(), desired.max_members.as_ref(), found);
    for switch in Switch::ALL {
        let (seen, wanted) = (seen.switches.get(switch), desired.switches.get(switch));
        shown(switch.field(), seen.as_ref(), wanted.as_ref(), found);
    }
    let info = desired.custom_info.as_ref().map(|info| info.as_str());
    shown("customInfo", seen.custom_info.as_deref().as_ref(), info.as_ref(), found);
    let mode = desired.take_seat_mode.map(|mode| mode.as_str());
    shown("takeSeatMode", seen.take_seat_mode.as_deref().as_ref(), mode.as_ref(), found);
}

/// Compares a managed field that the vendor may not show.
fn shown<T: PartialEq + ToString>(field: &'static str, seen: Option<&T>, wanted: Option<&T>, found: &mut Differences) {
    match (wanted, seen) {
        (None, _) => {}
        (Some(_), None) => found.unverified.push(field),
        (Some(wanted), Some(seen)) => found.update.extend(Change::between(field, seen, wanted)),
    }
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
        shown("schedule.start", seen.schedule_start.map(seconds).as_ref(), start.map(seconds).as_ref(), &mut fixed);
        shown("schedule.end", seen.schedule_end.map(seconds).as_ref(), end.map(seconds).as_ref(), &mut fixed);
    }
    if let Some(seats) = desired.seats {
        shown("seats.enabled", seen.seats_enabled.as_ref(), seats.enabled.as_ref(), &mut fixed);
        shown("seats.max", seen.max_seats.as_ref(), seats.max.as_ref(), &mut fixed);
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
    unless(patch.max_members.is_some(), "maxMembers", before.max_members == now.max_members);
    for switch in Switch::ALL {
        let same = before.switches.get(switch) == now.switches.get(switch);
        unless(patch.switches.get(switch).is_some(), switch.field(), same);
    }
    unless(patch.custom_info.is_some(), "customInfo", before.custom_info == now.custom_info);
    unless(patch.take_seat_mode.is_some(), "takeSeatMode", before.take_seat_mode == now.take_seat_mode);
    unless(patch.password.is_some(), "password", before.password == now.password);
    changed
}
