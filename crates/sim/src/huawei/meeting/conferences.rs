//! Conferences that run, and the ways to end one: with a token that controls it, or as its host.
//! People enter and leave in `world`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::admission::{self, Caller};
use super::codes::{Refusal, Refused};
use super::conference::{CONTROL_TOKEN_LIFETIME, Conference, ConferenceState, ControlToken};
use super::ids;
use super::member_rooms::found;
use super::operation::Operation;
use super::outcome::Outcome;
use super::pages;
use super::request::Parameters;
use super::rules::{DEFAULT_CONFERENCE_PAGE, LARGEST_CONFERENCE_PAGE, LONGEST_SEARCH_KEY};
use super::state::{Enterprise, MeetingApp};
use super::tokens;
use crate::clock::Moment;
use crate::huawei::gateway::header;
use crate::service::{Context, Request};
use crate::world::World;

/// `online_conferences`: the caller's own, or for an administrator who asks for them all of the enterprise. In the order
/// of their beginning, as the vendor's SDK says.
pub(super) fn online(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let parameters = &Parameters::of(request);
    let offset = pages::offset(parameters)?;
    let limit = match parameters.integer("limit")?.map(usize::try_from) {
        None => DEFAULT_CONFERENCE_PAGE,
        Some(Ok(limit)) if (1..=LARGEST_CONFERENCE_PAGE).contains(&limit) => limit,
        Some(_) => return Err(Refusal::parameter("limit is 1 to 500")),
    };
    if parameters.text("searchKey").is_some_and(|key| key.chars().count() > LONGEST_SEARCH_KEY) {
        return Err(Refusal::parameter("searchKey has 1 to 128 characters"));
    }
    let all = caller.administrates() && parameters.flag("queryAll")?.unwrap_or_default();
    let (account, corp) = (caller.account(), caller.holder.corp().unwrap_or_default().to_owned());
    let enterprise = &*caller.enterprise()?;
    let mut running: Vec<(&String, &Conference)> = enterprise
        .conferences
        .iter()
        .filter(|(_, conference)| conference.runs())
        .filter(|(_, conference)| all || account.as_ref() == Some(&conference.host))
        .filter(|(id, conference)| {
            let number = number_of(enterprise, conference);
            found([id.as_str(), &conference.subject, &conference.host, number], parameters)
        })
        .collect();
    running.sort_by_key(|(_, conference)| conference.start);
    let page = running.iter().skip(offset).take(limit);
    let shown: Vec<Value> = page.map(|(id, conference)| shown(enterprise, &corp, id, conference)).collect();
    Ok(Outcome::shown(json!({ "offset": offset, "limit": limit, "count": running.len(), "data": shown })))
}

/// The fixed number of the room that a conference is held in; empty without a room.
fn number_of<'e>(enterprise: &'e Enterprise, conference: &Conference) -> &'e str {
    let room = conference.room.as_ref().and_then(|id| enterprise.rooms.get(id));
    room.map_or("", |room| &room.number)
}

fn shown(enterprise: &Enterprise, corp: &str, id: &str, conference: &Conference) -> Value {
    let number = number_of(enterprise, conference);
    json!({
        "conferenceID": id,
        "subject": conference.subject,
        "size": conference.people.len(),
        "timeZoneID": "56",
        "startTime": minutes(conference.start),
        "mediaTypes": "HDVideo",
        "conferenceState": conference.state,
        "language": "zh-CN",
        "userUUID": host_id(enterprise, corp, conference),
        "scheduserName": conference.host,
        "conferenceType": 0,
        "confType": "IMMEDIATELY",
        "vmrFlag": i32::from(conference.room.is_some()),
        "vmrID": conference.room.as_deref().unwrap_or_default(),
        "vmrConferenceID": number,
        "onlineAttendeeAmount": conference.people.len(),
        "confMode": "RTC",
        "webinar": false,
    })
}

fn host_id(enterprise: &Enterprise, corp: &str, conference: &Conference) -> String {
    let host = &conference.host;
    enterprise.users.get(host).map_or_else(|| ids::user_id(corp, host), |user| tokens::id_of(corp, host, user))
}

