//! Leader election: of several operators with one Lease, one acts and the others stand by.
//!
//! Safe while the network is cut: who cannot renew stops calling vendors so early that its last call has ended before
//! another one may begin. It decides nothing about rooms.

mod record;

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use kube::api::{Api, PostParams};
use kube::core::ObjectMeta;
use roomkeeper_providers::http;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::health::Check;
use crate::leadership::Term;
use record::{Candidate, Standing, released};

/// How long a holder may be silent before another one takes the Lease.
const DURATION: Duration = Duration::from_secs(20);
/// How often the holder renews.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// How long a holder that cannot renew goes on trying, without acting; then the process ends.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);
/// How often one that stands by looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the API server may take for an answer about the Lease.
const ANSWER: Duration = Duration::from_secs(5);
/// For a call that starts in the last moment, and for whoever pauses between the look at the clock and the call.
const MARGIN: Duration = Duration::from_secs(1);

/// How long after a renewal the process may act: the longest call to a vendor must have ended before the Lease is free.
fn allowance() -> Duration {
    DURATION - http::Settings::default().request_timeout - MARGIN
}

/// Why the Lease was lost. The process must end: somebody else may act.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Somebody else has it.
    #[error("the Lease {lease} was lost to {holder}")]
    Taken {
        /// The Lease.
        lease: String,
        /// Who has it.
        holder: String,
    },
    /// It was deleted, or emptied.
    #[error("the Lease {lease} was taken away")]
    Gone {
        /// The Lease.
        lease: String,
    },
    /// It could not be renewed in time.
    #[error("the Lease {lease} could not be renewed for {} seconds: {why}", GIVE_UP_AFTER.as_secs())]
    NotRenewed {
        /// The Lease.
        lease: String,
        /// What the API server said last.
        why: String,
    },
}

/// Why a request about the Lease came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Api(#[from] kube::Error),
    #[error("no answer within {} seconds", ANSWER.as_secs())]
    Silent(#[from] tokio::time::error::Elapsed),
}

/// What a process stands for, and as whom.
pub struct Stand<'a> {
    /// Namespace of the Lease.
    pub namespace: &'a str,
    /// Name of the Lease.
    pub lease: &'a str,
    /// Name of this process; no other living process has it.
    pub me: String,
    /// Says until when the process may act.
    pub term: Term,
    /// Is told whether the Lease can be read and written, whoever has it: one that stands by is well.
    pub check: Arc<Check>,
}

/// The Lease of a release, and this process as a candidate for it.
pub struct Election {
    leases: Api<Lease>,
    name: String,
    candidate: Candidate,
    /// The Lease as it was written last; absent: this process does not hold it.
    held: Option<Lease>,
    term: Term,
    check: Arc<Check>,
}

impl Election {
    /// Stands for a Lease.
    #[must_use]
    pub fn new(client: Client, stand: Stand<'_>) -> Self {
        let Stand { namespace, lease, me, term, check } = stand;
        let leases = Api::namespaced(client, namespace);
        Election { leases, name: lease.to_owned(), candidate: Candidate::new(me), held: None, term, check }
    }

