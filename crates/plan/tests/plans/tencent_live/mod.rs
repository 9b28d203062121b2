//! The Live Engine: only what differs from the Room Engine has rows here; what they share is in `keeping`.

use std::collections::BTreeMap;

use roomkeeper_plan::Rivalry;
use roomkeeper_plan::claim::Ownership;
use roomkeeper_plan::ids::{ObjectName, RoomId, Text, UserId};
use roomkeeper_plan::policy::{Correction, Verb, WhenEnded, WhenOccupied};
use roomkeeper_plan::tencent_live::{
    Action, Desired, Identity, Metadata, Observed, Plan, SeenMetadata, Sight, TakeSeatMode, plan,
};

use crate::stage::{self, CALLER, Engine, NOW, check, check_corrections, only};

/// A Live Engine small enough to be obviously right.
struct LiveEngine;

type Case = stage::Case<LiveEngine>;

impl Engine for LiveEngine {
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    fn plan(case: &Case) -> Plan {
        plan(&case.wanted, &case.sight, &case.memory, NOW)
    }

    fn after(action: &Action, before: &Sight) -> Sight {
        match (action, before) {
            (Action::Create(desired), Sight::Absent) => Sight::Present(made(desired)),
            (Action::Update(patch), Sight::Present(seen)) => Sight::Present(Observed {
                name: patch.name.clone(),
                max_members: patch.max_members.or(seen.max_members),
                message_disabled: patch.message_disabled.or(seen.message_disabled),
                cover_url: patch.cover_url.clone().or(seen.cover_url.clone()),
                category: patch.category.clone().or(seen.category.clone()),
                activity_status: patch.activity_status.or(seen.activity_status),
                public_visible: patch.public_visible.or(seen.public_visible),
                take_seat_mode: patch.take_seat_mode.map(word).or(seen.take_seat_mode.clone()),
                notice: patch.notice.clone().or(seen.notice.clone()),
                ..seen.clone()
            }),
            (Action::SetMetadata(texts), Sight::Present(seen)) => {
                let SeenMetadata::Shown(mut all) = seen.metadata.clone() else {
                    panic!("metadata is set unseen");
                };
                all.extend(texts.clone());
                Sight::Present(Observed { metadata: SeenMetadata::Shown(all), ..seen.clone() })
            }
            (Action::ChangeOwner { to }, Sight::Present(seen)) => {
                Sight::Present(Observed { owner: to.as_str().into(), ..seen.clone() })
            }
            (Action::Destroy, Sight::Present(_)) => Sight::Absent,
            (action, sight) => panic!("the vendor refuses {action} on {sight:?}"),
        }
    }
}

fn word(mode: TakeSeatMode) -> String {
    mode.as_str().into()
}