/// Writes a time as the vendor does, in UTC.
fn minutes(moment: Moment) -> String {
    let time = i64::try_from(moment.unix_millis()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    time.map(|time| time.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// Finds the conference that a request names.
fn named<'w>(world: &'w mut World, request: &Request) -> Result<(String, &'w mut MeetingApp, String), Refusal> {
    let parameters = Parameters::of(request);
    let id = parameters.required("conferenceID")?;
    let has = |enterprise: &Enterprise| enterprise.conferences.contains_key(id);
    let (app_id, app) = world
        .huawei_meeting
        .iter_mut()
        .find(|(_, app)| app.enterprises.values().any(has))
        .ok_or(Refused::ConferenceMissing)?;
    Ok((app_id.clone(), app, id.to_owned()))
}

/// `conference_token`: with the host's password, a token that controls the conference for half an hour.
pub(super) fn control(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let (app_id, app, id) = named(world, request)?;
    admission::check_allowed(app, Operation::ConferenceToken)?;
    if header(request, "X-Login-Type") != Some("1") {
        return Err(Refusal::parameter("X-Login-Type is 1"));
    }
    let (corp, enterprise) = holding(app, &id)?;
    let conference = &enterprise.conferences[&id];
    if !conference.runs() {
        return Err(Refused::ConferenceOver.into());
    }
    let room = conference.room.as_ref().and_then(|room| enterprise.rooms.get(room));
    let password = room.map_or(conference.chair_pwd.as_str(), |room| &room.chair_pwd);
    if header(request, "X-Password") != Some(password) {
        return Err(Refused::ConferencePasswordWrong.into());
    }
    let (user, corp) = (host_id(enterprise, corp, conference), corp.to_owned());
    let token = tokens::secret(app, &app_id, "control", context.now);
    app.control_tokens.retain(|token| token.lives(context.now));
    app.control_tokens.push(ControlToken { token: token.clone(), conference: id.clone(), created: context.now });
    Ok(Outcome::shown(json!({ "data": {
        "token": token.expose(),
        "role": 1,
        "userID": user,
        "orgID": corp,
        "confTokenExpireTime": CONTROL_TOKEN_LIFETIME.as_secs(),
        "expireTime": context.now.plus(CONTROL_TOKEN_LIFETIME).unix_millis(),
        "vmrCurrentConfID": id,
    } })))
}

/// Returns the enterprise whose conference it is.
fn holding<'a>(app: &'a MeetingApp, id: &str) -> Result<(&'a str, &'a Enterprise), Refusal> {
    let found = app.enterprises.iter().find(|(_, enterprise)| enterprise.conferences.contains_key(id));
    found.map(|(corp, enterprise)| (corp.as_str(), enterprise)).ok_or_else(|| Refused::ConferenceMissing.into())
}

/// `stop_conference`: with the token that controls it. Whoever was in it is out, and may enter again.
pub(super) fn stop(world: &mut World, request: &Request, context: &Context) -> Result<Outcome, Refusal> {
    let (_, app, id) = named(world, request)?;
    admission::check_allowed(app, Operation::StopConference)?;
    let text = header(request, "X-Conference-Authorization").unwrap_or_default();
    let controls =
        |token: &ControlToken| token.token.expose() == text && token.conference == id && token.lives(context.now);
    if !app.control_tokens.iter().any(controls) {
        return Err(Refused::ControlTokenInvalid.into());
    }
    let conference = app.enterprises.values_mut().find_map(|enterprise| enterprise.conferences.get_mut(&id));
    let conference = conference.ok_or(Refused::ConferenceMissing)?;
    if !conference.runs() {
        return Err(Refused::ConferenceOver.into());
    }
    conference.end();
    Ok(Outcome::changed())
}

/// `delete_conference`: by its host or an administrator; one that runs only with `type=1`.
pub(super) fn delete(mut caller: Caller<'_>, request: &Request) -> Result<Outcome, Refusal> {
    let parameters = Parameters::of(request);
    let id = parameters.required("conferenceID")?;
    let ends_running = match parameters.integer("type")? {
        None => false,
        Some(1) => true,
        Some(_) => return Err(Refusal::parameter("type is 1")),
    };
    let (administrates, account) = (caller.administrates(), caller.account());
    let conferences = &mut caller.enterprise()?.conferences;
    let conference = conferences.get_mut(id).ok_or(Refused::ConferenceMissing)?;
    if !administrates && account.as_ref() != Some(&conference.host) {
        return Err(Refused::NotPermitted.into());
    }
    match (conference.state, ends_running) {
        (ConferenceState::Destroyed, _) => return Err(Refused::ConferenceMissing.into()),
        (ConferenceState::Created, false) => return Err(Refused::ConferenceRunning.into()),
        (ConferenceState::Created, true) => conference.end(),
        (ConferenceState::Schedule, _) => drop(conferences.remove(id)),
    }
    Ok(Outcome::changed())
}
