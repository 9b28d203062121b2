//! `huaweiRtc`: joins the planner of CloudRTC with Huawei's client.
//!
//! `spec` parses; here are the calls.

mod import;
mod spec;

use std::sync::Arc;

use roomkeeper_plan::Reason;
use roomkeeper_plan::claim::Sent;
use roomkeeper_plan::huawei_rtc::{
    self as room, Action, Desired, Goal, Identity, Memory, Observed, Plan, Running, Sight, Wanted,
};
use roomkeeper_plan::ids::{RtcId, Timestamp};
use roomkeeper_plan::policy::WhenOccupied;
use roomkeeper_plan::secret::{SecretRef, SecretValue};
use roomkeeper_providers as providers;
use roomkeeper_providers::huawei::cloud_rtc::{self, Operation, RoomQuery, RoomState, UserQuery, UserState};

use super::import::{Asked, Found, Import, Problem, Step, patiently};
use super::{Engine, Invalid, Note};
use crate::accounts::Session;
use crate::api::status;
use crate::object::Object;

/// How far back a list of rooms reaches, in seconds: a day less than the 90 that the vendor allows, by whose clock it ends.
/// A room that has been running for longer is not shown.
const REACH: i64 = 89 * 24 * 3600;

/// Huawei CloudRTC.
#[derive(Debug)]
pub struct HuaweiRtc;

impl Engine for HuaweiRtc {
    type Parsed = Desired;
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    const FIELD: &'static str = "huaweiRtc";
    const VENDOR: &'static str = "huaweiRtc";
    const SUCCESS: Option<&'static str> = None;
    const NO_SUCH_APP: Reason = Reason::InvalidSpec;

    fn parse(object: &Object) -> Result<Wanted, Invalid> {
        spec::wanted(object)
    }

    fn room(wanted: &Wanted) -> Option<String> {
        Some(identity(wanted).external())
    }

    fn secrets(_parsed: &Desired) -> Vec<(&'static str, SecretRef)> {
        Vec::new()
    }

    fn resolve(parsed: Desired, _values: &[(&'static str, SecretValue)]) -> Result<Desired, Invalid> {
        Ok(parsed)
    }

    fn sent(_wanted: &Wanted, _session: &Session) -> Option<Sent> {
        None
    }

    async fn observe(session: &Session, wanted: &Wanted, _memory: &Memory) -> Result<Sight, providers::Error> {
        let Identity { app, room } = identity(wanted);
        let list = records(session, app.as_str()).await?;
        // Records are compared with the vendor's clock; ours may be wrong.
        let as_of = list.date.and_then(|date| i64::try_from(date).ok()).unwrap_or_else(now);
        let records = list.value.iter().filter(|record| record.room_id == room.as_str()).filter(runs);
        // A record that does not say when it began is taken for one that was always there.
        let newest =
            records.map(|record| record.started.and_then(|began| i64::try_from(began).ok()).unwrap_or(0)).max();
        let waits = wanted.terms.when_occupied == WhenOccupied::Wait && matches!(wanted.goal, Goal::Absent(_));
        let people = match newest {
            Some(_) if waits => people(session, identity(wanted)).await?,
            Some(_) | None => None,
        };
        let running = newest.map(|started| Running { started: Timestamp(started) });
        Ok(Sight::Present(Observed { as_of: Timestamp(as_of), running, people }))
    }

    fn plan(wanted: &Wanted, sight: &Sight, memory: &Memory, _now: Timestamp) -> Plan {
        room::plan(wanted, sight, memory)
    }

    async fn execute(
        session: &Session,
        room: &str,
        action: &Action,
    ) -> Result<providers::Reply<Note>, providers::Error> {
        let (app, room) = room.split_once('/').expect("a room of CloudRTC is called by its app and its id");
        match action {
            Action::Dismiss => {
                let client = session.cloud_rtc();
                let answer = session.call(Operation::DismissRoom, client.dismiss_room(app, room)).await?;
                Ok(answer.map(|dismissal| match dismissal {
                    cloud_rtc::Dismissal::Accepted => None,
                    cloud_rtc::Dismissal::NoSuchRoom => Some("the vendor has no such room any more".to_owned()),
                }))
            }
        }
    }

    fn report(_desired: &Desired, seen: &Observed) -> status::Observed {
        status::Observed { running: Some(seen.running.is_some()), ..status::Observed::default() }
    }
}

fn identity(wanted: &Wanted) -> &Identity {
    match &wanted.goal {
        Goal::Present(desired) => &desired.identity,
        Goal::Absent(identity) => identity,
    }
}

impl Import for HuaweiRtc {
    async fn rooms(session: &Session, asked: &Asked, progress: &dyn Fn(Step)) -> Result<Vec<Found>, providers::Error> {
        let app = match RtcId::parse(&asked.app) {
            Ok(app) => app,
            Err(error) => {
                let why = format!("cannot be the id of an app: it {error}");
                return Ok(vec![Err(Problem { room: format!("--app={}", asked.app), why })]);
            }
        };
        progress(Step::Ahead(1));
        let list = patiently(async || records(session, app.as_str()).await).await?;
        progress(Step::Done);
        let running = list.value.iter().filter(runs).map(|record| record.room_id.clone()).collect();
        Ok(import::drafts(&app, &running, &asked.ids))
    }
}

/// Returns what the vendor has on the running rooms of an app. That no room is shown, or that a dismissal finds none,
/// counts only for an app that is there.
async fn records(
    session: &Session,
    app: &str,
) -> Result<Arc<providers::Reply<Vec<cloud_rtc::Room>>>, providers::Error> {
    let client = session.cloud_rtc();
    let known = session
        .list(&session.lists().rtc_apps, app.to_owned(), Operation::GetApp, || async { client.get_app(app).await });
    known.await?;
    let lists = &session.lists().rtc_rooms;
    session.list(lists, app.to_owned(), Operation::GetRooms, || running(session, app)).await
}

fn runs(record: &&cloud_rtc::Room) -> bool {
    record.state.as_ref().is_none_or(|state| *state == RoomState::Running)
}

/// Lists the running rooms of an app.
async fn running(session: &Session, app: &str) -> Result<providers::Reply<Vec<cloud_rtc::Room>>, providers::Error> {
    let query =
        RoomQuery { app: app.to_owned(), room: None, state: Some(RoomState::Running), since: since(), until: None };
    session.cloud_rtc().get_rooms(&query, || session.pace(Operation::GetRooms)).await
}

/// Counts who is in a room.
async fn people(session: &Session, identity: &Identity) -> Result<Option<usize>, providers::Error> {
    let query = UserQuery {
        app: identity.app.as_str().to_owned(),
        room: Some(identity.room.as_str().to_owned()),
        states: vec![UserState::Online],
        since: since(),
        until: None,
    };
    let client = session.cloud_rtc();
    let list = client.get_users(&query, || session.pace(Operation::GetUsers));
    Ok(Some(session.call(Operation::GetUsers, list).await?.value.len()))
}

/// Returns where the longest period begins that a list can be asked for, in unix seconds. It ends by the vendor's clock.
fn since() -> u64 {
    u64::try_from(now() - REACH).unwrap_or_default()
}

fn now() -> i64 {
    k8s_openapi::jiff::Timestamp::now().as_second()
}
