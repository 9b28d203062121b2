//! Whatever is seen and remembered no invariant breaks, and whatever happens amid a change of owner nobody loses the room.

use proptest::prelude::*;
use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction};
use roomkeeper_plan::huawei_meeting::{
    AcceptPasswordLoss, Action, Activity, Conference, GuestPassword, Heir, Mode, Owner, Person, SeenLinks, SeenOwner,
    SeenPassword, SeenSettings, Settings, State,
};
use roomkeeper_plan::ids::ObjectName;
use roomkeeper_plan::policy::{Correction, Policies, Verb, WhenOccupied};
use roomkeeper_plan::{Rivalry, Sight};

use super::cases::{Case, Refused, begun, deleted, in_sync, known, name, person, secret, text, version};
use super::world::{Call, Event, OnDelete, REFUSED, World};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_the_invariants_and_settles(mut case in any_case()) {
        let rounds = case.settle();
        prop_assert!(rounds.len() <= 2, "{rounds:?}");
        prop_assert!(case.planned().steps.is_empty());
    }

    #[test]
    fn whatever_happens_amid_a_change_of_owner_the_room_ends_with_one(
        events in prop::collection::vec(any_event(), 1..20),
    ) {
        let mut world = World::new();
        for event in events {
            world.happen(event);
        }
        for _ in 0..3 {
            world.happen(Event::Pass(Vec::new()));
        }
        prop_assert!(!world.busy, "it never comes to rest");
        let mut taken = world.taken.clone();
        taken.dedup();
        prop_assert_eq!(taken, world.taken.clone(), "it is taken twice for the same wish");
        match (world.over, world.wanted()) {
            (Some(OnDelete::Recycle), _) => prop_assert_eq!(world.owner(), None),
            (None, Some(wanted)) if wanted == "alice" || wanted == "carol" => {
                prop_assert_eq!(world.owner(), Some(wanted.as_str()));
            }
            (None, Some(_) | None) | (Some(OnDelete::Retain), _) => {
                prop_assert!(world.owner().is_some_and(|owner| owner != REFUSED));
            }
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let owner = prop::sample::select(vec![None, Some("alice"), Some("bob"), Some("bob"), Some("carol"), Some("dave")]);
    let call = prop::sample::select(vec![
        Call::Answered,
        Call::Answered,
        Call::ReplyLost,
        Call::Lost,
        Call::CrashAfter,
        Call::CrashBefore,
    ]);
    prop_oneof![
        6 => prop::collection::vec(call, 0..6).prop_map(Event::Pass),
        4 => owner.prop_map(Event::Edit),
        1 => prop::sample::select(vec![OnDelete::Retain, OnDelete::Recycle]).prop_map(Event::Delete),
    ]
}

fn any_case() -> impl Strategy<Value = Case> {
    let parts = (any_spec(), any_settings(), any_room(), any_policy(), any_memory());
    (parts, any::<bool>()).prop_map(|((spec, settings, room, policy, memory), delete)| {
        let case = if delete { deleted() } else { spec.apply(in_sync()) };
        memory.apply(policy.apply(room.apply(settings.apply(case))))
    })
}

/// A change of a case that proptest can print.
struct Edit(Box<dyn Fn(Case) -> Case>);

impl Edit {
    fn new(edit: impl Fn(Case) -> Case + 'static) -> Self {
        Edit(Box::new(edit))
    }

    fn apply(&self, case: Case) -> Case {
        (self.0)(case)
    }
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("edit")
    }
}

fn any_spec() -> impl Strategy<Value = Edit> {
    let owner = prop::option::of(prop::sample::select(vec!["alice", "bob", "carol"]));
    let title = prop::option::of(prop::sample::select(vec!["Board room", "Other"]));
    let passwords = (prop::option::of(prop::sample::select(vec!["471100", "4712"])), 0..3);
    let flags = (prop::option::of(any::<bool>()), prop::option::of(any::<bool>()), any::<bool>(), any::<bool>());
    (owner, title, passwords, flags, 1_i64..3).prop_map(|(owner, title, passwords, flags, generation)| {
        Edit::new(move |case| {
            let mut case = case.wants(|room| {
                let named = |owner: &str| Owner::Account(format!("{owner}@corp"));
                let owner = owner.map(|owner| if flags.3 { named(owner) } else { Owner::UserId(owner.into()) });
                room.identity.owner = owner;
                room.name = title.map(name);
                room.host_password = passwords.0.map(|password| secret(password, "7"));
                room.guest_password = match passwords.1 {
                    0 => None,
                    1 => Some(GuestPassword::None),
                    _ => Some(GuestPassword::Set(secret("4712", "7"))),
                };
                (room.allow_guest_first, room.notify_owner) = (flags.0, flags.1);
                room.accept_password_loss = if flags.2 { AcceptPasswordLoss::Yes } else { AcceptPasswordLoss::No };
            });
            case.wanted.generation = generation;
            case
        })
    })
}

