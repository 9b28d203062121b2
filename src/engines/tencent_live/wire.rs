//! Between the planner's words and the vendor's: what is sent, and what is shown.
//!
//! Field by field and without a decision; limits were checked when the spec was parsed.

use roomkeeper_plan::tencent_live::{Desired, Observed, Patch, SeenMetadata};
use roomkeeper_providers::tencent::live_engine as vendor;

use crate::api::status;
use crate::engines::tencent::sent_mode;

pub(super) fn observed(id: &str, caller: &str, info: vendor::RoomInfo) -> Observed {
    Observed {
        caller: caller.to_owned(),
        room_type: info.room_type,
        owner: info.owner.unwrap_or_default(),
        name: info.name.unwrap_or_else(|| id.to_owned()),
        max_members: info.max_members,
        message_disabled: info.message_disabled,
        cover_url: info.cover_url,
        category: info.category,
        activity_status: info.activity_status,
        public_visible: info.public_visible,
        take_seat_mode: info.take_seat_mode.map(|mode| mode.as_str().to_owned()),
        notice: info.notice,
        metadata: SeenMetadata::NotAsked,
        seat_template: info.seat_template,
        max_seats: info.max_seats,
        member_count: info.member_count,
        online_count: info.online_count,
    }
}

pub(super) fn new_room(desired: &Desired) -> vendor::NewRoom {
    vendor::NewRoom {
        room_id: desired.identity.room.as_str().to_owned(),
        owner: desired.identity.owner.as_ref().map(|owner| owner.as_str().to_owned()),
        name: desired.identity.name.as_ref().map(|name| name.as_str().to_owned()),
        seat_template: desired.seat_template.clone(),
        max_seats: desired.max_seats,
        take_seat_mode: desired.take_seat_mode.map(sent_mode),
        max_members: desired.max_members,
        message_disabled: desired.message_disabled,
        public_visible: desired.public_visible,
        cover_url: desired.cover_url.as_ref().map(|url| url.as_str().to_owned()),
        category: desired.category.clone(),
        activity_status: desired.activity_status,
    }
}

pub(super) fn room_update(id: &str, patch: &Patch) -> vendor::RoomUpdate {
    vendor::RoomUpdate {
        room_id: id.to_owned(),
        name: Some(patch.name.clone()),
        max_members: patch.max_members,
        message_disabled: patch.message_disabled,
        cover_url: patch.cover_url.clone(),
        category: patch.category.clone(),
        activity_status: patch.activity_status,
        public_visible: patch.public_visible,
        take_seat_mode: patch.take_seat_mode.map(sent_mode),
        notice: patch.notice.clone(),
    }
}

/// Puts the numbers of a show that ended into words; absent: the vendor told none.
pub(super) fn told(statistic: &vendor::Statistic) -> Option<String> {
    let vendor::Statistic { viewers, gifts_sent, gift_coins, gift_senders, likes_received } = statistic;
    let numbers = [
        ("viewers", viewers),
        ("gifts sent", gifts_sent),
        ("gift coins", gift_coins),
        ("gift senders", gift_senders),
        ("likes", likes_received),
    ];
    let told: Vec<String> =
        numbers.into_iter().filter_map(|(what, number)| number.map(|number| format!("{what} {number}"))).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Returns what the status shows: the managed fields and the running state.
pub(super) fn report(desired: &Desired, seen: &Observed) -> status::Observed {
    let metadata = desired.metadata.as_ref().and_then(|wanted| match &seen.metadata {
        SeenMetadata::Shown(shown) => {
            let managed = shown.iter().filter(|(key, _)| wanted.texts().contains_key(*key));
            Some(managed.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        SeenMetadata::NotAsked => None,
    });
    status::Observed {
        owner: Some(seen.owner.clone()),
        name: desired.identity.name.as_ref().map(|_| seen.name.clone()),
        max_members: desired.max_members.and(seen.max_members).map(i64::from),
        message_disabled: desired.message_disabled.and(seen.message_disabled),
        cover_url: desired.cover_url.as_ref().and(seen.cover_url.clone()),
        category: desired.category.as_ref().and(seen.category.clone()),
        activity_status: desired.activity_status.and(seen.activity_status),
        public_visible: desired.public_visible.and(seen.public_visible),
        take_seat_mode: desired.take_seat_mode.and(seen.take_seat_mode.clone()),
        notice: desired.notice.as_ref().and(seen.notice.clone()),
        metadata,
        max_seats: desired.max_seats.and(seen.max_seats).map(i64::from),
        ..status::Observed::default()
    }
}
