//! The vendors' room services on your own machine: a real server with its own clock, journal and faults.
//!
//! For tests it is a library ([`Simulator`]), for people a program with a control port (`roomkeeper-sim`).
//! It must never be linked into the operator, and shares no request type with the operator's clients:
//! shared types would let both be wrong together.

mod changes;
mod clock;
pub mod control;
mod exchange;
mod fault;
mod faults;
pub mod huawei;
mod journal;
mod limits;
mod past;
mod people;
mod refusal;
mod reply;
mod secret;
mod server;
mod service;
mod target;
pub mod tencent;
mod tls;
mod world;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use changes::WaitError;
pub use clock::{Clock, Mode, Moment};
pub use exchange::Arrived;
pub use fault::{Effect, Fault, Times};
pub use faults::{FaultError, FaultId, Faults, Standing};
pub use huawei::cloud_rtc::answers::{LargePage, RepeatedRoom, StoppedApp, UnknownApp};
pub use huawei::cloud_rtc::state::{KnownKey, Project, RtcApp, RtcAppState};
pub use huawei::iam::state::{Iam, Token, User, UserState};
pub use huawei::{verify_app_id, verify_signature};
pub use journal::{Delivery, Entry, REDACTED};
pub use people::RtcRoom;
pub use refusal::{Refusal, VendorCode};
pub use secret::SecretText;
pub use service::Kind;
pub use tencent::answers::{
    AbsentFields, AbsentOwner, AbsentRoomName, Answers, LiveOwner, LivePages, OtherEngine, Shown,
};
pub use tencent::live::{Live, Statistic};
pub use tencent::state::{App, AppState, Limits, Package, Payment, Room, RoomType, TakeSeatMode};
pub use tencent::verify_usersig;
pub use tls::TlsError;
pub use world::{SeedError, World, WorldError};

use exchange::Exchange;
use tls::{Identity, TlsListener};

/// Compiles the example of the documentation page.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/simulator.md")]
struct Page;

/// How many journal entries a [`WaitError`] shows.
const SHOWN_ENTRIES: usize = 12;

/// Where the simulator listens, and with which world it starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The state at the start.
    pub world: World,
    /// The address that all listeners bind.
    pub address: IpAddr,
    /// The port of the room services over HTTP; 0 picks a free one.
    pub port: u16,
    /// The port of the control API; 0 picks a free one.
    pub control_port: u16,
    /// The room services over HTTPS; absent: only HTTP.
    pub tls: Option<Tls>,
}

impl Default for Options {
    /// An empty world on free ports of 127.0.0.1, without HTTPS.
    fn default() -> Self {
        Self { world: World::default(), address: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0, control_port: 0, tls: None }
    }
}

impl From<World> for Options {
    fn from(world: World) -> Self {
        Self { world, ..Self::default() }
    }
}

/// The HTTPS listener.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// The port; 0 picks a free one.
    pub port: u16,
    /// Names and addresses that the certificate is for, besides `localhost`, `127.0.0.1`, `::1` and the bound address.
    pub names: Vec<String>,
}

/// Why the simulator did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// An address cannot be bound.
    #[error("cannot listen on {address}; choose another port or address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is no certificate.
    #[error("cannot offer https")]
    Tls(#[source] TlsError),
}

/// A running simulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    exchange: Arc<Exchange>,
    http: SocketAddr,
    control: SocketAddr,
    https: Option<(SocketAddr, String)>,
    stop: watch::Sender<bool>,
}

