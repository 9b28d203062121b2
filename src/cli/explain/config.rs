//! Explains a `ProviderConfig` or `ClusterProviderConfig`. Pure.

use roomkeeper_plan::reason::{CREDENTIALS_ACCEPTED, Reason};

use super::explanation::{About, Command, Explanation, ObjectName, SecretKey, User, Users};
use super::gather::{ConfigFacts, Known};
use super::kubectl::{Kubectl, harmless};
use super::standing::{self, Standing};
use super::{Context, OperatorState, credential, events, holds, next, operator, room, secrets, unblock};
use crate::api::condition::READY;
use crate::config::StoredConfig;
use crate::object::Object;
use crate::source::ConfigKey;

/// Most objects that are named.
const MOST: usize = 5;

/// Explains a config.
pub(super) fn explain(facts: &ConfigFacts, context: &Context<'_>) -> Explanation {
    let ConfigFacts { config, meta, users, around } = facts;
    let status = &config.status;
    let operator = operator::judge(&around.lease, (context.operator_namespace, context.lease), context.now);
    let mut standing =
        Standing::of(&status.conditions, (config.generation, status.observed_generation), operator.state);
    standing.deleting = meta.deletion_timestamp.is_some();
    let credential = credential::of(config, None, &around.secrets);
    let (kind, namespace, name) = config.key.parts();
    Explanation {
        object: ObjectName { kind: kind.to_owned(), namespace: namespace.map(str::to_owned), name: name.to_owned() },
        ready: standing.is_ready(),
        about: About {
            account: room::account(config),
            generation: config.generation,
            observed_generation: standing.seen.then_some(status.observed_generation),
            stale: standing.stale,
            created: meta.creation_timestamp.clone(),
            deleting_since: meta.deletion_timestamp.clone(),
            ..About::default()
        },
        summary: standing.summary(),
        conditions: standing::conditions(&status.conditions),
        drift: Vec::new(),
        unverified: Vec::new(),
        last_operation: None,
        last_failure: None,
        credential,
        limits: Some(room::limits(config)),
        users: Some(those(users)),
        holds: holds::config(facts),
        next: next::config(&standing),
        commands: commands(config, &around.secrets, &standing, context),
        events: events::newest(&around.events),
        operator,
    }
}

fn those(users: &Known<Vec<Object>>) -> Users {
    let Ok(users) = users else {
        return Users { count: None, not_ready: None, examples: Vec::new() };
    };
    let reason = |object: &Object| {
        let standing = Standing::of(
            &object.status.conditions,
            (object.generation, object.status.observed_generation),
            OperatorState::Unknown,
        );
        let ready = object.status.conditions.iter().find(|condition| condition.type_ == READY);
        (!standing.is_ready()).then(|| ready.map_or_else(|| "Unknown".to_owned(), |ready| ready.reason.clone()))
    };
    let not_ready: Vec<User> = users
        .iter()
        .filter_map(|object| reason(object).map(|reason| User { object: object.key.to_string(), reason }))
        .collect();
    let count = not_ready.len();
    Users { count: Some(users.len()), not_ready: Some(count), examples: not_ready.into_iter().take(MOST).collect() }
}

/// Opens a config in an editor.
pub(super) fn edit(key: &ConfigKey, program: &str) -> Command {
    harmless(
        Kubectl::of_config(key, program).about("edit", ""),
        "opens the config in an editor, to correct what the message names",
    )
}

fn commands(config: &StoredConfig, keys: &[SecretKey], standing: &Standing<'_>, context: &Context<'_>) -> Vec<Command> {
    let accepted = standing.ready.is_some_and(|ready| ready.reason == CREDENTIALS_ACCEPTED);
    let mut commands = Vec::new();
    if !standing.is_ready() && standing.operator == OperatorState::NotRunning || !standing.seen {
        commands.push(unblock::pods(context));
    }
    let gaps: Vec<&SecretKey> = credential::gaps(keys).collect();
    if !gaps.is_empty() {
        commands.extend(secrets::fill(&gaps, keys, context.program));
    } else if standing.reason == Some(Reason::CredentialsRejected) && !standing.stale {
        commands.extend(secrets::renew(keys, context.program));
        commands.push(edit(&config.key, context.program));
    } else if !accepted && standing.seen && standing.reason != Some(Reason::ProviderUnavailable) {
        commands.push(edit(&config.key, context.program));
    }
    commands.truncate(2);
    commands
}
