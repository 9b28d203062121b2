//! Each row is a situation; its plan and verdict stand in `tests/golden/huawei-rtc.txt`.

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction};
use roomkeeper_plan::huawei_rtc::Running;
use roomkeeper_plan::policy::{Policies, WhenOccupied};
use roomkeeper_plan::{Purpose, Rivalry};

use super::cases::{Accepted, Case, ago, asked, begun, deleted, quiet, request, running};
use crate::stage::check;

#[test]
fn plans_are_as_reviewed_and_settle() {
    let mut rows = present();
    rows.extend(requests());
    rows.extend(followed_requests());
    rows.extend(deletions());
    rows.extend(followed_deletions());
    check("huawei-rtc.txt", rows);
}

fn present() -> Vec<(&'static str, Case)> {
    vec![
        ("nobody is in", quiet()),
        ("the room runs", running()),
        ("the room runs, never claimed", running().remembers(|memory| memory.ownership = Ownership::Unclaimed)),
        ("no sight of it at all", quiet().sees_nothing()),
    ]
}

fn requests() -> Vec<(&'static str, Case)> {
    let asked = |case: Case| asked(case, "one");
    vec![
        ("asked for, people are in and whenOccupied is Wait", asked(running())),
        ("asked for, nobody is in", asked(quiet())),
        ("asked for, never claimed", asked(running()).remembers(|memory| memory.ownership = Ownership::Unclaimed)),
        ("asked for, dismiss not allowed", asked(running()).under(|terms| terms.policies = Policies::OBSERVE_ONLY)),
        (
            "asked for, the room began in this very second",
            asked(running()).sees(|seen| seen.running = Some(Running { started: ago(0) })),
        ),
        ("asked for, the account's brake holds", asked(running()).remembers(|memory| memory.brake = Brake::Held)),
        ("asked for, paused", asked(running()).remembers(|memory| memory.instruction = Instruction::Pause)),
    ]
}

fn followed_requests() -> Vec<(&'static str, Case)> {
    let first = |case: Case, seconds, accepted| begun(asked(case, "one"), seconds, request("one"), accepted);
    let second = |case: Case, seconds| begun(asked(case, "two"), seconds, request("one"), Accepted::Yes);
    let came_back = || running().sees(|seen| seen.running = Some(Running { started: ago(5) }));
    vec![
        ("asked for, accepted, the list lags", first(running(), 10, Accepted::Yes)),
        ("asked for, accepted, gone", first(quiet(), 10, Accepted::Yes)),
        ("asked for, accepted, people came back", first(came_back(), 10, Accepted::Yes)),
        ("asked for, accepted, still shown after 15 minutes", first(running(), 900, Accepted::Yes)),
        ("asked for, the reply was lost", first(running(), 10, Accepted::Lost)),
        ("asked for, the reply was lost, gone", first(quiet(), 10, Accepted::Lost)),
        ("asked for, the reply was lost, people came back", first(came_back(), 10, Accepted::Lost)),
        ("asked for, it was never sent: the list has caught up", first(running(), 960, Accepted::Lost)),
        ("it is under way, and nobody asks any more", begun(running(), 10, request("one"), Accepted::Yes)),
        ("it was answered long ago, and people are in", begun(came_back(), 100_000, request("one"), Accepted::Yes)),
        ("asked for again while the first is under way", second(running(), 10)),
        ("asked for again, the first emptied it", second(quiet(), 10)),
        ("asked for again, people came back", second(came_back(), 10)),
        ("asked for again, the first shows no effect", second(running(), 900)),
    ]
}

fn deletions() -> Vec<(&'static str, Case)> {
    let dismiss = |case: Case| case.under(|terms| terms.when_occupied = WhenOccupied::Dismiss);
    let people = |people| deleted(running()).sees(|seen| seen.people = people);
    vec![
        ("deleted, nobody is in", deleted(quiet())),
        ("deleted, no sight of it at all", deleted(quiet()).sees_nothing()),
        ("deleted, people are in, whenOccupied Dismiss", dismiss(deleted(running()))),
        ("deleted, people are in, whenOccupied Wait", deleted(running())),
        ("deleted, nobody is shown in it and yet it runs, whenOccupied Wait", people(Some(0))),
        ("deleted, the vendor does not say who is in, whenOccupied Wait", people(None)),
        (
            "deleted, it runs for too long, whenOccupied Wait",
            people(Some(0)).under(|terms| terms.dismissal_timeout = Some(60)),
        ),
        ("deleted, whenOccupied Wait, but a person asked for it", asked(deleted(running()), "one")),
        (
            "deleted, the account's brake holds",
            dismiss(deleted(running())).remembers(|memory| memory.brake = Brake::Held),
        ),
        ("deleted, dismiss not allowed", deleted(running()).under(|terms| terms.policies = Policies::OBSERVE_ONLY)),
        ("deleted, never claimed", deleted(running()).remembers(|memory| memory.ownership = Ownership::Unclaimed)),
        (
            "deleted, a rival goes on with the room",
            deleted(running()).remembers(|memory| {
                let rival = roomkeeper_plan::ids::ObjectName { namespace: "other".into(), name: "room".into() };
                memory.rivalry = Rivalry::Won { over: rival };
            }),
        ),
    ]
}

fn followed_deletions() -> Vec<(&'static str, Case)> {
    let dismiss = |case: Case| deleted(case).under(|terms| terms.when_occupied = WhenOccupied::Dismiss);
    let first = |case: Case, seconds, accepted| begun(dismiss(case), seconds, Purpose::Deletion, accepted);
    let requested = |case: Case, seconds| begun(dismiss(case), seconds, request("one"), Accepted::Yes);
    let came_back = || running().sees(|seen| seen.running = Some(Running { started: ago(5) }));
    vec![
        ("deleted, accepted, the list lags", first(running(), 10, Accepted::Yes)),
        ("deleted, accepted, gone", first(quiet(), 10, Accepted::Yes)),
        ("deleted, accepted, people came back", first(came_back(), 10, Accepted::Yes)),
        ("deleted, accepted, still shown after 15 minutes", first(running(), 900, Accepted::Yes)),
        ("deleted, the reply was lost", first(running(), 959, Accepted::Lost)),
        ("deleted, it was never sent: the list has caught up", first(running(), 960, Accepted::Lost)),
        ("deleted, the reply was lost, people came back", first(came_back(), 10, Accepted::Lost)),
        ("deleted, a person had asked for it before", asked(requested(running(), 10), "one")),
        ("deleted, a person had asked for it before, gone", asked(requested(quiet(), 10), "one")),
        ("deleted, a person had asked for it before, no proof", asked(requested(running(), 900), "one")),
        ("deleted, a person had asked for it before, people came back", asked(requested(came_back(), 10), "one")),
        (
            "deleted, a person had asked for it before, people came back and whenOccupied is Wait",
            asked(requested(came_back(), 10), "one")
                .under(|terms| terms.when_occupied = WhenOccupied::Wait)
                .sees(|seen| seen.people = Some(2)),
        ),
        ("deleted, a person had asked for it and took that back", requested(running(), 10)),
        ("deleted, what a person had asked for was answered: gone", requested(quiet(), 10)),
        ("deleted, what a person had asked for was answered: people came back", requested(came_back(), 10)),
    ]
}
