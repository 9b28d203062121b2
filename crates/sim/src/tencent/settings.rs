//! The settings of a room that both create and update of the Room Engine accept, read and checked in one place.
//! Does not know whether the room exists.

use super::answers::{AbsentFields, AbsentRoomName};
use super::body::Fields;
use super::codes::Code;
use super::rules::{self, LONGEST_CUSTOM_INFO, LONGEST_ROOM_NAME, Refusal};
use super::state::{App, Room, TakeSeatMode};

/// The settings that one request carries; what is absent was not sent.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    name: Option<String>,
    max_members: Option<u32>,
    video_disabled: Option<bool>,
    audio_disabled: Option<bool>,
    message_disabled: Option<bool>,
    screen_sharing_disabled: Option<bool>,
    cloud_recording_disabled: Option<bool>,
    custom_info: Option<String>,
    take_seat_mode: Option<TakeSeatMode>,
    password_enabled: Option<bool>,
    password: Option<String>,
}

impl Settings {
    /// Reads and checks the settings in a `RoomInfo`.
    pub(crate) fn read(info: &Fields<'_>, app: &App) -> Result<Self, Refusal> {
        let settings = Self {
            name: info.text("RoomName")?.map(str::to_owned),
            max_members: info.count("MaxMemberCount")?,
            video_disabled: info.flag("IsVideoDisabled")?,
            audio_disabled: info.flag("IsAudioDisabled")?,
            message_disabled: info.flag("IsMessageDisabled")?,
            screen_sharing_disabled: info.flag("IsScreenSharingDisabled")?,
            cloud_recording_disabled: info.flag("IsCloudRecordingDisabled")?,
            custom_info: info.text("CustomInfo")?.map(str::to_owned),
            take_seat_mode: info.text("TakeSeatMode")?.map(take_seat_mode).transpose()?,
            password_enabled: info.flag("IsPasswordEnabled")?,
            password: info.text("Password")?.map(str::to_owned),
        };
        settings.check(app)?;
        Ok(settings)
    }

    fn check(&self, app: &App) -> Result<(), Refusal> {
        if let Some(name) = &self.name {
            rules::check_length("RoomName", name, LONGEST_ROOM_NAME)?;
            rules::check_words(app, "RoomName", name)?;
        }
        if let Some(text) = &self.custom_info {
            rules::check_length("CustomInfo", text, LONGEST_CUSTOM_INFO)?;
            rules::check_words(app, "CustomInfo", text)?;
        }
        match self.max_members {
            Some(wanted) => rules::check_package("MaxMemberCount", wanted, app.package.max_members),
            None => Ok(()),
        }
    }

    /// Puts the settings into a room. An empty name is no name.
    ///
    /// # Errors
    /// A password is asked for and there is none; the vendor's rules for passwords are not documented.
    pub(crate) fn put_into(self, room: &mut Room) -> Result<(), Refusal> {
        let Self {
            name,
            max_members,
            video_disabled,
            audio_disabled,
            message_disabled,
            screen_sharing_disabled,
            cloud_recording_disabled,
            custom_info,
            take_seat_mode,
            password_enabled,
            password,
        } = self;
        put(&mut room.name, name.filter(|name| !name.is_empty()));
        put(&mut room.max_members, max_members);
        put(&mut room.video_disabled, video_disabled);
        put(&mut room.audio_disabled, audio_disabled);
        put(&mut room.message_disabled, message_disabled);
        put(&mut room.screen_sharing_disabled, screen_sharing_disabled);
        put(&mut room.cloud_recording_disabled, cloud_recording_disabled);
        put(&mut room.custom_info, custom_info);
        put(&mut room.take_seat_mode, take_seat_mode.map(Some));
        put(&mut room.password_enabled, password_enabled);
        put(&mut room.password, password);
        match room.password_enabled && room.password.is_empty() {
            true => Err(Refusal::about(Code::ParameterInvalid, "IsPasswordEnabled needs a Password")),
            false => Ok(()),
        }
    }

    /// Returns the room as this update leaves it, under the app's answers to what the pages leave open.
    pub(crate) fn update(self, room_id: &str, room: &Room, app: &App) -> Result<Room, Refusal> {
        let mut updated = room.clone();
        match app.answers.absent_fields {
            AbsentFields::Kept => {}
            AbsentFields::Reset => reset(&mut updated, app),
        }
        match app.answers.absent_room_name {
            AbsentRoomName::Kept => {}
            AbsentRoomName::ResetToId => room_id.clone_into(&mut updated.name),
        }
        self.put_into(&mut updated)?;
        Ok(updated)
    }
}

/// Puts the settings, except the name, back to those of a new room.
fn reset(room: &mut Room, app: &App) {
    room.max_members = app.package.max_members;
    room.video_disabled = false;
    room.audio_disabled = false;
    room.message_disabled = false;
    room.screen_sharing_disabled = false;
    room.cloud_recording_disabled = false;
    room.custom_info = String::new();
    room.take_seat_mode = None;
    room.password_enabled = false;
    room.password = String::new();
}

pub(super) fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

pub(super) fn take_seat_mode(text: &str) -> Result<TakeSeatMode, Refusal> {
    match text {
        "FreeToTake" => Ok(TakeSeatMode::FreeToTake),
        "ApplyToTake" => Ok(TakeSeatMode::ApplyToTake),
        _ => Err(Refusal::about(Code::ParameterInvalid, "TakeSeatMode is FreeToTake or ApplyToTake")),
    }
}
