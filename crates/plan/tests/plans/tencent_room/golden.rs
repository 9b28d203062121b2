//! Each row is a situation; its plan and verdict stand in `tests/golden/tencent-room.txt`.

use roomkeeper_plan::Rivalry;
use roomkeeper_plan::claim::{Ownership, Sent};
use roomkeeper_plan::decision::{Brake, Instruction};
use roomkeeper_plan::ids::{Account, ObjectName, SecretVersion, Timestamp};
use roomkeeper_plan::policy::{Correction, Policies, Verb, WhenEnded, WhenOccupied};
use roomkeeper_plan::tencent_room::{
    Desired, Members, Observed, Password, Schedule, SeenPassword, Switch, TakeSeatMode,
};

use super::cases::{Case, deleted, in_sync, name, secret, user};
use crate::stage::{NOW, check, check_corrections, only};

#[test]
fn plans_are_as_reviewed_and_settle() {
    check("tencent-room.txt", rows());
}

#[test]
fn each_field_is_corrected_as_its_own_drift_correction_says() {
    let bob_is_in = |seen: &mut Observed| {
        (seen.owner, seen.members) = ("bob".into(), Members::Listed(vec!["alice".into()]));
    };
    let mut rows = vec![
        ("owner", in_sync().sees(bob_is_in)),
        ("name", in_sync().sees(|seen| seen.name = "Old".into())),
        ("maxMembers", in_sync().sees(|seen| seen.max_members = Some(7))),
        ("customInfo", in_sync().wants(|room| room.custom_info = Some(name("x")))),
        ("takeSeatMode", in_sync().wants(|room| room.take_seat_mode = Some(TakeSeatMode::ApplyToTake))),
        ("password", in_sync().wants(|room| room.password = Some(Password::Set(secret("4711", "7"))))),
    ];
    rows.extend(Switch::ALL.map(|switch| {
        let wants = |room: &mut Desired| room.switches.set(switch, Some(true));
        (switch.field(), in_sync().wants(wants).sees(|seen| seen.switches.set(switch, Some(false))))
    }));
    check_corrections(rows);
}

fn rows() -> Vec<(&'static str, Case)> {
    let mut rows = present();
    rows.extend(owners_and_passwords());
    rows.extend(ownership());
    rows.extend(tolerance());
    rows.extend(deletions());
    rows
}

fn present() -> Vec<(&'static str, Case)> {
    let rename = || in_sync().sees(|seen| seen.name = "Old".into());
    vec![
        ("in sync", in_sync()),
        (
            "no room, never claimed",
            in_sync().sees_nothing().remembers(|memory| memory.ownership = Ownership::Unclaimed),
        ),
        ("no room, create lost", in_sync().sees_nothing().remembers(|memory| memory.ownership = Ownership::Intended)),
        ("no room, create not allowed", in_sync().sees_nothing().under(|terms| terms.policies = only(&[Verb::Update]))),
        ("room ended, whenEnded Recreate", in_sync().sees_nothing()),
        ("room ended, whenEnded Leave", in_sync().sees_nothing().wants(|room| room.when_ended = WhenEnded::Leave)),
        ("room ended, whenEnded Leave, spec edited", {
            let mut case = in_sync().sees_nothing().wants(|room| room.when_ended = WhenEnded::Leave);
            case.wanted.generation = 2;
            case
        }),
        (
            "in sync, the room's type in other capitals",
            in_sync().sees(|seen| seen.room_type = Some("conference".into())),
        ),
        ("name differs", rename()),
        (
            "three settings differ",
            rename().sees(|seen| {
                seen.max_members = Some(20);
                seen.switches.set(Switch::Audio, Some(false));
            }),
        ),
        (
            "unmanaged settings differ",
            in_sync().wants(|room| (room.max_members, room.identity.name) = (None, None)).sees(|seen| {
                seen.max_members = Some(7);
                seen.name = "Host's choice".into();
            }),
        ),
        ("name differs, update not allowed", rename().under(|terms| terms.policies = only(&[Verb::Create]))),
        ("name differs, the update had no effect once", rename().tried(1)),
        ("name differs, the update had no effect twice", rename().tried(2)),
        ("the update changed a field that was not sent", {
            let mut case = rename().tried(1);
            case = case.sees(|seen| {
                seen.name = "Weekly sync".into();
                seen.custom_info = Some("gone".into());
            });
            case
        }),
        (
            "the update changed a field of the spec that was not sent",
            rename().tried(1).sees(|seen| {
                seen.name = "Weekly sync".into();
                seen.max_members = Some(7);
            }),
        ),
        (
            "the update changed a field of the spec and another, and neither was sent",
            rename().tried(1).sees(|seen| {
                seen.name = "Weekly sync".into();
                seen.max_members = Some(7);
                seen.custom_info = Some("gone".into());
            }),
        ),
        (
            "after an update the vendor leaves out what it has shown before",
            rename().tried(1).sees(|seen| {
                seen.name = "Weekly sync".into();
                (seen.custom_info, seen.take_seat_mode) = (None, None);
                seen.switches.set(Switch::Video, None);
                seen.password = SeenPassword::NotShown;
            }),
        ),
        (
            "create-only field differs",
            in_sync().wants(|room| {
                room.schedule = Some(Schedule { start: Some(Timestamp(1)), end: None });
            }),
        ),
        (
            "a managed field is not shown",
            in_sync().wants(|room| room.custom_info = Some(name("x"))).sees(|seen| {
                seen.custom_info = None;
            }),
        ),
        ("a managed field is not shown, spec edited", {
            let mut case =
                in_sync().wants(|room| room.custom_info = Some(name("x"))).sees(|seen| seen.custom_info = None);
            case.wanted.generation = 2;
            case
        }),
    ]
}

