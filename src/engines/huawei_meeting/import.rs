//! Looks at many meeting rooms with few calls: one list of the enterprise, and for each owner one look-up and one list.
//!
//! Like every look it logs in as nobody whom the vendor has not shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use roomkeeper_plan::huawei_meeting::{
    Conference, Heir, MeetingNumber, Named, Observed, SeenOwner, SeenSettings, VmrId,
};
use roomkeeper_providers as providers;
use roomkeeper_providers::huawei::meeting::{Account, CorpVmr};

use super::draft::draft;
use super::look::{self, Shown};
use super::wire;
use crate::accounts::Session;
use crate::engines::import::{ABREAST, Asked, Found, Problem, Step, is_of_the_account, patiently, sorted};

/// Who has a room, and its settings.
type Owned = (SeenOwner, SeenSettings);

/// Looks at the enterprise's rooms or some of them, and at the personal meeting IDs that are asked for.
///
/// # Errors
/// What concerns the account as a whole.
pub(super) async fn rooms(
    session: &Session,
    asked: &Asked,
    progress: &dyn Fn(Step),
) -> Result<Vec<Found>, providers::Error> {
    let mut found = Vec::new();
    if !asked.ids.is_empty() || asked.personal.is_empty() {
        found = cloud_rooms(session, &asked.ids, progress).await?;
    }
    progress(Step::Ahead(asked.personal.len()));
    let looks = asked.personal.iter().map(|user| async {
        let found = sorted(user, patiently(async || personal(session, user).await).await);
        progress(Step::Done);
        found
    });
    found.extend(stream::iter(looks).buffered(ABREAST).try_collect::<Vec<Found>>().await?);
    Ok(found)
}

async fn cloud_rooms(
    session: &Session,
    ids: &[String],
    progress: &dyn Fn(Step),
) -> Result<Vec<Found>, providers::Error> {
    progress(Step::Ahead(1));
    let list = patiently(async || look::corp_list(session).await).await?;
    progress(Step::Done);
    let mut rooms = Vec::new();
    if ids.is_empty() {
        rooms.extend(list.value.iter().map(|vmr| of_list(vmr, &vmr.id)));
    }
    for id in ids {
        let is_it = |vmr: &&CorpVmr| vmr.id.eq_ignore_ascii_case(id) || vmr.number.as_ref() == Some(id);
        rooms.push(match list.value.iter().find(is_it) {
            Some(vmr) => of_list(vmr, id),
            None => Err(patiently(async || missing(session, id).await).await?),
        });
    }
    let mut owned = owners(session, &rooms, progress).await?;
    let complete = |(at, room): (usize, Result<look::Found, Problem>)| {
        let room = room?;
        let owned = owned.remove(&at).unwrap_or_else(|| Ok(nobody_to_ask(&room.owner)));
        let (owner, settings) = owned.map_err(|why| Problem { room: room.id.as_str().to_owned(), why })?;
        Ok(draft(&seen(room, owner, settings)))
    };
    Ok(rooms.into_iter().enumerate().map(complete).collect())
}

fn of_list(vmr: &CorpVmr, asked: &str) -> Result<look::Found, Problem> {
    look::of_corp(vmr).ok_or_else(|| Problem {
        room: asked.to_owned(),
        why: "has an id that is not 32 hexadecimal digits, so no object can name it".to_owned(),
    })
}

/// Says why a room is not in the enterprise's list.
async fn missing(session: &Session, id: &str) -> Result<Problem, providers::Error> {
    let named = VmrId::parse(id).map(Named::Id).or_else(|_| MeetingNumber::parse(id).map(Named::Number));
    let why = match named {
        Err(_) => "is neither the id of a room, 32 hexadecimal digits, nor a meeting number",
        Ok(named) => match look::webinar(session, &named, id).await? {
            Some(_) => "is a webinar, which is not managed",
            None => {
                "is not among the enterprise's cloud meeting rooms: correct it; personal meeting IDs are in no list, so \
                 name their users with --personal"
            }
        },
    };
    Ok(Problem { room: id.to_owned(), why: why.to_owned() })
}

