//! The settings of a room that create and update of the Live Engine accept, read and checked in one place.
//! Does not know whether the room exists.

use crate::tencent::answers::{AbsentFields, AbsentRoomName};
use crate::tencent::body::Fields;
use crate::tencent::codes::Code;
use crate::tencent::live::Live;
use crate::tencent::rules::{self, LONGEST_COVER_URL, LONGEST_NOTICE, LONGEST_ROOM_NAME, MOST_CATEGORIES, Refusal};
use crate::tencent::settings::{put, take_seat_mode};
use crate::tencent::state::{App, Room, TakeSeatMode};

/// The settings that one request carries; what is absent was not sent.
#[derive(Debug, Default)]
pub(super) struct Settings {
    name: Option<String>,
    max_members: Option<u32>,
    message_disabled: Option<bool>,
    take_seat_mode: Option<TakeSeatMode>,
    cover_url: Option<String>,
    category: Option<Vec<i64>>,
    activity_status: Option<i64>,
    public_visible: Option<bool>,
    notice: Option<String>,
}

impl Settings {
    /// Reads and checks the settings of a create, whose pages know no notice.
    pub(super) fn of_create(info: &Fields<'_>, app: &App) -> Result<Self, Refusal> {
        let settings = Self {
            name: info.text("RoomName")?.map(str::to_owned),
            max_members: info.count("MaxMemberCount")?,
            message_disabled: info.flag("IsMessageDisabled")?,
            take_seat_mode: info.text("TakeSeatMode")?.map(take_seat_mode).transpose()?,
            cover_url: info.text("CoverURL")?.map(str::to_owned),
            category: info.integers("Category")?,
            activity_status: info.integer("ActivityStatus")?,
            public_visible: info.flag("IsPublicVisible")?,
            notice: None,
        };
        settings.check(app)?;
        Ok(settings)
    }

    /// Reads and checks the settings of an update.
    pub(super) fn of_update(info: &Fields<'_>, app: &App) -> Result<Self, Refusal> {
        let notice = info.text("Notice")?.map(str::to_owned);
        if let Some(text) = &notice {
            rules::check_length("Notice", text, LONGEST_NOTICE)?;
            rules::check_words(app, "Notice", text)?;
        }
        Ok(Self { notice, ..Self::of_create(info, app)? })
    }

    fn check(&self, app: &App) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            rules::check_length("RoomName", name, LONGEST_ROOM_NAME)?;
            rules::check_words(app, "RoomName", name)?;
        }
        if let Some(address) = &self.cover_url {
            rules::check_length("CoverURL", address, LONGEST_COVER_URL)?;
        }
        if self.category.as_ref().is_some_and(|numbers| numbers.len() > MOST_CATEGORIES) {
            return Err(Refusal::about(Code::ParameterInvalid, "Category has at most 3 numbers"));
        }
        match self.max_members {
            Some(wanted) => rules::check_package("MaxMemberCount", wanted, app.package.max_members),
            None => Ok(()),
        }
    }

    /// Puts the settings into a room. An empty name is no name.
    pub(super) fn put_into(self, room: &mut Room) {
        let Self {
            name,
            max_members,
            message_disabled,
            take_seat_mode,
            cover_url,
            category,
            activity_status,
            public_visible,
            notice,
        } = self;
        put(&mut room.name, name.filter(|name| !name.is_empty()));
        put(&mut room.max_members, max_members);
        put(&mut room.message_disabled, message_disabled);
        put(&mut room.take_seat_mode, take_seat_mode.map(Some));
        put(&mut room.live.cover_url, cover_url);
        put(&mut room.live.category, category);
        put(&mut room.live.activity_status, activity_status);
        put(&mut room.live.public_visible, public_visible);
        put(&mut room.live.notice, notice);
    }

    /// Returns the room as this update leaves it, under the app's answers to what the pages leave open.
    pub(super) fn update(self, room_id: &str, room: &Room, app: &App) -> Room {
        let mut updated = room.clone();
        match app.answers.absent_fields {
            AbsentFields::Kept => {}
            AbsentFields::Reset => reset(&mut updated, app),
        }
        match app.answers.absent_room_name {
            AbsentRoomName::Kept => {}
            AbsentRoomName::ResetToId => room_id.clone_into(&mut updated.name),
        }
        self.put_into(&mut updated);
        updated
    }
}

/// Puts the settings, except the name, back to those of a new room.
fn reset(room: &mut Room, app: &App) {
    room.max_members = app.package.max_members;
    room.message_disabled = false;
    room.take_seat_mode = Some(TakeSeatMode::FreeToTake);
    let new = Live::default();
    let Live {
        seat_template: _,
        cover_url,
        category,
        activity_status,
        public_visible,
        notice,
        metadata: _,
        statistic: _,
    } = &mut room.live;
    (*cover_url, *category, *notice) = (new.cover_url, new.category, new.notice);
    (*activity_status, *public_visible) = (new.activity_status, new.public_visible);
}
