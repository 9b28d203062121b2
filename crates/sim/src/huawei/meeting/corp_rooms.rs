//! All rooms of an enterprise, as its administrator sees them: who has which, and whoever shall have it.
//! Shows no settings of a room; only its user sees those, in `member_rooms`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::admission::Caller;
use super::answers::{Fate, MemberId};
use super::codes::{Refusal, Refused};
use super::member_rooms::found;
use super::outcome::Outcome;
use super::pages::Page;
use super::request::{self, Parameters};
use super::room::{Room, RoomMode, RoomStatus};
use super::rules::{MOST_ROOMS_IN_A_CALL, MOST_ROOMS_OF_AN_ACCOUNT};
use super::state::Enterprise;
use super::tokens::shown_name;
use crate::service::Request;

/// `search_corp_vmr`: rooms of one mode, in the order of their ids; the vendor's order is not documented.
pub(super) fn search(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let parameters = &Parameters::of(request);
    let page = Page::asked(parameters, &caller.app.answers)?;
    let mode = match parameters.integer("vmrMode")? {
        None | Some(1) => RoomMode::CloudMeetingRoom,
        Some(2) => RoomMode::Webinar,
        Some(_) => return Err(Refusal::parameter("vmrMode is 1 or 2")),
    };
    let status = parameters.integer("status")?;
    if !status.is_none_or(|status| (0..=2).contains(&status)) {
        return Err(Refusal::parameter("status is 0, 1 or 2"));
    }
    let member_id = caller.app.answers.member_id;
    let enterprise = &*caller.administrated()?;
    let rooms: Vec<Value> = enterprise
        .rooms
        .iter()
        .filter(|(_, room)| room.mode == mode)
        .filter(|(_, room)| status.is_none_or(|status| room.shown_status().number() == status))
        .filter(|(id, room)| found(searched(enterprise, id, room), parameters))
        .map(|(id, room)| shown(enterprise, id, room, member_id))
        .collect();
    Ok(Outcome::shown(page.of(&rooms)))
}

/// The texts that a search key is looked for in.
fn searched<'a>(enterprise: &'a Enterprise, id: &'a str, room: &'a Room) -> Vec<&'a str> {
    let owner = room.owner.as_deref();
    let user = owner.and_then(|account| Some(shown_name(account, enterprise.users.get(account)?)));
    let device = room.device.as_ref().map(|device| device.name.as_str());
    [Some(id), Some(room.number.as_str()), Some(room.name.as_str()), user, device].into_iter().flatten().collect()
}

fn shown(enterprise: &Enterprise, id: &str, room: &Room, member_id: MemberId) -> Value {
    let member = room.owner.as_deref().map(|account| {
        let user = enterprise.users.get(account);
        let third_account = user.and_then(|user| user.third_account.as_deref());
        let id = match member_id {
            MemberId::Account => account,
            MemberId::ThirdAccount => third_account.unwrap_or(account),
        };
        json!({ "id": id, "mark": user.map_or(account, |user| shown_name(account, user)) })
    });
    let device = room.device.as_ref().map(|device| json!({ "id": device.id, "mark": device.name }));
    let mut item = json!({
        "id": id,
        "vmrId": room.number,
        "vmrName": room.name,
        "vmrPkgName": room.package.name,
        "vmrPkgParties": room.package.parties,
        "member": member,
        "device": device,
        "status": room.shown_status().number(),
        "expireDate": room.expire_date.unix_millis(),
    });
    if room.mode == RoomMode::Webinar {
        item["maxAudienceParties"] = json!(room.package.parties);
        item["commercialMaxAudienceParties"] = json!(room.package.parties);
    }
    item
}