impl Simulator {
    /// Starts the listeners and returns as soon as they take connections.
    ///
    /// # Errors
    /// A port is taken, or the certificate cannot be made.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { world, address, port, control_port, tls } = options;
        let (plain, http) = bind(address, port).await?;
        let (control_listener, control) = bind(address, control_port).await?;
        let secure = match tls {
            None => None,
            Some(tls) => Some((bind(address, tls.port).await?, identity(address, tls.names)?)),
        };
        let exchange = Arc::new(Exchange::new(world));
        let stop = watch::Sender::new(false);
        let https = secure.map(|((listener, bound), Identity { server, ca_pem })| {
            let listener = TlsListener::new(listener, bound, server);
            server::serve(listener, server::router(Arc::clone(&exchange)), stop.subscribe());
            (bound, ca_pem)
        });
        server::serve(plain, server::router(Arc::clone(&exchange)), stop.subscribe());
        server::serve(control_listener, control::router(Arc::clone(&exchange)), stop.subscribe());
        Ok(Self { exchange, http, control, https, stop })
    }

    /// Returns the base URL of the room services, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// Returns the base URL of the room services over HTTPS, if there is one.
    pub fn https_url(&self) -> Option<String> {
        self.https.as_ref().map(|(address, _)| format!("https://{address}"))
    }

    /// Returns the certificate authority that callers over HTTPS must trust, as PEM.
    pub fn ca_pem(&self) -> Option<&str> {
        self.https.as_ref().map(|(_, ca_pem)| ca_pem.as_str())
    }

    /// Returns the base URL of the control API.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// Looks at the world, or changes it behind everybody's back; requests wait meanwhile.
    pub fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.exchange.world(act)
    }

    /// Keeps the worlds that the first so many writes arrive in.
    pub fn keep_arrivals(&self, number: usize) {
        self.exchange.arrivals.lock().unwrap_or_else(PoisonError::into_inner).1 = number;
    }

    /// Returns the worlds that [`Simulator::keep_arrivals`] asked for.
    pub fn arrivals(&self) -> Vec<Arrived> {
        self.exchange.arrivals.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Returns the scripted faults.
    pub fn faults(&self) -> &Faults {
        &self.exchange.faults
    }

    /// Returns the clock that all rules go by.
    pub fn clock(&self) -> &Clock {
        &self.exchange.clock
    }

    /// Returns the journal so far.
    pub fn journal(&self) -> Vec<Entry> {
        self.exchange.journal.look(<[Entry]>::to_vec)
    }

    /// Returns the writes that name a room, whatever became of them.
    pub fn writes_of(&self, room: &str) -> Vec<Entry> {
        self.exchange.journal.look(|entries| entries.iter().filter(|entry| entry.writes(room)).cloned().collect())
    }

    /// Returns how often an operation changed a room.
    pub fn applied(&self, operation: &str, room: &str) -> usize {
        self.exchange.journal.look(|entries| {
            entries.iter().filter(|entry| entry.applied && entry.calls(operation) && entry.writes(room)).count()
        })
    }

    /// Waits until the journal is as wanted. `what` names it in the error; the deadline is real time.
    ///
    /// # Errors
    /// It did not happen in time; the error shows the last entries.
    pub async fn until(
        &self,
        what: &str,
        deadline: Duration,
        cond: impl Fn(&[Entry]) -> bool,
    ) -> Result<(), WaitError> {
        let journal = &self.exchange.journal;
        match self.exchange.changes.until(deadline, || journal.look(&cond)).await {
            true => Ok(()),
            false => Err(self.not_in_time(what, deadline)),
        }
    }

    /// Waits until the world is as wanted. `what` names it in the error; the deadline is real time.
    ///
    /// # Errors
    /// It did not happen in time; the error shows the last entries of the journal.
    pub async fn until_world(
        &self,
        what: &str,
        deadline: Duration,
        cond: impl Fn(&World) -> bool,
    ) -> Result<(), WaitError> {
        let exchange = &self.exchange;
        match exchange.changes.until(deadline, || exchange.peek(&cond)).await {
            true => Ok(()),
            false => Err(self.not_in_time(what, deadline)),
        }
    }

    /// Waits until a fault holds at least one request.
    ///
    /// # Errors
    /// It did not happen in time; the error shows the last entries of the journal.
    pub async fn until_held(&self, fault: FaultId, deadline: Duration) -> Result<(), WaitError> {
        let held = |standing: &Standing| standing.id == fault && standing.held > 0;
        let exchange = &self.exchange;
        match exchange.changes.until(deadline, || exchange.faults.standing().iter().any(held)).await {
            true => Ok(()),
            false => Err(self.not_in_time(&format!("fault {} to hold a request", fault.0), deadline)),
        }
    }

    fn not_in_time(&self, what: &str, waited: Duration) -> WaitError {
        let seen = self.exchange.journal.look(|entries| {
            let last: Vec<String> = entries
                .iter()
                .skip(entries.len().saturating_sub(SHOWN_ENTRIES))
                .map(|entry| {
                    let Entry { number, operation, code, delivery, .. } = entry;
                    let room = entry.room.as_deref().unwrap_or("-");
                    format!("{number} {operation} {room} code {code:?} {delivery:?}")
                })
                .collect();
            format!("{} requests so far, the last: {}", entries.len(), last.join("; "))
        });
        WaitError { what: what.to_owned(), waited, seen }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.exchange.faults.stop();
    }
}

async fn bind(address: IpAddr, port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let wanted = SocketAddr::new(address, port);
    let failed = |source| StartError::Bind { address: wanted, source };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn identity(address: IpAddr, names: Vec<String>) -> Result<Identity, StartError> {
    let usual = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut all: Vec<String> = usual.into_iter().chain([address.to_string()]).chain(names).collect();
    all.sort();
    all.dedup();
    Identity::new(all).map_err(StartError::Tls)
}
