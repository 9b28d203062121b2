//! Looks at configs: whether their vendors accept their credentials.
//!
//! A config's status has no times and no counts: every room of the account looks at it.

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use roomkeeper_plan::decision::Rivalry;
use roomkeeper_plan::ids::ExternalId;
use roomkeeper_plan::reason::{CREDENTIALS_ACCEPTED, Mark, Reason};

use super::{Shared, Work};
use crate::accounts::{self, Accounts};
use crate::api::ProviderConfigStatus;
use crate::api::condition::{self, Condition, ConditionStatus};
use crate::config::StoredConfig;
use crate::object::{self, Object};
use crate::queue::Lane;
use crate::source::{Config, ConfigKey, Source as _};

/// Message of a config whose credential could not be tried.
const UNANSWERED: &str = "the vendor did not answer, so nobody knows whether it accepts the credential";
/// How long after a look at a config the next one comes.
pub(crate) const NEXT_CHECK: Duration = Duration::from_secs(600);
/// How long after a try that never reached the vendor, or that it did not answer, the next one comes, unless an object of the account is served earlier.
pub(crate) const NEXT_TRIAL: Duration = Duration::from_secs(60);
/// How long after a credential was accepted its objects are compared once more with others that name their rooms. As long
/// as nobody knows whose credential is good, the eldest has the best word; by then it is known, or the call has timed out.
const GRACE: Duration = Duration::from_secs(15);

/// Looks at a config and writes its status if it changed; returns when to come back, if there is anything to come for.
pub(super) async fn check(key: &ConfigKey, shared: &Shared) -> Option<Duration> {
    let config = shared.objects.config(key)?;
    let usable = shared.cluster.usable(&config);
    let opened = shared.accounts.open(&usable, &shared.cluster).await;
    let (reason, message, mark) = match &opened {
        Ok(session) if session.is_accepted() => {
            (CREDENTIALS_ACCEPTED.to_owned(), "the vendor accepts the credential".to_owned(), Mark::Plain)
        }
        Ok(_) => {
            let reason = Reason::ProviderUnavailable;
            (reason.to_string(), UNANSWERED.to_owned(), reason.mark())
        }
        Err(error) => {
            let reason = match error {
                accounts::Error::Rejected(_) => Reason::CredentialsRejected,
                accounts::Error::Missing(_) | accounts::Error::Config { .. } | accounts::Error::Misdirected(_) => {
                    Reason::ProviderConfigNotReady
                }
            };
            (reason.to_string(), error.to_string(), reason.mark())
        }
    };
    let make =
        |type_, status| condition(&config.status.conditions, config.generation, type_, status, (&reason, &message));
    let conditions = match mark {
        Mark::Plain => vec![make(condition::READY, ConditionStatus::True)],
        Mark::Reconciling => {
            vec![make(condition::READY, ConditionStatus::False), make(condition::RECONCILING, ConditionStatus::True)]
        }
        Mark::Stalled => {
            vec![make(condition::READY, ConditionStatus::False), make(condition::STALLED, ConditionStatus::True)]
        }
    };
    let in_use = is_in_use(&config, shared);
    let status = ProviderConfigStatus { observed_generation: config.generation, conditions, in_use };
    if status != config.status
        && let Err(error) = shared.writer.write_config_status(&config, &status).await
    {
        tracing::warn!(config = %key, %error, "the status could not be written; it is tried at the next look");
        // Deletions may wait for it.
        return Some(NEXT_TRIAL);
    }
    if mark == Mark::Plain {
        let is_past = accepted_at(&config.status).is_some_and(|at| at + GRACE <= Timestamp::now());
        if is_past {
            queue_winners(&usable, shared);
        }
        return Some(if is_past { NEXT_CHECK } else { GRACE });
    }
    Some(match opened {
        // What may mend itself without a word from the cluster.
        Ok(_) | Err(accounts::Error::Misdirected(_)) => NEXT_TRIAL,
        Err(accounts::Error::Rejected(_) | accounts::Error::Missing(_) | accounts::Error::Config { .. }) => NEXT_CHECK,
    })
}

fn accepted_at(status: &ProviderConfigStatus) -> Option<Timestamp> {
    let is_it = |known: &&Condition| known.type_ == condition::READY && known.status == ConditionStatus::True;
    status.conditions.iter().find(is_it).map(|ready| ready.last_transition_time.0)
}

/// Queues the objects of a config that were told that others have their rooms, and that have the better word by now.
fn queue_winners(config: &Config, shared: &Shared) {
    let Ok(account) = Accounts::account(config) else {
        return;
    };
    let wins = |object: &Object| {
        let names = object.names();
        names.first().is_some_and(|name| {
            let room = ExternalId::new(account.clone(), name);
            let (this, others) = shared.cluster.candidates(object, &room, &names);
            !matches!(object::rivalry(&this, &others), Rivalry::Lost { .. })
        })
    };
    for key in shared.objects.of_config(&config.key) {
        if shared.objects.get(&key).is_some_and(|object| was_told_of_another(&object) && wins(&object)) {
            let line = shared.line(&key);
            shared.queue.add(Work::Object(key), line, Lane::Edit);
        }
    }
}

fn was_told_of_another(object: &Object) -> bool {
    let told = Reason::DuplicateClaim.to_string();
    object.status.conditions.iter().any(|known| known.type_ == condition::READY && known.reason == told)
}

/// Tells whether an object names a config, also one that is being deleted. As long as an object cannot be decoded that
/// may name it, a config that was in use stays so: its deletion cannot be undone.
fn is_in_use(config: &StoredConfig, shared: &Shared) -> bool {
    let objects = &shared.objects;
    !objects.of_config(&config.key).is_empty() || config.status.in_use && objects.unreadable_may_name(&config.key)
}

pub(super) fn condition(
    last: &[Condition],
    generation: i64,
    type_: &str,
    status: ConditionStatus,
    (reason, message): (&str, &str),
) -> Condition {
    let before = last.iter().find(|condition| condition.type_ == type_ && condition.status == status);
    let before = before.filter(|before| before.last_transition_time.0.as_second() != 0);
    Condition {
        type_: type_.to_owned(),
        status,
        observed_generation: Some(generation),
        last_transition_time: before
            .map_or_else(|| Time(Timestamp::now()), |before| before.last_transition_time.clone()),
        reason: reason.to_owned(),
        message: message.to_owned(),
    }
}
