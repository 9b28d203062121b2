//! What people do in rooms: enter and leave, by the simulator's clock.
//! Nothing here is a request, and so nothing of it is in the journal.

use crate::Simulator;
use crate::world::WorldError;

/// Names a room of CloudRTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtcRoom<'a> {
    /// The project id.
    pub project: &'a str,
    /// The app id.
    pub app: &'a str,
    /// The room id.
    pub room: &'a str,
}

impl Simulator {
    /// Lets an account enter a room of a Tencent app.
    ///
    /// # Errors
    /// The room is not there or full, or the account is not imported.
    pub fn join(&self, app: u64, room: &str, account: &str) -> Result<(), WorldError> {
        self.world(|world| world.join(app, room, account))
    }

    /// Lets an account leave a room of a Tencent app.
    ///
    /// # Errors
    /// The room is not there, or the account is not in it.
    pub fn leave(&self, app: u64, room: &str, account: &str) -> Result<(), WorldError> {
        let now = self.clock().now();
        self.world(|world| world.leave(app, room, account, now))
    }

    /// Lets a user enter a room of CloudRTC, which begins if it does not run.
    ///
    /// # Errors
    /// The project or the app is not there, or the app is stopped.
    pub fn join_rtc(&self, room: RtcRoom<'_>, user: &str) -> Result<(), WorldError> {
        let now = self.clock().now();
        self.world(|world| world.rtc_app_mut(room.project, room.app)?.join(room.room, user, now))
    }

    /// Lets a user leave a room of CloudRTC, which is over when nobody is left.
    ///
    /// # Errors
    /// The room does not run, or the user is not in it.
    pub fn leave_rtc(&self, room: RtcRoom<'_>, user: &str) -> Result<(), WorldError> {
        let now = self.clock().now();
        self.world(|world| world.rtc_app_mut(room.project, room.app)?.leave(room.room, user, now))
    }

    /// Lets somebody enter a room of Cloud Meeting, known or a guest; the first one begins a conference.
    ///
    /// # Errors
    /// The App ID or the room is not there, or the room is full.
    pub fn join_meeting(&self, app: &str, room: &str, person: &str) -> Result<(), WorldError> {
        let now = self.clock().now();
        self.world(|world| world.meeting_app_mut(app)?.join(room, person, now))
    }

    /// Lets somebody leave a room of Cloud Meeting; the last one ends the conference.
    ///
    /// # Errors
    /// The App ID or the room is not there, or nobody of that name is in it.
    pub fn leave_meeting(&self, app: &str, room: &str, person: &str) -> Result<(), WorldError> {
        self.world(|world| world.meeting_app_mut(app)?.leave(room, person))
    }
}
