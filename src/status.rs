//! Builds the status from the last one and a report, and saves it in one write if it differs, times aside.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff;
use roomkeeper_plan::begun::{Followed, Purpose};
use roomkeeper_plan::ids::Timestamp;
use roomkeeper_plan::reason::{Mark, Status};

use crate::api::annotations;
use crate::api::condition::{self, Condition, ConditionStatus};
use crate::api::status::{Drift, LastFailure, LastOperation, RoomStatus};
use crate::cluster::{WriteError, Writer};
use crate::object::Object;
use crate::report::{ExternalIdField, Report};

/// Writes the status that follows from a report, unless it says the same as the last one or the object may go.
///
/// # Errors
/// The API server refused it; nothing is lost, the next pass writes what it sees.
pub async fn save(object: &Object, report: &Report, writer: &Writer, now: Timestamp) -> Result<(), WriteError> {
    if report.may_go {
        return Ok(());
    }
    let next = next(object, report, now);
    if next == object.status {
        return Ok(());
    }
    writer.write_status(object, &next).await
}

/// Returns the status that follows. Pure.
///
/// A time is taken over from the last status where nothing else changed, so that equal news makes an equal status.
#[must_use]
pub fn next(object: &Object, report: &Report, now: Timestamp) -> RoomStatus {
    let last = &object.status;
    let time = Time(jiff::Timestamp::from_second(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH));
    let mut next = RoomStatus {
        observed_generation: object.generation,
        conditions: conditions(object, report, &time),
        external_id: match &report.external_id {
            ExternalIdField::Set(id) => Some(id.clone()),
            ExternalIdField::Keep => last.external_id.clone(),
            ExternalIdField::Clear => None,
        },
        settled_generation: match report.verdict.reason.ready() {
            Status::True => Some(object.generation),
            Status::False | Status::Unknown => last.settled_generation,
        },
        last_handled_dismiss_at: match &report.followed {
            Some(Followed::Dismissal { purpose: Purpose::Request(token), .. }) => Some(token.clone()),
            Some(Followed::Dismissal { purpose: Purpose::Deletion, .. } | Followed::HandOver) | None => {
                let stale = object.stale_dismiss_request().map(str::to_owned);
                stale.or_else(|| last.last_handled_dismiss_at.clone())
            }
        },
        last_handled_reconcile_at: object.annotation(annotations::RECONCILE_REQUESTED_AT).map(str::to_owned),
        ..last.clone()
    };
    match &report.sighting {
        Some(sighting) => {
            next.observed.clone_from(&sighting.observed);
            next.unverified.clone_from(&sighting.unverified);
            next.applied_secrets.clone_from(&sighting.applied);
            next.drift = drift(last, report, &time);
        }
        None => next.drift.clear(),
    }
    if let Some(done) = report.done.last() {
        next.last_operation = Some(LastOperation {
            verb: done.verb.as_str().to_owned(),
            code: done.code.map(str::to_owned),
            request_id: done.request_id.clone(),
            time: time.clone(),
        });
    }
    if let Some(failure) = failure(last, report, &time) {
        next.last_failure = Some(failure);
    }
    next
}

fn conditions(object: &Object, report: &Report, now: &Time) -> Vec<Condition> {
    let reason = report.verdict.reason;
    let make = |type_: &str, status: ConditionStatus| {
        let before = object.status.conditions.iter().find(|condition| condition.type_ == type_);
        // The schema's default carries the time 1970, which is nobody's transition.
        let kept = before.filter(|before| before.status == status && before.last_transition_time.0.as_second() != 0);
        Condition {
            type_: type_.to_owned(),
            status,
            observed_generation: Some(object.generation),
            last_transition_time: kept.map_or_else(|| now.clone(), |before| before.last_transition_time.clone()),
            reason: reason.to_string(),
            message: report.verdict.message.clone(),
        }
    };
    let mut conditions = vec![make(condition::READY, written(reason.ready()))];
    match reason.mark() {
        Mark::Plain => {}
        Mark::Reconciling => conditions.push(make(condition::RECONCILING, ConditionStatus::True)),
        Mark::Stalled => conditions.push(make(condition::STALLED, ConditionStatus::True)),
    }
    if let Some(drifted) = report.verdict.drifted {
        conditions.push(make(condition::DRIFTED, written(drifted)));
    }
    conditions
}

fn written(status: Status) -> ConditionStatus {
    match status {
        Status::True => ConditionStatus::True,
        Status::False => ConditionStatus::False,
        Status::Unknown => ConditionStatus::Unknown,
    }
}

fn drift(last: &RoomStatus, report: &Report, now: &Time) -> Vec<Drift> {
    let changes = report.sighting.iter().flat_map(|sighting| &sighting.drift);
    let mut drift: Vec<Drift> = Vec::new();
    for change in changes {
        if drift.iter().any(|known| known.field == change.field) {
            continue;
        }
        let known = last.drift.iter().find(|known| known.field == change.field);
        drift.push(Drift {
            field: change.field.to_owned(),
            desired: change.wanted.clone(),
            observed: change.seen.clone(),
            since: known.map_or_else(|| now.clone(), |known| known.since.clone()),
        });
    }
    drift
}

fn failure(last: &RoomStatus, report: &Report, now: &Time) -> Option<LastFailure> {
    let failure = report.failure.as_ref()?;
    let same =
        last.last_failure.as_ref().filter(|last| last.operation == failure.operation && last.code == failure.code);
    Some(same.cloned().unwrap_or_else(|| LastFailure {
        operation: failure.operation.to_owned(),
        code: failure.code.clone(),
        message: failure.message.clone(),
        request_id: failure.request_id.clone(),
        time: now.clone(),
    }))
}
