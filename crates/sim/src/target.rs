//! The things whose earlier states are remembered: what each is, how it is copied and put back.
//! Knows no request; which target one has is told by its service.

use std::collections::BTreeMap;

use crate::clock::Moment;
use crate::huawei::cloud_rtc::state::RtcApp;
use crate::huawei::meeting::state::Enterprise;
use crate::tencent::rules;
use crate::tencent::state::Room;
use crate::world::World;

/// What one request is about: the thing whose earlier states are remembered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A room of a Tencent app.
    TencentRoom {
        /// The SDKAppID.
        app: u64,
        /// The room id.
        room: String,
    },
    /// An app of CloudRTC with all its rooms: its lists show many of them.
    RtcApp {
        /// The project id.
        project: String,
        /// The app id.
        app: String,
    },
    /// Everything behind an App ID of Cloud Meeting: its lists show many rooms.
    MeetingApp {
        /// The App ID.
        app: String,
    },
}

/// A target as it was at one time.
#[derive(Debug, Clone)]
pub(crate) enum Snapshot {
    /// A room, or nothing where there was none.
    TencentRoom {
        /// The SDKAppID.
        app: u64,
        /// The room id.
        room: String,
        /// What was there.
        was: Option<Box<Room>>,
    },
    /// An app of CloudRTC, or nothing where there was none.
    RtcApp {
        /// The project id.
        project: String,
        /// The app id.
        app: String,
        /// What was there.
        was: Option<Box<RtcApp>>,
    },
    /// The enterprises of an App ID of Cloud Meeting, or nothing where there was none. Tokens have no earlier state.
    MeetingApp {
        /// The App ID.
        app: String,
        /// What was there.
        was: Option<BTreeMap<String, Enterprise>>,
    },
}

impl World {
    /// Lets happen to one target what its vendor does by itself until `now`.
    pub(crate) fn settle_target(&mut self, target: &Target, now: Moment) {
        match target {
            Target::TencentRoom { app, room } => {
                let Some(app) = self.tencent.get_mut(app) else { return };
                if app.rooms.get(room).is_some_and(|room| rules::has_ended(room, now)) {
                    app.rooms.remove(room);
                }
            }
            // Their records hold every time, also those to come: nothing has to happen.
            Target::RtcApp { .. } | Target::MeetingApp { .. } => {}
        }
    }

    /// Returns a target as it is now.
    pub(crate) fn snapshot(&self, target: &Target) -> Snapshot {
        match target {
            Target::TencentRoom { app, room } => Snapshot::TencentRoom {
                app: *app,
                room: room.clone(),
                was: self.room(*app, room).ok().cloned().map(Box::new),
            },
            Target::RtcApp { project, app } => Snapshot::RtcApp {
                project: project.clone(),
                app: app.clone(),
                was: self.rtc_app(project, app).ok().cloned().map(Box::new),
            },
            Target::MeetingApp { app } => {
                let was = self.huawei_meeting.get(app).map(|app| app.enterprises.clone());
                Snapshot::MeetingApp { app: app.clone(), was }
            }
        }
    }

    /// Puts a target back to what it was.
    pub(crate) fn restore(&mut self, snapshot: Snapshot) {
        match snapshot {
            Snapshot::TencentRoom { app, room, was } => {
                let Some(app) = self.tencent.get_mut(&app) else { return };
                match was {
                    Some(was) => app.rooms.insert(room, *was),
                    None => app.rooms.remove(&room),
                };
            }
            Snapshot::RtcApp { project, app, was } => {
                let Some(project) = self.huawei_rtc.get_mut(&project) else { return };
                match was {
                    Some(was) => project.apps.insert(app, *was),
                    None => project.apps.remove(&app),
                };
            }
            Snapshot::MeetingApp { app, was } => {
                let Some(app) = self.huawei_meeting.get_mut(&app) else { return };
                app.enterprises = was.unwrap_or_default();
            }
        }
    }
}
