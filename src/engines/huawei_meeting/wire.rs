//! Translates between the planner's words and those of Huawei's client, and into the status. Pure.

use roomkeeper_plan::huawei_meeting::{
    Activity, Desired, Mode, Observed, Person, SeenLinks, SeenOwner, SeenPassword, SeenSettings, SentGuestPassword,
    Settings, State, Update,
};
use roomkeeper_plan::secret::Secret;
use roomkeeper_providers::huawei::meeting::{
    Account, GuestPassword, Member, MemberStatus, MemberVmr, VmrMode, VmrStatus, VmrUpdate,
};
use roomkeeper_providers::{ExposeSecret, SecretString};

use crate::api::status;
use crate::join_info::JoinInfo;

/// What kind of room it is; one that the vendor does not name is none that we know.
pub(super) fn mode(mode: Option<VmrMode>) -> Mode {
    match mode {
        Some(VmrMode::Personal) => Mode::Personal,
        Some(VmrMode::CloudRoom) => Mode::CloudRoom,
        Some(VmrMode::Webinar) => Mode::Webinar,
        Some(VmrMode::Other(number)) => Mode::Other(number),
        None => Mode::Other(-1),
    }
}

/// Whether a room can be used; one of which the vendor says nothing can.
pub(super) fn state(status: Option<VmrStatus>) -> State {
    match status {
        Some(VmrStatus::Normal) | None => State::Normal,
        Some(VmrStatus::Disabled) => State::Disabled,
        Some(VmrStatus::Unallocated) => State::Unallocated,
        Some(VmrStatus::Other(number)) => State::Other(number),
    }
}

/// A user whom the look-up has shown.
pub(super) fn person(member: &Member) -> Person {
    Person { user_id: member.user_id.clone(), account: member.account.clone() }
}

/// Whether a user may have rooms; one of whom the vendor says nothing may, and is refused by the vendor if not.
pub(super) fn activity(member: &Member) -> Activity {
    match member.status {
        Some(MemberStatus::Active) | None => Activity::Active,
        Some(MemberStatus::Disabled | MemberStatus::Other(_)) => Activity::Inactive,
    }
}

/// How a user whom the look-up has shown is named in a call.
pub(super) fn account(person: &Person) -> Account {
    match &person.user_id {
        Some(user) => Account::UserId(user.clone()),
        None => Account::Account(person.account.clone()),
    }
}

/// The settings as the owner's list shows them.
pub(super) fn settings(vmr: &MemberVmr) -> Settings {
    let password = |shown: &Option<SecretString>| SeenPassword::parse(shown.as_ref().map(ExposeSecret::expose_secret));
    Settings {
        name: vmr.name.clone().unwrap_or_default(),
        // A room always has one, so one that is left out is one that is not shown.
        host_password: match password(&vmr.host_password) {
            SeenPassword::None => SeenPassword::Masked,
            shown @ (SeenPassword::Masked | SeenPassword::Shown(_)) => shown,
        },
        guest_password: password(&vmr.guest_password),
        allow_guest_first: vmr.allow_guest_first,
        notify_owner: vmr.notify_owner,
        links: SeenLinks {
            host: vmr.host_join_url.as_ref().map(|link| Secret::from(link.expose_secret().to_owned())),
            guest: vmr.guest_join_url.as_ref().map(|link| Secret::from(link.expose_secret().to_owned())),
        },
    }
}

/// The update as it is sent.
pub(super) fn update(update: &Update) -> VmrUpdate {
    let secret = |secret: &Secret| SecretString::from(secret.expose());
    VmrUpdate {
        name: Some(update.name.clone()),
        host_password: update.host_password.as_ref().map(secret),
        guest_password: update.guest_password.as_ref().map(|password| match password {
            SentGuestPassword::Clear => GuestPassword::None,
            SentGuestPassword::Set(password) => GuestPassword::Required(secret(password)),
        }),
        allow_guest_first: update.allow_guest_first,
        notify_owner: update.notify_owner,
    }
}

/// How people join, if the owner's list was read.
pub(super) fn join_info(seen: &Observed) -> Option<JoinInfo> {
    match &seen.settings {
        SeenSettings::Shown(Settings { links: SeenLinks { host, guest }, .. }) => {
            Some(JoinInfo { number: seen.number.clone(), guest: guest.clone(), host: host.clone() })
        }
        SeenSettings::NotAsked | SeenSettings::Hidden => None,
    }
}

/// What the status shows of a room: the managed fields, never a password.
pub(super) fn report(desired: &Desired, seen: &Observed) -> status::Observed {
    let settings = match &seen.settings {
        SeenSettings::Shown(settings) => Some(settings),
        SeenSettings::NotAsked | SeenSettings::Hidden => None,
    };
    let is_set = |password: &SeenPassword| match password {
        SeenPassword::None => false,
        SeenPassword::Masked | SeenPassword::Shown(_) => true,
    };
    status::Observed {
        owner: match &seen.owner {
            SeenOwner::Person(person) => Some(person.to_string()),
            SeenOwner::Unclear { shown } => Some(shown.clone()),
            SeenOwner::Nobody | SeenOwner::Terminal => None,
        },
        name: desired.name.as_ref().map(|_| settings.map_or(&seen.name, |settings| &settings.name).clone()),
        meeting_number: Some(seen.number.clone()),
        room_state: Some(match seen.state {
            State::Normal => "Normal".to_owned(),
            State::Disabled => "Disabled".to_owned(),
            State::Unallocated => "Unallocated".to_owned(),
            State::Other(number) => number.to_string(),
        }),
        allow_guest_first: desired.allow_guest_first.and(settings.and_then(|settings| settings.allow_guest_first)),
        notify_owner: desired.notify_owner.and(settings.and_then(|settings| settings.notify_owner)),
        host_password_set: desired.host_password.as_ref().and(settings).map(|settings| is_set(&settings.host_password)),
        guest_password_set: desired
            .guest_password
            .as_ref()
            .and(settings)
            .map(|settings| is_set(&settings.guest_password)),
        ..status::Observed::default()
    }
}
