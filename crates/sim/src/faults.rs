//! The scripted faults: which are left, which request each one meets, and the requests that they hold.
//! Says what shall happen; `exchange` makes it happen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::watch;

use crate::changes::Changes;
use crate::fault::{Effect, Fault, Times};
use crate::service::{Call, Service};

/// Names one scripted fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub u64);

/// A scripted fault as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Its id.
    pub id: FaultId,
    /// What was scripted.
    pub fault: Fault,
    /// How many requests it will still meet; absent: until it is removed.
    pub left: Option<u32>,
    /// How many requests it holds now.
    pub held: usize,
}

/// Why a fault cannot be scripted or found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// No service has the operation, so the fault would never meet anything.
    #[error("there is no operation `{0}`; one of: {known}", known = operations())]
    UnknownOperation(String),
    /// HTTP has no such status.
    #[error("{0} is not an HTTP status that can be answered; use 200 to 999")]
    UnknownStatus(u16),
    /// There is no such fault, or it met all its requests.
    #[error("there is no fault {0}; it may have met all its requests")]
    NoFault(u64),
}

fn operations() -> String {
    Service::operations().collect::<Vec<_>>().join(", ")
}

/// What the requests that a fault holds wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Shut,
    Open,
    Stopped,
}

#[derive(Debug)]
struct Scripted {
    id: FaultId,
    fault: Fault,
    left: Option<u32>,
    gate: watch::Sender<Gate>,
}

impl Scripted {
    fn held(&self) -> usize {
        self.gate.receiver_count()
    }

    fn release(&mut self) {
        self.gate.send_replace(Gate::Open);
        // Requests that come from now on wait for the next release.
        self.gate = watch::Sender::new(Gate::Shut);
    }
}

/// The scripted faults.
#[derive(Debug)]
pub struct Faults {
    script: Mutex<Script>,
    changes: Arc<Changes>,
}

#[derive(Debug, Default)]
struct Script {
    faults: Vec<Scripted>,
    last_id: u64,
}

/// A fault that met a request.
pub(crate) struct Met {
    pub(crate) effect: Effect,
    hold: Option<watch::Receiver<Gate>>,
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldEnd {
    Released,
    Stopped,
}

impl Met {
    /// Waits until the fault lets the request go on. An effect that holds nothing is released at once.
    pub(crate) async fn released(&mut self) -> HoldEnd {
        let Some(mut gate) = self.hold.take() else { return HoldEnd::Released };
        // A gate that is gone was removed together with its fault: the requests go on.
        match gate.wait_for(|gate| *gate != Gate::Shut).await.as_deref() {
            Ok(Gate::Stopped) => HoldEnd::Stopped,
            Ok(Gate::Shut | Gate::Open) | Err(_) => HoldEnd::Released,
        }
    }
}

impl Faults {
    pub(crate) fn new(changes: Arc<Changes>) -> Self {
        Self { script: Mutex::default(), changes }
    }

    /// Scripts a fault. Of several that meet a request, the one that was added first does.
    ///
    /// # Errors
    /// The operation is unknown, or the HTTP status cannot be answered.
    pub fn add(&self, fault: Fault) -> Result<FaultId, FaultError> {
        if let Some(operation) = &fault.operation
            && !Service::operations().any(|known| known == operation)
        {
            return Err(FaultError::UnknownOperation(operation.clone()));
        }
        if let Some(status) = fault.effect.status().filter(|status| !(200..1000).contains(status)) {
            return Err(FaultError::UnknownStatus(status));
        }
        let left = match fault.times {
            Times::Once => Some(1),
            Times::Count(count) => Some(count),
            Times::UntilRemoved => None,
        };
        let mut script = self.lock();
        script.last_id += 1;
        let id = FaultId(script.last_id);
        script.faults.push(Scripted { id, fault, left, gate: watch::Sender::new(Gate::Shut) });
        drop(script);
        self.changes.tell();
        Ok(id)
    }

    /// Returns the faults that still meet requests, and those that hold until they are released.
    pub fn standing(&self) -> Vec<Standing> {
        let script = self.lock();
        script
            .faults
            .iter()
            .map(|one| Standing { id: one.id, fault: one.fault.clone(), left: one.left, held: one.held() })
            .collect()
    }

    /// Lets the requests go on that a fault holds now. It goes on meeting requests if it has times left.
    ///
    /// # Errors
    /// [`FaultError::NoFault`].
    pub fn release(&self, id: FaultId) -> Result<(), FaultError> {
        let mut script = self.lock();
        let one = script.faults.iter_mut().find(|one| one.id == id).ok_or(FaultError::NoFault(id.0))?;
        one.release();
        // Only this one: another that met all its requests may still hold them.
        script.faults.retain(|one| one.id != id || one.left != Some(0));
        drop(script);
        self.changes.tell();
        Ok(())
    }

    /// Removes a fault; the requests that it holds go on.
    ///
    /// # Errors
    /// [`FaultError::NoFault`].
    pub fn remove(&self, id: FaultId) -> Result<(), FaultError> {
        let mut script = self.lock();
        let index = script.faults.iter().position(|one| one.id == id).ok_or(FaultError::NoFault(id.0))?;
        script.faults.remove(index).release();
        drop(script);
        self.changes.tell();
        Ok(())
    }

    /// Removes all faults; the requests that they hold go on.
    pub fn clear(&self) {
        for mut one in self.lock().faults.drain(..) {
            one.release();
        }
        self.changes.tell();
    }

    /// Takes the fault that meets a call, if there is one.
    pub(crate) fn take(&self, call: &Call) -> Option<Met> {
        let mut script = self.lock();
        let one = script.faults.iter_mut().find(|one| one.left != Some(0) && one.fault.meets(call))?;
        one.left = one.left.map(|left| left - 1);
        let effect = one.fault.effect.clone();
        let hold = effect.holds().then(|| one.gate.subscribe());
        // A fault that holds stays until it is released, also if its callers go away meanwhile.
        script.faults.retain(|one| one.left != Some(0) || one.fault.effect.holds());
        Some(Met { effect, hold })
    }

    /// Ends every hold without letting its request go on: the simulator stops.
    pub(crate) fn stop(&self) {
        for one in self.lock().faults.drain(..) {
            one.gate.send_replace(Gate::Stopped);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