    /// Waits for the Lease, then holds it for as long as it can.
    pub async fn run(&mut self) -> Lost {
        let mut told = None;
        let mut renewed = loop {
            let began = Instant::now();
            match self.attempt().await {
                Ok(Standing::Mine) => break began,
                Ok(Standing::Held { by }) if told.as_ref() != Some(&by) => {
                    tracing::info!(lease = self.name, holder = by, "standing by: another one acts");
                    told = Some(by);
                }
                Ok(Standing::Held { .. } | Standing::Free) => {}
                Err(error) => {
                    tracing::warn!(lease = self.name, %error, "the Lease could not be taken; it is tried again")
                }
            }
            sleep(LOOK_EVERY).await;
        };
        tracing::info!(lease = self.name, me = self.candidate.me(), "this process acts from here on");
        let mut why = String::new();
        loop {
            self.term.extend(renewed + allowance());
            sleep_until((Instant::now() + RENEW_EVERY).min(renewed + GIVE_UP_AFTER)).await;
            let began = Instant::now();
            if began >= renewed + GIVE_UP_AFTER {
                self.term.end();
                return Lost::NotRenewed { lease: self.name.clone(), why };
            }
            match self.attempt().await {
                Ok(Standing::Mine) => renewed = began,
                Ok(Standing::Held { by: holder }) => {
                    self.term.end();
                    return Lost::Taken { lease: self.name.clone(), holder };
                }
                Ok(Standing::Free) => {
                    self.term.end();
                    return Lost::Gone { lease: self.name.clone() };
                }
                Err(error) => {
                    tracing::warn!(lease = self.name, %error, "the Lease could not be renewed; it is tried again");
                    why = error.to_string();
                }
            }
        }
    }

    /// Leaves the Lease to whoever comes next, if this process holds it; the process acts no more.
    pub async fn release(mut self) {
        self.term.end();
        let Some(held) = self.held.take() else { return };
        match answered(self.leases.replace(&self.name, &PostParams::default(), &released(&held))).await {
            Ok(_) => tracing::info!(lease = self.name, "the Lease is free"),
            Err(error) => tracing::warn!(lease = self.name, %error, "the Lease could not be released; it runs out"),
        }
    }

    async fn attempt(&mut self) -> Result<Standing, Failed> {
        let taken = self.take().await;
        match &taken {
            Ok(_) => self.check.passes(),
            Err(error) => self.check.fails(&error.to_string()),
        }
        taken
    }

    /// Takes or renews the Lease if it is free or this process's. A holder whose Lease is free has lost it.
    async fn take(&mut self) -> Result<Standing, Failed> {
        let known = match &self.held {
            // Nobody else writes it, so what was written last is what is there; else the API server refuses.
            Some(held) => Some(held.clone()),
            None => answered(self.leases.get_opt(&self.name)).await?,
        };
        match self.candidate.judge(known.as_ref().and_then(|lease| lease.spec.as_ref()), Instant::now()) {
            Standing::Free | Standing::Mine => {}
            held @ Standing::Held { .. } => return Ok(held),
        }
        match self.write(known.as_ref()).await {
            Ok(written) => {
                self.held = Some(written);
                Ok(Standing::Mine)
            }
            Err(Failed::Api(kube::Error::Api(status)))
                if status.code == 409 || known.is_some() && status.code == 404 =>
            {
                self.look_again().await
            }
            Err(error) => Err(error),
        }
    }

    async fn write(&self, before: Option<&Lease>) -> Result<Lease, Failed> {
        let spec = before.and_then(|lease| lease.spec.as_ref());
        let spec = Some(self.candidate.claim(spec, DURATION, Timestamp::now()));
        let params = PostParams::default();
        match before {
            // With its resourceVersion: if anybody wrote it since, the API server refuses.
            Some(before) => {
                let lease = Lease { spec, ..before.clone() };
                answered(self.leases.replace(&self.name, &params, &lease)).await
            }
            None => {
                let metadata = ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() };
                answered(self.leases.create(&params, &Lease { metadata, spec })).await
            }
        }
    }

    /// Finds out who wrote the Lease meanwhile. A write of ours whose answer was lost, or another's label, is no loss.
    async fn look_again(&mut self) -> Result<Standing, Failed> {
        self.held = None;
        let there = answered(self.leases.get_opt(&self.name)).await?;
        let standing = self.candidate.judge(there.as_ref().and_then(|lease| lease.spec.as_ref()), Instant::now());
        if standing == Standing::Mine {
            self.held = Some(self.write(there.as_ref()).await?);
        }
        Ok(standing)
    }
}

async fn answered<T>(request: impl Future<Output = kube::Result<T>>) -> Result<T, Failed> {
    Ok(timeout(ANSWER, request).await??)
}
