//! Compares a show's room with what is wanted, field by field, and builds the update that removes the differences.
//!
//! It does not judge: whether a difference may be corrected is decided in `plan`.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Desired, Identity, Metadata, Observed, Patch, SeenMetadata};
use crate::claim::Sent;
use crate::diff::{Change, is_unchanged};
use crate::keeping::{Differences, Likeness};
use crate::tencent::{Shown, list};

/// `RoomType` of every room that this engine makes.
pub(super) const ROOM_TYPE: &str = "Live";

/// How much of a metadata value a difference shows, in characters.
const SHOWN_CHARACTERS: usize = 40;

/// Tells a room from others.
pub(super) fn likeness(identity: &Identity, seen: &Observed, sent: Option<&Sent>) -> Likeness {
    let shown =
        Shown { room_type: seen.room_type.as_deref(), owner: &seen.owner, name: &seen.name, caller: &seen.caller };
    identity.likeness(ROOM_TYPE, &shown, sent)
}

/// Compares every managed field, but for the metadata.
pub(super) fn differences(desired: &Desired, seen: &Observed) -> Differences {
    let mut found = Differences::default();
    if let Some(name) = &desired.identity.name {
        found.update.extend(Change::between("name", &seen.name.as_str(), &name.as_str()));
    }
    found.compare("maxMembers", seen.max_members.as_ref(), desired.max_members.as_ref());
    found.compare("messageDisabled", seen.message_disabled.as_ref(), desired.message_disabled.as_ref());
    let url = desired.cover_url.as_ref().map(|url| url.as_str());
    found.compare("coverUrl", seen.cover_url.as_deref().as_ref(), url.as_ref());
    let (shown, wanted) = (seen.category.as_deref().map(list), desired.category.as_deref().map(list));
    found.compare("category", shown.as_ref(), wanted.as_ref());
    found.compare("activityStatus", seen.activity_status.as_ref(), desired.activity_status.as_ref());
    found.compare("publicVisible", seen.public_visible.as_ref(), desired.public_visible.as_ref());
    let mode = desired.take_seat_mode.map(|mode| mode.as_str());
    found.compare("takeSeatMode", seen.take_seat_mode.as_deref().as_ref(), mode.as_ref());
    let notice = desired.notice.as_ref().map(|notice| notice.as_str());
    found.compare("notice", seen.notice.as_deref().as_ref(), notice.as_ref());
    if let Some(owner) = &desired.identity.owner {
        found.owner = Change::between("owner", &seen.owner.as_str(), &owner.as_str());
    }
    let mut fixed = Differences::default();
    fixed.compare("seatTemplate", seen.seat_template.as_ref(), desired.seat_template.as_ref());
    fixed.compare("maxSeats", seen.max_seats.as_ref(), desired.max_seats.as_ref());
    found.create_only = fixed.update;
    found.unverified.extend(fixed.unverified);
    found
}

/// Returns the managed keys whose values differ, with the wanted values.
pub(super) fn differing(wanted: Option<&Metadata>, seen: &SeenMetadata) -> BTreeMap<String, String> {
    let (Some(wanted), SeenMetadata::Shown(seen)) = (wanted, seen) else {
        return BTreeMap::new();
    };
    let differ = wanted.texts().iter().filter(|(key, value)| seen.get(*key) != Some(*value));
    differ.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Returns the difference of the metadata as one change, long values cut.
pub(super) fn metadata_change(differing: &BTreeMap<String, String>, seen: &SeenMetadata) -> Option<Change> {
    let SeenMetadata::Shown(seen) = seen else {
        return None;
    };
    let short = |text: &str| match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => text[..end].to_string() + "…",
        None => text.to_string(),
    };
    let line = |key: &str, value: Option<&String>| match value {
        Some(value) => [key, "=", &short(value)].concat(),
        None => [key, " not set"].concat(),
    };
    let join = |lines: Vec<String>| lines.join(", ");
    let shown = join(differing.keys().map(|key| line(key, seen.get(key))).collect());
    let wanted = join(differing.iter().map(|(key, value)| line(key, Some(value))).collect());
    (!differing.is_empty()).then_some(Change { field: "metadata", seen: shown, wanted })
}

/// Builds the update that sends these fields, and the name.
pub(super) fn patch(desired: &Desired, seen: &Observed, fields: &[&str]) -> Patch {
    let sent = |field: &str| fields.contains(&field);
    let name = desired.identity.name.as_ref().filter(|_| sent("name"));
    Patch {
        name: name.map_or_else(|| seen.name.clone(), |name| name.as_str().into()),
        max_members: desired.max_members.filter(|_| sent("maxMembers")),
        message_disabled: desired.message_disabled.filter(|_| sent("messageDisabled")),
        cover_url: desired.cover_url.as_ref().filter(|_| sent("coverUrl")).map(|url| url.as_str().into()),
        category: desired.category.clone().filter(|_| sent("category")),
        activity_status: desired.activity_status.filter(|_| sent("activityStatus")),
        public_visible: desired.public_visible.filter(|_| sent("publicVisible")),
        take_seat_mode: desired.take_seat_mode.filter(|_| sent("takeSeatMode")),
        notice: desired.notice.as_ref().filter(|_| sent("notice")).map(|notice| notice.as_str().into()),
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
    let same = is_unchanged(before.message_disabled.as_ref(), now.message_disabled.as_ref());
    unless(patch.message_disabled.is_some(), "messageDisabled", same);
    let same = is_unchanged(before.cover_url.as_ref(), now.cover_url.as_ref());
    unless(patch.cover_url.is_some(), "coverUrl", same);
    let categories = |seen: &Observed| seen.category.as_deref().map(list);
    let same = is_unchanged(categories(before).as_ref(), categories(now).as_ref());
    unless(patch.category.is_some(), "category", same);
    let same = is_unchanged(before.activity_status.as_ref(), now.activity_status.as_ref());
    unless(patch.activity_status.is_some(), "activityStatus", same);
    let same = is_unchanged(before.public_visible.as_ref(), now.public_visible.as_ref());
    unless(patch.public_visible.is_some(), "publicVisible", same);
    let same = is_unchanged(before.take_seat_mode.as_ref(), now.take_seat_mode.as_ref());
    unless(patch.take_seat_mode.is_some(), "takeSeatMode", same);
    let same = is_unchanged(before.notice.as_ref(), now.notice.as_ref());
    unless(patch.notice.is_some(), "notice", same);
    changed
}

/// Tells whether the spec sets a field that an update can change.
pub(super) fn is_managed(desired: &Desired, field: &str) -> bool {
    match field {
        "maxMembers" => desired.max_members.is_some(),
        "messageDisabled" => desired.message_disabled.is_some(),
        "coverUrl" => desired.cover_url.is_some(),
        "category" => desired.category.is_some(),
        "activityStatus" => desired.activity_status.is_some(),
        "publicVisible" => desired.public_visible.is_some(),
        "takeSeatMode" => desired.take_seat_mode.is_some(),
        "notice" => desired.notice.is_some(),
        _ => false,
    }
}
