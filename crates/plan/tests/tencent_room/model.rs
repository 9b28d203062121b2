//! A vendor small enough to be obviously right: applies the steps of a plan to a sight.

use roomkeeper_plan::decision::{Claiming, Step, Tried};
use roomkeeper_plan::invariants;
use roomkeeper_plan::tencent_room::{
    Action, Desired, Goal, Observed, Password, Plan, SeenPassword, Sight, Switch, TakeSeatMode, plan,
};

use crate::cases::{CALLER, Case, NOW, observed};

/// Plans once and checks that no invariant is broken.
pub fn planned(case: &Case) -> Plan {
    if let Some(plan) = roomkeeper_plan::without_looking(&case.wanted, &case.memory) {
        assert!(plan.steps.is_empty(), "a step without a look");
        return plan;
    }
    let plan = plan(&case.wanted, &case.sight, &case.memory, NOW);
    let broken = invariants::broken(&case.wanted, &case.sight, &case.memory, &plan);
    assert!(broken.is_empty(), "{broken:?}\nplan: {plan:?}\nsight: {:?}", case.sight);
    plan
}

/// Plans and applies until nothing is left to do; returns the steps of each round.
///
/// The loop of the controller has three rounds, so a vendor that obeys must be done in two.
pub fn settle(case: &mut Case) -> Vec<Vec<Step<Action>>> {
    let mut rounds = Vec::new();
    for _ in 0..3 {
        let plan = planned(case);
        if plan.steps.is_empty() {
            assert!(
                rounds.is_empty() || plan.claiming != Claiming::GiveUp || matches!(case.wanted.goal, Goal::Absent(_)),
                "the room that the plan itself made or changed is given up: {plan:?}"
            );
            return rounds;
        }
        if plan.claiming == Claiming::Take {
            case.memory.claimed();
        }
        for step in &plan.steps {
            let before = case.sight.clone();
            case.sight = after(&step.action, &before);
            case.memory.accepted(Tried { step: step.clone(), before });
        }
        rounds.push(plan.steps);
    }
    panic!("three rounds and still something to do: {rounds:?}");
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

fn shown(password: &Password<roomkeeper_plan::secret::SecretValue>) -> SeenPassword {
    match password {
        Password::None => SeenPassword::Off,
        Password::Set(secret) => SeenPassword::On(Some(secret.value.clone())),
    }
}
