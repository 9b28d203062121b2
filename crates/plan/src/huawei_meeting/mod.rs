//! Huawei Cloud Meeting: what is wanted of a cloud meeting room, what is seen of it, and what can be done to it.
//!
//! The vendor's packages make the rooms, so naming one is taking it over. The decision is in [`plan`](plan());
//! comparing field by field is in `compare`, the change of owner in `owner`.

mod action;
mod compare;
mod observed;
mod owner;
mod plan;
mod settings;

use alloc::string::String;
use core::fmt;

pub use action::{Action, Ending, SentGuestPassword, Update};
pub use observed::{
    Activity, Conference, Heir, Mode, Observed, SeenLinks, SeenOwner, SeenPassword, SeenSettings, Settings, State,
};
pub use plan::plan;

pub use crate::ids::{MeetingNumber, VmrId, VmrName};

use crate::decision;
use crate::limits;
use crate::secret::{SecretRef, SecretValue};

/// What tells a room from others of the enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The room.
    pub named: Named,
    /// Whose room it shall be; absent: not managed.
    pub owner: Option<Owner>,
}

/// How the spec names a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its `id`.
    Id(VmrId),
    /// By its meeting number.
    Number(MeetingNumber),
    /// The personal meeting ID of the owner.
    Personal,
}

/// How the spec names an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// By the third-party user id (`thirdAccount`, `accountType` 1).
    UserId(String),
    /// By the Meeting account (`userAccount`, `accountType` 0).
    Account(String),
}

impl Owner {
    /// Tells whether this names that person.
    #[must_use]
    pub fn is(&self, person: &Person) -> bool {
        match self {
            Owner::UserId(user_id) => person.user_id.as_ref() == Some(user_id),
            Owner::Account(account) => person.account == *account,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::UserId(id) | Owner::Account(id) => f.write_str(id),
        }
    }
}

/// A user whom the vendor has shown. Nobody else is ever logged in: an unknown user id would be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// `thirdAccount`, by which one logs in as this user; absent: nobody can.
    pub user_id: Option<String>,
    /// `userAccount`
    pub account: String,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.user_id.as_ref().unwrap_or(&self.account))
    }
}

/// The settings that the spec manages. Absent: not managed, neither compared nor changed.
///
/// `P` is [`SecretRef`] as parsed, and [`SecretValue`] once the Secret was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired<P = SecretValue> {
    /// Room and owner.
    pub identity: Identity,
    /// `vmrName`
    pub name: Option<VmrName>,
    /// `chairPwd`
    pub host_password: Option<P>,
    /// `gustPwd`
    pub guest_password: Option<GuestPassword<P>>,
    /// `allowGustFirst`
    pub allow_guest_first: Option<bool>,
    /// `gustFirstNotice`
    pub notify_owner: Option<bool>,
    /// What happens to an unmanaged password that the vendor does not show.
    pub accept_password_loss: AcceptPasswordLoss,
    /// Whether people are told how to join.
    pub links: Links,
}

/// The guest password that the spec asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestPassword<P> {
    /// The room has none.
    None,
    /// This one.
    Set(P),
}

impl<P> GuestPassword<P> {
    /// Returns the password, if there shall be one.
    pub fn secret(&self) -> Option<&P> {
        match self {
            GuestPassword::None => None,
            GuestPassword::Set(secret) => Some(secret),
        }
    }
}

/// Whether an update may go out without an unmanaged password that the vendor does not show.
///
/// What the vendor makes of a missing password is not documented: it may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptPasswordLoss {
    /// The update waits until a person decides.
    No,
    /// The update goes out without it.
    Yes,
}

/// Whether the links to join are asked for, which only the owner can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They are not.
    Unwanted,
    /// They are.
    Wanted,
}

/// Tells whether the vendor takes a text as a password: 4 to 16 digits. What it masks is none.
#[must_use]
pub fn is_password(text: &str) -> bool {
    let digits = limits::VMR_PASSWORD_DIGITS_MIN..=limits::VMR_PASSWORD_DIGITS_MAX;
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
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

impl<P> Desired<P> {
    /// Tells whether the spec manages a setting, which only the owner can see and change.
    #[must_use]
    pub fn manages_settings(&self) -> bool {
        self.name.is_some()
            || self.host_password.is_some()
            || self.guest_password.is_some()
            || self.allow_guest_first.is_some()
            || self.notify_owner.is_some()
    }
}

impl Desired<SecretRef> {
    /// Puts the values in the place of the references; `read` is given the field that names each.
    ///
    /// # Errors
    /// Whatever `read` returns for a Secret.
    pub fn resolve<E>(
        self,
        mut read: impl FnMut(&'static str, SecretRef) -> Result<SecretValue, E>,
    ) -> Result<Desired, E> {
        let host_password = self.host_password.map(|reference| read("hostPassword", reference)).transpose()?;
        let guest_password = match self.guest_password {
            None => None,
            Some(GuestPassword::None) => Some(GuestPassword::None),
            Some(GuestPassword::Set(reference)) => Some(GuestPassword::Set(read("guestPassword", reference)?)),
        };
        Ok(Desired {
            identity: self.identity,
            name: self.name,
            host_password,
            guest_password,
            allow_guest_first: self.allow_guest_first,
            notify_owner: self.notify_owner,
            accept_password_loss: self.accept_password_loss,
            links: self.links,
        })
    }
}
