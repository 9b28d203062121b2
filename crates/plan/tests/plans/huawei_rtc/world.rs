//! A CloudRTC small enough to be obviously right, with people who come and go, a list that lags, and calls that get lost.

use roomkeeper_plan::huawei_rtc::{Observed, Running, Sight};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::policy::WhenOccupied;
use roomkeeper_plan::{Begun, Goal, Left, Purpose, without_looking};

use super::cases::{Case, deleted, quiet};
use crate::stage::NOW;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// So many seconds pass.
    Time(i64),
    /// Somebody joins, which makes the room if it does not run.
    Join,
    /// All leave.
    Leave,
    /// A person asks for a dismissal.
    Ask,
    /// A person withdraws that.
    Withdraw,
    /// The object is deleted.
    Delete,
    /// The controller makes a pass.
    Pass(Pass),
}

/// A pass, and how the vendor and the network treat it.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// How old the list's news is, in seconds; the vendor says at most 300.
    pub lag: i64,
    /// How long after the look the call goes out, in seconds; a pass takes at most 60.
    pub delay: i64,
    /// What becomes of the call.
    pub call: Call,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// It is answered.
    Answered,
    /// It takes effect and the answer is lost, or the controller crashes before it wrote it down.
    ReplyLost,
    /// The controller crashes before it.
    NeverSent,
    /// The vendor surely refuses it.
    Refused,
}

/// The room, its people and its object.
pub struct World {
    now: i64,
    sessions: Vec<(i64, Option<i64>)>,
    tokens: u32,
    case: Case,
    /// What each dismissal was for that threw somebody out.
    pub effective: Vec<Purpose>,
    /// Whether the object is gone.
    pub is_over: bool,
}

impl World {
    pub fn new() -> Self {
        let case = quiet().under(|terms| terms.when_occupied = WhenOccupied::Dismiss);
        World { now: NOW.0, sessions: Vec::new(), tokens: 0, case, effective: Vec::new(), is_over: false }
    }

    pub fn happen(&mut self, event: Event) {
        if self.is_over {
            return;
        }
        match event {
            Event::Time(seconds) => self.now += seconds,
            // Two rooms do not begin in one second.
            Event::Join if self.runs() || self.sessions.last().is_some_and(|(start, _)| *start == self.now) => {}
            Event::Join => self.sessions.push((self.now, None)),
            Event::Leave => self.end(),
            Event::Ask => {
                self.tokens += 1;
                self.case.memory.dismiss_request = Some(self.tokens.to_string());
            }
            Event::Withdraw => self.case.memory.dismiss_request = None,
            Event::Delete => {
                let case = std::mem::replace(&mut self.case, quiet());
                self.case = deleted(case);
            }
            Event::Pass(pass) => self.pass(pass),
        }
    }

    /// Tells whether the controller has nothing more to do and nothing to wait for.
    pub fn is_settled(&self) -> bool {
        self.is_over
            || (self.case.memory.dismiss_request.is_none() && matches!(self.case.wanted.goal, Goal::Present(_)))
    }

    fn runs(&self) -> bool {
        self.sessions.last().is_some_and(|(_, end)| end.is_none())
    }

    fn end(&mut self) {
        if let Some((_, end @ None)) = self.sessions.last_mut() {
            *end = Some(self.now);
        }
    }

    /// The list as of now, which tells of how things were some time ago.
    fn list(&self, lag: i64) -> Sight {
        let then = self.now - lag;
        let shown = self.sessions.iter().find(|(start, end)| *start <= then && end.is_none_or(|end| end > then));
        let running = shown.map(|(start, _)| Running { started: Timestamp(*start) });
        Sight::Present(Observed { as_of: Timestamp(self.now), running, people: None })
    }

    fn pass(&mut self, pass: Pass) {
        assert!(without_looking(&self.case.wanted, &self.case.memory).is_none(), "the world needs a look");
        self.case.sight = self.list(pass.lag);
        let plan = self.case.planned();
        self.case.write_down(&plan);
        if plan.steps.is_empty() {
            let goes = plan.left.iter().all(|left| matches!(left, Left::Released(_)));
            self.is_over = goes && matches!(self.case.wanted.goal, Goal::Absent(_));
            return;
        }
        assert_eq!(plan.steps.len(), 1, "there is one thing to do at most");
        self.now += pass.delay;
        self.dismiss(pass.call);
    }

    fn dismiss(&mut self, call: Call) {
        let Some(Begun::Dismissal { purpose, .. }) = self.case.memory.begun.clone() else {
            panic!("a dismissal is not written down");
        };
        match call {
            Call::Answered | Call::ReplyLost if self.runs() => {
                self.effective.push(purpose);
                self.end();
            }
            Call::Answered | Call::ReplyLost | Call::NeverSent | Call::Refused => {}
        }
        // The next pass remembers what is written down now, and nothing else.
        match (call, &mut self.case.memory.begun) {
            (Call::Answered, Some(Begun::Dismissal { accepted, .. })) => *accepted = true,
            (Call::Refused, begun) => *begun = None,
            (Call::Answered | Call::ReplyLost | Call::NeverSent, _) => {}
        }
    }
}