fn any_settings() -> impl Strategy<Value = Edit> {
    let password = || {
        prop::sample::select(vec![
            SeenPassword::None,
            SeenPassword::Masked,
            SeenPassword::Shown(text("471100")),
            SeenPassword::Shown(text("4712")),
        ])
    };
    let flags = (prop::option::of(any::<bool>()), prop::option::of(any::<bool>()));
    (0..4, any::<bool>(), password(), password(), flags).prop_map(|(kind, named, host, guest, flags)| {
        Edit::new(move |case| {
            let name = String::from(if named { "Board room" } else { "Old" });
            case.sees(|seen| {
                seen.name.clone_from(&name);
                seen.settings = match kind {
                    0 => SeenSettings::NotAsked,
                    1 => SeenSettings::Hidden,
                    _ => SeenSettings::Shown(Settings {
                        name,
                        host_password: host.clone(),
                        guest_password: guest.clone(),
                        allow_guest_first: flags.0,
                        notify_owner: flags.1,
                        links: SeenLinks::default(),
                    }),
                };
            })
        })
    })
}

fn any_room() -> impl Strategy<Value = Edit> {
    let mode = prop::sample::select(vec![
        Mode::CloudRoom,
        Mode::CloudRoom,
        Mode::CloudRoom,
        Mode::Personal,
        Mode::Webinar,
        Mode::Other(7),
    ]);
    let state =
        prop::sample::select(vec![State::Normal, State::Normal, State::Unallocated, State::Disabled, State::Other(9)]);
    let owner = prop::sample::select(vec![
        SeenOwner::Person(person("alice")),
        SeenOwner::Person(person("alice")),
        SeenOwner::Person(Person { user_id: None, account: "carol@corp".into() }),
        SeenOwner::Nobody,
        SeenOwner::Terminal,
        SeenOwner::Unclear { shown: "u-1".into() },
    ]);
    let heir = prop::sample::select(vec![
        Heir::NotAsked,
        Heir::Unknown,
        known("bob", Activity::Inactive, 1),
        known("bob", Activity::Active, 32),
        known("bob", Activity::Active, 31),
        known("bob", Activity::Active, 0),
    ]);
    let conference =
        prop::sample::select(vec![Conference::NotAsked, Conference::None, Conference::None, Conference::Running]);
    (prop::bool::weighted(0.1), mode, state, owner, heir, conference).prop_map(
        |(absent, mode, state, owner, heir, conference)| {
            Edit::new(move |case| {
                if absent {
                    return case.sees_nothing();
                }
                case.sees(|seen| {
                    (seen.mode, seen.state, seen.conference) = (mode, state, conference);
                    (seen.owner, seen.heir) = (owner.clone(), heir.clone());
                })
            })
        },
    )
}

fn any_policy() -> impl Strategy<Value = Edit> {
    let verbs = prop::sample::subsequence(Verb::ALL.to_vec(), 0..=5);
    let verbs = prop_oneof![verbs, Just(Verb::ALL.to_vec())];
    let correction = prop::sample::select(vec![Correction::Always, Correction::WhenIdle, Correction::OnEdit]);
    (verbs, correction, any::<bool>(), prop::option::of(0_i64..120)).prop_map(|(verbs, correction, wait, timeout)| {
        Edit::new(move |case| {
            case.under(|terms| {
                terms.policies = verbs.iter().copied().collect::<Policies>();
                terms.correction.default = correction;
                terms.when_occupied = if wait { WhenOccupied::Wait } else { WhenOccupied::Dismiss };
                terms.dismissal_timeout = timeout;
            })
        })
    })
}

fn any_memory() -> impl Strategy<Value = Edit> {
    let ownership = prop::sample::select(vec![Ownership::Confirmed, Ownership::Intended, Ownership::Unclaimed]);
    let instruction = prop::sample::select(vec![
        Instruction::None,
        Instruction::None,
        Instruction::None,
        Instruction::Pause,
        Instruction::Release,
        Instruction::Uninstall,
    ]);
    let started = prop::option::of((1_i64..3, prop::sample::select(vec![Refused::Yes, Refused::No])));
    let refused = prop::sample::subsequence(vec!["alice", "bob"], 0..=2);
    let rest = (any::<bool>(), any::<bool>(), prop::option::of(1_i64..3), prop::option::of(6_u8..8));
    (ownership, instruction, started, refused, rest).prop_map(|(ownership, instruction, started, refused, rest)| {
        Edit::new(move |case| {
            let case = match started {
                Some((generation, refused)) => begun(case, generation, refused),
                None => case,
            };
            case.remembers(|memory| {
                memory.ownership = ownership.clone();
                memory.instruction = instruction;
                memory.refused = refused.iter().map(|user| Action::Assign { to: person(user) }).collect();
                memory.brake = if rest.0 { Brake::Held } else { Brake::Free };
                if rest.1 {
                    let rival = ObjectName { namespace: "other".into(), name: "board".into() };
                    memory.rivalry = Rivalry::Won { over: rival };
                }
                memory.settled_generation = rest.2;
                if let Some(resource_version) = rest.3 {
                    let version = version(&resource_version.to_string());
                    memory.applied_secrets.insert("hostPassword".into(), version.clone());
                    memory.applied_secrets.insert("guestPassword".into(), version);
                }
            })
        })
    })
}

#[test]
fn a_room_that_is_not_there_is_not_made() {
    let case = in_sync().sees_nothing();
    assert!(case.planned().steps.is_empty());
    assert!(matches!(case.sight, Sight::Absent));
}
