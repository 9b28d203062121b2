//! Each row is a situation of the owner; its plan stands in `tests/golden/huawei-meeting-owners.txt`.

use roomkeeper_plan::Begun;
use roomkeeper_plan::huawei_meeting::{
    Action, Activity, Conference, Heir, Mode, Owner, Person, SeenOwner, SeenSettings,
};
use roomkeeper_plan::policy::{Correction, Verb};

use super::cases::{Case, Refused, begun, in_sync, known, nobodys, person, shows, to_bob};
use crate::stage::{check, only};

#[test]
fn plans_are_as_reviewed_and_settle() {
    let mut rows = changes();
    rows.extend(obstacles());
    rows.extend(hidden());
    rows.extend(nobodys_rooms());
    rows.extend(begun_changes());
    rows.extend(refusals());
    check("huawei-meeting-owners.txt", rows);
}

fn changes() -> Vec<(&'static str, Case)> {
    vec![
        ("owner differs", to_bob()),
        ("owner and name differ", to_bob().sees(|seen| shows(seen, |settings| settings.name = "Old".into()))),
        (
            "owner is named by account",
            to_bob().wants(|room| room.identity.owner = Some(Owner::Account("bob@corp".into()))),
        ),
        ("owner and name were changed, and a setting changed with them that is not managed", {
            let renamed = to_bob().sees(|seen| shows(seen, |settings| settings.name = "Old".into()));
            renamed.tried_all(1).sees(|seen| {
                seen.owner = SeenOwner::Person(person("bob"));
                shows(seen, |settings| {
                    settings.name = "Board room".into();
                    settings.notify_owner = Some(false);
                });
            })
        }),
        (
            "owner is named by account, and it is the one who has it",
            in_sync().wants(|room| room.identity.owner = Some(Owner::Account("alice@corp".into()))),
        ),
        (
            "owner is named by a user id that only the look-up shows",
            in_sync().sees(|seen| {
                seen.owner = SeenOwner::Person(Person { user_id: None, account: "alice@corp".into() });
                seen.settings = SeenSettings::NotAsked;
                seen.heir = known("alice", Activity::Active, 3);
            }),
        ),
        ("owner is not managed", to_bob().wants(|room| room.identity.owner = None)),
        ("owner differs, the change had no effect once", to_bob().tried_all(1)),
        ("owner differs, the change had no effect twice", to_bob().tried_all(2)),
        (
            "new owner has one room less than a user may have",
            to_bob().sees(|seen| seen.heir = known("bob", Activity::Active, 31)),
        ),
    ]
}

fn obstacles() -> Vec<(&'static str, Case)> {
    let heir = |heir: Heir| to_bob().sees(|seen| seen.heir = heir);
    let conference = |conference| to_bob().sees(|seen| seen.conference = conference);
    let correction =
        |case: Case, correction| case.under(|terms| terms.correction.fields = [("owner".into(), correction)].into());
    vec![
        ("new owner is unknown", heir(Heir::Unknown)),
        ("new owner is not active", heir(known("bob", Activity::Inactive, 3))),
        ("new owner has as many rooms as a user may have", heir(known("bob", Activity::Active, 32))),
        ("new owner was not asked for", heir(Heir::NotAsked)),
        ("a conference runs", conference(Conference::Running)),
        ("nobody asked for conferences", conference(Conference::NotAsked)),
        ("change of owner not allowed", to_bob().under(|terms| terms.policies = only(&[Verb::Update]))),
        ("owner OnEdit, not edited", correction(to_bob(), Correction::OnEdit)),
        ("owner OnEdit, edited", correction(to_bob(), Correction::OnEdit).edited()),
        ("owner WhenIdle, a conference runs", correction(conference(Conference::Running), Correction::WhenIdle)),
        ("a personal meeting ID", to_bob().sees(|seen| seen.mode = Mode::Personal)),
        ("a terminal has it", to_bob().sees(|seen| seen.owner = SeenOwner::Terminal)),
        ("nobody is shown to have it", to_bob().sees(|seen| seen.owner = SeenOwner::Nobody)),
        (
            "somebody has it whom the look-up does not know",
            to_bob().sees(|seen| seen.owner = SeenOwner::Unclear { shown: "u-1".into() }),
        ),
    ]
}

