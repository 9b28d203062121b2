//! Parses `spec.huaweiMeeting` into what the planner knows, and puts the passwords in. Pure; every error names the field.

use roomkeeper_plan::huawei_meeting::{
    AcceptPasswordLoss, Desired, Goal, GuestPassword, Identity, Links, MeetingNumber, Named, Owner, VmrId, VmrName,
    Wanted, is_password,
};
use roomkeeper_plan::limits;
use roomkeeper_plan::secret::{SecretRef, SecretValue};

use crate::api::huawei_meeting::{HuaweiMeeting, MeetingName, OwnerName};
use crate::api::secret_ref::PasswordSource;
use crate::api::{NotExactlyOne, SecretKeyRef};
use crate::engines::{Invalid, not_this_engine};
use crate::object::{Object, Spec};
use crate::terms;

/// Parses an object.
pub(super) fn wanted(object: &Object) -> Result<Wanted<SecretRef>, Invalid> {
    let Spec::MeetingRoom(manifest) = &object.spec else {
        return Err(not_this_engine("spec.huaweiMeeting"));
    };
    let settings = &manifest.spec.huawei_meeting;
    let identity = identity(settings)?;
    let goal = match object.deletion {
        Some(_) => Goal::Absent(identity),
        None => {
            let links = match manifest.spec.write_join_info_to_secret_ref {
                Some(_) => Links::Wanted,
                None => Links::Unwanted,
            };
            Goal::Present(Desired { links, ..desired(identity, settings)? })
        }
    };
    Ok(Wanted { goal, terms: terms::of(&object.spec)?, generation: object.generation })
}

fn identity(settings: &HuaweiMeeting) -> Result<Identity, Invalid> {
    let refuse = |error: NotExactlyOne| Invalid::new("spec.huaweiMeeting", error);
    let named = match settings.named().map_err(refuse)? {
        MeetingName::Id(id) => Named::Id(VmrId::parse(id).map_err(|error| invalid("id", error))?),
        MeetingName::Number(number) => {
            Named::Number(MeetingNumber::parse(number).map_err(|error| invalid("meetingNumber", error))?)
        }
        MeetingName::Personal => Named::Personal,
    };
    let owner = match settings.owner.as_ref().map(|owner| owner.name()).transpose().map_err(refuse)? {
        Some(OwnerName::UserId(id)) => Some(Owner::UserId(id.to_owned())),
        Some(OwnerName::Account(account)) => Some(Owner::Account(account.to_owned())),
        None => None,
    };
    if named == Named::Personal && owner.is_none() {
        return Err(invalid("owner", "is missing; a personal meeting ID is named by its owner"));
    }
    Ok(Identity { named, owner })
}

fn desired(identity: Identity, settings: &HuaweiMeeting) -> Result<Desired<SecretRef>, Invalid> {
    let reference = |from: &SecretKeyRef| SecretRef { name: from.name.clone(), key: from.key.clone() };
    let guest_password = match settings.guest_password.as_ref().map(|password| password.source()).transpose() {
        Ok(Some(PasswordSource::Secret(from))) => Some(GuestPassword::Set(reference(from))),
        Ok(Some(PasswordSource::None)) => Some(GuestPassword::None),
        Ok(None) => None,
        Err(error) => return Err(invalid("guestPassword", error)),
    };
    let name = settings.name.as_deref().map(VmrName::parse).transpose();
    Ok(Desired {
        identity,
        name: name.map_err(|error| invalid("name", error))?,
        host_password: settings.host_password.as_ref().map(|password| reference(&password.secret_key_ref)),
        guest_password,
        allow_guest_first: settings.allow_guest_first,
        notify_owner: settings.notify_owner,
        accept_password_loss: if settings.accept_password_loss == Some(true) {
            AcceptPasswordLoss::Yes
        } else {
            AcceptPasswordLoss::No
        },
        links: Links::Unwanted,
    })
}

/// Returns the Secrets that a spec names, with the field that names each.
pub(super) fn secrets(parsed: &Desired<SecretRef>) -> Vec<(&'static str, SecretRef)> {
    let host = parsed.host_password.iter().map(|reference| ("hostPassword", reference.clone()));
    let guest = parsed.guest_password.iter().filter_map(|password| match password {
        GuestPassword::Set(reference) => Some(("guestPassword", reference.clone())),
        GuestPassword::None => None,
    });
    host.chain(guest).collect()
}

/// Puts the passwords in the place of the references.
pub(super) fn resolve(parsed: Desired<SecretRef>, values: &[(&'static str, SecretValue)]) -> Result<Desired, Invalid> {
    let desired = parsed.resolve(|field, reference| {
        let place =
            || format!("the key {} of the Secret {} (spec.huaweiMeeting.{field})", reference.key, reference.name);
        let value = values.iter().find(|(known, _)| *known == field).map(|(_, value)| value.clone());
        let value = value.ok_or_else(|| Invalid::new(place(), "was not read"))?;
        if is_password(value.value.expose()) {
            return Ok(value);
        }
        let (least, most) = (limits::VMR_PASSWORD_DIGITS_MIN, limits::VMR_PASSWORD_DIGITS_MAX);
        let why = format!("is not a password of {least} to {most} digits; a line break at its end counts, too");
        Err(Invalid::new(place(), why))
    })?;
    match (&desired.host_password, &desired.guest_password) {
        (Some(host), Some(GuestPassword::Set(guest))) if host.value == guest.value => {
            Err(invalid("guestPassword", "is the same as hostPassword, which the vendor refuses; choose another one"))
        }
        (_, _) => Ok(desired),
    }
}

fn invalid(field: &str, why: impl std::fmt::Display) -> Invalid {
    Invalid::new(format!("spec.huaweiMeeting.{field}"), why)
}
