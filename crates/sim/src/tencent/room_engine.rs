//! The operations of the Room Engine, each a pure function from app, body and time to a change and a payload.
//! Who may call them is decided before, in `admission`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answers::Shown;
use super::body::Fields;
use super::codes::Code;
use super::ids;
use super::rules::{self, DEFAULT_MEMBER_PAGE, DEFAULT_SCHEDULE, Refusal};
use super::settings::Settings;
use super::state::{App, Payment, Room, RoomType, TakeSeatMode};
use crate::clock::Moment;

/// `create_room`: the id must be free, in the engines and in Chat.
pub(super) fn create(app: &mut App, body: &Fields<'_>, caller: &str, now: Moment) -> Result<Value, Refusal> {
    let info = body.object("RoomInfo")?;
    let room_id = info.required_text("RoomId")?;
    rules::check_room_id(room_id)?;
    match info.required_text("RoomType")? {
        "Conference" => {}
        other => return Err(Refusal::about(Code::RoomTypeInvalid, other)),
    }
    let owner = info.account("Owner_Account")?.unwrap_or(caller);
    rules::check_owner(app, "Owner_Account", owner)?;
    let invitees = body.accounts("ScheduleInviteeList_Account")?;
    let room = new_room(app, &info, room_id, owner, now)?;
    ids::check_free(app, room_id, owner, now)?;
    if app.payment == Payment::Missing {
        return Err(Code::NoPayment.into());
    }
    let invitees: BTreeSet<String> = invitees.into_iter().map(str::to_owned).collect();
    app.rooms.insert(room_id.to_owned(), Room { invitees, ..room });
    Ok(Value::Null)
}

/// The room that a create asks for, checked against limits and package.
fn new_room(app: &App, info: &Fields<'_>, room_id: &str, owner: &str, now: Moment) -> Result<Room, Refusal> {
    let mut room = Room::conference(room_id, owner, &app.package, now);
    Settings::read(info, app)?.put_into(&mut room)?;
    if let Some(start) = info.seconds("ScheduleStartTime")? {
        room.schedule_start = start;
    }
    room.schedule_end = match info.seconds("ScheduleEndTime")? {
        Some(end) => end,
        None => room.schedule_start.saturating_add(DEFAULT_SCHEDULE.as_secs()),
    };
    rules::check_schedule(room.schedule_start, room.schedule_end)?;
    room.seats_enabled = info.flag("IsSeatEnabled")?.unwrap_or_default();
    if let Some(seats) = info.count("MaxSeatCount")? {
        rules::check_package("MaxSeatCount", seats, app.package.max_seats)?;
        room.max_seats = seats;
    }
    Ok(room)
}

/// `get_room_info`: everything about a room, also its password where the app's answers show it.
pub(super) fn get(app: &App, body: &Fields<'_>, now: Moment) -> Result<Value, Refusal> {
    let (room_id, room) = ids::addressed(app, body, RoomType::Conference)?;
    let mut info = json!({
        "RoomId": room_id,
        "RoomName": room.name,
        "RoomType": "Conference",
        "Owner_Account": room.owner,
        "MaxMemberCount": room.max_members,
        "MaxSeatCount": room.max_seats,
        "IsVideoDisabled": room.video_disabled,
        "IsAudioDisabled": room.audio_disabled,
        "IsMessageDisabled": room.message_disabled,
        "IsScreenSharingDisabled": room.screen_sharing_disabled,
        "IsCloudRecordingDisabled": room.cloud_recording_disabled,
        "CustomInfo": room.custom_info,
        "ScheduleStartTime": room.schedule_start,
        "ScheduleEndTime": room.schedule_end,
        "RoomStatus": status(room, now),
        "IsSeatEnabled": room.seats_enabled,
        "TakeSeatMode": shown_seat_mode(room),
        "CreateTime": room.created.unix_seconds(),
    });
    if app.answers.passwords == Shown::Shown {
        info["IsPasswordEnabled"] = json!(room.password_enabled);
        info["Password"] = json!(room.password);
    }
    if app.answers.member_count == Shown::Shown {
        info["MemberCount"] = json!(room.counted_members(&app.answers).len());
    }
    Ok(json!({ "RoomInfo": info }))
}

/// `update_room_info`: other fields than the accepted ones are ignored, as unknown ones are.
pub(super) fn update(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let info = body.object("RoomInfo")?;
    let settings = Settings::read(&info, app)?;
    let (room_id, room) = ids::addressed(app, &info, RoomType::Conference)?;
    let updated = settings.update(room_id, room, app)?;
    app.rooms.insert(room_id.to_owned(), updated);
    Ok(Value::Null)
}

/// `destroy_room`: whoever is in it is thrown out.
pub(super) fn destroy(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (room_id, _) = ids::addressed(app, body, RoomType::Conference)?;
    app.rooms.remove(room_id);
    Ok(Value::Null)
}

/// `change_room_owner`: from the owner, to a member.
pub(super) fn change_owner(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let from = body.required_account("From_Account")?;
    let to = body.required_account("NewOwner_Account")?;
    let (room_id, room) = ids::addressed(app, body, RoomType::Conference)?;
    if room.owner != from {
        return Err(Refusal::about(Code::NotPermitted, "From_Account is not the owner"));
    }
    rules::check_owner(app, "NewOwner_Account", to)?;
    if to != from && !room.members.contains(to) {
        return Err(Refusal::about(Code::NotMember, to));
    }
    let room = Room { owner: to.to_owned(), ..room.clone() };
    app.rooms.insert(room_id.to_owned(), room);
    Ok(Value::Null)
}

/// `get_room_member_list`: one page; `Next` is empty on the last one.
pub(super) fn members(app: &App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (_, room) = ids::addressed(app, body, RoomType::Conference)?;
    let page = body.count("Count")?.map_or(DEFAULT_MEMBER_PAGE, |count| usize::try_from(count).unwrap_or(usize::MAX));
    let start = match body.text("Next")?.unwrap_or_default() {
        "" => 0,
        text => text.parse().map_err(|_| Refusal::about(Code::ParameterInvalid, "Next is not from an answer"))?,
    };
    let members = room.counted_members(&app.answers);
    let shown: Vec<Value> = members.iter().skip(start).take(page).map(|account| member(room, account)).collect();
    let end = start.saturating_add(shown.len());
    let next = if end < members.len() { end.to_string() } else { String::new() };
    Ok(json!({ "Next": next, "MemberList": shown }))
}

fn member(room: &Room, account: &str) -> Value {
    let role = if room.owner == account { "RoomOwner" } else { "Member" };
    json!({ "Member_Account": account, "NameCard": "", "Role": role, "Marks": [], "CustomInfo": "" })
}

fn status(room: &Room, now: Moment) -> &'static str {
    if !room.members.is_empty() {
        "Running"
    } else if now.unix_seconds() < room.schedule_start {
        "NotStarted"
    } else {
        "None"
    }
}

const fn shown_seat_mode(room: &Room) -> &'static str {
    match room.take_seat_mode {
        None => "None",
        Some(TakeSeatMode::FreeToTake) => "FreeToTake",
        Some(TakeSeatMode::ApplyToTake) => "ApplyToTake",
    }
}