/// `associate_vmr`: gives rooms that nobody has to a user; all of them or none.
pub(super) fn assign(mut caller: Caller<'_>, account: &str, request: &Request) -> Result<Outcome, Refusal> {
    let enterprise = caller.administrated()?;
    let account = named_account(enterprise, account, &Parameters::of(request))?;
    let ids = room_ids(request)?;
    for id in &ids {
        let room = cloud_room(enterprise, id)?;
        if room.owner.is_some() || room.device.is_some() {
            return Err(Refusal::about(Refused::RoomAllocated, id));
        }
    }
    let has = |room: &&Room| room.owner.as_ref() == Some(&account) && room.mode != RoomMode::PersonalMeetingId;
    if enterprise.rooms.values().filter(has).count() + ids.len() > MOST_ROOMS_OF_AN_ACCOUNT {
        return Err(Refused::TooManyRooms.into());
    }
    for room in rooms_of(enterprise, &ids) {
        room.owner = Some(account.clone());
        forget_status(room);
    }
    Ok(Outcome::changed())
}

/// `disassociate_vmr`: takes rooms back from the user who has them; all of them or none.
///
/// A conference that runs goes on: the vendor does not say what becomes of it.
pub(super) fn recycle(mut caller: Caller<'_>, account: &str, request: &Request) -> Result<Outcome, Refusal> {
    let fate = caller.app.answers.recycled_settings;
    let enterprise = caller.administrated()?;
    let account = named_account(enterprise, account, &Parameters::of(request))?;
    let ids = room_ids(request)?;
    for id in &ids {
        let room = cloud_room(enterprise, id)?;
        if room.owner.as_ref() != Some(&account) {
            return Err(Refusal::about(Refused::RoomNotWithUser, id));
        }
    }
    for room in rooms_of(enterprise, &ids) {
        room.owner = None;
        forget_status(room);
        match fate {
            Fate::Kept => {}
            Fate::Reset => room.reset(),
        }
    }
    Ok(Outcome::changed())
}

/// `delete_corp_vmr`: all of them or none. Whether rooms that somebody has are refused is not documented: they go.
pub(super) fn delete(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let enterprise = caller.administrated()?;
    let ids = room_ids(request)?;
    for id in &ids {
        cloud_room(enterprise, id)?;
    }
    enterprise.rooms.retain(|id, _| !ids.contains(id));
    for conference in enterprise.conferences.values_mut() {
        if conference.room.as_ref().is_some_and(|room| ids.contains(room)) {
            conference.end();
        }
    }
    Ok(Outcome::changed())
}

/// Reads the ids in the body. An id that is there twice counts once.
fn room_ids(request: &Request) -> Result<BTreeSet<String>, Refusal> {
    let body = request::json(request)?;
    let wrong = || Refusal::parameter("the body is a list of 1 to 100 ids");
    let items = body.as_array().filter(|items| (1..=MOST_ROOMS_IN_A_CALL).contains(&items.len())).ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(wrong)
}

/// Returns a room that can be given away.
fn cloud_room<'e>(enterprise: &'e Enterprise, id: &str) -> Result<&'e Room, Refusal> {
    let room = enterprise.rooms.get(id).ok_or_else(|| Refusal::about(Refused::RoomUnknown, id))?;
    match room.mode {
        RoomMode::CloudMeetingRoom | RoomMode::Webinar => Ok(room),
        RoomMode::PersonalMeetingId => Err(Refusal::about(Refused::RoomPersonal, id)),
    }
}

fn rooms_of<'e>(enterprise: &'e mut Enterprise, ids: &'e BTreeSet<String>) -> impl Iterator<Item = &'e mut Room> {
    enterprise.rooms.iter_mut().filter(|(id, _)| ids.contains(*id)).map(|(_, room)| room)
}

/// A status that somebody set by hand follows the allocation again, unless the console disabled the room.
fn forget_status(room: &mut Room) {
    room.status = room.status.filter(|status| *status == RoomStatus::Disabled);
}

/// Returns the Meeting account that a path names, by the query's account type.
pub(super) fn named_account(enterprise: &Enterprise, name: &str, parameters: &Parameters) -> Result<String, Refusal> {
    let account = match parameters.integer("accountType")? {
        None | Some(0) => enterprise.users.contains_key(name).then(|| name.to_owned()),
        Some(1) => enterprise.user_by_third_account(name).map(|(account, _)| account.to_owned()),
        Some(_) => return Err(Refusal::parameter("accountType is 0 or 1")),
    };
    account.ok_or_else(|| Refused::UserMissing.into())
}
