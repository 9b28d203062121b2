//! One request from arrival to reply: journal, fault, rate limit, service, in that order.
//! Written once around all services; knows no vendor.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::StatusCode;

use crate::changes::Changes;
use crate::clock::{Clock, Moment};
use crate::fault::Effect;
use crate::faults::{Faults, HoldEnd, Met};
use crate::journal::{Delivery, Journal, Page};
use crate::limits::Windows;
use crate::past::Past;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::service::{Answer, Call, Context, Done, Kind, Request, Service};
use crate::world::World;

/// What goes back over the connection.
pub(crate) enum Outgoing {
    /// The whole reply.
    Whole(Reply),
    /// The head and half of the body, then the connection closes.
    Half(Reply),
    /// Nothing: the connection closes.
    Nothing,
}

impl Outgoing {
    /// Says when the reply was made, unless that is said already: what a fault answers has no date of its own.
    fn dated(self, now: Moment) -> Self {
        match self {
            Self::Whole(reply) => Self::Whole(reply.dated(now)),
            Self::Half(reply) => Self::Half(reply.dated(now)),
            Self::Nothing => Self::Nothing,
        }
    }
}

/// Everything that the listeners and the control port share.
#[derive(Debug)]
pub(crate) struct Exchange {
    state: Mutex<State>,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) changes: Arc<Changes>,
    /// The worlds that the first writes arrived in, and how many are kept.
    pub(crate) arrivals: Mutex<(Vec<Arrived>, usize)>,
    request_ids: RequestIds,
}

/// The world as a write found it when it arrived, whatever became of it.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The machine's time.
    pub when: SystemTime,
    /// The simulator's time.
    pub at: Moment,
    /// The world.
    pub world: World,
}

#[derive(Debug)]
struct State {
    world: World,
    past: Past,
    windows: Windows,
}

/// Which world a request is carried out on.
enum On {
    /// The one there is.
    World,
    /// The one there is, but a look sees its target as it was so many writes ago.
    EarlierTarget { writes: u32 },
    /// A copy that is thrown away.
    Copy,
}

struct Arrival<'a> {
    service: Service,
    request: &'a Request,
    call: &'a Call,
    request_id: String,
}

impl Exchange {
    pub(crate) fn new(mut world: World) -> Self {
        let changes = Arc::new(Changes::default());
        let clock = Clock::new(Arc::clone(&changes));
        world.begin(clock.now());
        Self {
            state: Mutex::new(State { world, past: Past::default(), windows: Windows::default() }),
            request_ids: RequestIds { start: clock.now().unix_millis(), last: AtomicU64::new(0) },
            clock,
            faults: Faults::new(Arc::clone(&changes)),
            journal: Journal::new(Arc::clone(&changes)),
            changes,
            arrivals: Mutex::default(),
        }
    }

    fn keep_arrival(&self) {
        let (arrivals, kept) = &mut *self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() < *kept {
            let world = self.peek(World::clone);
            arrivals.push(Arrived { when: SystemTime::now(), at: self.clock.now(), world });
        }
    }

