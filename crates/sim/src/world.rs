//! The state of all vendors as plain data, and what people do in it: enter rooms, leave them.
//! Knows nothing of requests, transport or faults; the services change it, and so may a test behind their back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Moment;
use crate::huawei::cloud_rtc::state::{Project, RtcApp};
use crate::huawei::iam::state::Iam;
use crate::huawei::meeting::state::MeetingApp;
use crate::tencent::rules;
use crate::tencent::state::{App, Room, RoomType};

/// Everything that the simulated vendors know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct World {
    /// Tencent's apps, by SDKAppID.
    pub tencent: BTreeMap<u64, App>,
    /// The projects of Huawei's CloudRTC, by project id.
    pub huawei_rtc: BTreeMap<String, Project>,
    /// The App IDs of Huawei's Cloud Meeting.
    pub huawei_meeting: BTreeMap<String, MeetingApp>,
    /// Huawei's users and their tokens.
    pub iam: Iam,
}

/// Why something cannot happen in the world.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorldError {
    /// The SDKAppID is not in the world.
    #[error("there is no app {0}; add it to the seed file or name another one")]
    NoApp(u64),
    /// The project of CloudRTC is not in the world.
    #[error("there is no CloudRTC project `{0}`; add it to the seed file or name another one")]
    NoProject(String),
    /// The app is not in the project of CloudRTC.
    #[error("there is no CloudRTC app `{0}`; create it or name another one")]
    NoRtcApp(String),
    /// The App ID of Cloud Meeting is not in the world.
    #[error("there is no App ID `{0}` of Cloud Meeting; add it to the seed file or name another one")]
    NoMeetingApp(String),
    /// Nobody enters rooms of a stopped app.
    #[error("the app `{0}` is stopped; start it first")]
    Stopped(String),
    /// The room is not in the app.
    #[error("there is no room `{0}`; create it first, or let somebody enter where that makes it")]
    NoRoom(String),
    /// Only imported accounts enter rooms.
    #[error("account `{0}` is not imported; import it first")]
    NotImported(String),
    /// The room has as many members as it takes.
    #[error("room `{0}` is full; raise its maxMembers or let somebody leave")]
    Full(String),
    /// The account is not in the room.
    #[error("account `{0}` is not in the room; name somebody who is")]
    NotInside(String),
}

