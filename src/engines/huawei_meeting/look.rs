//! Looks at a meeting room. No call shows one room: its owner is in the enterprise's list, its settings are in the list of
//! its owner, and who somebody is tells the user look-up.
//!
//! It decides nothing. It logs in as nobody whom the vendor has not shown: an unknown user id would register a user.

use std::sync::Arc;

use roomkeeper_plan::huawei_meeting::{
    Activity, Conference, Heir, Mode, Named, Observed, Owner, Person, SeenOwner, SeenSettings, Sight, State,
};
use roomkeeper_plan::ids::VmrId;
use roomkeeper_providers::huawei::Page;
use roomkeeper_providers::huawei::meeting::{
    self, Account, CorpVmr, CorpVmrQuery, Member, MemberVmr, Operation, VmrMode,
};
use roomkeeper_providers::{self as providers, Class, Reply, What};

use super::wire;
use crate::accounts::Session;

/// What a look is to find out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// Which room.
    pub(super) named: &'a Named,
    /// The wanted owner; absent: the owner is not managed.
    pub(super) owner: Option<&'a Owner>,
    /// Whether the settings are of interest; they cost a log-in as the owner.
    pub(super) settings: Settings,
    /// Whether it matters if a conference runs, whoever the owner is.
    pub(super) conference: Interest,
}

/// Whether a look reads the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settings {
    /// They are managed.
    Read,
    /// They are not.
    Skip,
}

/// When a look asks for conferences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// In any case.
    Always,
    /// If the owner is another one than wanted.
    ForOwner,
}

/// A room as the first list showed it.
pub(super) struct Found {
    pub(super) id: VmrId,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) mode: Mode,
    pub(super) state: State,
    pub(super) owner: Shown,
}

/// Who has a room, by the list that showed it.
pub(super) enum Shown {
    Nobody,
    Terminal,
    /// An id of which the vendor does not say what kind it is.
    Id(String),
    Known(Person),
}

/// Looks at a room.
///
/// # Errors
/// Whatever the vendor answers but that there is no such room or user, which are sights.
pub(super) async fn look(session: &Session, question: Question<'_>) -> Result<Sight, providers::Error> {
    let heir = match question.owner {
        Some(owner) => Some(member(session, account(owner)).await?),
        None => None,
    };
    let known = heir.as_ref().and_then(Option::as_ref);
    let Some(found) = find(session, question.named, known).await? else {
        return Ok(Sight::Absent);
    };
    let owner = owner(session, &found, known).await?;
    let settings = match question.settings {
        Settings::Read => settings(session, &owner, &found.id).await?,
        Settings::Skip => SeenSettings::NotAsked,
    };
    let heir = heir.map_or(Heir::NotAsked, |member| member.map_or(Heir::Unknown, |member| heir_of(&member)));
    let conference = if question.conference == Interest::Always || is_other(&owner, &heir) {
        conference(session, &found).await?
    } else {
        Conference::NotAsked
    };
    let Found { id, number, name, mode, state, owner: _ } = found;
    Ok(Sight::Present(Observed { id, number, mode, state, name, owner, settings, heir, conference }))
}

/// Finds the room in the enterprise's list, or among those of the wanted owner: personal rooms are in no list of the
/// enterprise.
async fn find(session: &Session, named: &Named, owner: Option<&Member>) -> Result<Option<Found>, providers::Error> {
    let key = match named {
        Named::Id(id) => Some(id.as_str()),
        Named::Number(number) => Some(number.as_str()),
        Named::Personal => None,
    };
    let listed = match key {
        Some(_) => corp(session, named).await?,
        None => None,
    };
    if listed.is_some() {
        return Ok(listed);
    }
    let personal = owner.and_then(|owner| personal(named, owner));
    match (personal, key) {
        (None, Some(key)) => webinar(session, named, key).await,
        (personal, _) => Ok(personal),
    }
}

/// Tells whether a room with this id and number is the named one; each personal room is, where just that is asked for.
fn is_named(named: &Named, id: &str, number: Option<&str>) -> bool {
    match named {
        Named::Id(named) => id.eq_ignore_ascii_case(named.as_str()),
        Named::Number(named) => number == Some(named.as_str()),
        Named::Personal => true,
    }
}

