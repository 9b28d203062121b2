//! The queue's book-keeping: what each key waits for, the agenda, and what happens to a key at the end of its pass.
//! It must not read a clock or wait: the time is a parameter wherever it matters.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::turns::{Place, Turns};
use super::{AFTER_UNFINISHED_PASS, Depths, Lane, Name};
use crate::pacing::{Bucket, Token};

/// The longest sleep while keys wait for a gate: a token may come back, or a ceiling be raised, before the gate's time.
const LONGEST_GATE_WAIT: Duration = Duration::from_secs(1);

/// A number that only grows; the order among agenda entries of one instant.
type Mark = u64;

#[derive(Debug)]
pub(super) struct State<K, A> {
    pub(super) gates: HashMap<A, Arc<Bucket>>,
    stage: Stage,
    entries: HashMap<K, Entry<A>>,
    turns: Turns<K, A>,
    agenda: BTreeMap<(Instant, Mark), K>,
    last_mark: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Closed,
}

/// What is known of one key. A key that rests and is not due has no entry.
#[derive(Debug)]
struct Entry<A> {
    account: A,
    phase: Phase,
    due: Option<Due>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Resting,
    Ready { lane: Lane, place: Place },
    Running(Afterwards),
}

/// What happens to a running key when its pass ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Afterwards {
    AsThePassSays,
    /// It was added meanwhile.
    Again(Lane),
    /// It was forgotten meanwhile.
    Forget,
}

/// The agenda entry of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Due {
    at: Instant,
    mark: Mark,
    lane: Lane,
}

/// What a pass said at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Unfinished,
    AgainAt { lane: Lane, at: Instant },
    Forget,
}

/// What a worker may do now.
pub(super) enum Pick<K, A> {
    Start { key: K, account: A, lane: Lane, token: Option<Token> },
    WaitUntil(Instant),
    Wait,
    Closed,
}

impl<K: Name, A: Name> State<K, A> {
    pub(super) fn new(slots: NonZeroUsize) -> Self {
        Self {
            gates: HashMap::new(),
            stage: Stage::Open,
            entries: HashMap::new(),
            turns: Turns::new(slots),
            agenda: BTreeMap::new(),
            last_mark: 0,
        }
    }

    pub(super) fn close(&mut self) {
        self.stage = Stage::Closed;
    }

    pub(super) fn depths(&self) -> Depths {
        Depths { scheduled: self.agenda.len(), ..self.turns.depths() }
    }

    pub(super) fn add(&mut self, key: &K, account: A, lane: Lane) {
        self.settle(key, account);
        self.raise(key, lane);
    }

    pub(super) fn add_at(&mut self, key: &K, account: A, lane: Lane, at: Instant) {
        self.settle(key, account);
        self.schedule(key, lane, at);
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.unschedule(key);
        self.leave_lane(key);
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        match &mut entry.phase {
            Phase::Running(afterwards) => *afterwards = Afterwards::Forget,
            Phase::Resting | Phase::Ready { .. } => _ = self.entries.remove(key),
        }
    }

    /// Starts the next pass, if there is a slot, a ready key and a token.
    pub(super) fn pick(&mut self, now: Instant) -> Pick<K, A> {
        if self.stage == Stage::Closed {
            return Pick::Closed;
        }
        self.ripen(now);
        if self.turns.are_slots_taken() {
            return Pick::Wait;
        }
        let mut look_again_at = self.agenda.first_key_value().map(|((at, _), _)| *at);
        for _ in 0..self.turns.round() {
            let Some(account) = self.turns.next() else {
                continue;
            };
            match self.gates.get(&account).map(Bucket::try_take).transpose() {
                Ok(token) => return self.start(account, token),
                Err(at) => {
                    let at = at.min(now + LONGEST_GATE_WAIT);
                    look_again_at = Some(look_again_at.map_or(at, |other| other.min(at)));
                }
            }
        }
        look_again_at.map_or(Pick::Wait, Pick::WaitUntil)
    }

