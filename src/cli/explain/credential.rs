//! How the credential of an account fares, by its config and the Secrets that it names. Pure.

use roomkeeper_plan::reason::{CREDENTIALS_ACCEPTED, Reason};

use super::explanation::{Credential, CredentialState, Purpose, SecretKey, SecretState};
use super::hint;
use crate::api::Condition;
use crate::api::condition::READY;
use crate::config::StoredConfig;
use crate::source::{ConfigKey, Missing};

/// Says how a config fares that an object of this namespace names; absent: the config itself is asked about.
pub(super) fn of(config: &StoredConfig, namespace: Option<&str>, secrets: &[SecretKey]) -> Credential {
    let (state, message) = match namespace.map_or(Ok(()), |namespace| config.allow(namespace)) {
        Err(missing) => (CredentialState::NotAllowed, missing.to_string()),
        Ok(()) => state(config),
    };
    told(&config.key, (state, message), secrets)
}

/// Says that there is no such config.
pub(super) fn missing(key: &ConfigKey, secrets: &[SecretKey]) -> Credential {
    told(key, (CredentialState::NoSuchConfig, Missing::Config(key.clone()).to_string()), secrets)
}

/// Says that the config could not be read.
pub(super) fn unknown(key: &ConfigKey, why: &str, secrets: &[SecretKey]) -> Credential {
    told(key, (CredentialState::Unknown, format!("the {key} could not be read: {why}")), secrets)
}

fn told(key: &ConfigKey, (state, message): (CredentialState, String), secrets: &[SecretKey]) -> Credential {
    Credential { config: key.to_string(), state, message, secrets: secrets.to_vec() }
}

fn state(config: &StoredConfig) -> (CredentialState, String) {
    let status = &config.status;
    let Some(ready) = status.conditions.iter().find(|condition| condition.type_ == READY) else {
        return (CredentialState::NotTried, "nobody has looked at the config yet".to_owned());
    };
    if status.observed_generation < config.generation {
        let words = if status.observed_generation < 0 { "yet" } else { "since it was edited" };
        return (CredentialState::NotTried, format!("nobody has looked at the config {words}"));
    }
    let is = |reason: Reason| ready.reason == reason.to_string();
    if is(Reason::CredentialsRejected) {
        return (CredentialState::Rejected, rejected(config, ready));
    }
    let state = if ready.reason == CREDENTIALS_ACCEPTED {
        CredentialState::Accepted
    } else if is(Reason::ProviderConfigNotReady) || is(Reason::InvalidSpec) {
        CredentialState::NotReady
    } else {
        CredentialState::NotTried
    };
    (state, ready.message.clone())
}

/// Says what a config says of a rejected credential, and what the vendor's code means.
fn rejected(config: &StoredConfig, ready: &Condition) -> String {
    let hint = code(ready).zip(hint::service_of(&config.spec)).map(|(code, service)| hint::of(Some(code), service));
    hint.map_or_else(|| ready.message.clone(), |hint| format!("{}; {hint}", ready.message))
}

/// Returns the vendor's code that a message of ours names, as `status.lastFailure` writes it: a config's status has no
/// other place for it.
fn code(condition: &Condition) -> Option<&str> {
    let (_, rest) = condition.message.rsplit_once('(')?;
    let (words, _) = rest.split_once(')')?;
    words.strip_prefix("code ").or_else(|| words.starts_with("HTTP ").then_some(words))
}

/// Returns the keys that are missing, as far as is known.
pub(super) fn gaps(secrets: &[SecretKey]) -> impl Iterator<Item = &SecretKey> {
    secrets.iter().filter(|secret| match secret.state {
        SecretState::NoSecret | SecretState::NoKey | SecretState::NoText => true,
        SecretState::Present | SecretState::Unknown => false,
    })
}

/// Tells whether a key opens the account.
pub(super) fn opens(secret: &SecretKey) -> bool {
    match secret.purpose {
        Purpose::Credential => true,
        Purpose::Authorities | Purpose::Password => false,
    }
}
