//! The state of all vendors as plain data, and what people do in it: enter rooms, leave them.
//! Knows nothing of requests, transport or faults; the services change it, and so may a test behind their back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Moment;
use crate::tencent::rules;
use crate::tencent::state::{App, Room, RoomType};

/// Everything that the simulated vendors know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct World {
    /// Tencent's apps, by SDKAppID.
    pub tencent: BTreeMap<u64, App>,
}

/// Why something cannot happen in the world.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorldError {
    /// The SDKAppID is not in the world.
    #[error("there is no app {0}; add it to the seed file or name another one")]
    NoApp(u64),
    /// The room is not in the app.
    #[error("there is no room `{0}`; create it first")]
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
        Ok(world)
    }

    /// Returns a world with one Tencent app.
    pub fn with_app(sdk_app_id: u64, app: App) -> Self {
        Self { tencent: BTreeMap::from([(sdk_app_id, app)]) }
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

    /// Lets everything happen that the vendors do by themselves until `now`.
    pub fn settle(&mut self, now: Moment) {
        for app in self.tencent.values_mut() {
            app.rooms.retain(|_, room| !rules::has_ended(room, now));
        }
    }

    /// Lets happen to one target what its vendor does by itself until `now`.
    pub(crate) fn settle_target(&mut self, target: &Target, now: Moment) {
        match target {
            Target::TencentRoom { app, room } => {
                let Some(app) = self.tencent.get_mut(app) else { return };
                if app.rooms.get(room).is_some_and(|room| rules::has_ended(room, now)) {
                    app.rooms.remove(room);
                }
            }
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
        }
    }
}
