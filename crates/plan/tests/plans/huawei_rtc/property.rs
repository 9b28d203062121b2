//! Whatever is seen and remembered no invariant breaks, and whatever happens nobody is thrown out twice for one purpose.

use proptest::prelude::*;
use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction};
use roomkeeper_plan::huawei_rtc::Running;
use roomkeeper_plan::policy::{Policies, Verb, WhenOccupied};
use roomkeeper_plan::{Begun, Purpose};

use super::cases::{Case, ago, deleted, quiet, request};
use super::world::{Call, Event, Pass, World};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_plan_keeps_the_invariants_and_settles(mut case in any_case()) {
        let rounds = case.settle();
        prop_assert!(rounds.len() <= 1, "{rounds:?}");
        prop_assert!(case.planned().steps.is_empty());
    }

    #[test]
    fn nobody_is_thrown_out_twice_for_one_purpose(events in prop::collection::vec(any_event(), 1..40)) {
        let mut world = World::new();
        for event in events {
            world.happen(event);
        }
        for purpose in &world.effective {
            let times = world.effective.iter().filter(|other| *other == purpose).count();
            prop_assert_eq!(times, 1, "{:?}", world.effective);
        }
    }

    #[test]
    fn whatever_happened_it_comes_to_an_end(events in prop::collection::vec(any_event(), 1..40)) {
        let mut world = World::new();
        for event in events {
            world.happen(event);
        }
        for _ in 0..40 {
            world.happen(Event::Pass(Pass { lag: 0, delay: 1, call: Call::Answered }));
            world.happen(Event::Time(60));
        }
        prop_assert!(world.is_settled());
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let call = prop::sample::select(vec![Call::Answered, Call::ReplyLost, Call::NeverSent, Call::Refused]);
    let pass = (0_i64..=300, 0_i64..=60, call).prop_map(|(lag, delay, call)| Event::Pass(Pass { lag, delay, call }));
    prop_oneof![
        5 => pass,
        3 => (0_i64..200).prop_map(Event::Time),
        3 => Just(Event::Join),
        1 => Just(Event::Leave),
        1 => Just(Event::Ask),
        1 => prop::sample::select(vec![Event::Withdraw, Event::Delete]),
    ]
}

fn any_case() -> impl Strategy<Value = Case> {
    let started = prop::option::of(prop::sample::select(vec![3_600, 900, 301, 10, 0]));
    let people = prop::option::of(0_usize..3);
    let purpose = prop::sample::select(vec![Purpose::Deletion, request("one"), request("two")]);
    let begun = prop::option::of((prop::sample::select(vec![1_000, 900, 400, 100]), purpose, any::<bool>()));
    let asked = prop::option::of(prop::sample::select(vec!["one", "two"]));
    let ownership = prop::sample::select(vec![
        Ownership::Confirmed,
        Ownership::Confirmed,
        Ownership::Intended,
        Ownership::Unclaimed,
    ]);
    let instruction =
        prop::sample::select(vec![Instruction::None, Instruction::None, Instruction::Pause, Instruction::Release]);
    let policy = (any::<bool>(), any::<bool>(), prop::option::of(0_i64..120));
    ((started, people, begun, asked), (ownership, instruction, any::<bool>()), policy, any::<bool>()).prop_map(
        |((started, people, begun, asked), (ownership, instruction, held), (allowed, wait, timeout), delete)| {
            let case = if delete { deleted(quiet()) } else { quiet() };
            case.sees(|seen| {
                seen.running = started.map(|seconds| Running { started: ago(seconds) });
                seen.people = people;
            })
            .under(|terms| {
                terms.policies = if allowed { [Verb::Dismiss].into_iter().collect() } else { Policies::OBSERVE_ONLY };
                terms.when_occupied = if wait { WhenOccupied::Wait } else { WhenOccupied::Dismiss };
                terms.dismissal_timeout = timeout;
            })
            .remembers(|memory| {
                memory.begun =
                    begun.map(|(seconds, purpose, accepted)| Begun::Dismissal { at: ago(seconds), purpose, accepted });
                memory.dismiss_request = asked.map(str::to_owned);
                memory.ownership = ownership;
                memory.instruction = instruction;
                memory.brake = if held { Brake::Held } else { Brake::Free };
            })
        },
    )
}
