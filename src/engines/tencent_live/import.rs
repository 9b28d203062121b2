//! What an object would say of a show that the Live Engine shows. Pure.

use std::collections::BTreeMap;

use roomkeeper_plan::ids::{LimitError, RoomId, Text, UserId};
use roomkeeper_plan::tencent_live::{CoverUrl, Metadata, Notice, Observed, SeenMetadata};

use super::spec;
use crate::api::TencentLive;
use crate::engines::import::{Draft, LeftOut, Part, object_name};
use crate::engines::tencent::{at_least_one_member, room_name, seen_mode};

/// The arrangements of seats with which a number of seats can be asked for (page `create_room`).
const WITH_A_NUMBER: [&str; 2] = ["AudioSalon", "Karaoke"];

/// Drafts the object for a show.
pub(super) fn draft(id: &RoomId, seen: Observed) -> Draft {
    let mut left = LeftOut::default();
    let called = (seen.name != id.as_str()).then(|| format!("{:?}", seen.name));
    let seat_template = left.unless("seatTemplate", seen.seat_template, |word| spec::seat_template(word));
    let part = TencentLive {
        room_id: Some(id.as_str().to_owned()),
        owner: left.unless("owner", Some(seen.owner), |owner| UserId::parse(owner)),
        name: left.unless("name", Some(seen.name), |name| room_name(name)),
        max_members: left.unless("maxMembers", seen.max_members, |number| at_least_one_member(*number)),
        message_disabled: left.shown("messageDisabled", seen.message_disabled),
        cover_url: left.unless("coverUrl", seen.cover_url, |url| cover_url(url)),
        category: left.unless("category", seen.category, |numbers| spec::category(numbers)),
        activity_status: left.shown("activityStatus", seen.activity_status),
        public_visible: left.shown("publicVisible", seen.public_visible),
        take_seat_mode: seen_mode(seen.take_seat_mode.as_deref(), &mut left),
        notice: left.unless("notice", seen.notice, |notice| self::notice(notice)),
        metadata: metadata(seen.metadata, &mut left),
        max_seats: max_seats(seat_template.as_deref(), seen.max_seats, &mut left),
        seat_template,
        when_ended: None,
    };
    Draft {
        room: id.as_str().to_owned(),
        object: object_name(id.as_str()),
        called,
        part: Part::TencentLive(Box::new(part)),
        left_out: left,
        passwords: Vec::new(),
        unfit: None,
    }
}

fn cover_url(text: &str) -> Result<CoverUrl, LimitError> {
    Text::parse(text)
}

fn notice(text: &str) -> Result<Notice, LimitError> {
    Text::parse(text)
}

/// Keys that are not listed are not managed, so that there are none says nothing.
fn metadata(seen: SeenMetadata, left: &mut LeftOut) -> Option<BTreeMap<String, String>> {
    match seen {
        SeenMetadata::NotAsked => None,
        SeenMetadata::Shown(texts) if texts.is_empty() => None,
        SeenMetadata::Shown(texts) => left.unless("metadata", Some(texts), Metadata::parse),
    }
}

/// With another arrangement of the seats their number follows from it, and a create that names one is refused.
fn max_seats(template: Option<&str>, seen: Option<u32>, left: &mut LeftOut) -> Option<u32> {
    if template.is_some_and(|template| WITH_A_NUMBER.contains(&template)) {
        left.unless("maxSeats", seen, |number| at_least_one_member(*number))
    } else {
        None
    }
}