fn owners_and_passwords() -> Vec<(&'static str, Case)> {
    let to_bob = || in_sync().wants(|room| room.identity.owner = Some(user("bob")));
    let here = |members: &[&str]| Members::Listed(members.iter().map(ToString::to_string).collect());
    let locked = || in_sync().wants(|room| room.password = Some(Password::Set(secret("4711", "7"))));
    let version =
        |resource_version: &str| SecretVersion { uid: "uid-1".into(), resource_version: resource_version.into() };
    vec![
        ("new owner is not in the room", to_bob().sees(|seen| seen.members = here(&["alice"]))),
        ("new owner is in the room", to_bob().sees(|seen| seen.members = here(&["alice", "bob"]))),
        ("new owner waits, name is corrected", to_bob().sees(|seen| seen.name = "Old".into())),
        (
            "new owner is in the room and the name differs",
            to_bob().sees(|seen| {
                seen.members = here(&["bob"]);
                seen.name = "Old".into();
            }),
        ),
        ("new owner, change not allowed", to_bob().under(|terms| terms.policies = only(&[Verb::Update]))),
        ("password wanted, none set", locked()),
        ("password is another", locked().sees(|seen| seen.password = SeenPassword::On(Some("1234".to_owned().into())))),
        ("password is right", locked().sees(|seen| seen.password = SeenPassword::On(Some("4711".to_owned().into())))),
        ("password not shown, never applied", locked().sees(|seen| seen.password = SeenPassword::On(None))),
        (
            "password not shown, this version applied",
            locked()
                .sees(|seen| seen.password = SeenPassword::On(None))
                .remembers(|memory| drop(memory.applied_secrets.insert("password".into(), version("7")))),
        ),
        (
            "password not shown, older version applied",
            locked()
                .sees(|seen| seen.password = SeenPassword::NotShown)
                .remembers(|memory| drop(memory.applied_secrets.insert("password".into(), version("6")))),
        ),
        (
            "no password wanted, one is set",
            in_sync().wants(|room| room.password = Some(Password::None)).sees(|seen| {
                seen.password = SeenPassword::On(None);
            }),
        ),
    ]
}

fn ownership() -> Vec<(&'static str, Case)> {
    let unclaimed = || in_sync().remembers(|memory| memory.ownership = Ownership::Unclaimed);
    let intended = || {
        in_sync().remembers(|memory| {
            memory.ownership = Ownership::Intended;
            memory.settled_generation = None;
        })
    };
    let rival = || ObjectName { namespace: "other".into(), name: "sync".into() };
    vec![
        ("room was there before", unclaimed()),
        ("room was there before and differs", unclaimed().sees(|seen| seen.owner = "mallory".into())),
        (
            "room was there before, adopt allowed",
            unclaimed().under(|terms| terms.policies = only(&Verb::ALL)).sees(|seen| {
                seen.name = "Old".into();
            }),
        ),
        ("observe only, in sync", unclaimed().under(|terms| terms.policies = Policies::OBSERVE_ONLY)),
        (
            "observe only, differs",
            unclaimed().under(|terms| terms.policies = Policies::OBSERVE_ONLY).sees(|seen| {
                seen.name = "Old".into();
            }),
        ),
        (
            "update without adopt or create, differs",
            unclaimed().under(|terms| terms.policies = only(&[Verb::Update])).sees(|seen| seen.name = "Old".into()),
        ),
        ("reply of the create was lost, the room is what was sent", intended()),
        (
            "reply of the create was lost, somebody else made the room",
            intended().sees(|seen| seen.owner = "mallory".into()),
        ),
        (
            "reply of the create was lost, the spec was edited since",
            intended().edited().sees(|seen| seen.name = "As sent".into()).remembers(|memory| {
                memory.sent = Some(Sent { owner: "alice".into(), name: "As sent".into() });
            }),
        ),
        (
            "reply of the create was lost, the spec was edited to what somebody else made",
            intended().edited().remembers(|memory| {
                memory.sent = Some(Sent { owner: "alice".into(), name: "As sent".into() });
            }),
        ),
        ("room of the other engine", in_sync().sees(|seen| seen.room_type = Some("Live".into()))),
        (
            "another object has the better claim",
            in_sync().remembers(|memory| memory.rivalry = Rivalry::Lost { to: rival() }),
        ),
        (
            "claim of another account",
            in_sync().remembers(|memory| {
                memory.ownership = Ownership::OtherAccount(Account::tencent(7));
            }),
        ),
        ("paused", in_sync().remembers(|memory| memory.instruction = Instruction::Pause)),
    ]
}

