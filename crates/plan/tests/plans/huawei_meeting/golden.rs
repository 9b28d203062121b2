//! Each row is a situation of the settings or of a deletion; its plan stands in `tests/golden/huawei-meeting.txt`.

use std::collections::BTreeMap;

use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::decision::{Brake, Instruction};
use roomkeeper_plan::huawei_meeting::{
    AcceptPasswordLoss, Action, Conference, GuestPassword, Links, Mode, SeenOwner, SeenPassword, SeenSettings,
    SentGuestPassword, Settings, State, Update,
};
use roomkeeper_plan::ids::ObjectName;
use roomkeeper_plan::policy::{Correction, Policies, Verb, WhenOccupied};
use roomkeeper_plan::{Rivalry, Step};

use super::cases::{
    Case, Refused, begun, deleted, desired, in_sync, nobodys, person, renamed, retain, secret, shows, text, version,
};
use crate::stage::{check, only};

#[test]
fn plans_are_as_reviewed_and_settle() {
    let mut rows = rooms();
    rows.extend(settings());
    rows.extend(passwords());
    rows.extend(unknown_passwords());
    rows.extend(tolerance());
    rows.extend(deletions());
    rows.extend(deletions_amid_a_hand_over());
    check("huawei-meeting.txt", rows);
}

fn rooms() -> Vec<(&'static str, Case)> {
    vec![
        ("in sync", in_sync()),
        ("no such room", in_sync().sees_nothing()),
        ("a webinar", in_sync().sees(|seen| seen.mode = Mode::Webinar)),
        ("a mode that nobody documents", in_sync().sees(|seen| seen.mode = Mode::Other(7))),
        ("links are wanted and shown", only_links()),
        ("links are wanted and nobody can see them", only_links().sees(|seen| seen.settings = SeenSettings::Hidden)),
        ("disabled", in_sync().sees(|seen| seen.state = State::Disabled)),
        ("disabled, and it is called otherwise", renamed().sees(|seen| seen.state = State::Disabled)),
        ("a state that nobody documents", in_sync().sees(|seen| seen.state = State::Other(9))),
        ("a personal meeting ID in sync", in_sync().sees(|seen| seen.mode = Mode::Personal)),
        (
            "named for the first time, and it differs",
            renamed().remembers(|memory| memory.ownership = Ownership::Unclaimed),
        ),
        ("observe only, it differs", renamed().under(|terms| terms.policies = Policies::OBSERVE_ONLY)),
        ("paused", renamed().remembers(|memory| memory.instruction = Instruction::Pause)),
        (
            "another object has the better claim",
            renamed().remembers(|memory| memory.rivalry = Rivalry::Lost { to: rival() }),
        ),
    ]
}

fn rival() -> ObjectName {
    ObjectName { namespace: "other".into(), name: "board".into() }
}

fn settings() -> Vec<(&'static str, Case)> {
    let shown = |change: fn(&mut Settings)| in_sync().sees(|seen| shows(seen, change));
    vec![
        ("name differs", renamed()),
        (
            "three settings differ",
            shown(|settings| {
                settings.name = "Old".into();
                settings.allow_guest_first = Some(true);
                settings.guest_password = SeenPassword::None;
            }),
        ),
        ("an unmanaged setting differs", shown(|settings| settings.notify_owner = Some(false))),
        ("name differs, update not allowed", renamed().under(|terms| terms.policies = only(&[Verb::ChangeOwner]))),
        ("name differs, the update had no effect once", renamed().tried(1)),
        ("name differs, the update had no effect twice", renamed().tried(2)),
        (
            "the update changed a setting that is not managed",
            renamed().tried(1).sees(|seen| {
                shows(seen, |settings| {
                    settings.name = "Board room".into();
                    settings.notify_owner = Some(false);
                });
            }),
        ),
        ("a switch is not shown", shown(|settings| settings.allow_guest_first = None)),
        ("a switch is not shown, spec edited", shown(|settings| settings.allow_guest_first = None).edited()),
        ("settings are managed and were not asked for", in_sync().sees(|seen| seen.settings = SeenSettings::NotAsked)),
    ]
}