/// Looks at the owners of the rooms, each once; what fails for one of them is said of that one's rooms.
async fn owners(
    session: &Session,
    rooms: &[Result<look::Found, Problem>],
    progress: &dyn Fn(Step),
) -> Result<BTreeMap<usize, Result<Owned, String>>, providers::Error> {
    let mut of_owner: BTreeMap<&str, Vec<(usize, &VmrId)>> = BTreeMap::new();
    for (at, room) in rooms.iter().enumerate() {
        if let Ok(look::Found { id, owner: Shown::Id(shown), .. }) = room {
            of_owner.entry(shown).or_default().push((at, id));
        }
    }
    progress(Step::Ahead(of_owner.len()));
    let looks = of_owner.into_iter().map(|(shown, rooms)| async move {
        let ids: Vec<&VmrId> = rooms.iter().map(|(_, id)| *id).collect();
        let owned = match patiently(async || owned(session, shown, &ids).await).await {
            Ok(owned) => owned.into_iter().map(Ok).collect(),
            Err(error) if is_of_the_account(&error) => return Err(error),
            Err(error) => vec![Err(format!("its owner {shown} could not be read: {error}")); ids.len()],
        };
        progress(Step::Done);
        Ok(rooms.into_iter().map(|(at, _)| at).zip(owned).collect::<Vec<_>>())
    });
    let all: Vec<Vec<_>> = stream::iter(looks).buffered(ABREAST).try_collect().await?;
    Ok(all.into_iter().flatten().collect())
}

/// Finds out who somebody is whom the enterprise's list shows, and reads the settings of that user's rooms.
async fn owned(session: &Session, shown: &str, ids: &[&VmrId]) -> Result<Vec<Owned>, providers::Error> {
    let mut holders = Vec::new();
    for account in look::both(shown) {
        let is_clear = |id: &&VmrId| holders.iter().any(|(member, _, _)| look::has(member, id));
        if ids.iter().all(is_clear) {
            break;
        }
        let Some(member) = look::member(session, account).await? else {
            continue;
        };
        let owner = SeenOwner::Person(wire::person(&member));
        let list = match ids.iter().any(|id| look::has(&member, id)) {
            true => look::rooms_of(session, &owner).await?,
            false => None,
        };
        holders.push((member, owner, list));
    }
    let one = |id: &&VmrId| match holders.iter().find(|(member, _, _)| look::has(member, id)) {
        Some((_, owner, list)) => {
            let list = list.as_ref().map(Arc::as_ref);
            (owner.clone(), list.map_or(SeenSettings::Hidden, |list| look::settings_in(&list.value, id)))
        }
        None => (SeenOwner::Unclear { shown: shown.to_owned() }, SeenSettings::Hidden),
    };
    Ok(ids.iter().map(one).collect())
}

/// Looks at a user's personal meeting ID.
async fn personal(session: &Session, user: &str) -> Result<Found, providers::Error> {
    let problem = |why: &str| Ok(Err(Problem { room: user.to_owned(), why: why.to_owned() }));
    let Some(member) = look::member(session, Account::UserId(user.to_owned())).await? else {
        return problem("is no user of the enterprise: correct the user id that your own system gave");
    };
    let Some(room) = look::personal(&Named::Personal, &member) else {
        return problem("has no personal meeting ID");
    };
    let owner = SeenOwner::Person(wire::person(&member));
    let list = look::rooms_of(session, &owner).await?;
    let settings = list.map_or(SeenSettings::Hidden, |list| look::settings_in(&list.value, &room.id));
    Ok(Ok(draft(&seen(room, owner, settings))))
}

/// A room that no user has.
fn nobody_to_ask(owner: &Shown) -> Owned {
    let owner = match owner {
        Shown::Nobody => SeenOwner::Nobody,
        Shown::Terminal => SeenOwner::Terminal,
        Shown::Id(shown) => SeenOwner::Unclear { shown: shown.clone() },
        Shown::Known(person) => SeenOwner::Person(person.clone()),
    };
    (owner, SeenSettings::Hidden)
}

fn seen(room: look::Found, owner: SeenOwner, settings: SeenSettings) -> Observed {
    let look::Found { id, number, name, mode, state, owner: _ } = room;
    let (heir, conference) = (Heir::NotAsked, Conference::NotAsked);
    Observed { id, number, mode, state, name, owner, settings, heir, conference }
}