/// Finds the room among the personal ones of a user.
pub(super) fn personal(named: &Named, owner: &Member) -> Option<Found> {
    let mut personal = owner.vmrs.iter().filter(|vmr| wire::mode(vmr.mode) == Mode::Personal);
    let vmr = personal.find(|vmr| is_named(named, &vmr.id, vmr.number.as_deref()))?;
    Some(Found {
        id: VmrId::parse(&vmr.id).ok()?,
        number: vmr.number.clone().unwrap_or_default(),
        name: String::new(),
        mode: Mode::Personal,
        state: wire::state(vmr.status),
        owner: Shown::Known(wire::person(owner)),
    })
}

/// Finds a webinar by a part of its id or number: it is no meeting room, and whoever named it should hear so.
pub(super) async fn webinar(session: &Session, named: &Named, key: &str) -> Result<Option<Found>, providers::Error> {
    let query = CorpVmrQuery { search_key: Some(key.to_owned()), mode: Some(VmrMode::Webinar), status: None };
    let client = session.meeting();
    let page = client.get_corp_vmr_page(&query, Page { offset: 0, limit: 100 });
    let page = session.call(Operation::GetCorpVmrs, page).await?.value;
    let found = page.items.iter().find(|vmr| is_named(named, &vmr.id, vmr.number.as_deref()));
    Ok(found.and_then(|vmr| listed(vmr, Mode::Webinar, wire::state(vmr.status), Shown::Nobody)))
}

async fn corp(session: &Session, named: &Named) -> Result<Option<Found>, providers::Error> {
    let list = corp_list(session).await?;
    let found = list.value.iter().find(|vmr| is_named(named, &vmr.id, vmr.number.as_deref()));
    Ok(found.and_then(of_corp))
}

/// Lists the enterprise's cloud meeting rooms.
pub(super) async fn corp_list(session: &Session) -> Result<Arc<Reply<Vec<CorpVmr>>>, providers::Error> {
    let list = session.list(&session.lists().corp_vmrs, (), Operation::GetCorpVmrs, || async {
        session.meeting().get_corp_vmrs(|| session.pace(Operation::GetCorpVmrs)).await
    });
    list.await
}

/// A room as the enterprise's list shows it; `None`: its id is none.
pub(super) fn of_corp(vmr: &CorpVmr) -> Option<Found> {
    let state = wire::state(vmr.status);
    let owner = match (&vmr.member, &vmr.device) {
        (Some(member), _) if member.id.is_some() => Shown::Id(member.id.clone().unwrap_or_default()),
        (_, Some(device)) if device.id.is_some() => Shown::Terminal,
        (_, _) => Shown::Nobody,
    };
    // That a room which nobody has is shown as unallocated is only to be expected.
    let state = match (&owner, state) {
        (Shown::Nobody, State::Normal) => State::Unallocated,
        (_, state) => state,
    };
    let owner = if state == State::Unallocated { Shown::Nobody } else { owner };
    listed(vmr, Mode::CloudRoom, state, owner)
}

/// A room as the enterprise's list showed it; `None`: its id is none.
fn listed(vmr: &CorpVmr, mode: Mode, state: State, owner: Shown) -> Option<Found> {
    let id = VmrId::parse(&vmr.id).ok()?;
    let number = vmr.number.clone().unwrap_or_default();
    Some(Found { id, number, name: vmr.name.clone().unwrap_or_default(), mode, state, owner })
}

/// Finds out who the owner is. What kind of id the list shows is not documented, so whom the look-up shows with this room
/// is the owner, and nobody else.
async fn owner(session: &Session, found: &Found, heir: Option<&Member>) -> Result<SeenOwner, providers::Error> {
    let shown = match &found.owner {
        Shown::Nobody => return Ok(SeenOwner::Nobody),
        Shown::Terminal => return Ok(SeenOwner::Terminal),
        Shown::Known(person) => return Ok(SeenOwner::Person(person.clone())),
        Shown::Id(shown) => shown,
    };
    if let Some(heir) = heir.filter(|heir| has(heir, &found.id)) {
        return Ok(SeenOwner::Person(wire::person(heir)));
    }
    for account in both(shown) {
        if let Some(member) = member(session, account).await?.filter(|member| has(member, &found.id)) {
            return Ok(SeenOwner::Person(wire::person(&member)));
        }
    }
    Ok(SeenOwner::Unclear { shown: shown.clone() })
}

/// Returns the two things that an id on show can be.
pub(super) fn both(shown: &str) -> [Account; 2] {
    [Account::Account(shown.to_owned()), Account::UserId(shown.to_owned())]
}