    /// Looks at the world, or changes it behind everybody's back.
    pub(crate) fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.lock();
        state.world.settle(self.clock.now());
        let result = act(&mut state.world);
        drop(state);
        self.changes.tell();
        result
    }

    /// Looks at the world without telling anybody: for a condition that is waited for.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        let mut state = self.lock();
        state.world.settle(self.clock.now());
        look(&state.world)
    }

    /// Answers one request. If this future is dropped, the caller went away.
    pub(crate) async fn answer(&self, request: &Request) -> Outgoing {
        let Some(service) = Service::of(request.head.uri.path()) else {
            return Outgoing::Whole(Reply::empty(StatusCode::NOT_FOUND).dated(self.clock.now()));
        };
        let call = service.read(&self.lock().world, request);
        let met = self.faults.take(&call);
        let request_id = self.request_ids.next();
        let fault = met.as_ref().map(|met| met.effect.name());
        let page = self.journal.open(&call, self.clock.now(), &request_id, fault);
        if call.kind == Kind::Write {
            self.keep_arrival();
        }
        let arrival = Arrival { service, request, call: &call, request_id };
        match met {
            Some(met) => self.faulty(arrival, met, page).await.dated(self.clock.now()),
            None => whole(page, self.carry_out(&arrival, &On::World)),
        }
    }

    async fn faulty(&self, arrival: Arrival<'_>, mut met: Met, page: Page<'_>) -> Outgoing {
        let Arrival { service, request_id, .. } = &arrival;
        match met.effect.clone() {
            Effect::Refuse(refusal) => whole(page, service.refuse(&refusal, request_id)),
            Effect::Throttle => whole(page, service.throttled(request_id)),
            Effect::Delay { by } => self.delayed(&arrival, by, page).await,
            Effect::StaleRead { writes } => whole(page, self.carry_out(&arrival, &On::EarlierTarget { writes })),
            Effect::AcceptOnly => whole(page, Answer { done: Done::Nothing, ..self.carry_out(&arrival, &On::Copy) }),
            Effect::ApplyThenDrop => {
                page.answered(&self.carry_out(&arrival, &On::World));
                nothing(page)
            }
            Effect::DropBefore => nothing(page),
            Effect::HalfBody => {
                let answer = self.carry_out(&arrival, &On::World);
                page.answered(&answer);
                page.close(Delivery::CutOff, Some(answer.reply.status.as_u16()));
                Outgoing::Half(answer.reply)
            }
            Effect::Html { status } => not_from_service(page, Reply::html(status_of(status))),
            Effect::Status { code } => not_from_service(page, Reply::empty(status_of(code))),
            Effect::HoldBefore => {
                page.held();
                match met.released().await {
                    HoldEnd::Released => whole(page, self.carry_out(&arrival, &On::World)),
                    HoldEnd::Stopped => nothing(page),
                }
            }
            Effect::HoldAfter => {
                let answer = self.carry_out(&arrival, &On::World);
                page.answered(&answer);
                page.held();
                match met.released().await {
                    HoldEnd::Released => whole(page, answer),
                    HoldEnd::Stopped => nothing(page),
                }
            }
        }
    }

    async fn delayed(&self, arrival: &Arrival<'_>, by: Duration, page: Page<'_>) -> Outgoing {
        let answer = self.carry_out(arrival, &On::World);
        page.answered(&answer);
        page.held();
        tokio::time::sleep(by).await;
        whole(page, answer)
    }

    /// Counts the request against its limits and lets the service answer, all at one moment, which is the answer's date.
    fn carry_out(&self, arrival: &Arrival<'_>, on: &On) -> Answer {
        let Arrival { request, request_id, .. } = arrival;
        let state = &mut *self.lock();
        let context = Context { now: self.clock.now(), request_id: request_id.clone(), peer: request.peer };
        let answer = answer_at(state, arrival, on, &context);
        Answer { reply: answer.reply.dated(context.now), ..answer }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer_at(state: &mut State, arrival: &Arrival<'_>, on: &On, context: &Context) -> Answer {
    let Arrival { service, request, call, request_id } = arrival;
    let State { world, past, windows } = state;
    if let Err(code) = windows.admit(&service.limits(world, request), context.now) {
        return service.refuse(&Refusal::of(code), request_id);
    }
    if let Some(target) = &call.target {
        world.settle_target(target, context.now);
    }
    match (on, call.kind, &call.target) {
        (On::Copy, _, _) => service.answer(&mut world.clone(), request, context),
        (On::EarlierTarget { writes }, Kind::Read, Some(target)) => {
            let Some(earlier) = past.before(target, *writes) else { return service.answer(world, request, context) };
            let present = world.snapshot(target);
            world.restore(earlier);
            let answer = service.answer(world, request, context);
            world.restore(present);
            answer
        }
        (On::World | On::EarlierTarget { .. }, Kind::Write, Some(target)) => {
            let before = world.snapshot(target);
            let answer = service.answer(world, request, context);
            if answer.done == Done::Changed {
                past.remember(target.clone(), before);
            }
            answer
        }
        (On::World, Kind::Read, _) | (On::World | On::EarlierTarget { .. }, _, None) => {
            service.answer(world, request, context)
        }
    }
}

fn whole(page: Page<'_>, answer: Answer) -> Outgoing {
    page.answered(&answer);
    page.close(Delivery::Answered, Some(answer.reply.status.as_u16()));
    Outgoing::Whole(answer.reply)
}

fn not_from_service(page: Page<'_>, reply: Reply) -> Outgoing {
    page.close(Delivery::Answered, Some(reply.status.as_u16()));
    Outgoing::Whole(reply)
}

fn nothing(page: Page<'_>) -> Outgoing {
    page.close(Delivery::CutOff, None);
    Outgoing::Nothing
}

/// A status that a fault names; `Faults::add` took only numbers that are one.
fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Request ids: fresh in every answer, also after the simulator was started again.
#[derive(Debug)]
struct RequestIds {
    start: u64,
    last: AtomicU64,
}

impl RequestIds {
    fn next(&self) -> String {
        format!("sim-{:x}-{}", self.start, self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
