//! Commands that put values into Secrets. It knows no value: `YOUR_VALUE` stands for each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::credential;
use super::explanation::{Command, SecretKey, SecretState};
use super::kubectl::{Kubectl, harmless, quoted, started};

/// What stands for a value that only a person knows.
const VALUE: &str = "YOUR_VALUE";

/// Returns a command for each Secret that opens the account, to give it other values.
pub(super) fn renew(secrets: &[SecretKey], program: &str) -> Vec<Command> {
    let credential: Vec<&SecretKey> = secrets.iter().filter(|secret| credential::opens(secret)).collect();
    fill(&credential, secrets, program)
}

/// Returns a command for each Secret that holds one of these keys: it is made with all the keys that are asked of it, or
/// given these.
pub(super) fn fill(keys: &[&SecretKey], all: &[SecretKey], program: &str) -> Vec<Command> {
    let mut by_secret: BTreeMap<(&str, &str), Vec<&SecretKey>> = BTreeMap::new();
    for key in keys {
        by_secret.entry((&key.namespace, &key.name)).or_default().push(key);
    }
    let command = |((namespace, name), keys): ((&str, &str), Vec<&SecretKey>)| {
        let is_missing = keys.iter().any(|key| key.state == SecretState::NoSecret);
        if is_missing {
            let of_it = all.iter().filter(|key| key.namespace == namespace && key.name == name);
            create(program, namespace, name, of_it)
        } else {
            set(program, namespace, name, &keys)
        }
    };
    by_secret.into_iter().map(command).collect()
}

fn create<'a>(program: &str, namespace: &str, name: &str, keys: impl Iterator<Item = &'a SecretKey>) -> Command {
    let mut literals: Vec<String> =
        keys.map(|key| format!("--from-literal={}", quoted(&format!("{}={VALUE}", key.key)))).collect();
    literals.dedup();
    let start = started(program, Some(namespace));
    harmless(
        format!("{start} create secret generic {name} {}", literals.join(" ")),
        format!("makes the Secret; put the right values in place of {VALUE}, and it is used at once"),
    )
}

fn set(program: &str, namespace: &str, name: &str, keys: &[&SecretKey]) -> Command {
    let data: serde_json::Map<String, Value> = keys.iter().map(|key| (key.key.clone(), json!(VALUE))).collect();
    let kubectl = Kubectl { program, namespace: Some(namespace), kind: "secret".to_owned(), name };
    harmless(
        kubectl.patch(&json!({ "stringData": data })),
        format!("replaces what stands in the Secret; put the right values in place of {VALUE}, and it is used at once"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::explain::explanation::Purpose;

    fn key(name: &str, key: &str, state: SecretState) -> SecretKey {
        let purpose = Purpose::Credential;
        SecretKey { namespace: "events".to_owned(), name: name.to_owned(), key: key.to_owned(), purpose, state }
    }

    #[test]
    fn a_secret_that_is_missing_is_made_with_all_keys_and_one_that_is_there_is_patched() {
        let secrets = [
            key("access", "id", SecretState::NoSecret),
            key("access", "secret", SecretState::NoSecret),
            key("token", "token", SecretState::NoKey),
        ];
        let gaps: Vec<&SecretKey> = credential::gaps(&secrets).collect();
        let commands: Vec<String> =
            fill(&gaps, &secrets, "kubectl").into_iter().map(|command| command.command).collect();
        assert_eq!(
            commands,
            [
                "kubectl -n events create secret generic access --from-literal=id=YOUR_VALUE \
                 --from-literal=secret=YOUR_VALUE",
                r#"kubectl -n events patch secret token --type=merge -p '{"stringData":{"token":"YOUR_VALUE"}}'"#,
            ]
        );
    }
}