fn passwords() -> Vec<(&'static str, Case)> {
    let shown = |change: fn(&mut Settings)| in_sync().sees(|seen| shows(seen, change));
    let masked = || shown(|settings| settings.host_password = SeenPassword::Masked);
    let applied = |case: Case, resource_version: &str| {
        case.remembers(|memory| {
            let version = version(resource_version);
            memory.applied_secrets.insert("hostPassword".into(), version);
        })
    };
    vec![
        ("host password is another", shown(|settings| settings.host_password = SeenPassword::Shown(text("0000")))),
        ("guest password is another", shown(|settings| settings.guest_password = SeenPassword::Shown(text("0000")))),
        ("there is no host password", shown(|settings| settings.host_password = SeenPassword::None)),
        ("no guest password wanted, none there", {
            shown(|settings| settings.guest_password = SeenPassword::None)
                .wants(|room| room.guest_password = Some(GuestPassword::None))
        }),
        ("no guest password wanted, one is there", {
            in_sync().wants(|room| room.guest_password = Some(GuestPassword::None))
        }),
        ("no guest password wanted, one is there and masked", {
            shown(|settings| settings.guest_password = SeenPassword::Masked)
                .wants(|room| room.guest_password = Some(GuestPassword::None))
        }),
        ("host password masked, never applied", masked()),
        ("host password masked, this version applied", applied(masked(), "7")),
        ("host password masked, older version applied", applied(masked(), "6")),
        (
            "host password masked, this version applied, name differs",
            applied(masked(), "7").sees(|seen| shows(seen, |settings| settings.name = "Old".into())),
        ),
        ("both passwords would be the same", in_sync().wants(|room| room.host_password = Some(secret("4712", "8")))),
        (
            "the host password would be the unmanaged guest password",
            in_sync().wants(|room| {
                room.host_password = Some(secret("4712", "8"));
                room.guest_password = None;
            }),
        ),
    ]
}

fn unknown_passwords() -> Vec<(&'static str, Case)> {
    let unmanaged = || {
        renamed().wants(|room| (room.host_password, room.guest_password) = (None, None)).sees(|seen| {
            shows(seen, |settings| {
                settings.host_password = SeenPassword::Masked;
                settings.guest_password = SeenPassword::Masked;
            });
        })
    };
    vec![
        ("unmanaged passwords are masked, name differs", unmanaged()),
        (
            "unmanaged passwords are masked, name differs, their loss is accepted",
            unmanaged().wants(|room| room.accept_password_loss = AcceptPasswordLoss::Yes),
        ),
        (
            "unmanaged passwords are masked, nothing differs",
            unmanaged().sees(|seen| shows(seen, |settings| settings.name = "Board room".into())),
        ),
        (
            "unmanaged passwords are shown, name differs",
            renamed().wants(|room| (room.host_password, room.guest_password) = (None, None)),
        ),
        (
            "an unmanaged guest password is masked, the host password has a new version",
            in_sync().wants(|room| room.guest_password = None).sees(|seen| {
                shows(seen, |settings| {
                    settings.host_password = SeenPassword::Masked;
                    settings.guest_password = SeenPassword::Masked;
                });
            }),
        ),
    ]
}

fn tolerance() -> Vec<(&'static str, Case)> {
    let guests_first = |correction| {
        in_sync()
            .under(move |terms| terms.correction.fields = [("allowGuestFirst".into(), correction)].into())
            .sees(|seen| shows(seen, |settings| settings.allow_guest_first = Some(true)))
    };
    let conference = |case: Case, conference| case.sees(|seen| seen.conference = conference);
    vec![
        ("OnEdit, not edited", guests_first(Correction::OnEdit)),
        ("OnEdit, edited", guests_first(Correction::OnEdit).edited()),
        ("WhenIdle, a conference runs", conference(guests_first(Correction::WhenIdle), Conference::Running)),
        ("WhenIdle, no conference runs", conference(guests_first(Correction::WhenIdle), Conference::None)),
        ("WhenIdle, nobody asked", guests_first(Correction::WhenIdle)),
        (
            "OnEdit for one field, another differs too: the first is sent as it was seen",
            guests_first(Correction::OnEdit).sees(|seen| shows(seen, |settings| settings.name = "Old".into())),
        ),
    ]
}

fn deletions() -> Vec<(&'static str, Case)> {
    let conference = |conference| deleted().sees(|seen| seen.conference = conference);
    vec![
        ("deleted, onDelete Recycle", deleted()),
        ("deleted, onDelete Retain", deleted().under(|terms| terms.policies = retain())),
        ("deleted, room is gone", deleted().sees_nothing()),
        ("deleted, room is nobody's", nobodys(deleted())),
        ("deleted, a conference runs", conference(Conference::Running)),
        (
            "deleted, a conference runs, whenOccupied Dismiss",
            conference(Conference::Running).under(|terms| terms.when_occupied = WhenOccupied::Dismiss),
        ),
        (
            "deleted, a conference runs for too long",
            conference(Conference::Running).under(|terms| terms.dismissal_timeout = Some(60)),
        ),
        ("deleted, nobody asked for conferences", conference(Conference::NotAsked)),
        ("deleted, the account's brake holds", deleted().remembers(|memory| memory.brake = Brake::Held)),
        ("deleted, the recycling shows no effect yet", deleted().tried(1)),
        ("deleted, a personal meeting ID", deleted().sees(|seen| seen.mode = Mode::Personal)),
        ("deleted, a webinar", deleted().sees(|seen| seen.mode = Mode::Webinar)),
        ("deleted, a terminal has it", deleted().sees(|seen| seen.owner = SeenOwner::Terminal)),
        ("deleted, nobody is shown to have it", deleted().sees(|seen| seen.owner = SeenOwner::Nobody)),
        ("deleted, disabled", deleted().sees(|seen| seen.state = State::Disabled)),
        ("deleted, a state that nobody documents", deleted().sees(|seen| seen.state = State::Other(9))),
        ("deleted, never claimed", deleted().remembers(|memory| memory.ownership = Ownership::Unclaimed)),
        ("deleted with release", deleted().remembers(|memory| memory.instruction = Instruction::Release)),
    ]
}

