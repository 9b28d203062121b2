//! The operations of the Live Engine, each a pure function from app, body and time to a change and a payload.
//! Who may call them is decided before, in `admission`.

mod metadata;
mod settings;

use serde_json::{Value, json};

pub(super) use metadata::{delete as del_metadata, get as get_metadata, set as set_metadata};

use super::answers::{LiveOwner, LivePages, Shown};
use super::body::Fields;
use super::codes::Code;
use super::ids;
use super::live::Statistic;
use super::rules::{self, Refusal, SEAT_TEMPLATES, SEAT_TEMPLATES_WITH_COUNT};
use super::state::{App, Payment, Room, RoomType, TakeSeatMode};
use crate::clock::Moment;
use settings::Settings;

/// `create_room`: the id must be free, in the engines and in Chat.
pub(super) fn create(app: &mut App, body: &Fields<'_>, caller: &str, now: Moment) -> Result<Value, Refusal> {
    let info = body.object("RoomInfo")?;
    let room_id = info.required_text("RoomId")?;
    rules::check_room_id(room_id)?;
    match info.required_text("RoomType")? {
        "Live" => {}
        other => return Err(Refusal::about(Code::RoomTypeInvalid, other)),
    }
    let owner = info.account("Owner_Account")?.unwrap_or(caller);
    rules::check_owner(app, "Owner_Account", owner)?;
    let room = new_room(app, &info, room_id, owner, now)?;
    ids::check_free(app, room_id, owner, now)?;
    if app.payment == Payment::Missing {
        return Err(Code::NoPayment.into());
    }
    app.rooms.insert(room_id.to_owned(), room);
    Ok(json!({ "RoomId": room_id }))
}

/// The room that a create asks for, checked against limits and package.
fn new_room(app: &App, info: &Fields<'_>, room_id: &str, owner: &str, now: Moment) -> Result<Room, Refusal> {
    let mut room = Room::live(room_id, owner, &app.package, now);
    Settings::of_create(info, app)?.put_into(&mut room);
    let seats = info.count("MaxSeatCount")?;
    match app.answers.live_pages {
        LivePages::Newest => {
            room.live.seat_template = seat_template(info, seats)?;
            room.seats_enabled = true;
        }
        LivePages::Older => room.seats_enabled = info.flag("IsSeatEnabled")?.unwrap_or_default(),
    }
    if let Some(seats) = seats {
        rules::check_package("MaxSeatCount", seats, app.package.max_seats)?;
        room.max_seats = seats;
    }
    Ok(room)
}

/// Reads the template, which the newest page requires; only some templates leave the number of seats open.
fn seat_template(info: &Fields<'_>, seats: Option<u32>) -> Result<String, Refusal> {
    let template = info.required_text("SeatTemplate")?;
    if !SEAT_TEMPLATES.contains(&template) {
        return Err(Refusal::about(Code::ParameterInvalid, "SeatTemplate is none of the vendor's"));
    }
    if seats.is_some() && !SEAT_TEMPLATES_WITH_COUNT.contains(&template) {
        return Err(Refusal::about(Code::ParameterInvalid, "MaxSeatCount goes with AudioSalon and Karaoke only"));
    }
    Ok(template.to_owned())
}

/// `get_room_info`: what the pages show, and what the app's answers say of the rest.
pub(super) fn get(app: &App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (room_id, room) = ids::addressed(app, body, RoomType::Live)?;
    let live = &room.live;
    let mut info = json!({
        "RoomId": room_id,
        "RoomName": room.name,
        "RoomType": "Live",
        "Owner_Account": room.owner,
        "CreateTime": room.created.unix_seconds(),
        "IsSeatEnabled": room.seats_enabled,
        "TakeSeatMode": shown_seat_mode(room, app.answers.live_pages),
        "MaxSeatCount": room.max_seats,
        "MaxMemberCount": room.max_members,
        "IsMessageDisabled": room.message_disabled,
        "CoverURL": live.cover_url,
        "Category": live.category,
        "ActivityStatus": live.activity_status,
        "ViewCount": live.statistic.viewers,
    });
    match app.answers.live_pages {
        LivePages::Newest => info["SeatTemplate"] = json!(live.seat_template),
        LivePages::Older => {}
    }
    if app.answers.public_visible == Shown::Shown {
        info["IsPublicVisible"] = json!(live.public_visible);
    }
    if app.answers.notice == Shown::Shown {
        info["Notice"] = json!(live.notice);
    }
    if app.answers.live_counts == Shown::Shown {
        info["MemberCount"] = json!(room.counted_members(&app.answers).len());
        info["OnlineCount"] = json!(room.members.len());
    }
    Ok(json!({ "RoomInfo": info }))
}

/// `update_room_info`: other fields than the accepted ones are ignored, as unknown ones are.
pub(super) fn update(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let info = body.object("RoomInfo")?;
    let settings = Settings::of_update(&info, app)?;
    let (room_id, room) = ids::addressed(app, &info, RoomType::Live)?;
    let updated = settings.update(room_id, room, app);
    app.rooms.insert(room_id.to_owned(), updated);
    Ok(Value::Null)
}

/// `destroy_room`: whoever is in it is thrown out, and the newer pages tell what was counted.
pub(super) fn destroy(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let (room_id, room) = ids::addressed(app, body, RoomType::Live)?;
    let payload = match app.answers.live_pages {
        LivePages::Newest => json!({ "Statistic": told(&room.live.statistic) }),
        LivePages::Older => Value::Null,
    };
    app.rooms.remove(room_id);
    Ok(payload)
}

fn told(statistic: &Statistic) -> Value {
    let Statistic { viewers, gifts_sent, gift_coins, gift_senders, likes_received } = statistic;
    json!({
        "TotalViewers": viewers,
        "TotalGiftsSent": gifts_sent,
        "TotalGiftCoins": gift_coins,
        "TotalUniqueGiftSenders": gift_senders,
        "TotalLikesReceived": likes_received,
    })
}

/// `change_room_owner`: to any imported account; the page states no rule about being in the room.
pub(super) fn change_owner(app: &mut App, body: &Fields<'_>) -> Result<Value, Refusal> {
    let to = body.required_account("NewOwner_Account")?;
    let (room_id, room) = ids::addressed(app, body, RoomType::Live)?;
    rules::check_owner(app, "NewOwner_Account", to)?;
    match app.answers.live_owner {
        LiveOwner::Anybody => {}
        LiveOwner::OnlyMembers if to == room.owner || room.members.contains(to) => {}
        LiveOwner::OnlyMembers => return Err(Refusal::about(Code::NotMember, to)),
    }
    let room = Room { owner: to.to_owned(), ..room.clone() };
    app.rooms.insert(room_id.to_owned(), room);
    Ok(Value::Null)
}

/// How people get on a seat: a word today, the client SDK's number in the page of 2024.
fn shown_seat_mode(room: &Room, pages: LivePages) -> Value {
    let mode = room.take_seat_mode.unwrap_or(TakeSeatMode::FreeToTake);
    match (pages, mode) {
        (LivePages::Newest, TakeSeatMode::FreeToTake) => json!("FreeToTake"),
        (LivePages::Newest, TakeSeatMode::ApplyToTake) => json!("ApplyToTake"),
        (LivePages::Older, TakeSeatMode::FreeToTake) => json!(1),
        (LivePages::Older, TakeSeatMode::ApplyToTake) => json!(2),
    }
}
