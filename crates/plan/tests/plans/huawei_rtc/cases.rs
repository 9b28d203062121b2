//! Building blocks: a room that nobody is in, and the words to change one thing about it.

use roomkeeper_plan::huawei_rtc::{Action, Desired, Identity, Observed, Plan, Running, Sight, plan};
use roomkeeper_plan::ids::{RtcId, Timestamp};
use roomkeeper_plan::{Begun, Purpose};

use crate::stage::{self, Engine, NOW};

/// CloudRTC, as far as a plan can see it.
pub struct CloudRtc;

/// A case of CloudRTC.
pub type Case = stage::Case<CloudRtc>;

impl Engine for CloudRtc {
    type Desired = Desired;
    type Identity = Identity;
    type Observed = Observed;
    type Action = Action;

    fn plan(case: &Case) -> Plan {
        plan(&case.wanted, &case.sight, &case.memory)
    }

    fn after(action: &Action, before: &Sight) -> Sight {
        match (action, before) {
            (Action::Dismiss, Sight::Present(seen)) => Sight::Present(Observed { running: None, ..*seen }),
            (Action::Dismiss, Sight::Absent) => panic!("the vendor refuses to dismiss a room that is not there"),
        }
    }
}

pub fn desired() -> Desired {
    let id = |text| RtcId::parse(text).expect("an id of the test");
    Desired { identity: Identity { app: id("5ff9701f"), room: id("room-1") } }
}

/// A room of ours that does not run.
pub fn quiet() -> Case {
    Case::present(desired(), Observed { as_of: NOW, running: None, people: None })
}

/// The same room with two people in it, who came an hour ago.
pub fn running() -> Case {
    quiet().sees(|seen| {
        seen.running = Some(Running { started: ago(3_600) });
        seen.people = Some(2);
    })
}

pub fn deleted(case: Case) -> Case {
    case.deleted(desired().identity)
}

pub fn asked(case: Case, token: &str) -> Case {
    case.remembers(|memory| memory.dismiss_request = Some(token.into()))
}

/// A dismissal was begun so many seconds ago, by the vendor's clock.
pub fn begun(case: Case, seconds: i64, purpose: Purpose, accepted: Accepted) -> Case {
    let accepted = accepted == Accepted::Yes;
    case.remembers(|memory| memory.begun = Some(Begun::Dismissal { at: ago(seconds), purpose, accepted }))
}

/// Whether the vendor's answer to a dismissal was received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    Yes,
    Lost,
}

pub fn ago(seconds: i64) -> Timestamp {
    Timestamp(NOW.0 - seconds)
}

pub fn request(token: &str) -> Purpose {
    Purpose::Request(token.into())
}
