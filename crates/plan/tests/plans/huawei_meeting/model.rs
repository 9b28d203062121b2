//! A Cloud Meeting small enough to be obviously right: applies the steps of a plan to a sight.

use roomkeeper_plan::huawei_meeting::{
    Action, Conference, Desired, Identity, Observed, Plan, SeenOwner, SeenPassword, SeenSettings, SentGuestPassword,
    Settings, Sight, State, Update, plan,
};
use roomkeeper_plan::invariants;

use super::cases::{Case, settings};
use crate::stage::{Engine, NOW};

/// Cloud Meeting, as far as a plan can see it.
pub struct CloudMeeting;

impl Engine for CloudMeeting {
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    fn plan(case: &Case) -> Plan {
        plan(&case.wanted, &case.sight, &case.memory, NOW)
    }

    fn broken(case: &Case, plan: &Plan) -> Vec<String> {
        invariants::huawei_meeting::broken(&case.sight, &case.memory, plan)
    }

    fn after(action: &Action, before: &Sight) -> Sight {
        let Sight::Present(seen) = before else {
            panic!("the vendor refuses {action}: there is no such room");
        };
        Sight::Present(after(action, seen.clone()))
    }
}

fn after(action: &Action, mut seen: Observed) -> Observed {
    match action {
        Action::Update(update) => {
            let SeenSettings::Shown(settings) = &mut seen.settings else {
                panic!("settings are changed unseen");
            };
            apply(update, settings);
            seen.name.clone_from(&update.name);
        }
        Action::Recycle { from, .. } => {
            assert_eq!(seen.owner, SeenOwner::Person(from.clone()), "the vendor refuses another's room");
            seen.owner = SeenOwner::Nobody;
            seen.state = State::Unallocated;
            seen.conference = Conference::None;
        }
        Action::Assign { to } => {
            assert_eq!(seen.state, State::Unallocated, "the vendor refuses a room that is somebody's");
            seen.settings = match (&to.user_id, seen.settings) {
                (None, _) => SeenSettings::Hidden,
                (Some(_), SeenSettings::Shown(settings)) => SeenSettings::Shown(settings),
                (Some(_), SeenSettings::Hidden | SeenSettings::NotAsked) => SeenSettings::Shown(settings()),
            };
            seen.owner = SeenOwner::Person(to.clone());
            seen.state = State::Normal;
        }
    }
    seen
}

/// A field that is not sent is lost, and what was masked stays masked.
fn apply(update: &Update, settings: &mut Settings) {
    let shown = |before: &SeenPassword, sent| match (before, sent) {
        (_, None) => SeenPassword::None,
        (SeenPassword::Masked, Some(_)) => SeenPassword::Masked,
        (SeenPassword::None | SeenPassword::Shown(_), Some(sent)) => SeenPassword::Shown(sent),
    };
    let guest = match &update.guest_password {
        Some(SentGuestPassword::Set(secret)) => Some(secret.clone()),
        Some(SentGuestPassword::Clear) | None => None,
    };
    *settings = Settings {
        name: update.name.clone(),
        host_password: shown(&settings.host_password, update.host_password.clone()),
        guest_password: shown(&settings.guest_password, guest),
        allow_guest_first: settings.allow_guest_first.and(update.allow_guest_first),
        notify_owner: settings.notify_owner.and(update.notify_owner),
        links: settings.links.clone(),
    };
}