fn tolerance() -> Vec<(&'static str, Case)> {
    let unmuted = |correction| {
        in_sync()
            .under(move |terms| terms.correction.fields = [("audioDisabled".into(), correction)].into())
            .sees(|seen| seen.switches.set(Switch::Audio, Some(false)))
    };
    let alice_is_in = |case: Case| case.sees(|seen| seen.members = Members::Listed(vec!["alice".into()]));
    vec![
        ("OnEdit, not edited", unmuted(Correction::OnEdit)),
        ("OnEdit, edited", unmuted(Correction::OnEdit).edited()),
        ("WhenIdle, somebody is in", alice_is_in(unmuted(Correction::WhenIdle))),
        ("WhenIdle, nobody is in", unmuted(Correction::WhenIdle)),
        (
            "WhenIdle for one field, another differs too",
            alice_is_in(unmuted(Correction::WhenIdle)).sees(|seen| {
                seen.name = "Old".into();
            }),
        ),
    ]
}

fn deletions() -> Vec<(&'static str, Case)> {
    let occupied =
        || deleted().sees(|seen| seen.members = Members::Listed(vec!["alice".into(), "administrator".into()]));
    let intended = || deleted().remembers(|memory| memory.ownership = Ownership::Intended);
    let rival = || ObjectName { namespace: "other".into(), name: "sync".into() };
    vec![
        ("deleted, nobody is in", deleted()),
        ("deleted, room is gone", deleted().sees_nothing()),
        ("deleted, somebody is in", occupied()),
        (
            "deleted, somebody is in, whenOccupied Dismiss",
            occupied().under(|terms| terms.when_occupied = WhenOccupied::Dismiss),
        ),
        ("deleted, somebody is in for too long", occupied().under(|terms| terms.dismissal_timeout = Some(60))),
        ("deleted, somebody is in, timeout not reached", occupied().under(|terms| terms.dismissal_timeout = Some(61))),
        (
            "deleted, only the administrator account is in",
            deleted().sees(|seen| {
                seen.members = Members::Listed(vec!["administrator".into()]);
            }),
        ),
        ("deleted, nobody says who is in", deleted().sees(|seen| seen.members = Members::NotAsked)),
        ("deleted, dismiss not allowed", deleted().under(|terms| terms.policies = only(&[Verb::Create]))),
        ("deleted, never claimed", deleted().remembers(|memory| memory.ownership = Ownership::Unclaimed)),
        ("deleted, create never seen, the room is what was sent", intended()),
        ("deleted, create never seen, somebody else's room", intended().sees(|seen| seen.name = "Theirs".into())),
        (
            "deleted, claim of another account",
            deleted().remembers(|memory| {
                memory.ownership = Ownership::OtherAccount(Account::tencent(7));
            }),
        ),
        ("deleted while paused", deleted().remembers(|memory| memory.instruction = Instruction::Pause)),
        ("deleted with release", deleted().remembers(|memory| memory.instruction = Instruction::Release)),
        ("deleted with its CRD", deleted().remembers(|memory| memory.instruction = Instruction::Uninstall)),
        (
            "deleted, a rival had the better claim",
            deleted().remembers(|memory| memory.rivalry = Rivalry::Lost { to: rival() }),
        ),
        (
            "deleted, a rival goes on with the room",
            deleted().remembers(|memory| memory.rivalry = Rivalry::Won { over: rival() }),
        ),
        ("deleted, the account's brake holds", deleted().remembers(|memory| memory.brake = Brake::Held)),
        (
            "deleted, the account's brake holds as it did at the last look",
            deleted().sees_nothing().remembers(|memory| memory.brake = Brake::StillHeld),
        ),
        ("deleted, the destroy shows no effect yet", deleted().tried(1)),
        (
            "deleted at this very second, timeout of zero",
            occupied()
                .under(|terms| terms.dismissal_timeout = Some(0))
                .remembers(|memory| memory.deletion_requested = Some(NOW)),
        ),
    ]
}
