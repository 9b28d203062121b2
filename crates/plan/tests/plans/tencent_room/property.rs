//! Whatever is wanted, seen and remembered: no invariant breaks, and a vendor that obeys is done in two rounds.

use proptest::prelude::*;
use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction, Rivalry};
use roomkeeper_plan::ids::{Account, ObjectName, Timestamp};
use roomkeeper_plan::policy::{Correction, Policies, Verb, WhenEnded, WhenOccupied};
use roomkeeper_plan::tencent_room::{Members, Password, SeenPassword, Sight, Switch, TakeSeatMode};

use super::cases::{Case, deleted, in_sync, name, secret, user};
use crate::stage::NOW;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_the_invariants_and_settles(mut case in any_case()) {
        let rounds = case.settle();
        prop_assert!(rounds.len() <= 2, "{rounds:?}");
        prop_assert!(case.planned().steps.is_empty());
    }
}

fn any_case() -> impl Strategy<Value = Case> {
    let room = (any_spec(), any_sight());
    let policy = (any_policies(), any_correction(), any::<bool>(), prop::option::of(0_i64..120));
    (room, policy, any_memory(), any::<bool>()).prop_map(|((spec, sight), policy, remember, delete)| {
        let (policies, correction, wait, timeout) = policy;
        let case = if delete { deleted() } else { spec(in_sync()) };
        let case = sight(case).under(|terms| {
            terms.policies = policies;
            terms.correction.default = correction;
            terms.when_occupied = if wait { WhenOccupied::Wait } else { WhenOccupied::Dismiss };
            terms.dismissal_timeout = timeout;
        });
        remember(case)
    })
}

type Edit = Box<dyn Fn(Case) -> Case>;

/// Changes the spec of a case.
fn any_spec() -> impl Strategy<Value = EditFn> {
    let owner = prop::option::of(prop::sample::select(vec!["alice", "bob", "carol"]));
    let title = prop::option::of(prop::sample::select(vec!["Weekly sync", "Other", ""]));
    let switches = prop::collection::vec(prop::option::of(any::<bool>()), 5);
    let mode = prop::option::of(prop::sample::select(vec![TakeSeatMode::FreeToTake, TakeSeatMode::ApplyToTake]));
    let password = prop::sample::select(vec![0, 1, 2]);
    let rest = (prop::option::of(1_u32..400), any::<bool>(), 1_i64..3);
    (owner, title, switches, mode, password, rest).prop_map(|(owner, title, switches, mode, password, rest)| {
        EditFn(Box::new(move |case: Case| {
            let switches = switches.clone();
            let mut case = case.wants(|room| {
                room.identity.owner = owner.map(user);
                room.identity.name = title.map(name);
                for (switch, value) in Switch::ALL.into_iter().zip(switches) {
                    room.switches.set(switch, value);
                }
                room.take_seat_mode = mode;
                room.password = match password {
                    0 => None,
                    1 => Some(Password::None),
                    _ => Some(Password::Set(secret("4711", "7"))),
                };
                room.max_members = rest.0;
                room.when_ended = if rest.1 { WhenEnded::Leave } else { WhenEnded::Recreate };
            });
            case.wanted.generation = rest.2;
            case
        }))
    })
}

/// A boxed edit with a `Debug` that proptest can print.
struct EditFn(Edit);

impl std::fmt::Debug for EditFn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("edit")
    }
}

impl std::ops::Deref for EditFn {
    type Target = Edit;
    fn deref(&self) -> &Edit {
        &self.0
    }
}

/// Changes what a case sees.
fn any_sight() -> impl Strategy<Value = EditFn> {
    let owner = prop::sample::select(vec!["alice", "bob", "administrator"]);
    let members = prop::option::of(prop::sample::subsequence(vec!["alice", "bob", "administrator"], 0..=3));
    let password = prop::sample::select(vec![
        SeenPassword::NotShown,
        SeenPassword::Off,
        SeenPassword::On(None),
        SeenPassword::On(Some("4711".to_owned().into())),
        SeenPassword::On(Some("other".to_owned().into())),
    ]);
    let fields = (any::<bool>(), prop::option::of(1_u32..400), prop::option::of(any::<bool>()));
    (prop::bool::weighted(0.2), owner, members, password, fields).prop_map(
        |(absent, owner, members, password, fields)| {
            EditFn(Box::new(move |case: Case| {
                if absent {
                    return case.sees_nothing();
                }
                let (members, password) = (members.clone(), password.clone());
                case.sees(|seen| {
                    seen.owner = owner.into();
                    seen.members = members.map_or(Members::NotAsked, |all| {
                        Members::Listed(all.into_iter().map(ToOwned::to_owned).collect())
                    });
                    seen.password = password;
                    seen.name = if fields.0 { "Weekly sync" } else { "weekly-sync" }.into();
                    seen.max_members = fields.1;
                    seen.switches.set(Switch::Audio, fields.2);
                })
            }))
        },
    )
}

fn any_policies() -> impl Strategy<Value = Policies> {
    prop::sample::subsequence(Verb::ALL.to_vec(), 0..=5).prop_map(|verbs| verbs.into_iter().collect())
}

fn any_correction() -> impl Strategy<Value = Correction> {
    prop::sample::select(vec![Correction::Always, Correction::WhenIdle, Correction::OnEdit])
}

/// Changes what a case remembers.
fn any_memory() -> impl Strategy<Value = EditFn> {
    let ownership = prop::sample::select(vec![
        Ownership::Confirmed,
        Ownership::Confirmed,
        Ownership::Intended,
        Ownership::Unclaimed,
        Ownership::OtherAccount(Account::tencent(7)),
    ]);
    let rival = || ObjectName { namespace: "other".into(), name: "sync".into() };
    let rivalry = prop::sample::select(vec![
        Rivalry::Alone,
        Rivalry::Alone,
        Rivalry::Lost { to: rival() },
        Rivalry::Won { over: rival() },
    ]);
    let instruction = prop::sample::select(vec![
        Instruction::None,
        Instruction::None,
        Instruction::Pause,
        Instruction::Release,
        Instruction::Uninstall,
    ]);
    let settled = prop::option::of(1_i64..3);
    (ownership, rivalry, instruction, settled, any::<bool>()).prop_map(
        |(ownership, rivalry, instruction, settled, held)| {
            EditFn(Box::new(move |case: Case| {
                case.remembers(|memory| {
                    memory.ownership = ownership.clone();
                    memory.rivalry = rivalry.clone();
                    memory.instruction = instruction;
                    memory.settled_generation = settled;
                    memory.brake = if held { Brake::Held } else { Brake::Free };
                    memory.deletion_requested = memory.deletion_requested.map(|_| Timestamp(NOW.0 - 60));
                })
            }))
        },
    )
}

#[test]
fn an_absent_room_is_only_made_for_a_present_goal() {
    let case = deleted().sees_nothing();
    assert!(case.planned().steps.is_empty());
    assert!(matches!(case.sight, Sight::Absent));
}