/// A seed file that is not a world.
#[derive(Debug, Error)]
#[error("it is not a world; docs/simulator.md shows the fields of a seed file")]
pub struct SeedError(#[source] serde_saphyr::Error);

impl World {
    /// Reads a world from a seed file's YAML. Unknown names are refused.
    ///
    /// What is not named has its default. A room without a name, an owner or limits has those that a create by the
    /// first administrator gives it.
    ///
    /// # Errors
    /// The text is not YAML or not a world; the source names line and field.
    pub fn from_yaml(text: &str) -> Result<Self, SeedError> {
        let mut world: Self = serde_saphyr::from_str(text).map_err(SeedError)?;
        for app in world.tencent.values_mut() {
            let owner = app.administrators.first().cloned().unwrap_or_default();
            for (room_id, room) in &mut app.rooms {
                room.fill_in(room_id, &owner, &app.package);
            }
        }
        world.huawei_meeting.values_mut().for_each(MeetingApp::fill_in);
        Ok(world)
    }

    /// Returns a world with one Tencent app.
    pub fn with_app(sdk_app_id: u64, app: App) -> Self {
        Self { tencent: BTreeMap::from([(sdk_app_id, app)]), ..Self::default() }
    }

    /// Returns a world with one project of CloudRTC.
    pub fn with_project(project_id: &str, project: Project) -> Self {
        Self { huawei_rtc: BTreeMap::from([(project_id.to_owned(), project)]), ..Self::default() }
    }

    /// Returns an app.
    ///
    /// # Errors
    /// [`WorldError::NoApp`].
    pub fn app(&self, app: u64) -> Result<&App, WorldError> {
        self.tencent.get(&app).ok_or(WorldError::NoApp(app))
    }

    /// Returns an app to change it.
    ///
    /// # Errors
    /// [`WorldError::NoApp`].
    pub fn app_mut(&mut self, app: u64) -> Result<&mut App, WorldError> {
        self.tencent.get_mut(&app).ok_or(WorldError::NoApp(app))
    }

    /// Returns a room.
    ///
    /// # Errors
    /// [`WorldError::NoApp`] and [`WorldError::NoRoom`].
    pub fn room(&self, app: u64, room: &str) -> Result<&Room, WorldError> {
        self.app(app)?.rooms.get(room).ok_or_else(|| WorldError::NoRoom(room.to_owned()))
    }

    /// Returns a room to change it.
    ///
    /// # Errors
    /// [`WorldError::NoApp`] and [`WorldError::NoRoom`].
    pub fn room_mut(&mut self, app: u64, room: &str) -> Result<&mut Room, WorldError> {
        self.app_mut(app)?.rooms.get_mut(room).ok_or_else(|| WorldError::NoRoom(room.to_owned()))
    }

    /// Returns a project of CloudRTC to change it.
    ///
    /// # Errors
    /// [`WorldError::NoProject`].
    pub fn project_mut(&mut self, project: &str) -> Result<&mut Project, WorldError> {
        self.huawei_rtc.get_mut(project).ok_or_else(|| WorldError::NoProject(project.to_owned()))
    }

    /// Returns an app of CloudRTC.
    ///
    /// # Errors
    /// [`WorldError::NoProject`] and [`WorldError::NoRtcApp`].
    pub fn rtc_app(&self, project: &str, app: &str) -> Result<&RtcApp, WorldError> {
        let project = self.huawei_rtc.get(project).ok_or_else(|| WorldError::NoProject(project.to_owned()))?;
        project.apps.get(app).ok_or_else(|| WorldError::NoRtcApp(app.to_owned()))
    }

    /// Returns an app of CloudRTC to change it.
    ///
    /// # Errors
    /// [`WorldError::NoProject`] and [`WorldError::NoRtcApp`].
    pub fn rtc_app_mut(&mut self, project: &str, app: &str) -> Result<&mut RtcApp, WorldError> {
        self.project_mut(project)?.apps.get_mut(app).ok_or_else(|| WorldError::NoRtcApp(app.to_owned()))
    }

    /// Returns a world with one App ID of Cloud Meeting.
    pub fn with_meeting_app(app_id: &str, app: MeetingApp) -> Self {
        Self { huawei_meeting: BTreeMap::from([(app_id.to_owned(), app)]), ..Self::default() }
    }

    /// Returns an App ID of Cloud Meeting.
    ///
    /// # Errors
    /// [`WorldError::NoMeetingApp`].
    pub fn meeting_app(&self, app: &str) -> Result<&MeetingApp, WorldError> {
        self.huawei_meeting.get(app).ok_or_else(|| WorldError::NoMeetingApp(app.to_owned()))
    }

    /// Returns an App ID of Cloud Meeting to change it.
    ///
    /// # Errors
    /// [`WorldError::NoMeetingApp`].
    pub fn meeting_app_mut(&mut self, app: &str) -> Result<&mut MeetingApp, WorldError> {
        self.huawei_meeting.get_mut(app).ok_or_else(|| WorldError::NoMeetingApp(app.to_owned()))
    }

    /// Lets an account enter a room. Entering twice is entering once.
    ///
    /// # Errors
    /// The room is not there or full, or the account is not imported.
    pub fn join(&mut self, app: u64, room: &str, account: &str) -> Result<(), WorldError> {
        if !self.app(app)?.knows(account) {
            return Err(WorldError::NotImported(account.to_owned()));
        }
        let entered = self.room_mut(app, room)?;
        let capacity = usize::try_from(entered.max_members).unwrap_or(usize::MAX);
        if !entered.members.contains(account) && entered.members.len() >= capacity {
            return Err(WorldError::Full(room.to_owned()));
        }
        if entered.members.insert(account.to_owned()) && entered.room_type == RoomType::Live {
            entered.live.statistic.viewers += 1;
        }
        entered.empty_since = None;
        Ok(())
    }

    /// Lets an account leave a room.
    ///
    /// # Errors
    /// The room is not there, or the account is not in it.
    pub fn leave(&mut self, app: u64, room: &str, account: &str, now: Moment) -> Result<(), WorldError> {
        let left = self.room_mut(app, room)?;
        if !left.members.remove(account) {
            return Err(WorldError::NotInside(account.to_owned()));
        }
        if left.members.is_empty() {
            left.empty_since = Some(now);
        }
        Ok(())
    }

    /// Gives records of CloudRTC without a beginning one: they began now, and who is in them entered then.
    pub(crate) fn begin(&mut self, now: Moment) {
        let apps = self.huawei_rtc.values_mut().flat_map(|project| project.apps.values_mut());
        apps.flat_map(|app| &mut app.rooms).for_each(|room| room.begin(now));
    }

    /// Lets everything happen that the vendors do by themselves until `now`.
    pub fn settle(&mut self, now: Moment) {
        for app in self.tencent.values_mut() {
            app.rooms.retain(|_, room| !rules::has_ended(room, now));
        }
    }
}
