//! Compares a cloud meeting room with what is wanted, field by field, and builds the update that removes the differences.
//!
//! It does not judge: whether a difference may be corrected is decided in `plan`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{
    AcceptPasswordLoss, Desired, GuestPassword, Heir, Observed, Owner, Person, SeenOwner, SeenPassword, SeenSettings,
    SentGuestPassword, Settings, Update,
};
use crate::diff::{Change, is_unchanged};
use crate::keeping::Differences;
use crate::left::Blocker;
use crate::secret::{Secret, SecretValue};

/// Compares every managed field. What only the owner can see is unverified while the owner's list was not read.
pub(super) fn differences(desired: &Desired, seen: &Observed) -> Differences {
    let mut found = Differences::default();
    let settings = match &seen.settings {
        SeenSettings::Shown(settings) => Some(settings),
        SeenSettings::NotAsked | SeenSettings::Hidden => None,
    };
    if let Some(name) = &desired.name {
        let shown = settings.map_or(&seen.name, |settings| &settings.name);
        found.update.extend(Change::between("name", &shown.as_str(), &name.as_str()));
    }
    let host = desired.host_password.as_ref().map(Wish::Set);
    compare_password("hostPassword", host, settings.map(|settings| &settings.host_password), &mut found);
    let guest = desired.guest_password.as_ref().map(Wish::of);
    compare_password("guestPassword", guest, settings.map(|settings| &settings.guest_password), &mut found);
    let allowed = settings.and_then(|settings| settings.allow_guest_first.as_ref());
    found.compare("allowGuestFirst", allowed, desired.allow_guest_first.as_ref());
    let notified = settings.and_then(|settings| settings.notify_owner.as_ref());
    found.compare("notifyOwner", notified, desired.notify_owner.as_ref());
    found.owner = desired.identity.owner.as_ref().and_then(|owner| compare_owner(owner, seen));
    found
}

/// What is wanted of a password.
#[derive(Clone, Copy)]
enum Wish<'a> {
    None,
    Set(&'a SecretValue),
}

impl<'a> Wish<'a> {
    fn of(password: &'a GuestPassword<SecretValue>) -> Self {
        match password {
            GuestPassword::None => Wish::None,
            GuestPassword::Set(secret) => Wish::Set(secret),
        }
    }
}

fn compare_password(
    field: &'static str,
    wanted: Option<Wish<'_>>,
    seen: Option<&SeenPassword>,
    found: &mut Differences,
) {
    let (seen, wanted) = match (wanted, seen) {
        (None, _) | (Some(Wish::None), Some(SeenPassword::None)) => return,
        (Some(Wish::Set(wanted)), Some(SeenPassword::Shown(seen))) if *seen == wanted.value => return,
        (Some(_), None) | (Some(Wish::Set(_)), Some(SeenPassword::Masked)) => {
            found.unverified.push(field);
            return;
        }
        (Some(Wish::None), Some(SeenPassword::Masked | SeenPassword::Shown(_))) => ("set", "not set"),
        (Some(Wish::Set(_)), Some(SeenPassword::None)) => ("not set", "set"),
        (Some(Wish::Set(_)), Some(SeenPassword::Shown(_))) => ("other", "set"),
    };
    found.update.push(Change { field, seen: seen.to_string(), wanted: wanted.to_string() });
}

fn compare_owner(wanted: &Owner, seen: &Observed) -> Option<Change> {
    let shown = match &seen.owner {
        SeenOwner::Person(person) if wanted.is(person) || is_heir(person, &seen.heir) => return None,
        SeenOwner::Person(person) => match wanted {
            Owner::UserId(_) => person.to_string(),
            Owner::Account(_) => person.account.clone(),
        },
        other @ (SeenOwner::Nobody | SeenOwner::Terminal | SeenOwner::Unclear { .. }) => other.to_string(),
    };
    Some(Change { field: "owner", seen: shown, wanted: wanted.to_string() })
}

/// The look-up of the wanted owner may show who it is where the spec names the other of two ids.
fn is_heir(person: &Person, heir: &Heir) -> bool {
    match heir {
        Heir::Known { person: heir, .. } => heir.account == person.account,
        Heir::NotAsked | Heir::Unknown => false,
    }
}

