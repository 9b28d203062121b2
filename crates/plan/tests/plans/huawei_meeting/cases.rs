//! Building blocks: a room in sync, and the words to change one thing about it.

use roomkeeper_plan::Begun;
use roomkeeper_plan::huawei_meeting::{
    AcceptPasswordLoss, Activity, Conference, Desired, GuestPassword, Heir, Identity, Links, Mode, Named, Observed,
    Owner, Person, SeenLinks, SeenOwner, SeenPassword, SeenSettings, Settings, State, VmrId, VmrName,
};
use roomkeeper_plan::ids::SecretVersion;
use roomkeeper_plan::policy::{Policies, Verb};
use roomkeeper_plan::secret::{Secret, SecretValue};

use super::model::CloudMeeting;
use crate::stage::{self, only};

/// A case of Cloud Meeting.
pub type Case = stage::Case<CloudMeeting>;

pub fn person(id: &str) -> Person {
    Person { user_id: Some(id.into()), account: format!("{id}@corp") }
}

pub fn secret(value: &str, resource_version: &str) -> SecretValue {
    SecretValue { value: text(value), version: version(resource_version) }
}

pub fn version(resource_version: &str) -> SecretVersion {
    SecretVersion { uid: "uid-1".into(), resource_version: resource_version.into() }
}

pub fn text(value: &str) -> Secret {
    value.to_owned().into()
}

pub fn name(text: &str) -> VmrName {
    VmrName::parse(text).expect("a name of the test")
}

/// A room of alice's called "Board room", with two passwords, for guests after the host.
pub fn desired() -> Desired {
    Desired {
        identity: Identity { named: Named::Id(id()), owner: Some(Owner::UserId("alice".into())) },
        name: Some(name("Board room")),
        host_password: Some(secret("471100", "7")),
        guest_password: Some(GuestPassword::Set(secret("4712", "7"))),
        allow_guest_first: Some(false),
        notify_owner: None,
        accept_password_loss: AcceptPasswordLoss::No,
        links: Links::Unwanted,
    }
}

/// What the vendor shows when all of [`desired`] holds and nobody is in the room.
pub fn observed() -> Observed {
    Observed {
        id: id(),
        number: "938305104".into(),
        mode: Mode::CloudRoom,
        state: State::Normal,
        name: "Board room".into(),
        owner: SeenOwner::Person(person("alice")),
        settings: SeenSettings::Shown(settings()),
        heir: Heir::NotAsked,
        conference: Conference::NotAsked,
    }
}

pub fn settings() -> Settings {
    Settings {
        name: "Board room".into(),
        host_password: SeenPassword::Shown(text("471100")),
        guest_password: SeenPassword::Shown(text("4712")),
        allow_guest_first: Some(false),
        notify_owner: Some(true),
        links: SeenLinks::default(),
    }
}

fn id() -> VmrId {
    VmrId::parse("ff80808167ef1edf0167f33d650c0662").expect("an id of the test")
}

/// A room of ours, in sync, at generation 1.
pub fn in_sync() -> Case {
    Case::present(desired(), observed())
}

/// The same room, called otherwise.
pub fn renamed() -> Case {
    in_sync().sees(|seen| shows(seen, |settings| settings.name = "Old".into()))
}

/// Changes what the owner's list shows.
pub fn shows(seen: &mut Observed, change: impl FnOnce(&mut Settings)) {
    match &mut seen.settings {
        SeenSettings::Shown(settings) => change(settings),
        SeenSettings::NotAsked | SeenSettings::Hidden => panic!("this case shows no settings"),
    }
}

/// Bob shall have the room, who is active and has three others; no conference runs.
pub fn to_bob() -> Case {
    in_sync().wants(|room| room.identity.owner = Some(Owner::UserId("bob".into()))).sees(|seen| {
        seen.heir = known("bob", Activity::Active, 3);
        seen.conference = Conference::None;
    })
}

pub fn known(id: &str, active: Activity, rooms: usize) -> Heir {
    Heir::Known { person: person(id), active, rooms }
}

/// The room is nobody's.
pub fn nobodys(case: Case) -> Case {
    case.sees(|seen| {
        seen.state = State::Unallocated;
        seen.owner = SeenOwner::Nobody;
        seen.settings = SeenSettings::NotAsked;
    })
}

/// It was taken from alice for bob, at this generation.
pub fn begun(case: Case, generation: i64, refused: Refused) -> Case {
    let refused = refused == Refused::Yes;
    case.remembers(|memory| {
        memory.begun = Some(Begun::HandOver { from: person("alice"), to: "bob".into(), generation, refused });
    })
}

/// Whether the vendor refused the new owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Yes,
    No,
}

/// The same room, whose object was deleted with `onDelete: Recycle`.
pub fn deleted() -> Case {
    in_sync().sees(|seen| seen.conference = Conference::None).deleted(desired().identity)
}

/// What `onDelete: Retain` makes of the policies.
pub fn retain() -> Policies {
    only(&[Verb::Update, Verb::ChangeOwner])
}
