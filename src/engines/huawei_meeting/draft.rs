//! What an object would say of a room that Cloud Meeting shows. Pure.

use roomkeeper_plan::huawei_meeting::{
    Mode, Observed, Person, SeenOwner, SeenPassword, SeenSettings, Settings, State, VmrName,
};
use roomkeeper_plan::limits;

use crate::api::huawei_meeting::{HostPassword, HuaweiMeeting, MeetingOwner, PersonalMeetingId};
use crate::api::{Password, SecretKeyRef};
use crate::engines::import::{Draft, LeftOut, Part, PasswordIsSet, Visibility, fingerprint, slug};

/// Drafts the object for a room.
pub(super) fn draft(seen: &Observed) -> Draft {
    let settings = match &seen.settings {
        SeenSettings::Shown(settings) => Some(settings),
        SeenSettings::NotAsked | SeenSettings::Hidden => None,
    };
    let name = settings.map_or(&seen.name, |settings| &settings.name);
    let object = object_name(name, seen);
    let mut left = LeftOut::default();
    let (id, personal_meeting_id) = match seen.mode {
        Mode::Personal => (None, Some(PersonalMeetingId {})),
        Mode::CloudRoom | Mode::Webinar | Mode::Other(_) => (Some(seen.id.as_str().to_owned()), None),
    };
    let mut part = HuaweiMeeting {
        id,
        personal_meeting_id,
        owner: owner(&seen.owner, &mut left),
        name: left.unless("name", Some(name.clone()).filter(|name| !name.is_empty()), |name| VmrName::parse(name)),
        ..HuaweiMeeting::default()
    };
    let passwords = passwords(settings, &object, &mut part, &mut left);
    part.allow_guest_first = left.shown("allowGuestFirst", settings.and_then(|settings| settings.allow_guest_first));
    part.notify_owner = left.shown("notifyOwner", settings.and_then(|settings| settings.notify_owner));
    Draft {
        room: seen.id.as_str().to_owned(),
        object,
        called: Some(format!("{name:?}, number {}", seen.number)),
        part: Part::HuaweiMeeting(Box::new(part)),
        left_out: left,
        passwords,
        unfit: unfit(seen.state),
    }
}

/// Names the object after the room, and by its number, which tells rooms of one name apart.
fn object_name(name: &str, seen: &Observed) -> String {
    let is_number = !seen.number.is_empty() && seen.number.bytes().all(|byte| byte.is_ascii_digit());
    let tail = if is_number { seen.number.clone() } else { fingerprint(seen.id.as_str()) };
    // A room that nobody named is called by its number.
    let words = if name == seen.number { "room".to_owned() } else { slug(name) };
    format!("{words}-{tail}")
}

fn owner(seen: &SeenOwner, left: &mut LeftOut) -> Option<MeetingOwner> {
    let person = match seen {
        SeenOwner::Person(person) => person,
        SeenOwner::Nobody => return None,
        SeenOwner::Terminal => {
            left.refused.push(("owner", "is a terminal, which no object can name".to_owned()));
            return None;
        }
        SeenOwner::Unclear { shown } => {
            left.refused.push(("owner", format!("is shown as {shown:?}, whom the user look-up does not know")));
            return None;
        }
    };
    let Person { user_id, account } = person;
    // Only by the user id can the settings be read and changed.
    match user_id.as_ref().filter(|id| user(id).is_ok()) {
        Some(id) => Some(MeetingOwner { user_id: Some(id.clone()), account: None }),
        None => left
            .unless("owner", Some(account.clone()), |account| user(account))
            .map(|account| MeetingOwner { user_id: None, account: Some(account) }),
    }
}

/// Checks the name of a user as the schema does.
fn user(name: &str) -> Result<(), String> {
    let chars = name.chars().count();
    if chars == 0 || chars > limits::HUAWEI_USER_ID_CHARS {
        return Err(format!(
            "is a user whose name has {chars} characters, 1 to {} are taken",
            limits::HUAWEI_USER_ID_CHARS
        ));
    }
    let leads_elsewhere = |c: char| c == '/' || c == '\\' || c.is_ascii_control();
    if name.starts_with('.') || name.contains(leads_elsewhere) {
        return Err("is a user whose name has a slash, or a dot in front".to_owned());
    }
    Ok(())
}

/// Takes the passwords; a room always has one for the host.
fn passwords(
    settings: Option<&Settings>,
    secret: &str,
    part: &mut HuaweiMeeting,
    left: &mut LeftOut,
) -> Vec<PasswordIsSet> {
    let Some(settings) = settings else {
        left.hidden.extend(["hostPassword", "guestPassword"]);
        return Vec::new();
    };
    let is_set = |field, key, seen: &SeenPassword| match seen {
        SeenPassword::None => None,
        SeenPassword::Masked => Some(PasswordIsSet { field, key, is: Visibility::Masked }),
        SeenPassword::Shown(_) => Some(PasswordIsSet { field, key, is: Visibility::Shown }),
    };
    let host = is_set("hostPassword", "host", &settings.host_password);
    part.host_password = host.map(|host| HostPassword {
        secret_key_ref: SecretKeyRef { name: secret.to_owned(), key: host.key.to_owned() },
    });
    let guest = is_set("guestPassword", "guest", &settings.guest_password);
    part.guest_password = Some(guest.map_or_else(Password::none, |guest| Password::from_secret(secret, guest.key)));
    host.into_iter().chain(guest).collect()
}

/// Says why an object for the room could not be ready.
fn unfit(state: State) -> Option<String> {
    match state {
        State::Normal => None,
        State::Disabled => {
            Some("it is disabled, so an object for it says RoomDisabled: enable it in the console".into())
        }
        State::Unallocated => Some(
            "it is nobody's, so an object for it says Unallocated: assign it to a user, or write the object with an \
             owner and let it do that"
                .into(),
        ),
        State::Other(number) => Some(format!("it is in a state that is not documented ({number})")),
    }
}