fn deletions_amid_a_hand_over() -> Vec<(&'static str, Case)> {
    let retained = || begun(deleted().under(|terms| terms.policies = retain()), 1, Refused::No);
    let refused = |case: Case| {
        case.remembers(|memory| {
            memory.refused.push(Action::Assign { to: person("alice") });
        })
    };
    vec![
        ("deleted amid a hand-over, onDelete Retain: it goes back", nobodys(retained())),
        ("deleted amid a hand-over, onDelete Retain, nobody takes it", refused(nobodys(retained()))),
        ("deleted amid a hand-over, onDelete Retain, it has an owner", retained()),
        ("deleted amid a hand-over, onDelete Recycle", nobodys(begun(deleted(), 1, Refused::No))),
        (
            "deleted amid a hand-over, a rival goes on with the room",
            nobodys(begun(deleted(), 1, Refused::No))
                .remembers(|memory| memory.rivalry = Rivalry::Won { over: rival() }),
        ),
        (
            "deleted amid a hand-over, with release",
            nobodys(retained()).remembers(|memory| memory.instruction = Instruction::Release),
        ),
    ]
}

/// What the one update of a plan sends.
fn sent(case: &Case) -> Update {
    let plan = case.planned();
    let [Step { action: Action::Update(update), because: _ }] = plan.steps.as_slice() else {
        panic!("not one update: {plan:?}");
    };
    (**update).clone()
}

#[test]
fn an_update_sends_what_it_does_not_change_as_it_was_seen() {
    let seen = Update {
        as_user: "alice".into(),
        name: "Board room".into(),
        host_password: Some(text("471100")),
        guest_password: Some(SentGuestPassword::Set(text("4712"))),
        allow_guest_first: Some(false),
        notify_owner: Some(true),
    };
    let unmanaged = |case: Case| {
        case.wants(|room| {
            (room.host_password, room.guest_password, room.allow_guest_first) = (None, None, None);
        })
    };
    let shown = |case: Case, change: fn(&mut Settings)| case.sees(|seen| shows(seen, change));
    let guests_may = |case: Case| shown(case, |settings| settings.allow_guest_first = Some(true));
    let on_edit = |case: Case| case.under(|terms| terms.correction.fields = tolerated());
    let masked = |case: Case| {
        shown(case, |settings| {
            settings.host_password = SeenPassword::Masked;
            settings.guest_password = SeenPassword::Masked;
        })
    };
    let lossy = |case: Case| case.wants(|room| room.accept_password_loss = AcceptPasswordLoss::Yes);
    let rows = [
        ("managed and the same", renamed(), seen.clone()),
        ("not managed", unmanaged(renamed()), seen.clone()),
        ("to be changed", guests_may(in_sync()), seen.clone()),
        ("tolerated for now", on_edit(guests_may(renamed())), Update { allow_guest_first: Some(true), ..seen.clone() }),
        (
            "not managed, and there is none",
            { shown(unmanaged(renamed()), |settings| settings.guest_password = SeenPassword::None) },
            Update { guest_password: Some(SentGuestPassword::Clear), ..seen.clone() },
        ),
        ("managed and masked", masked(renamed()), seen.clone()),
        ("not managed, masked, and its loss accepted", lossy(masked(unmanaged(renamed()))), {
            Update { host_password: None, guest_password: None, ..seen.clone() }
        }),
        (
            "no guest password wanted, one is masked",
            { masked(in_sync()).wants(|room| room.guest_password = Some(GuestPassword::None)) },
            Update { guest_password: Some(SentGuestPassword::Clear), ..seen.clone() },
        ),
        (
            "a switch is not shown",
            { shown(renamed(), |settings| (settings.allow_guest_first, settings.notify_owner) = (None, None)) },
            Update { notify_owner: None, ..seen.clone() },
        ),
    ];
    for (what, case, expected) in rows {
        assert_eq!(sent(&case), expected, "{what}");
    }
}

fn tolerated() -> BTreeMap<String, Correction> {
    [("allowGuestFirst".to_owned(), Correction::OnEdit)].into()
}

#[test]
fn what_manages_a_setting_needs_the_owners_list() {
    let mut room = desired();
    assert!(room.manages_settings());
    (room.name, room.host_password, room.guest_password, room.allow_guest_first) = (None, None, None, None);
    assert!(!room.manages_settings());
    room.guest_password = Some(GuestPassword::None);
    assert!(room.manages_settings());
}

/// Nothing is managed but how people join.
fn only_links() -> Case {
    in_sync().wants(|room| {
        (room.name, room.host_password, room.guest_password, room.allow_guest_first) = (None, None, None, None);
        room.links = Links::Wanted;
    })
}
