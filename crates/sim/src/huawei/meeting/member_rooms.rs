//! The rooms of one user, with all their settings: the list, and the one call that changes a room.
//! Knows no administrator; `corp_rooms` does.

use serde_json::{Value, json};

use super::admission::Caller;
use super::answers::{Fate, Passwords};
use super::codes::{Refusal, Refused};
use super::outcome::Outcome;
use super::pages::Page;
use super::request::{self, Fields, Parameters};
use super::room::{JoinUrls, Room, RoomMode};
use super::rules;
use crate::service::Request;

/// What the vendor's example shows instead of a password.
const MASK: &str = "******";

/// `search_member_vmr`: the caller's rooms, in the order of their ids; the vendor's order is not documented.
pub(super) fn search(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let parameters = &Parameters::of(request);
    let page = Page::asked(parameters, &caller.app.answers)?;
    let special = parameters.flag("specialVmr")?;
    let (account, passwords) = (caller.account(), caller.app.answers.passwords);
    let rooms: Vec<Value> = caller
        .enterprise()?
        .rooms
        .iter()
        .filter(|(_, room)| account.is_some() && room.owner == account)
        .filter(|(_, room)| match special {
            None => true,
            Some(false) => room.mode == RoomMode::PersonalMeetingId,
            Some(true) => room.mode == RoomMode::CloudMeetingRoom,
        })
        .filter(|(id, room)| found([id.as_str(), &room.number, &room.name], parameters))
        .map(|(id, room)| shown(id, room, passwords))
        .collect();
    Ok(Outcome::shown(page.of(&rooms)))
}

/// Returns whether one of the texts has the search key in it. Capitals do not matter.
pub(super) fn found<'a>(texts: impl IntoIterator<Item = &'a str>, parameters: &Parameters) -> bool {
    let Some(key) = parameters.text("searchKey").map(str::to_lowercase) else { return true };
    texts.into_iter().any(|text| text.to_lowercase().contains(&key))
}

fn shown(id: &str, room: &Room, passwords: Passwords) -> Value {
    let JoinUrls { host, guest } = room.join_urls();
    let password = |password: &str| match (password, passwords) {
        ("", _) => Value::Null,
        (_, Passwords::Clear) => json!(password),
        (_, Passwords::Masked) => json!(MASK),
    };
    let mut item = json!({
        "id": id,
        "vmrId": room.number,
        "vmrName": room.name,
        "gustPwd": password(&room.gust_pwd),
        "gustJoinUrl": guest,
        "chairPwd": password(&room.chair_pwd),
        "chairJoinUrl": host.expose(),
        "allowGustFirst": room.allow_gust_first,
        "gustFirstNotice": room.gust_first_notice,
        "vmrMode": room.mode.number(),
        "status": room.shown_status().number(),
    });
    if room.mode == RoomMode::CloudMeetingRoom {
        item["vmrPkgId"] = json!(room.package.id);
        item["vmrPkgName"] = json!(room.package.name);
        item["vmrPkgParties"] = json!(room.package.parties);
    }
    item
}

/// `update_member_vmr`: only by the user who has the room.
pub(super) fn update(mut caller: Caller<'_>, id: &str, request: &Request) -> Result<Outcome, Refusal> {
    let body = request::json(request)?;
    let body = &Fields::of(&body)?;
    let (account, absent_fields) = (caller.account(), caller.app.answers.absent_fields);
    let rooms = &mut caller.enterprise()?.rooms;
    let room = rooms.get_mut(id).ok_or(Refused::RoomUnknown)?;
    if account.is_none() || room.owner != account {
        return Err(Refused::RoomNotYours.into());
    }
    let mut updated = room.clone();
    match absent_fields {
        Fate::Kept => {}
        Fate::Reset => updated.reset(),
    }
    put_into(&mut updated, body)?;
    rules::check_both_passwords(&updated)?;
    *room = updated;
    Ok(Outcome::changed())
}

fn put_into(room: &mut Room, body: &Fields<'_>) -> Result<(), Refusal> {
    if let Some(name) = body.text("vmrName")? {
        rules::check_name(name)?;
        name.clone_into(&mut room.name);
    }
    if let Some(password) = body.text("chairPwd")? {
        rules::check_password("chairPwd", password)?;
        password.clone_into(&mut room.chair_pwd);
    }
    if let Some(password) = body.text("gustPwd")? {
        // An empty one is documented: no guest password.
        if !password.is_empty() {
            rules::check_password("gustPwd", password)?;
        }
        password.clone_into(&mut room.gust_pwd);
    }
    if let Some(allowed) = body.flag("allowGustFirst")? {
        room.allow_gust_first = allowed;
    }
    if let Some(notice) = body.flag("gustFirstNotice")? {
        room.gust_first_notice = notice;
    }
    Ok(())
}
