//! What each engine's verbs permit, said without a word of the planners.

use serde_json::{Value, json};

use super::{End, Permitted, Row};
use crate::scenes::Scene;
use crate::scenes::cloud_meeting::CloudMeeting;
use crate::scenes::cloud_rtc::CloudRtc;
use crate::scenes::tencent::{Room, Show, empties};
use crate::story::Story;

impl Permitted for Room {
    fn comes(row: &Row) -> End {
        tencent_comes(row, &[], &["update_room_info"])
    }

    fn after_it_differs(row: &Row) -> End {
        tencent_differs(row, &["update_room_info"])
    }

    fn goes(row: &Row) -> Vec<&'static str> {
        tencent_goes(row)
    }

    fn before_it_goes(story: &Story, row: &Row) {
        empties(story, &row.name);
    }
}

/// A create takes neither notice nor metadata: they follow, if updates are allowed.
const SHOW_UPDATES: &[&str] = &["update_room_info", "set_room_metadata"];

impl Permitted for Show {
    fn comes(row: &Row) -> End {
        tencent_comes(row, SHOW_UPDATES, SHOW_UPDATES)
    }

    fn after_it_differs(row: &Row) -> End {
        tencent_differs(row, SHOW_UPDATES)
    }

    fn goes(row: &Row) -> Vec<&'static str> {
        tencent_goes(row)
    }

    fn before_it_goes(story: &Story, row: &Row) {
        empties(story, &row.name);
    }
}

fn tencent_comes(row: &Row, follows_a_create: &[&'static str], updates: &[&'static str]) -> End {
    match (row.was_there, row.may("Create"), row.may("Adopt")) {
        (true, _, true) => corrected(row, updates, &["change_room_owner"]),
        (true, true, false) => ("AlreadyExists", vec![]),
        (true, false, false) => ("DriftNotCorrected", vec![]),
        (false, false, _) => ("NotFound", vec![]),
        (false, true, _) if row.may("Update") => ("InSync", [&["create_room"], follows_a_create].concat()),
        (false, true, _) if follows_a_create.is_empty() => ("InSync", vec!["create_room"]),
        (false, true, _) => ("DriftNotCorrected", vec!["create_room"]),
    }
}

fn tencent_differs(row: &Row, updates: &[&'static str]) -> End {
    if is_tencents_own(row) {
        return corrected(row, updates, &["change_room_owner"]);
    }
    let (reason, _) = tencent_comes(row, &[], updates);
    (reason, vec![])
}

fn tencent_goes(row: &Row) -> Vec<&'static str> {
    if is_tencents_own(row) && row.may("Dismiss") { vec![Room::END] } else { vec![] }
}

/// Tells whether the object made the room or took it over.
fn is_tencents_own(row: &Row) -> bool {
    row.may(if row.was_there { "Adopt" } else { "Create" })
}

/// What becomes of a room of the object's with another name and another owner.
fn corrected(row: &Row, updates: &[&'static str], change_of_owner: &[&'static str]) -> End {
    let may = |verb, calls| if row.may(verb) { calls } else { &[][..] };
    let calls = [may("Update", updates), may("ChangeOwner", change_of_owner)].concat();
    let all = row.may("Update") && row.may("ChangeOwner");
    (if all { "InSync" } else { "DriftNotCorrected" }, calls)
}

/// Whether a room runs is its people's affair; only a dismissal is asked for.
impl Permitted for CloudRtc {
    fn comes(_row: &Row) -> End {
        ("InSync", vec![])
    }

    fn after_it_differs(row: &Row) -> End {
        match (row.was_there, row.may("Dismiss")) {
            (true, true) => ("InSync", vec![Self::END]),
            (true, false) => ("DriftNotCorrected", vec![]),
            (false, _) => ("InSync", vec![]),
        }
    }

    fn goes(row: &Row) -> Vec<&'static str> {
        if row.was_there && row.may("Dismiss") { vec![Self::END] } else { vec![] }
    }

    fn before_it_goes(story: &Story, row: &Row) {
        if row.was_there {
            Self::stands(story, &row.name);
        }
    }
}

/// Whoever names a room has it, so `Adopt` alone permits nothing.
impl Permitted for CloudMeeting {
    fn comes(row: &Row) -> End {
        match row.was_there {
            true => corrected(row, &["update_member_vmr"], &["disassociate_vmr", "associate_vmr"]),
            false => ("NotFound", vec![]),
        }
    }

    fn after_it_differs(row: &Row) -> End {
        Self::comes(row)
    }

    fn goes(row: &Row) -> Vec<&'static str> {
        if row.was_there && row.may("ChangeOwner") { vec![Self::END] } else { vec![] }
    }

    /// A spec that forbids to take the room from its owner cannot ask for it.
    fn spec_to_end(row: &Row) -> Value {
        if row.may("ChangeOwner") { Self::ends_with_its_object() } else { json!({}) }
    }

    fn before_it_goes(_story: &Story, _row: &Row) {}
}