fn made(desired: &Desired) -> Observed {
    let identity = &desired.identity;
    let mut seen = observed();
    seen.owner = identity.owner.as_ref().map_or(CALLER, |owner| owner.as_str()).into();
    seen.name = identity.name.as_ref().map_or(identity.room.as_str(), |name| name.as_str()).into();
    seen.max_members = desired.max_members.or(seen.max_members);
    seen.category = desired.category.clone().or(seen.category);
    seen.notice = desired.notice.as_ref().map(|notice| notice.as_str().into()).or(Some(String::new()));
    seen.metadata = SeenMetadata::Shown(BTreeMap::new());
    seen
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn user(id: &str) -> UserId {
    UserId::parse(id).expect("a user id of the test")
}

/// A show of alice's, with a notice, two categories and one text of its own.
fn desired() -> Desired {
    Desired {
        identity: Identity {
            room: RoomId::parse("friday-show").expect("a room id of the test"),
            owner: Some(user("alice")),
            name: Some(Text::parse("Friday show").expect("a name of the test")),
        },
        max_members: None,
        message_disabled: None,
        cover_url: None,
        category: Some(vec![2, 1]),
        activity_status: None,
        public_visible: None,
        take_seat_mode: None,
        notice: Some(Text::parse("Be kind").expect("a notice of the test")),
        metadata: Some(Metadata::parse(&texts(&[("team", "events")])).expect("metadata of the test")),
        seat_template: None,
        max_seats: None,
        when_ended: WhenEnded::Leave,
    }
}

/// What the vendor shows when all of [`desired`] holds and nobody is in the room.
fn observed() -> Observed {
    Observed {
        caller: CALLER.into(),
        room_type: Some("Live".into()),
        owner: "alice".into(),
        name: "Friday show".into(),
        max_members: Some(1000),
        message_disabled: Some(false),
        cover_url: Some(String::new()),
        category: Some(vec![1, 2]),
        activity_status: Some(0),
        public_visible: Some(true),
        take_seat_mode: Some("FreeToTake".into()),
        notice: Some("Be kind".into()),
        metadata: SeenMetadata::Shown(texts(&[("team", "events"), ("host's", "own")])),
        seat_template: Some("VideoDynamicGrid9Seats".into()),
        max_seats: Some(9),
        member_count: Some(0),
        online_count: Some(0),
    }
}

fn in_sync() -> Case {
    Case::present(desired(), observed())
}

fn deleted() -> Case {
    in_sync().deleted(desired().identity)
}

#[test]
fn plans_are_as_reviewed_and_settle() {
    check("tencent-live.txt", rows());
}

#[test]
fn each_field_is_corrected_as_its_own_drift_correction_says() {
    check_corrections(vec![
        ("owner", in_sync().sees(|seen| seen.owner = "bob".into())),
        ("name", in_sync().sees(|seen| seen.name = "Old".into())),
        ("maxMembers", in_sync().wants(|room| room.max_members = Some(7))),
        ("messageDisabled", in_sync().wants(|room| room.message_disabled = Some(true))),
        ("coverUrl", in_sync().wants(|room| room.cover_url = Text::parse("https://example.com/a.png").ok())),
        ("category", in_sync().sees(|seen| seen.category = Some(vec![3]))),
        ("activityStatus", in_sync().wants(|room| room.activity_status = Some(7))),
        ("publicVisible", in_sync().wants(|room| room.public_visible = Some(false))),
        ("takeSeatMode", in_sync().wants(|room| room.take_seat_mode = Some(TakeSeatMode::ApplyToTake))),
        ("notice", in_sync().sees(|seen| seen.notice = Some("Be loud".into()))),
        ("metadata", in_sync().sees(|seen| seen.metadata = SeenMetadata::Shown(texts(&[("team", "other")])))),
    ]);
}

fn rows() -> Vec<(&'static str, Case)> {
    let to_bob = || in_sync().wants(|room| room.identity.owner = Some(user("bob")));
    let no_people = |case: Case| case.sees(|seen| (seen.member_count, seen.online_count) = (None, None));
    let staged =
        || in_sync().wants(|room| room.metadata = Metadata::parse(&texts(&[("stage", "7"), ("team", "events")])).ok());
    let rival = || ObjectName { namespace: "other".into(), name: "show".into() };
    vec![
        ("in sync; order of categories and foreign metadata do not matter", in_sync()),
        (
            "no room, never claimed",
            in_sync().sees_nothing().remembers(|memory| memory.ownership = Ownership::Unclaimed),
        ),
        ("the show is over and stays over", in_sync().sees_nothing()),
        ("the show is over, spec edited", in_sync().sees_nothing().edited()),
        (
            "the show is over, whenEnded Recreate",
            in_sync().sees_nothing().wants(|room| room.when_ended = WhenEnded::Recreate),
        ),
        (
            "notice and categories differ",
            in_sync().sees(|seen| {
                seen.notice = Some(String::new());
                seen.category = Some(vec![3]);
            }),
        ),
        ("a metadata key is missing", staged()),
        (
            "metadata, name and owner differ",
            staged().wants(|room| room.identity.owner = Some(user("bob"))).sees(|seen| seen.name = "Old".into()),
        ),
        ("metadata differs, update not allowed", staged().under(|terms| terms.policies = only(&[Verb::Create]))),
        ("metadata without effect twice", staged().tried(2)),
        (
            "metadata differs, OnEdit and not edited",
            staged().under(|terms| terms.correction.default = Correction::OnEdit),
        ),
        (
            "metadata not managed",
            in_sync().wants(|room| room.metadata = None).sees(|seen| seen.metadata = SeenMetadata::NotAsked),
        ),
        ("new owner needs not be in the room", to_bob()),
        ("notice is not shown by an older answer", in_sync().sees(|seen| seen.notice = None)),
        ("notice is not shown, spec edited", in_sync().sees(|seen| seen.notice = None).edited()),
        ("seat template differs", in_sync().wants(|room| room.seat_template = Some("AudioSalon".into()))),
        (
            "the update changed a field that was not sent",
            in_sync().sees(|seen| seen.notice = Some(String::new())).tried(1).sees(|seen| {
                seen.notice = Some("Be kind".into());
                seen.public_visible = Some(false);
            }),
        ),
        (
            "the update changed a field of the spec that was not sent",
            in_sync().sees(|seen| seen.notice = Some(String::new())).tried(1).sees(|seen| {
                (seen.notice, seen.category) = (Some("Be kind".into()), Some(vec![3]));
            }),
        ),
        (
            "after an update the vendor leaves out what it has shown before",
            in_sync().sees(|seen| seen.notice = Some(String::new())).tried(1).sees(|seen| {
                seen.notice = Some("Be kind".into());
                (seen.cover_url, seen.public_visible, seen.take_seat_mode) = (None, None, None);
            }),
        ),
        ("room of the other engine", in_sync().sees(|seen| seen.room_type = Some("Conference".into()))),
        (
            "room was there before and its metadata differs",
            staged().remembers(|memory| memory.ownership = Ownership::Unclaimed),
        ),
        (
            "another object has the better claim",
            in_sync().remembers(|memory| memory.rivalry = Rivalry::Lost { to: rival() }),
        ),
        ("deleted, nobody is in", deleted()),
        ("deleted, the larger count is believed", deleted().sees(|seen| seen.online_count = Some(3))),
        ("deleted, the vendor does not say who is in", no_people(deleted())),
        (
            "deleted, nobody says who is in, whenOccupied Dismiss",
            no_people(deleted()).under(|terms| {
                terms.when_occupied = WhenOccupied::Dismiss;
            }),
        ),
    ]
}

#[test]
fn metadata_keeps_the_vendors_limits() {
    let long = |bytes| "x".repeat(bytes);
    let many: BTreeMap<String, String> = (0..11).map(|key| (key.to_string(), String::new())).collect();
    let heavy: BTreeMap<String, String> = (0..9).map(|key| (key.to_string(), long(2_048))).collect();
    let rows = [
        (many, "has 11 keys"),
        (texts(&[("", "x")]), "the key \"\" must not be empty"),
        (texts(&[(&long(51), "x")]), "has 51 bytes"),
        (texts(&[("a", &long(2_049))]), "the value of \"a\" has 2049 bytes"),
        (heavy, "has 18432 bytes of values"),
    ];
    for (texts, expected) in rows {
        let refused = Metadata::parse(&texts).expect_err("refused").to_string();
        assert!(refused.contains(expected), "{refused} is not {expected}");
    }
    assert!(Metadata::parse(&texts(&[(&long(50), &long(2_048))])).is_ok());
}