    /// Ends the pass of a key that was started for `account`.
    pub(super) fn finish(&mut self, key: &K, account: &A, verdict: Verdict, now: Instant) {
        self.turns.finish(account);
        let entry = self.entry(key);
        let Phase::Running(afterwards) = entry.phase else {
            return;
        };
        entry.phase = Phase::Resting;
        match afterwards {
            Afterwards::Forget => {}
            Afterwards::AsThePassSays => self.follow(key, verdict, now),
            Afterwards::Again(lane) => {
                self.follow(key, verdict, now);
                self.raise(key, lane);
            }
        }
        let entry = self.entry(key);
        if entry.phase == Phase::Resting && entry.due.is_none() {
            self.entries.remove(key);
        }
    }

    fn follow(&mut self, key: &K, verdict: Verdict, now: Instant) {
        match verdict {
            Verdict::Unfinished => self.schedule(key, Lane::Drift, now + AFTER_UNFINISHED_PASS),
            Verdict::AgainAt { lane, at } => self.schedule(key, lane, at),
            Verdict::Forget => {}
        }
    }

    fn start(&mut self, account: A, token: Option<Token>) -> Pick<K, A> {
        let (lane, key) = self.turns.start(&account).expect("an account whose turn it is has a ready key");
        self.unschedule(&key);
        self.entry(&key).phase = Phase::Running(Afterwards::AsThePassSays);
        Pick::Start { key, account, lane, token }
    }

    /// Makes those keys ready whose time has come.
    fn ripen(&mut self, now: Instant) {
        while let Some(first) = self.agenda.first_entry() {
            if first.key().0 > now {
                return;
            }
            let key = first.remove();
            let due = self.entry(&key).due.take().expect("a key in the agenda knows its time");
            self.raise(&key, due.lane);
        }
    }

    /// Makes sure that a key has an entry, and that it belongs to `account`.
    fn settle(&mut self, key: &K, account: A) {
        let Some(entry) = self.entries.get(key) else {
            self.entries.insert(key.clone(), Entry { account, phase: Phase::Resting, due: None });
            return;
        };
        if entry.account == account {
            return;
        }
        let left = self.leave_lane(key);
        self.entry(key).account = account;
        if let Some(lane) = left {
            self.raise(key, lane);
        }
    }

    /// Makes a key ready, or ready again after its pass, in no less urgent a lane than now.
    fn raise(&mut self, key: &K, lane: Lane) {
        match &mut self.entry(key).phase {
            Phase::Resting => self.join_lane(key, lane),
            Phase::Ready { lane: present, .. } => {
                if lane < *present {
                    self.leave_lane(key);
                    self.join_lane(key, lane);
                }
            }
            Phase::Running(afterwards) => {
                *afterwards = match *afterwards {
                    Afterwards::Again(other) => Afterwards::Again(lane.min(other)),
                    Afterwards::AsThePassSays | Afterwards::Forget => Afterwards::Again(lane),
                }
            }
        }
    }

    /// Puts a key into the agenda, unless it is there with an earlier time.
    fn schedule(&mut self, key: &K, lane: Lane, at: Instant) {
        self.last_mark += 1;
        let mark = self.last_mark;
        let entry = self.entry(key);
        // At the same instant the more urgent lane wins.
        if entry.due.is_some_and(|due| (due.at, due.lane) <= (at, lane)) {
            return;
        }
        let replaced = entry.due.replace(Due { at, mark, lane });
        if let Some(due) = replaced {
            self.agenda.remove(&(due.at, due.mark));
        }
        self.agenda.insert((at, mark), key.clone());
    }

    fn unschedule(&mut self, key: &K) {
        if let Some(due) = self.entries.get_mut(key).and_then(|entry| entry.due.take()) {
            self.agenda.remove(&(due.at, due.mark));
        }
    }

    fn join_lane(&mut self, key: &K, lane: Lane) {
        let entry = self.entries.get_mut(key).expect("a key that joins a lane has an entry");
        let place = self.turns.join(&entry.account, lane, key);
        entry.phase = Phase::Ready { lane, place };
    }

    /// Takes a key out of its lane, if it is in one, and returns which.
    fn leave_lane(&mut self, key: &K) -> Option<Lane> {
        let entry = self.entries.get_mut(key)?;
        let Phase::Ready { lane, place } = entry.phase else {
            return None;
        };
        entry.phase = Phase::Resting;
        self.turns.leave(&entry.account, lane, place);
        Some(lane)
    }

    fn entry(&mut self, key: &K) -> &mut Entry<A> {
        self.entries.get_mut(key).expect("a key that is ready, due, running or just added has an entry")
    }
}