/// Builds the update that changes these fields and sends all others as they were seen.
///
/// # Errors
/// A password that nobody knows would be lost, or the two passwords would be the same.
pub(super) fn update(
    desired: &Desired,
    seen: &Settings,
    fields: &[&'static str],
    as_user: &str,
) -> Result<Update, Blocker> {
    let sent = |field: &str| fields.contains(&field);
    let name = desired.name.as_ref().filter(|_| sent("name"));
    let update = Update {
        as_user: as_user.into(),
        name: name.map_or_else(|| seen.name.clone(), |name| String::from(name.as_str())),
        host_password: host_password(desired, seen, sent("hostPassword")),
        guest_password: guest_password(desired, seen, sent("guestPassword")),
        allow_guest_first: flag(desired.allow_guest_first, seen.allow_guest_first, sent("allowGuestFirst")),
        notify_owner: flag(desired.notify_owner, seen.notify_owner, sent("notifyOwner")),
    };
    let lost = |field, missing: bool, seen: &SeenPassword| (missing && *seen == SeenPassword::Masked).then_some(field);
    let lost: Vec<_> = lost("hostPassword", update.host_password.is_none(), &seen.host_password)
        .into_iter()
        .chain(lost("guestPassword", update.guest_password.is_none(), &seen.guest_password))
        .collect();
    if !lost.is_empty() && desired.accept_password_loss == AcceptPasswordLoss::No {
        return Err(Blocker::PasswordUnknown { fields: lost });
    }
    match (&update.host_password, &update.guest_password) {
        (Some(host), Some(SentGuestPassword::Set(guest))) if host == guest => Err(Blocker::SamePasswords),
        (Some(_) | None, Some(SentGuestPassword::Set(_) | SentGuestPassword::Clear) | None) => Ok(update),
    }
}

/// A masked password is never sent: what the spec asks for is, or nothing.
fn host_password(desired: &Desired, seen: &Settings, is_changed: bool) -> Option<Secret> {
    let wanted = desired.host_password.as_ref().map(|secret| secret.value.clone());
    match &seen.host_password {
        SeenPassword::Shown(_) | SeenPassword::None if is_changed => wanted,
        SeenPassword::Shown(shown) => Some(shown.clone()),
        SeenPassword::Masked => wanted,
        SeenPassword::None => None,
    }
}

fn guest_password(desired: &Desired, seen: &Settings, is_changed: bool) -> Option<SentGuestPassword> {
    let wanted = desired.guest_password.as_ref().map(|password| match password {
        GuestPassword::None => SentGuestPassword::Clear,
        GuestPassword::Set(secret) => SentGuestPassword::Set(secret.value.clone()),
    });
    match (&seen.guest_password, wanted) {
        (_, wanted) if is_changed => wanted,
        (SeenPassword::Shown(shown), _) => Some(SentGuestPassword::Set(shown.clone())),
        (SeenPassword::None, _) => Some(SentGuestPassword::Clear),
        (SeenPassword::Masked, Some(SentGuestPassword::Set(secret))) => Some(SentGuestPassword::Set(secret)),
        // That there shall be none is left for now, and which there is nobody knows.
        (SeenPassword::Masked, Some(SentGuestPassword::Clear) | None) => None,
    }
}

fn flag(wanted: Option<bool>, seen: Option<bool>, is_changed: bool) -> Option<bool> {
    if is_changed { wanted } else { seen.or(wanted) }
}

/// Returns the unmanaged fields that an update changed although it sent them as they were.
///
/// What a change of owner does to the settings is not documented, so after one nobody can tell.
pub(super) fn changed_unsent(desired: &Desired, before: &Observed, after: &Observed) -> Vec<&'static str> {
    if before.owner != after.owner {
        return Vec::new();
    }
    let (SeenSettings::Shown(before), SeenSettings::Shown(after)) = (&before.settings, &after.settings) else {
        return Vec::new();
    };
    let mut changed = Vec::new();
    let mut unless = |is_managed: bool, field: &'static str, same: bool| {
        if !is_managed && !same {
            changed.push(field);
        }
    };
    unless(desired.name.is_some(), "name", before.name == after.name);
    let same = same_password(&before.host_password, &after.host_password);
    unless(desired.host_password.is_some(), "hostPassword", same);
    let same = same_password(&before.guest_password, &after.guest_password);
    unless(desired.guest_password.is_some(), "guestPassword", same);
    let same = is_unchanged(before.allow_guest_first.as_ref(), after.allow_guest_first.as_ref());
    unless(desired.allow_guest_first.is_some(), "allowGuestFirst", same);
    let same = is_unchanged(before.notify_owner.as_ref(), after.notify_owner.as_ref());
    unless(desired.notify_owner.is_some(), "notifyOwner", same);
    changed
}

/// Two looks at a password; what is masked may be the same.
fn same_password(before: &SeenPassword, after: &SeenPassword) -> bool {
    match (before, after) {
        (SeenPassword::Shown(before), SeenPassword::Shown(after)) => before == after,
        // That a masked one is lost was accepted, or it would not have been left out.
        (SeenPassword::Masked, _) | (SeenPassword::Shown(_), SeenPassword::Masked) => true,
        (SeenPassword::None, after) => *after == SeenPassword::None,
        (SeenPassword::Shown(_), SeenPassword::None) => false,
    }
}