/// Nobody can log in as the owner.
fn hidden() -> Vec<(&'static str, Case)> {
    let hide = |case: Case| {
        case.sees(|seen| {
            seen.owner = SeenOwner::Person(Person { user_id: None, account: "carol@corp".into() });
            seen.settings = SeenSettings::Hidden;
        })
    };
    let unmanaged = |case: Case| case.wants(|room| room.identity.owner = None);
    let nothing_but_the_name = |case: Case| {
        unmanaged(case).wants(|room| {
            (room.host_password, room.guest_password, room.allow_guest_first) = (None, None, None);
        })
    };
    vec![
        ("settings are hidden", hide(unmanaged(in_sync()))),
        ("settings are hidden, and only the name is managed", hide(nothing_but_the_name(in_sync()))),
        (
            "settings are hidden, and only the name is managed, which differs",
            hide(nothing_but_the_name(in_sync())).sees(|seen| seen.name = "Old".into()),
        ),
        ("settings are hidden, another owner is wanted", hide(to_bob())),
        (
            "settings are hidden, another owner is wanted, a conference runs",
            hide(to_bob()).sees(|seen| seen.conference = Conference::Running),
        ),
        (
            "settings are hidden, another owner is wanted and unknown",
            hide(to_bob()).sees(|seen| seen.heir = Heir::Unknown),
        ),
    ]
}

fn nobodys_rooms() -> Vec<(&'static str, Case)> {
    let heir = |heir: Heir| nobodys(to_bob()).sees(|seen| seen.heir = heir);
    vec![
        ("nobody's, owner is not managed", nobodys(to_bob()).wants(|room| room.identity.owner = None)),
        ("nobody's, bob shall have it", nobodys(to_bob())),
        (
            "nobody's, change of owner not allowed",
            nobodys(to_bob()).under(|terms| terms.policies = only(&[Verb::Update])),
        ),
        ("nobody's, new owner is unknown", heir(Heir::Unknown)),
        ("nobody's, new owner is not active", heir(known("bob", Activity::Inactive, 0))),
        ("nobody's, new owner was not asked for", heir(Heir::NotAsked)),
        (
            "nobody's, owner OnEdit, not edited",
            nobodys(to_bob()).under(|terms| terms.correction.default = Correction::OnEdit),
        ),
        ("nobody's, giving it had no effect twice", nobodys(to_bob()).tried(2)),
        ("nobody's, the vendor refused the new owner", refused(nobodys(to_bob()), &["bob"])),
    ]
}

/// The vendor refused to give the room to these.
fn refused(case: Case, users: &[&str]) -> Case {
    case.remembers(|memory| {
        memory.refused.extend(users.iter().map(|user| Action::Assign { to: person(user) }));
    })
}

/// A crash came between the two calls, or before the first, or after the second.
fn begun_changes() -> Vec<(&'static str, Case)> {
    let amid = || begun(nobodys(to_bob()), 1, Refused::No);
    vec![
        ("begun: before the first call", begun(to_bob(), 1, Refused::No)),
        ("begun: between the calls", amid()),
        (
            "begun: between the calls, owner OnEdit and not edited",
            amid().under(|terms| terms.correction.default = Correction::OnEdit),
        ),
        (
            "begun: between the calls, change of owner not allowed any more",
            amid().under(|terms| terms.policies = only(&[Verb::Update])),
        ),
        (
            "begun: between the calls, the new owner is not known any more",
            amid().sees(|seen| seen.heir = Heir::Unknown),
        ),
        ("begun: between the calls, owner is not managed any more", amid().wants(|room| room.identity.owner = None)),
        (
            "begun: between the calls, edited to another owner",
            amid()
                .wants(|room| room.identity.owner = Some(Owner::UserId("carol".into())))
                .sees(|seen| seen.heir = known("carol", Activity::Active, 0))
                .edited(),
        ),
        ("begun: after the second call", begun(in_sync(), 1, Refused::No)),
        (
            "begun: it went back because nobody knows the new owner",
            begun(to_bob(), 1, Refused::No).sees(|seen| seen.heir = Heir::Unknown),
        ),
    ]
}

fn refusals() -> Vec<(&'static str, Case)> {
    let amid = |refused| begun(nobodys(to_bob()), 1, refused);
    vec![
        ("refused: it goes back", refused(amid(Refused::No), &["bob"])),
        ("refused: nobody knows the refusal any more, and it goes back", amid(Refused::Yes)),
        ("refused: it is written down, and it goes back", refused(amid(Refused::Yes), &["bob"])),
        ("refused: the old owner is refused too", refused(amid(Refused::Yes), &["bob", "alice"])),
        ("refused: it is back, and not tried again", begun(to_bob(), 1, Refused::Yes)),
        ("refused: it is back, the spec was edited", begun(to_bob(), 1, Refused::Yes).edited()),
        ("refused: it is back, the spec is back too", begun(in_sync(), 1, Refused::Yes)),
        ("refused: nobody's, the spec was edited since", amid(Refused::Yes).edited()),
        ("refused in this pass, and it has its owner", refused(begun(to_bob(), 1, Refused::No), &["bob"])),
    ]
}

#[test]
fn what_is_written_down_names_the_old_owner_and_the_new_one_as_in_the_spec() {
    let case = to_bob().wants(|room| room.identity.owner = Some(Owner::Account("bob@corp".into())));
    let expected = Begun::HandOver { from: person("alice"), to: "bob@corp".into(), generation: 1, refused: false };
    assert_eq!(case.planned().begins, Some(expected));
}
