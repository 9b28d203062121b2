//! Explains a `Room` or `MeetingRoom`. Pure.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use roomkeeper_plan::ids;
use roomkeeper_providers::hint::Service;

use super::explanation::{About, Call, Drift, Explanation, Failure, Limits, ObjectName};
use super::gather::RoomFacts;
use super::standing::{self, Standing};
use super::{Context, credential, events, hint, holds, next, operator, unblock};
use crate::accounts::Accounts;
use crate::api::annotations;
use crate::api::status::LastFailure;
use crate::config::StoredConfig;
use crate::object::Object;
use crate::source::ConfigKey;

/// Explains a room.
pub(super) fn explain(facts: &RoomFacts, context: &Context<'_>) -> Explanation {
    let RoomFacts { object, config, around } = facts;
    let status = &object.status;
    let operator = operator::judge(&around.lease, (context.operator_namespace, context.lease), context.now);
    let mut standing =
        Standing::of(&status.conditions, (object.generation, status.observed_generation), operator.state);
    standing.deleting = object.deletion.is_some();
    standing.paused = object.is_told(annotations::PAUSED);
    let namespace = object.key.name.namespace.as_str();
    let key = ConfigKey::of(namespace, &object.config);
    let credential = match config {
        Ok(Some(config)) => credential::of(config, Some(namespace), &around.secrets),
        Ok(None) => credential::missing(&key, &around.secrets),
        Err(why) => credential::unknown(&key, why, &around.secrets),
    };
    let config = config.as_ref().ok().and_then(Option::as_ref);
    Explanation {
        object: ObjectName {
            kind: object.key.kind.as_str().to_owned(),
            namespace: Some(namespace.to_owned()),
            name: object.key.name.name.clone(),
        },
        ready: standing.is_ready(),
        about: about(object, &key, config, &standing),
        summary: standing.summary(),
        conditions: standing::conditions(&status.conditions),
        drift: drift(object),
        unverified: status.unverified.clone(),
        last_operation: status.last_operation.as_ref().map(|done| Call {
            verb: done.verb.clone(),
            code: done.code.clone(),
            request_id: done.request_id.clone(),
            time: done.time.clone(),
        }),
        last_failure: status.last_failure.as_ref().map(|failure| failed(failure, hint::service(object))),
        credential,
        limits: config.map(limits),
        users: None,
        holds: holds::room(facts, &standing),
        next: next::room(object, &standing),
        commands: unblock::room(facts, &standing, context),
        events: events::newest(&around.events),
        operator,
    }
}

fn about(object: &Object, key: &ConfigKey, config: Option<&StoredConfig>, standing: &Standing<'_>) -> About {
    About {
        engine: Some(unblock::engine(object).to_owned()),
        room: object.names().into_iter().next(),
        external_id: object.status.external_id.clone(),
        config: Some(key.to_string()),
        account: config.and_then(account),
        generation: object.generation,
        observed_generation: standing.seen.then_some(object.status.observed_generation),
        stale: standing.stale,
        created: time(Some(object.created).filter(|created| created.0 != 0)),
        deleting_since: time(object.deletion),
    }
}

/// Returns the account that a config opens, as claims write it.
pub(super) fn account(config: &StoredConfig) -> Option<String> {
    // An account does not depend on where the Secrets are.
    Accounts::account(&config.usable("")).ok().map(|account| account.to_string())
}

/// Returns how much of its account a config lets be used.
pub(super) fn limits(config: &StoredConfig) -> Limits {
    Limits { rate_percent: config.spec.rate_percent(), dismissals_per_minute: config.spec.dismissals_per_minute() }
}

fn time(time: Option<ids::Timestamp>) -> Option<Time> {
    time.and_then(|time| Timestamp::from_second(time.0).ok()).map(Time)
}

fn drift(object: &Object) -> Vec<Drift> {
    let shown = |drift: &crate::api::status::Drift| Drift {
        field: drift.field.clone(),
        wanted: drift.desired.clone(),
        seen: drift.observed.clone(),
        since: drift.since.clone(),
    };
    object.status.drift.iter().map(shown).collect()
}

fn failed(failure: &LastFailure, service: Service) -> Failure {
    Failure {
        operation: failure.operation.clone(),
        code: failure.code.clone(),
        message: failure.message.clone(),
        request_id: failure.request_id.clone(),
        time: failure.time.clone(),
        hint: hint::of(failure.code.as_deref(), service),
    }
}
