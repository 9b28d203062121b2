//! A Room Engine small enough to be obviously right: applies the steps of a plan to a sight.

use roomkeeper_plan::secret::SecretValue;
use roomkeeper_plan::tencent_room::{
    Action, Desired, Identity, Observed, Password, Plan, SeenPassword, Sight, Switch, TakeSeatMode, plan,
};

use super::cases::{Case, observed};
use crate::stage::{CALLER, Engine, NOW};

/// The Room Engine, as far as a plan can see it.
pub struct RoomEngine;

impl Engine for RoomEngine {
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    fn plan(case: &Case) -> Plan {
        plan(&case.wanted, &case.sight, &case.memory, NOW)
    }

    fn after(action: &Action, before: &Sight) -> Sight {
        after(action, before)
    }
}

fn after(action: &Action, before: &Sight) -> Sight {
    match (action, before) {
        (Action::Create(desired), Sight::Absent) => Sight::Present(made(desired)),
        (Action::Update(patch), Sight::Present(seen)) => {
            let mut seen = seen.clone();
            seen.name.clone_from(&patch.name);
            seen.max_members = patch.max_members.or(seen.max_members);
            for switch in Switch::ALL {
                seen.switches.set(switch, patch.switches.get(switch).or(seen.switches.get(switch)));
            }
            seen.custom_info = patch.custom_info.clone().or(seen.custom_info);
            seen.take_seat_mode = patch.take_seat_mode.map(mode).or(seen.take_seat_mode);
            if let Some(password) = &patch.password
                && seen.password != SeenPassword::NotShown
            {
                seen.password = shown(password);
            }
            Sight::Present(seen)
        }
        (Action::ChangeOwner { from, to }, Sight::Present(seen)) => {
            assert_eq!(*from, seen.owner, "the vendor refuses a wrong From_Account");
            Sight::Present(Observed { owner: to.as_str().into(), ..seen.clone() })
        }
        (Action::Destroy, Sight::Present(_)) => Sight::Absent,
        (action, sight) => panic!("the vendor refuses {action} on {sight:?}"),
    }
}

fn made(desired: &Desired) -> Observed {
    let identity = &desired.identity;
    let mut seen = observed();
    seen.owner = identity.owner.as_ref().map_or(CALLER, |owner| owner.as_str()).into();
    seen.name = identity.name.as_ref().map_or(identity.room.as_str(), |name| name.as_str()).into();
    seen.max_members = desired.max_members.or(Some(20));
    for switch in Switch::ALL {
        seen.switches.set(switch, desired.switches.get(switch).or(Some(false)));
    }
    seen.custom_info = desired.custom_info.as_ref().map(|info| info.as_str().into()).or(seen.custom_info);
    seen.take_seat_mode = desired.take_seat_mode.map(mode).or(seen.take_seat_mode);
    seen.password = desired.password.as_ref().map_or(SeenPassword::Off, shown);
    if let Some(schedule) = desired.schedule {
        seen.schedule_start = schedule.start.or(seen.schedule_start);
        seen.schedule_end = schedule.end.or(seen.schedule_end);
    }
    if let Some(seats) = desired.seats {
        seen.seats_enabled = seats.enabled.or(seen.seats_enabled);
        seen.max_seats = seats.max.or(seen.max_seats);
    }
    seen
}

fn mode(mode: TakeSeatMode) -> String {
    mode.as_str().into()
}

fn shown(password: &Password<SecretValue>) -> SeenPassword {
    match password {
        Password::None => SeenPassword::Off,
        Password::Set(secret) => SeenPassword::On(Some(secret.value.clone())),
    }
}
