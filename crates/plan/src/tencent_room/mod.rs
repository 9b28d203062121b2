//! The Room Engine of Tencent RTC: what is wanted of a room, what is seen of it, and what can be done to it.
//!
//! The decision is in [`plan`](plan()); comparing field by field is in `compare`.

mod action;
mod compare;
mod observed;
mod plan;

use alloc::vec::Vec;

pub use action::{Action, Patch};
pub use observed::{Members, Observed, SeenPassword};
pub use plan::plan;

pub use crate::tencent::{Identity, RoomName, TakeSeatMode};

use crate::decision;
use crate::ids::{Text, Timestamp, UserId};
use crate::limits;
use crate::policy::WhenEnded;
use crate::secret::{SecretRef, SecretValue};

/// A room's free text: at most 500 bytes.
pub type CustomInfo = Text<{ limits::CUSTOM_INFO_BYTES }>;

/// The settings that the spec manages. Absent: not managed, neither compared nor changed.
///
/// `P` is [`SecretRef`] as parsed, and [`SecretValue`] once the Secret was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired<P = SecretValue> {
    /// Room id, owner and name.
    pub identity: Identity,
    /// Most people at a time.
    pub max_members: Option<u32>,
    /// What is switched off.
    pub switches: Switches,
    /// Free text.
    pub custom_info: Option<CustomInfo>,
    /// How seats are taken.
    pub take_seat_mode: Option<TakeSeatMode>,
    /// The room's password.
    pub password: Option<Password<P>>,
    /// When the room is open; set at creation only.
    pub schedule: Option<Schedule>,
    /// Seats; set at creation only.
    pub seats: Option<Seats>,
    /// Users invited at creation; the vendor does not show them.
    pub invitees: Vec<UserId>,
    /// What happens after the vendor ended the room.
    pub when_ended: WhenEnded,
}

/// A switch of the room that turns something off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// `IsVideoDisabled`
    Video,
    /// `IsAudioDisabled`
    Audio,
    /// `IsMessageDisabled`
    Message,
    /// `IsScreenSharingDisabled`
    ScreenSharing,
    /// `IsCloudRecordingDisabled`
    CloudRecording,
}

impl Switch {
    /// Every switch, in the order of the CRD.
    pub const ALL: [Switch; 5] =
        [Switch::Video, Switch::Audio, Switch::Message, Switch::ScreenSharing, Switch::CloudRecording];

    /// Returns the name of the switch's field in the CRD.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Switch::Video => "videoDisabled",
            Switch::Audio => "audioDisabled",
            Switch::Message => "messageDisabled",
            Switch::ScreenSharing => "screenSharingDisabled",
            Switch::CloudRecording => "cloudRecordingDisabled",
        }
    }
}

/// One value for each [`Switch`]: `Some(true)` is off for everyone, absent is not managed, not sent or not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Switches([Option<bool>; 5]);

impl Switches {
    /// Returns the value of one switch.
    #[must_use]
    pub fn get(&self, switch: Switch) -> Option<bool> {
        self.0[switch as usize]
    }

    /// Sets the value of one switch.
    pub fn set(&mut self, switch: Switch, value: Option<bool>) {
        self.0[switch as usize] = value;
    }

    /// Returns these switches with one set.
    #[must_use]
    pub fn with(mut self, switch: Switch, value: Option<bool>) -> Self {
        self.set(switch, value);
        self
    }
}

/// The password that the spec asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password<P> {
    /// The room has none.
    None,
    /// This one.
    Set(P),
}

/// When a room is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Start; absent: now.
    pub start: Option<Timestamp>,
    /// End; absent: one hour after the start.
    pub end: Option<Timestamp>,
}

/// Whether a room has seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats {
    /// Whether people sit on seats to speak; absent: as the vendor makes rooms.
    pub enabled: Option<bool>,
    /// Number of seats; absent: what the package allows.
    pub max: Option<u32>,
}

/// A goal of this engine.
pub type Goal<P = SecretValue> = decision::Goal<Desired<P>, Identity>;
/// A parsed spec of this engine.
pub type Wanted<P = SecretValue> = decision::Wanted<Desired<P>, Identity>;
/// A look at a room of this engine.
pub type Sight = decision::Sight<Observed>;
/// What is remembered of a room of this engine.
pub type Memory = decision::Memory<Action, Observed>;
/// A plan of this engine.
pub type Plan = decision::Plan<Action>;

impl Desired<SecretRef> {
    /// Puts the value in the place of the reference to it.
    ///
    /// # Errors
    /// Whatever `read` returns for the Secret.
    pub fn resolve<E>(self, read: impl FnOnce(SecretRef) -> Result<SecretValue, E>) -> Result<Desired, E> {
        let password = match self.password {
            None => None,
            Some(Password::None) => Some(Password::None),
            Some(Password::Set(reference)) => Some(Password::Set(read(reference)?)),
        };
        Ok(Desired {
            identity: self.identity,
            max_members: self.max_members,
            switches: self.switches,
            custom_info: self.custom_info,
            take_seat_mode: self.take_seat_mode,
            password,
            schedule: self.schedule,
            seats: self.seats,
            invitees: self.invitees,
            when_ended: self.when_ended,
        })
    }
}