/// Tells whether the look-up shows a user with a room.
pub(super) fn has(member: &Member, id: &VmrId) -> bool {
    member.vmrs.iter().any(|vmr| vmr.id.eq_ignore_ascii_case(id.as_str()))
}

/// Reads the settings as the owner, whom the look-up has shown.
async fn settings(session: &Session, owner: &SeenOwner, id: &VmrId) -> Result<SeenSettings, providers::Error> {
    let list = rooms_of(session, owner).await?;
    Ok(list.map_or(SeenSettings::Hidden, |list| settings_in(&list.value, id)))
}

/// Lists the rooms of a user as that user; `None`: nobody can log in as this owner.
pub(super) async fn rooms_of(
    session: &Session,
    owner: &SeenOwner,
) -> Result<Option<Arc<Reply<Vec<MemberVmr>>>>, providers::Error> {
    let user = match owner {
        SeenOwner::Person(Person { user_id: Some(user), account: _ }) => user,
        SeenOwner::Person(Person { user_id: None, account: _ })
        | SeenOwner::Nobody
        | SeenOwner::Terminal
        | SeenOwner::Unclear { .. } => return Ok(None),
    };
    let list = session.list(&session.lists().member_vmrs, user.clone(), Operation::GetMemberVmrs, || async {
        session.meeting().get_member_vmrs(user, || session.pace(Operation::GetMemberVmrs)).await
    });
    match list.await {
        Ok(list) => Ok(Some(list)),
        // The vendor lets nobody act for this owner: disabled, locked, or gone.
        Err(error) if is_about_the_owner(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the settings of a room as its owner's list shows them.
pub(super) fn settings_in(list: &[MemberVmr], id: &VmrId) -> SeenSettings {
    let found = list.iter().find(|vmr| vmr.id.eq_ignore_ascii_case(id.as_str()));
    found.map_or(SeenSettings::Hidden, |vmr| SeenSettings::Shown(wire::settings(vmr)))
}

fn is_about_the_owner(error: &providers::Error) -> bool {
    matches!(error.class(), Class::Denied | Class::NotFound { what: What::Account })
}

async fn conference(session: &Session, found: &Found) -> Result<Conference, providers::Error> {
    let client = session.meeting();
    let list = client.get_online_conferences(&found.number, || session.pace(Operation::GetOnlineConferences));
    let list = session.call(Operation::GetOnlineConferences, list).await?.value;
    let of_room = |vmr_id: &Option<String>, number: &Option<String>| {
        vmr_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(found.id.as_str()))
            || number.as_deref() == Some(found.number.as_str())
    };
    // A state that is not known counts as running: people may be in it.
    let is_on = |state: &Option<String>| !matches!(state.as_deref(), Some("Schedule" | "Destroyed"));
    let of_room = |conference: &&meeting::Conference| of_room(&conference.vmr_id, &conference.vmr_number);
    let runs = list.iter().filter(of_room).any(|conference| is_on(&conference.state));
    Ok(if runs { Conference::Running } else { Conference::None })
}

/// Asks who a user is; `None`: there is no such user.
pub(super) async fn member(session: &Session, account: Account) -> Result<Option<Member>, providers::Error> {
    let list = session.list(&session.lists().members, account.clone(), Operation::GetMember, || async {
        session.meeting().get_member(&account).await
    });
    Ok(list.await?.value.clone())
}

fn account(owner: &Owner) -> Account {
    match owner {
        Owner::UserId(id) => Account::UserId(id.clone()),
        Owner::Account(name) => Account::Account(name.clone()),
    }
}

fn heir_of(member: &Member) -> Heir {
    let rooms = member.vmrs.iter().filter(|vmr| wire::mode(vmr.mode) == Mode::CloudRoom).count();
    Heir::Known { person: wire::person(member), active: wire::activity(member), rooms }
}

/// Tells whether somebody else has the room than the wanted owner.
fn is_other(owner: &SeenOwner, heir: &Heir) -> bool {
    match (owner, heir) {
        (_, Heir::NotAsked) => false,
        (SeenOwner::Person(owner), Heir::Known { person, active: Activity::Active | Activity::Inactive, .. }) => {
            owner != person
        }
        (SeenOwner::Nobody | SeenOwner::Terminal | SeenOwner::Unclear { .. } | SeenOwner::Person(_), _) => true,
    }
}
